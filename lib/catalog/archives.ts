import { cell, type Cell } from './cell';
import {
  checksumDate,
  checksumSource,
  releaseChecksums,
  type Architecture,
  type ArchiveName,
} from './checksums';
import { lookUp } from './lookup';

export type { Architecture, ArchiveName };

const READ = '2026-11-22';
const read = <T>(value: T, source: string): Cell<T> => cell(value, source, READ);
const ARCHITECTURES: Readonly<Record<string, Architecture>> = { amd64: 'amd64', arm64: 'arm64' };

/** One release archive (or bare binary) that a machine fetches. */
export interface Archive {
  /** What it is. */
  readonly name: ArchiveName;
  /** Its version, without a leading `v`. */
  readonly version: string;
  /** The architecture it runs on. */
  readonly architecture: Architecture;
  /** The name of the file as upstream publishes it. */
  readonly fileName: string;
  /** Upstream's URL. */
  readonly url: string;
  /** sha256 in hexadecimal; undefined when the catalogue holds no checksum for this version. */
  readonly sha256?: string;
  /** Where the checksum was read, or where the URL's form comes from when there is none. */
  readonly source: string;
  /** The ISO day on which the source was read. */
  readonly date: string;
}

type UrlRule = (version: string, architecture: Architecture) => string;

const kubernetesBinary =
  (name: string): UrlRule =>
  (version, architecture) =>
    `https://dl.k8s.io/release/v${version}/bin/linux/${architecture}/${name}`;

const githubRelease =
  (repository: string, file: UrlRule): UrlRule =>
  (version, architecture) =>
    `https://github.com/${repository}/releases/download/v${version}/${file(version, architecture)}`;

const urlRules: Readonly<Record<ArchiveName, UrlRule>> = {
  kubelet: kubernetesBinary('kubelet'),
  kubeadm: kubernetesBinary('kubeadm'),
  kubectl: kubernetesBinary('kubectl'),
  containerd: githubRelease('containerd/containerd', (v, a) => `containerd-${v}-linux-${a}.tar.gz`),
  runc: githubRelease('opencontainers/runc', (_v, a) => `runc.${a}`),
  'cni-plugins': githubRelease(
    'containernetworking/plugins',
    (v, a) => `cni-plugins-linux-${a}-v${v}.tgz`,
  ),
  crictl: githubRelease('kubernetes-sigs/cri-tools', (v, a) => `crictl-v${v}-linux-${a}.tar.gz`),
  etcd: githubRelease('etcd-io/etcd', (v, a) => `etcd-v${v}-linux-${a}.tar.gz`),
};

/**
 * The archive of a component. A version without a catalogued checksum is not an error here: the
 * user may know better than the catalogue, and whoever renders the download decides what that is
 * worth.
 *
 * @param name the component
 * @param version its version, with or without a leading `v`
 * @param architecture the machine's architecture
 */
export function archive(name: ArchiveName, version: string, architecture: Architecture): Archive {
  const rule = lookUp(urlRules, name, 'archive', 'name one of them');
  lookUp(ARCHITECTURES, architecture, 'architecture', 'use the name that upstream archives carry');
  const plain = version.replace(/^v/, '');
  const url = rule(plain, architecture);
  const sha256 = releaseChecksums[name][plain]?.[architecture];
  return {
    name,
    version: plain,
    architecture,
    fileName: url.slice(url.lastIndexOf('/') + 1),
    url,
    ...(sha256 === undefined ? {} : { sha256 }),
    source:
      sha256 === undefined
        ? `the catalogue holds no checksum; form of the URL as in ${checksumSource}`
        : checksumSource,
    date: checksumDate,
  };
}

/**
 * The URL from which a machine fetches an archive.
 *
 * @param item the archive
 * @param baseUrl a mirror that keeps upstream's host and path below itself, as
 * `wget --force-directories` leaves them
 */
export function archiveUrl(item: Archive, baseUrl?: string): string {
  return mirroredUrl(item.url, baseUrl);
}

/**
 * What a machine fetches in place of a URL of upstream.
 *
 * @param url upstream's
 * @param baseUrl a mirror that keeps upstream's host and path below itself
 */
export function mirroredUrl(url: string, baseUrl?: string): string {
  return baseUrl === undefined
    ? url
    : `${baseUrl.replace(/\/+$/, '')}/${url.replace(/^https:\/\//, '')}`;
}

/** The version of each node component that a machine gets unless the user pins another. */
export const pinned = {
  /**
   * containerd 2.3 is the long-term line. 2.3.4 is its first release that starts a pod when the
   * sandbox image is pinned by digest.
   */
  containerd: read(
    '2.3.4',
    'containerd/containerd RELEASES.md (2.3 LTS until 2028-04); kubernetes/kops pull request 18683 on 2.3.0 to 2.3.3',
  ),
  /** The runc that goes with it. */
  runc: read('1.4.3', 'kubernetes/kops pull request 18683 pairs it with containerd 2.3.4'),
  /** bridge, host-local, portmap and the other reference plugins. */
  cniPlugins: read('1.9.1', `newest entry of ${checksumSource}`),
  /** crictl follows the minor of Kubernetes. */
  crictl: {
    '1.35': read('1.35.0', `newest 1.35 entry of ${checksumSource}`),
    '1.36': read('1.36.0', `newest 1.36 entry of ${checksumSource}`),
    '1.37': read('1.36.0', 'no 1.37 checksum seen; one minor of skew is believed harmless'),
  } as Readonly<Record<string, Cell<string>>>,
  /**
   * etcdctl and etcdutl, to restore by hand: only etcdutl can since 3.6. The servers themselves are
   * images that kubeadm chooses.
   */
  etcdTools: read('3.6.14', `newest entry of ${checksumSource}`),
} as const;

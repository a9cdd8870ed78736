import { cell, type Cell } from './cell';
import { lookUp } from './lookup';

const READ = '2026-11-22';
const read = <T>(value: T, source: string): Cell<T> => cell(value, source, READ);
const BOOKWORM = 'Debian bookworm archive';
const TRIXIE = 'Debian trixie archive';
const debianImage = (release: number, file: string) =>
  `Debian cloud team, debian-cloud-images config_space/${release}/${file} as of 2026-07-07`;

/**
 * What a distribution brings. The facts are those of its stock cloud image with updates applied; a
 * machine from an installer can differ, so a generated script still looks before it relies on one.
 */
export interface OperatingSystemFacts {
  /** The key of the row. */
  readonly id: 'debian12' | 'debian13' | 'ubuntu2204' | 'ubuntu2404';
  /** The name for people. */
  readonly label: string;
  /** The kernel line that the image boots. */
  readonly kernel: Cell<string>;
  /** The version of the nftables package, which the image itself may not carry. */
  readonly nft: Cell<string>;
  /** The version of systemd. */
  readonly systemd: Cell<string>;
  /** The cgroup hierarchy that is mounted. */
  readonly cgroup: Cell<'v2'>;
  /** The version of cloud-init: for Ubuntu, which updates it within a release, the least one. */
  readonly cloudInit: Cell<string>;
  /** Whether mkfs.xfs is in the image; when not, it is a package to install. */
  readonly xfsprogs: Cell<boolean>;
  /** Whether systemd-resolved runs. */
  readonly systemdResolved: Cell<boolean>;
  /**
   * The file with the real name servers, for the kubelet: the stub of systemd-resolved on 127.0.0.53
   * would make CoreDNS forward to itself.
   */
  readonly resolvConf: Cell<string>;
  /** What keeps the time. */
  readonly timeSync: Cell<'systemd-timesyncd' | 'chrony'>;
  /** Which backend `iptables` uses. */
  readonly iptablesBackend: Cell<'nft'>;
  /** The distribution's own containerd, to say why it is not used. */
  readonly distroContainerd: Cell<string>;
  /** Which modules of ours are compiled into the kernel or missing from its package. */
  readonly builtinModulesNote: Cell<string>;
}

const RESOLVED = '/run/systemd/resolve/resolv.conf';
const BELIEVED_UBUNTU = 'believed: common knowledge of Ubuntu server images';

/** The distributions of the catalogue. */
export const operatingSystems: Readonly<Record<string, OperatingSystemFacts>> = {
  debian12: {
    id: 'debian12',
    label: 'Debian 12',
    kernel: read('6.1', `${BOOKWORM}: linux-image-cloud-amd64 6.1.192-2`),
    nft: read('1.0.6', `${BOOKWORM}: nftables 1.0.6-2+deb12u2`),
    systemd: read('252', `${BOOKWORM}: systemd 252.39-1~deb12u2`),
    cgroup: read('v2', 'believed: the default since Debian 11'),
    cloudInit: read('22.4.2', `${BOOKWORM}: cloud-init 22.4.2-1+deb12u4`),
    xfsprogs: read(false, debianImage(12, 'package_config: not listed')),
    systemdResolved: read(true, debianImage(12, 'package_config/SYSTEM_BOOT')),
    resolvConf: read(RESOLVED, debianImage(12, 'scripts/SYSTEM_BOOT/20-enable-systemd-resolved')),
    timeSync: read(
      'systemd-timesyncd',
      debianImage(12, 'package_config/SYSTEM_BOOT, class TIME_SYSTEMD'),
    ),
    iptablesBackend: read('nft', 'Debian iptables README: alternatives prefer iptables-nft'),
    distroContainerd: read('1.6.20', `${BOOKWORM}: containerd`),
    builtinModulesNote: read(
      'nvme is built in; ip_vs and its schedulers, vxlan, ipip, wireguard and br_netfilter are modules of the cloud kernel too',
      'booted linux-image-cloud-amd64 6.1 and listed its modules',
    ),
  },
  debian13: {
    id: 'debian13',
    label: 'Debian 13',
    kernel: read('6.12', `${TRIXIE}: linux-image-cloud-amd64 6.12.117-1`),
    nft: read('1.1.3', `${TRIXIE}: nftables 1.1.3-1`),
    systemd: read('257', `${TRIXIE}: systemd 257.13-1~deb13u1`),
    cgroup: read('v2', 'believed: the default since Debian 11'),
    cloudInit: read('25.1.4', `${TRIXIE}: cloud-init 25.1.4-1+deb13u1`),
    xfsprogs: read(false, debianImage(13, 'package_config: not listed')),
    systemdResolved: read(true, debianImage(13, 'package_config/SYSTEM_BOOT')),
    resolvConf: read(RESOLVED, debianImage(13, 'scripts/SYSTEM_BOOT/20-enable-systemd-resolved')),
    timeSync: read(
      'systemd-timesyncd',
      debianImage(13, 'package_config/SYSTEM_BOOT, class TIME_SYSTEMD'),
    ),
    iptablesBackend: read('nft', 'Debian iptables README: alternatives prefer iptables-nft'),
    distroContainerd: read('1.7.24', `${TRIXIE}: containerd`),
    builtinModulesNote: read(
      'believed to be as in Debian 12: nvme built in, the network modules in the package of the cloud kernel',
      'booted linux-image-cloud-amd64 6.12 with an NVMe disk; its modules were not listed one by one (believed)',
    ),
  },
  ubuntu2204: {
    id: 'ubuntu2204',
    label: 'Ubuntu 22.04 LTS',
    kernel: read(
      '5.15',
      'believed: Ubuntu 22.04 release kernel; installer images may run the newer HWE line',
    ),
    nft: read('1.0.2', 'Ubuntu firewall documentation: nftables 1.0.2-1ubuntu2'),
    systemd: read('249', 'boot logs in public reports: systemd 249.11-0ubuntu3'),
    cgroup: read('v2', 'believed: the default since Ubuntu 21.10'),
    cloudInit: read(
      '25.1.4',
      'canonical/cloud-init pull request 6384: 25.1.4 went out as a security update',
    ),
    xfsprogs: read(true, 'believed: xfsprogs is part of the ubuntu-server task'),
    systemdResolved: read(true, BELIEVED_UBUNTU),
    resolvConf: read(RESOLVED, BELIEVED_UBUNTU),
    timeSync: read('systemd-timesyncd', BELIEVED_UBUNTU),
    iptablesBackend: read('nft', 'believed: default since Ubuntu 21.04'),
    distroContainerd: read('1.7', 'believed: updated within the release from 1.5'),
    builtinModulesNote: read(
      'believed: on a minimal kernel package, some network modules are in linux-modules-extra',
      'believed: split of the linux-modules packages',
    ),
  },
  ubuntu2404: {
    id: 'ubuntu2404',
    label: 'Ubuntu 24.04 LTS',
    kernel: read(
      '6.8',
      'believed: Ubuntu 24.04 release kernel; installer images may run the newer HWE line',
    ),
    nft: read(
      '1.0.9',
      'Ubuntu firewall documentation and public host inventories: nftables 1.0.9-1',
    ),
    systemd: read('255', 'public inventory of a stock server image: systemd 255.4-1ubuntu8'),
    cgroup: read('v2', 'believed: the default since Ubuntu 21.10'),
    cloudInit: read(
      '25.1.4',
      'believed: the security update of canonical/cloud-init pull request 6384 covers it',
    ),
    xfsprogs: read(true, 'public inventory of a stock server image: xfsprogs 6.6.0-1ubuntu2.1'),
    systemdResolved: read(true, BELIEVED_UBUNTU),
    resolvConf: read(RESOLVED, BELIEVED_UBUNTU),
    timeSync: read(
      'systemd-timesyncd',
      'believed: chrony is the default only from Ubuntu 25.10 on',
    ),
    iptablesBackend: read('nft', 'believed: default since Ubuntu 21.04'),
    distroContainerd: read('1.7', 'believed: Ubuntu 24.04 archive'),
    builtinModulesNote: read(
      'believed: on a minimal kernel package, some network modules are in linux-modules-extra',
      'believed: split of the linux-modules packages',
    ),
  },
};

/**
 * The row of one distribution, or an error that names those there are.
 *
 * @param id the key, for example `debian12`
 */
export function operatingSystemFacts(id: string): OperatingSystemFacts {
  return lookUp(
    operatingSystems,
    id,
    'operatingSystem',
    'the catalogue knows no kernel, nft and cloud-init for another one',
  );
}

/** The oldest kernel at which a feature works, or stops losing packets. */
export const kernelFloors = {
  /** cgroup v2, which the kubelet needs, does all that is asked of it. */
  cgroupV2: read('5.8', 'kubernetes.io kernel version requirements'),
  /** nftables mode of kube-proxy; below it kube-proxy exits. */
  nftablesKubeProxy: read('5.13', 'kubernetes/kubernetes cmd/kube-proxy'),
  /** IPVS no longer delays reused source ports by a second. */
  ipvsConnectionReuse: read('5.9', 'kubernetes/kubernetes pkg/proxy/ipvs/proxier.go'),
  /** Clashing conntrack entries of parallel DNS queries are inserted instead of dropped. */
  conntrackClash: read('5.6', 'Linux commit 6a757c07e51f; the version is inferred from its merge'),
  /** Packets outside the TCP window are no longer sent on without NAT. */
  tcpWindowInvalid: read('6.1', 'Linux commit 6e250dcbff1d'),
  /** WireGuard is in the kernel. */
  wireguard: read('5.6', 'Calico 3.32 WireGuard guide'),
  /** VXLAN over IPv6 works in Calico. */
  vxlanIpv6: read('4.19.1', 'Calico 3.32 VXLAN guide'),
  /** User namespaces of pods. */
  podUserNamespaces: read('6.5', 'kubernetes.io kernel version requirements'),
} as const;

/** The oldest host nft that survives the rules of kube-proxy's nftables mode. */
export const nftFloorBesideKubeProxy = read('1.0.1', 'kubernetes/kubernetes issue 122743');

/** From this host nft on, its rules crash the nft in older kube-proxy images; see `ProxyFloors`. */
export const nftCeilingBesideOldKubeProxy = read(
  '1.1.3',
  'kubernetes/kubernetes issue 136786 and pull request 137501',
);

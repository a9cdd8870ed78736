import {
  calico,
  ingressNginxRetired,
  nginxGatewayFabric,
  nginxIngressController,
} from './components';
import { kubernetesMinor } from './kubernetes';
import { traefikProxy } from './traefik';
import { minorOf } from './versions';

export { calico, ingressNginxRetired, nginxGatewayFabric, nginxIngressController };

const READ = '2026-11-22';

/** One container image, pinned by tag and, where upstream itself states it, by digest. */
export interface ImagePin {
  /** What it is, the key of `images` for those that are listed there. */
  readonly component: string;
  /** The registry's host, without a scheme. */
  readonly registry: string;
  /** The path below the host. */
  readonly repository: string;
  /** The tag. */
  readonly tag: string;
  /** The digest with its algorithm; present only where a file of upstream's own states it. */
  readonly digest?: string;
  /** Where the pin was read. */
  readonly source: string;
  /** The ISO day on which the source was read. */
  readonly date: string;
}

/** The images that manifests and static pods name by themselves. */
export type ImageName =
  | 'tigera-operator'
  | 'calico-ctl'
  | 'flannel'
  | 'flannel-cni-plugin'
  | 'node-local-dns'
  | 'nginx-ingress-controller'
  | 'nginx-gateway-fabric'
  | 'nginx-gateway-fabric-nginx'
  | 'ingress-nginx-controller'
  | 'ingress-nginx-certgen'
  | 'traefik'
  | 'metallb-controller'
  | 'metallb-speaker'
  | 'kube-vip'
  | 'netshoot'
  | 'fio'
  | 'etcd-tools'
  | 'restic';

function pin(component: string, reference: string, source: string): ImagePin {
  const match = /^([^/]+)\/([^:@]+):([^@]+)(?:@(sha256:[0-9a-f]{64}))?$/.exec(reference);
  if (match === null) {
    throw new Error(
      `image of ${component} must be registry/repository:tag[@digest], got ${reference}; correct the catalogue`,
    );
  }
  const [, registry, repository, tag, digest] = match;
  return {
    component,
    registry,
    repository,
    tag,
    ...(digest === undefined ? {} : { digest }),
    source,
    date: READ,
  };
}

const NIC = 'nginx/kubernetes-ingress deployments at v5.5.4';
const NGF = 'nginx/nginx-gateway-fabric deploy/default/deploy.yaml at v2.6.7';
const RETIRED =
  'kubernetes/ingress-nginx deploy/static/provider/baremetal/deploy.yaml at controller-v1.15.1';
const METALLB = 'metallb/metallb config/manifests/metallb-native.yaml at v0.16.1';
const FLANNEL = 'flannel-io/flannel Documentation/kube-flannel.yml at v0.28.9';

/** The images that manifests and static pods name by themselves. */
export const images: Readonly<Record<ImageName, ImagePin>> = {
  'tigera-operator': pin(
    'tigera-operator',
    `quay.io/tigera/operator:${calico.operatorVersion.value}`,
    calico.operatorVersion.source,
  ),
  'calico-ctl': pin(
    'calico-ctl',
    `quay.io/calico/ctl:${calico.version.value}`,
    'projectcalico/calico manifests/ocp/02-tigera-operator.yaml at v3.32.1',
  ),
  flannel: pin('flannel', 'ghcr.io/flannel-io/flannel:v0.28.9', FLANNEL),
  'flannel-cni-plugin': pin(
    'flannel-cni-plugin',
    'ghcr.io/flannel-io/flannel-cni-plugin:v1.9.1-flannel3',
    FLANNEL,
  ),
  'node-local-dns': pin(
    'node-local-dns',
    'registry.k8s.io/dns/k8s-dns-node-cache:1.26.7',
    'kubernetes/kubernetes cluster/addons/dns/nodelocaldns/nodelocaldns.yaml 1.36',
  ),
  'nginx-ingress-controller': pin(
    'nginx-ingress-controller',
    `docker.io/nginx/nginx-ingress:${nginxIngressController.version.value}`,
    NIC,
  ),
  'nginx-gateway-fabric': pin(
    'nginx-gateway-fabric',
    `ghcr.io/nginx/nginx-gateway-fabric:${nginxGatewayFabric.version.value}`,
    NGF,
  ),
  'nginx-gateway-fabric-nginx': pin(
    'nginx-gateway-fabric-nginx',
    `ghcr.io/nginx/nginx-gateway-fabric/nginx:${nginxGatewayFabric.version.value}`,
    NGF,
  ),
  'ingress-nginx-controller': pin(
    'ingress-nginx-controller',
    'registry.k8s.io/ingress-nginx/controller:v1.15.1@sha256:594ceea76b01c592858f803f9ff4d2cb40542cae2060410b2c95f75907d659e1',
    RETIRED,
  ),
  'ingress-nginx-certgen': pin(
    'ingress-nginx-certgen',
    'registry.k8s.io/ingress-nginx/kube-webhook-certgen:v1.6.9@sha256:01038e7de14b78d702d2849c3aad72fd25903c4765af63cf16aa3398f5d5f2dd',
    RETIRED,
  ),
  traefik: pin(
    'traefik',
    `docker.io/library/traefik:v${traefikProxy.version.value}@sha256:575fa15b135078fe5e50aa847987d96dbddd7b093c172429618404df73f3fa7c`,
    'tag and digest as several public deployments pin them',
  ),
  'metallb-controller': pin('metallb-controller', 'quay.io/metallb/controller:v0.16.1', METALLB),
  'metallb-speaker': pin('metallb-speaker', 'quay.io/metallb/speaker:v0.16.1', METALLB),
  'kube-vip': pin(
    'kube-vip',
    'ghcr.io/kube-vip/kube-vip:v1.2.4',
    'kube-vip/kube-vip issue 1777 (regressions of 1.2.2 and 1.2.3 fixed); kube-vip/helm-charts pull request 113; arguments read at v1.2.3',
  ),
  netshoot: pin(
    'netshoot',
    'docker.io/nicolaka/netshoot:v0.16@sha256:b09d9b21381f47a79b3cbcb30da25266dc17186ea00ae65e99fdc51396f48e70',
    'nicolaka/netshoot Dockerfile at v0.16; tag and digest as several public deployments pin them',
  ),
  fio: pin(
    'fio',
    'ghcr.io/kastenhq/kubestr:v0.4.49',
    'kastenhq/kubestr Dockerfile at v0.4.49: Alpine with fio; .github/workflows/docker-publish.yml tags it',
  ),
  'etcd-tools': pin(
    'etcd-tools',
    'gcr.io/etcd-development/etcd:v3.6.14',
    'etcd-io/etcd release notes; the image of kubeadm has etcdctl and etcdutl as well',
  ),
  restic: pin(
    'restic',
    'docker.io/restic/restic:0.19.1',
    'restic/restic docker/Dockerfile.release; the tag in public deployments of 2026-08',
  ),
};

/** Images that the tigera-operator pulls on its own, for mirrors; everything Linux that we enable. */
export const calicoImages: readonly ImagePin[] = [
  'apiserver',
  'cni',
  'csi',
  'goldmane',
  'key-cert-provisioner',
  'kube-controllers',
  'node',
  'node-driver-registrar',
  'pod2daemon-flexvol',
  'typha',
  'webhooks',
  'whisker',
  'whisker-backend',
].map((name) =>
  pin(
    `calico-${name}`,
    `quay.io/calico/${name}:${calico.version.value}`,
    `tigera/operator pkg/components/calico.go at ${calico.operatorVersion.value}`,
  ),
);

/** A full release, or an error: a minor has no image. */
function releaseTag(patch: string): string {
  if (!/^v?\d+\.\d+\.\d+$/.test(patch)) {
    throw new Error(
      `kubernetesVersion must be a release such as 1.36.4, got ${patch}; name the patch release`,
    );
  }
  return `v${patch.replace(/^v/, '')}`;
}

/**
 * The kube-proxy image of a Kubernetes release: it carries the same version as the control plane.
 *
 * @param patch the release, for example `1.36.4`
 */
export function kubeProxyImage(patch: string): ImagePin {
  return pin(
    'kube-proxy',
    `registry.k8s.io/kube-proxy:${releaseTag(patch)}`,
    'kubernetes/kubernetes cmd/kubeadm/app/images/images.go: the tag is the Kubernetes version',
  );
}

/**
 * The images that `kubeadm config images list` names for a release, and kube-proxy, for mirrors.
 *
 * @param patch the release, for example `1.36.4`
 */
export function kubeadmImages(patch: string): readonly ImagePin[] {
  const tag = releaseTag(patch);
  const minor = kubernetesMinor(minorOf(patch));
  const source = 'kubernetes/kubernetes cmd/kubeadm/app/images/images.go';
  return [
    ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map((name) =>
      pin(name, `registry.k8s.io/${name}:${tag}`, source),
    ),
    kubeProxyImage(patch),
    pin(
      'coredns',
      `registry.k8s.io/coredns/coredns:${minor.corednsTag.value}`,
      minor.corednsTag.source,
    ),
    pin('pause', `registry.k8s.io/pause:${minor.pauseTag.value}`, minor.pauseTag.source),
    pin('etcd', `registry.k8s.io/etcd:${minor.etcdImageTag.value}`, minor.etcdImageTag.source),
  ];
}

/**
 * The text a manifest names an image by. A mirror replaces the registry's host and nothing else; a
 * digest stays, because a mirror that serves other bytes is what a digest is there to catch.
 *
 * @param image the pin
 * @param mirror host and optional path of a mirror, for example `mirror.example.no/k8s`
 */
export function imageReference(image: ImagePin, mirror?: string): string {
  const host = mirror === undefined ? image.registry : mirror.replace(/\/+$/, '');
  const digest = image.digest === undefined ? '' : `@${image.digest}`;
  return `${host}/${image.repository}:${image.tag}${digest}`;
}

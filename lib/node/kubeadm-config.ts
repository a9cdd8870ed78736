import { Yaml } from 'cdk8s';
import { LOOPBACK, type Cluster, type Machine } from '../cluster';
import { comment, machineFile, type MachineFile } from './machine-file';
import { CRI_SOCKET, paths } from './paths';
import type { NodeTuning } from './tuning';

const API = 'kubeadm.k8s.io/v1beta4';

/** What the entry script puts in on the machine, from the delivered secrets. */
export const placeholders = {
  token: '@BOOTSTRAP_TOKEN@',
  certificateKey: '@CERTIFICATE_KEY@',
  caCertHash: '@CA_CERT_HASH@',
} as const;

/** The port on which API servers listen. */
export function apiPort(cluster: Cluster): number {
  return cluster.endpoint.apiServerPort;
}

/**
 * Templates of what kubeadm reads on one machine, without any secret; the suffix keeps kubectl from
 * collecting them. kubeadm.conf is what the machine of this spec does. A control plane has the other
 * one as well: the first may have to join when it is replaced, and any may let late machines in.
 */
export function kubeadmFiles(
  cluster: Cluster,
  machine: Machine,
  tuning: NodeTuning,
): MachineFile[] {
  const init = [
    initConfiguration(cluster, machine),
    clusterConfiguration(cluster),
    kubeletConfiguration(cluster, tuning),
  ];
  const join = [joinConfiguration(cluster, machine)];
  if (!machine.isControlPlane) {
    return [template('kubeadm', join)];
  }
  return machine === cluster.controlPlanes[0]
    ? [template('kubeadm', init), template('kubeadm-join', join)]
    : [template('kubeadm', join), template('kubeadm-init', init.slice(0, 2))];
}

function template(name: string, documents: readonly object[]): MachineFile {
  return machineFile(
    `${paths.config}/${name}.conf`,
    [
      comment(
        'Read by kubeadm after the bootstrap has put the delivered secrets in; the result lies in /run and is removed.',
      ),
      Yaml.stringify(...documents),
    ].join('\n'),
  );
}

/**
 * What kubeadm pulls the control plane's images by. Not flags: with a repository given as a flag it
 * looks for CoreDNS where no mirror of upstream's paths has it.
 */
export function imagesFile(cluster: Cluster, machine: Machine): MachineFile {
  const {
    bootstrapTokens: _tokens,
    certificateKey: _key,
    ...init
  } = initConfiguration(cluster, machine);
  return machineFile(
    `${paths.config}/images.conf`,
    Yaml.stringify(init, clusterConfiguration(cluster)),
  );
}

function initConfiguration(cluster: Cluster, machine: Machine) {
  return {
    apiVersion: API,
    kind: 'InitConfiguration',
    bootstrapTokens: [{ token: placeholders.token }],
    certificateKey: placeholders.certificateKey,
    localAPIEndpoint: localApiEndpoint(cluster, machine),
    nodeRegistration: nodeRegistration(cluster, machine),
  };
}

function joinConfiguration(cluster: Cluster, machine: Machine) {
  return {
    apiVersion: API,
    kind: 'JoinConfiguration',
    discovery: {
      bootstrapToken: {
        token: placeholders.token,
        apiServerEndpoint: cluster.endpoint.hostAndPort,
        caCertHashes: [placeholders.caCertHash],
      },
    },
    nodeRegistration: nodeRegistration(cluster, machine),
    ...(machine.isControlPlane
      ? {
          controlPlane: {
            localAPIEndpoint: localApiEndpoint(cluster, machine),
            certificateKey: placeholders.certificateKey,
          },
        }
      : {}),
  };
}

function clusterConfiguration(cluster: Cluster) {
  const { endpoint, imageRegistry } = cluster;
  const local = endpoint.isLoopback ? LOOPBACK : undefined;
  const names = [
    ...[endpoint.dnsName, endpoint.address, local],
    ...cluster.controlPlanes.flatMap(nodeIps),
  ];
  const etcd = cluster._summary('etcd');
  return {
    apiVersion: API,
    kind: 'ClusterConfiguration',
    clusterName: cluster.clusterName,
    kubernetesVersion: cluster.kubernetesVersion.toString(),
    controlPlaneEndpoint: endpoint.hostAndPort,
    networking: {
      podSubnet: cluster.podCidrs.join(','),
      serviceSubnet: cluster.serviceCidrs.join(','),
      dnsDomain: cluster.dnsDomain,
    },
    apiServer: { certSANs: [...new Set(names.filter((name) => name !== undefined))] },
    ...(etcd === undefined ? {} : { etcd: { local: etcd.kubeadmLocal } }),
    ...(cluster.kubeProxyMode === undefined ? {} : { proxy: { disabled: true } }),
    ...(imageRegistry === undefined
      ? {}
      : {
          imageRepository: imageRegistry,
          // Only for the default repository does kubeadm add the sub-path that upstream keeps CoreDNS under.
          dns: { imageRepository: `${imageRegistry}/coredns` },
        }),
  };
}

function kubeletConfiguration(cluster: Cluster, tuning: NodeTuning) {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    cgroupDriver: tuning.get('cgroupDriver'),
    clusterDNS: cluster._kubeletDnsIps,
    clusterDomain: cluster.dnsDomain,
    protectKernelDefaults: tuning.get('protectKernelDefaults'),
    resolvConf: cluster.operatingSystem._facts.resolvConf.value,
    shutdownGracePeriod: tuning.get('shutdownGracePeriod'),
    shutdownGracePeriodCriticalPods: tuning.get('shutdownGracePeriodCriticalPods'),
  };
}

function localApiEndpoint(cluster: Cluster, machine: Machine) {
  return { advertiseAddress: machine.address, bindPort: apiPort(cluster) };
}

function nodeRegistration(cluster: Cluster, machine: Machine) {
  const zone = cluster.zoneOf(machine);
  return {
    name: machine.name,
    criSocket: CRI_SOCKET,
    kubeletExtraArgs: [
      { name: 'node-ip', value: nodeIps(machine).join(',') },
      {
        name: 'node-labels',
        value: `topology.kubernetes.io/region=${zone.region},topology.kubernetes.io/zone=${zone.name}`,
      },
    ],
  };
}

/** The kubelet takes one address of each family, the first family first. */
export function nodeIps({ address, addressV6 }: Machine): string[] {
  return [address, ...(addressV6 === undefined ? [] : [addressV6])];
}

import { Yaml } from 'cdk8s';
import { COUNTRY_LABEL, LOOPBACK, type Cluster, type Machine } from '../cluster';
import { argumentRows, componentOf } from './control-plane/arguments';
import { kubeadmTuning, timeoutsOf } from './control-plane/kubeadm-tuning';
import { PATCHES_ON_MACHINE } from './control-plane/patches';
import type { ControlPlaneSettings } from './control-plane/settings';
import { kubeletConfiguration } from './kubelet/configuration';
import type { KubeletSettings } from './kubelet/settings';
import { comment, machineFile, type MachineFile } from './machine-file';
import { CRI_SOCKET, paths } from './paths';
import type { NodeTuning } from './tuning';

const API = 'kubeadm.k8s.io/v1beta4';

/** What kubeadm's documents are made of besides the cluster. */
export interface KubeadmSettings {
  readonly controlPlane: ControlPlaneSettings;
  readonly kubelet: KubeletSettings;
}

/** What the entry script puts in on the machine, from the delivered secrets. */
export const placeholders = {
  token: '@BOOTSTRAP_TOKEN@',
  certificateKey: '@CERTIFICATE_KEY@',
  caCertHash: '@CA_CERT_HASH@',
} as const;

/**
 * Templates of what kubeadm reads on one machine, without any secret; the suffix keeps kubectl from
 * collecting them. kubeadm.conf is what the machine of this spec does. A control plane has the other
 * one as well: the first may have to join when it is replaced, and any may let late machines in.
 */
export function kubeadmFiles(
  cluster: Cluster,
  machine: Machine,
  settings: KubeadmSettings,
  tuning: NodeTuning,
  patched: boolean,
): MachineFile[] {
  const init = [
    initConfiguration(cluster, machine, settings, patched),
    clusterConfiguration(cluster, settings),
    kubeletConfiguration(cluster, tuning, settings.kubelet, settings.controlPlane),
  ];
  const join = [joinConfiguration(cluster, machine, settings, patched)];
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
 * What kubeadm pulls the control plane's images by, and what a changed control plane is written by: it
 * needs no secret. Not flags: with a repository given as a flag kubeadm looks for CoreDNS where no
 * mirror of upstream's paths has it.
 */
export function imagesFile(
  cluster: Cluster,
  machine: Machine,
  settings: KubeadmSettings,
  patched: boolean,
): MachineFile {
  const {
    bootstrapTokens: _tokens,
    certificateKey: _key,
    ...init
  } = initConfiguration(cluster, machine, settings, patched);
  return machineFile(
    `${paths.config}/images.conf`,
    Yaml.stringify(init, clusterConfiguration(cluster, settings)),
  );
}

function initConfiguration(
  cluster: Cluster,
  machine: Machine,
  settings: KubeadmSettings,
  patched: boolean,
) {
  return {
    apiVersion: API,
    kind: 'InitConfiguration',
    bootstrapTokens: [{ token: placeholders.token }],
    certificateKey: placeholders.certificateKey,
    localAPIEndpoint: localApiEndpoint(cluster, machine),
    nodeRegistration: nodeRegistration(cluster, machine, settings),
    ...runOptions(settings, patched),
  };
}

function joinConfiguration(
  cluster: Cluster,
  machine: Machine,
  settings: KubeadmSettings,
  patched: boolean,
) {
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
    nodeRegistration: nodeRegistration(cluster, machine, settings),
    ...(machine.isControlPlane
      ? {
          controlPlane: {
            localAPIEndpoint: localApiEndpoint(cluster, machine),
            certificateKey: placeholders.certificateKey,
          },
        }
      : {}),
    ...runOptions(settings, patched),
  };
}

/** What init and join take alike. A folder of patches that is not there is an error of kubeadm. */
function runOptions({ controlPlane }: KubeadmSettings, patched: boolean) {
  const timeouts = timeoutsOf(controlPlane);
  return {
    ...(patched ? { patches: { directory: PATCHES_ON_MACHINE } } : {}),
    ...(Object.keys(timeouts).length === 0 ? {} : { timeouts }),
  };
}

function clusterConfiguration(cluster: Cluster, { controlPlane, kubelet }: KubeadmSettings) {
  const { endpoint, imageRegistry } = cluster;
  const local = endpoint.isLoopback ? LOOPBACK : undefined;
  const names = [
    ...[endpoint.dnsName, endpoint.address, local],
    ...cluster.controlPlanes.flatMap(nodeIps),
  ];
  const etcd = cluster._summary('etcd');
  const rows = argumentRows(controlPlane, kubelet);
  const tuning = kubeadmTuning(controlPlane);
  return {
    apiVersion: API,
    kind: 'ClusterConfiguration',
    clusterName: cluster.clusterName,
    kubernetesVersion: cluster.kubernetesVersion.toString(),
    controlPlaneEndpoint: endpoint.hostAndPort,
    certificateValidityPeriod: tuning.get('certificateValidityPeriod'),
    encryptionAlgorithm: tuning.get('encryptionAlgorithm'),
    networking: {
      podSubnet: cluster.podCidrs.join(','),
      serviceSubnet: cluster.serviceCidrs.join(','),
      dnsDomain: cluster.dnsDomain,
    },
    apiServer: {
      certSANs: [...new Set(names.filter((name) => name !== undefined))],
      ...componentOf('apiServer', rows, controlPlane),
    },
    controllerManager: componentOf('controllerManager', rows, controlPlane),
    scheduler: componentOf('scheduler', rows, controlPlane),
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

function localApiEndpoint(cluster: Cluster, machine: Machine) {
  return { advertiseAddress: machine.address, bindPort: cluster.endpoint.apiServerPort };
}

function nodeRegistration(cluster: Cluster, machine: Machine, settings: KubeadmSettings) {
  const { country, region, name: zone } = cluster.zoneOf(machine);
  const { kubelet, controlPlane } = settings;
  const { workerTaints } = kubelet;
  const labels: Record<string, string> = {
    'topology.kubernetes.io/region': region,
    'topology.kubernetes.io/zone': zone,
    ...(cluster.residency === undefined ? {} : { [COUNTRY_LABEL]: country }),
    ...(machine.isControlPlane ? kubelet.controlPlaneLabels : kubelet.workerLabels),
  };
  const args: Record<string, string> = {
    'node-ip': nodeIps(machine).join(','),
    'node-labels': Object.keys(labels)
      .sort()
      .map((key) => `${key}=${labels[key]}`)
      .join(','),
    ...kubelet.extraArgs,
  };
  return {
    name: machine.name,
    criSocket: CRI_SOCKET,
    imagePullSerial: kubeadmTuning(controlPlane).get('imagePullSerial'),
    kubeletExtraArgs: Object.keys(args)
      .sort()
      .map((name) => ({ name, value: args[name]! })),
    // Left out on control planes: an empty list would let every pod run there.
    ...(machine.isControlPlane || workerTaints.length === 0 ? {} : { taints: workerTaints }),
  };
}

/** The kubelet takes one address of each family, the first family first. */
export function nodeIps({ address, addressV6 }: Machine): string[] {
  return [address, ...(addressV6 === undefined ? [] : [addressV6])];
}

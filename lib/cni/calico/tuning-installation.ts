import type { CalicoResources } from './calico-options';
import type { CalicoChoices } from './choices';
import { ClusterRoutingMode, LinuxDataplane } from './dataplane-options';
import { CalicoIpamType } from './pool-options';
import { tuned, type Cluster, type TuningRow } from '../../cluster';

const CR = 'Installation.spec';
const NET = `${CR}.calicoNetwork`;
const TYPES = 'tigera/operator:api/v1/installation_types.go (v1.42.3)';
const DEFAULTS = 'tigera/operator:pkg/controller/installation/core_controller.go (v1.42.3)';
const VALIDATION = 'tigera/operator:pkg/controller/installation/validation.go (v1.42.3)';
const CHOSEN = 'chosen in the spec';

type Row = TuningRow<unknown>;

/** Rows of the Installation by the path of their value below `spec`, pools apart. */
export function installationRows(cluster: Cluster, choices: CalicoChoices): Record<string, Row> {
  return {
    ...fixedRows(cluster),
    ...networkRows(cluster, choices),
    ...autodetectionRows(cluster, choices),
    ...ipamRows(choices),
    ...workloadRows(choices),
  };
}

function fixedRows(cluster: Cluster): Record<string, Row> {
  const single = cluster.machines.length === 1;
  return {
    flexVolumePath: tuned(
      `${CR}.flexVolumePath`,
      'None',
      '/usr/libexec/kubernetes/kubelet-plugins/volume/exec/',
      'FlexVolume serves application-layer policy only; without it no driver is written to the host and one image less is pulled',
      DEFAULTS,
    ),
    kubeletVolumePluginPath: tuned(
      `${CR}.kubeletVolumePluginPath`,
      'None',
      '/var/lib/kubelet',
      'the CSI driver serves application-layer policy only; without it one privileged pod less runs on every machine',
      DEFAULTS,
    ),
    controlPlaneReplicas: tuned(
      `${CR}.controlPlaneReplicas`,
      single ? 1 : 2,
      '2',
      single
        ? 'a second Calico API server on the only machine survives nothing'
        : "Calico's API server survives the loss of a machine",
      DEFAULTS,
    ),
  };
}

function networkRows(cluster: Cluster, choices: CalicoChoices): Record<string, Row> {
  const { bgp, dataplane, mtu, most, routing } = choices;
  return {
    'calicoNetwork.bgp': tuned(
      `${NET}.bgp`,
      bgp.enabled ? 'Enabled' : 'Disabled',
      'Enabled',
      bgp.enabled && bgp.mesh
        ? `${bgp.why}; every machine keeps a session with every other`
        : bgp.why,
      VALIDATION,
    ),
    'calicoNetwork.linuxDataplane': tuned(
      `${NET}.linuxDataplane`,
      dataplane,
      'Iptables',
      dataplaneWhy(cluster, dataplane),
      TYPES,
    ),
    'calicoNetwork.mtu': tuned(
      `${NET}.mtu`,
      mtu,
      'detected from the interfaces that are up',
      `${mtu < most ? `${CHOSEN}; ` : ''}${narrowest(cluster)} less ${cluster.pathMtu - most} for ${costs(choices)} leaves ${most}; detection skips bonds, bridges and VLANs, takes the smallest NIC and knows no path`,
      'projectcalico/calico:felix/dataplane/linux/int_dataplane.go (v3.32.1)',
    ),
    ...(routing === ClusterRoutingMode.FELIX
      ? {
          'calicoNetwork.clusterRoutingMode': tuned(
            `${NET}.clusterRoutingMode`,
            routing,
            'BIRD',
            `${CHOSEN}: Felix programs the routes, whether BIRD runs or not`,
            TYPES,
          ),
        }
      : {}),
  };
}

function dataplaneWhy({ kubeProxyMode }: Cluster, dataplane: LinuxDataplane): string {
  if (dataplane === LinuxDataplane.BPF) {
    return 'programs in the kernel serve pods and Services; there is no kube-proxy beside them';
  }
  return kubeProxyMode === undefined
    ? `kube-proxy's mode is not known; ${dataplane} goes with ${
        dataplane === LinuxDataplane.NFTABLES ? 'its nftables mode' : 'its iptables and ipvs modes'
      }`
    : `goes with kube-proxy in ${kubeProxyMode} mode; Nftables and nftables only go together`;
}

/** Where the MTU comes from: one number, or the path that is narrower than others. */
function narrowest(cluster: Cluster): string {
  const paths = cluster.paths();
  const least = paths.find(({ mtu }) => mtu === cluster.pathMtu)!;
  if (paths.length === 1 && least.limit === 'underlay') {
    return `underlay ${least.mtu}`;
  }
  const way = least.from === least.to ? `inside ${least.from}` : `${least.from} - ${least.to}`;
  return `the narrowest path, ${way} with ${least.mtu} (${least.limit}),`;
}

/** What takes bytes of a packet, for people. */
function costs({ pools, encrypted, dataplane }: CalicoChoices): string {
  const names = pools.map(({ encapsulation }) => String(encapsulation));
  return [
    ...new Set([
      ...names,
      ...(encrypted ? ['WireGuard'] : []),
      ...(dataplane === LinuxDataplane.BPF ? ["BPF's tunnel for Services"] : []),
    ]),
  ].join(', ');
}

function autodetectionRows(
  cluster: Cluster,
  { autodetection, dataplane }: CalicoChoices,
): Record<string, Row> {
  const rows: Record<string, Row> = {};
  for (const [family, method] of Object.entries(autodetection)) {
    const field = `nodeAddressAutodetection${family.toUpperCase()}`;
    if (method !== undefined) {
      rows[`calicoNetwork.${field}`] = tuned(
        `${NET}.${field}`,
        method._spec(),
        'firstFound',
        method.method === 'kubernetes'
          ? "the address that kubelet was given; the first found one may be a virtual IP or another NIC's"
          : CHOSEN,
        DEFAULTS,
      );
    }
  }
  if (autodetection.v4 === undefined && dataplane === LinuxDataplane.BPF) {
    rows['calicoNetwork.nodeAddressAutodetectionV4'] = tuned(
      `${NET}.nodeAddressAutodetectionV4`,
      {},
      'firstFound, with the BPF dataplane',
      `machines have no IPv4 address to find (${cluster.podCidr}), and calico-node would exit over it`,
      DEFAULTS,
    );
  }
  return rows;
}

function ipamRows({ ipam }: CalicoChoices): Record<string, Row> {
  return ipam === CalicoIpamType.CALICO
    ? {}
    : {
        cni: tuned(
          `${CR}.cni`,
          { type: 'Calico', ipam: { type: ipam } },
          'Calico with its own IPAM',
          `${CHOSEN}: pods get addresses of the network that Kubernetes set aside for their node`,
          TYPES,
        ),
      };
}

function workloadRows({ options }: CalicoChoices): Record<string, Row> {
  const rows: Record<string, Row> = {};
  const { metricsPort, resources } = options.typha ?? {};
  if (metricsPort !== undefined) {
    rows.typhaMetricsPort = tuned(
      `${CR}.typhaMetricsPort`,
      metricsPort,
      'no metrics',
      CHOSEN,
      TYPES,
    );
  }
  const overrides = {
    typhaDeployment: ['calico-typha', resources],
    calicoNodeDaemonSet: ['calico-node', options.nodeResources],
  } as const;
  for (const [field, [name, wanted]] of Object.entries(overrides)) {
    const requests = requestsOf(wanted);
    if (requests !== undefined) {
      rows[field] = tuned(
        `${CR}.${field}`,
        { spec: { template: { spec: { containers: [{ name, resources: { requests } }] } } } },
        'no requests',
        CHOSEN,
        TYPES,
      );
    }
  }
  return rows;
}

function requestsOf(resources: CalicoResources | undefined): Record<string, string> | undefined {
  const { cpuRequestMillicores, memoryRequest } = resources ?? {};
  const requests = {
    ...(cpuRequestMillicores === undefined ? {} : { cpu: `${cpuRequestMillicores}m` }),
    ...(memoryRequest === undefined ? {} : { memory: `${memoryRequest.toMebibytes()}Mi` }),
  };
  return Object.keys(requests).length === 0 ? undefined : requests;
}

/** What is not installed, and why. */
export const flowLogs = tuned(
  'Goldmane, Whisker',
  'left out',
  'default',
  'two more pods and a stream of every flow cost memory on small clusters, and Whisker asks an outside service for its banner',
  'projectcalico/calico:manifests/custom-resources.yaml (v3.32.1)',
);

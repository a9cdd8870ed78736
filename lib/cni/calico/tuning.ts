import { calico } from '../../catalog';
import { Encapsulation, tuned, Tuning, type Cluster, type TuningRow } from '../../cluster';
import type { FelixOptions } from './calico-options';
import type { CalicoChoices } from './choices';

const CR = 'Installation.spec';
const NET = `${CR}.calicoNetwork`;
const POOL = `${NET}.ipPools`;
const POD = 'Deployment.spec.template.spec';
const OPERATOR_YAML = 'projectcalico/calico:manifests/tigera-operator.yaml (v3.32.1)';
const TYPES = 'tigera/operator:api/v1/installation_types.go (v1.42.3)';
const DEFAULTS = 'tigera/operator:pkg/controller/installation/core_controller.go (v1.42.3)';
const POOL_DEFAULTS = 'tigera/operator:pkg/controller/ippool/defaults.go (v1.42.3)';
const FELIX = 'projectcalico/calico:felix/config/config_params.go (v3.32.1)';

/** What the operator is started with. */
export function operatorTuning() {
  return new Tuning({
    replicas: tuned(
      'Deployment.spec.replicas',
      1,
      '1',
      'one operator acts at a time; pod networking goes on while it is away',
      OPERATOR_YAML,
    ),
    tolerations: tuned(
      `${POD}.tolerations`,
      [
        { effect: 'NoExecute', operator: 'Exists' },
        { effect: 'NoSchedule', operator: 'Exists' },
      ],
      'the same',
      'every node is tainted not-ready until the operator has installed the network',
      OPERATOR_YAML,
    ),
    gracePeriod: tuned(
      `${POD}.terminationGracePeriodSeconds`,
      60,
      '60',
      'how long the operator waits for what it takes down when it is removed',
      OPERATOR_YAML,
    ),
    pullPolicy: tuned(
      `${POD}.containers.imagePullPolicy`,
      'IfNotPresent',
      'IfNotPresent',
      'the tag is a release; a registry that is away must not keep the operator from restarting',
      OPERATOR_YAML,
    ),
    args: tuned(
      `${POD}.containers.args`,
      ['-manage-crds=true'],
      'the same',
      "the operator creates and updates its definitions and Calico's, so their 1.3 MB are nobody's to apply",
      'tigera/operator:cmd/main.go (v1.42.3)',
    ),
    apiGroup: tuned(
      `${POD}.containers.env.CALICO_API_GROUP`,
      calico.apiGroup.value,
      'detected from the cluster',
      'detection answers differently in newer operators on an empty cluster; pinned, the same manifests always store the same kinds',
      'tigera/operator:pkg/apis/version.go (v1.42.3); https://github.com/tigera/operator/pull/4973',
    ),
  });
}

/** Every value of the Installation that is not a fact of the cluster. */
export function installationTuning(cluster: Cluster, choices: CalicoChoices) {
  const single = cluster.machines.length === 1;
  return new Tuning({
    flexVolume: tuned(
      `${CR}.flexVolumePath`,
      'None',
      '/usr/libexec/kubernetes/kubelet-plugins/volume/exec/',
      'FlexVolume serves application-layer policy only; without it no driver is written to the host and one image less is pulled',
      DEFAULTS,
    ),
    csi: tuned(
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
    bgp: tuned(
      `${NET}.bgp`,
      choices.bgp ? 'Enabled' : 'Disabled',
      'Enabled',
      choices.bgp
        ? `the operator refuses ${choices.encapsulation} without BGP; the node-to-node mesh is on by itself`
        : 'Felix programs the routes of VXLAN; without BGP there is no BIRD to run and no port 179 to open',
      'tigera/operator:pkg/controller/installation/validation.go (v1.42.3)',
    ),
    dataplane: tuned(
      `${NET}.linuxDataplane`,
      choices.dataplane,
      'Iptables',
      cluster.kubeProxyMode === undefined
        ? "kube-proxy's mode is not known; Iptables goes with its iptables and ipvs modes"
        : `goes with kube-proxy in ${cluster.kubeProxyMode} mode; Nftables and nftables only go together`,
      TYPES,
    ),
    mtu: tuned(
      `${NET}.mtu`,
      choices.mtu,
      'detected from the interfaces that are up',
      `underlay ${cluster.underlay.mtu} less ${cluster.underlay.mtu - cluster.podMtu(choices.encapsulation)} for ${choices.encapsulation} leaves ${cluster.podMtu(choices.encapsulation)}; detection skips bonds, bridges and VLANs and takes the smallest NIC`,
      'projectcalico/calico:felix/dataplane/linux/int_dataplane.go (v3.32.1)',
    ),
    autodetection: tuned(
      `${NET}.nodeAddressAutodetectionV4.kubernetes`,
      'NodeInternalIP',
      'firstFound',
      "the address that kubelet was given; the first found one may be a virtual IP or another NIC's",
      DEFAULTS,
    ),
    poolName: tuned(
      `${POOL}.name`,
      'default-ipv4-ippool',
      'default-ipv4-ippool',
      "upstream's own name, so that its guides apply as they are written",
      POOL_DEFAULTS,
    ),
    encapsulation: tuned(
      `${POOL}.encapsulation`,
      choices.encapsulation,
      'IPIP',
      encapsulationWhy(choices.encapsulation),
      POOL_DEFAULTS,
    ),
    blockSize: tuned(
      `${POOL}.blockSize`,
      choices.blockSize,
      '26',
      `${2 ** (32 - choices.blockSize)} addresses a block; a machine takes another one when its own are used up`,
      POOL_DEFAULTS,
    ),
    natOutgoing: tuned(
      `${POOL}.natOutgoing`,
      choices.natOutgoing ? 'Enabled' : 'Disabled',
      'Enabled',
      choices.natOutgoing
        ? 'nothing outside the cluster knows the way back to a pod'
        : 'pods keep their own addresses towards the outside',
      POOL_DEFAULTS,
    ),
    nodeSelector: tuned(
      `${POOL}.nodeSelector`,
      'all()',
      'all()',
      'one pool serves every machine',
      POOL_DEFAULTS,
    ),
    ...poolWriteBacks(),
    flowLogs: tuned(
      'Goldmane, Whisker',
      'left out',
      'default',
      'two more pods and a stream of every flow cost memory on small clusters, and Whisker asks an outside service for its banner',
      'projectcalico/calico:manifests/custom-resources.yaml (v3.32.1)',
    ),
  });
}

/**
 * The operator writes these back into the list of pools. Server-side apply owns a list as a whole,
 * so leaving them out would undo the operator's write at every apply and be undone in turn.
 */
function poolWriteBacks() {
  const why =
    "the operator's own default, written out: it would be added to our list and every later apply would remove it again";
  return {
    allowedUses: tuned(
      `${POOL}.allowedUses`,
      ['Workload', 'Tunnel'],
      'the same',
      why,
      POOL_DEFAULTS,
    ),
    assignmentMode: tuned(`${POOL}.assignmentMode`, 'Automatic', 'Automatic', why, POOL_DEFAULTS),
    disableBgpExport: tuned(`${POOL}.disableBGPExport`, false, 'false', why, TYPES),
    disableNewAllocations: tuned(
      `${POOL}.disableNewAllocations`,
      false,
      'false',
      why,
      POOL_DEFAULTS,
    ),
  };
}

function encapsulationWhy(encapsulation: Encapsulation): string {
  const why: Record<Encapsulation, string> = {
    [Encapsulation.NONE]:
      'every machine reaches every other directly, so packets travel as they are, without a byte of overhead',
    [Encapsulation.IPIP]:
      '20 bytes a packet carry pod addresses through a network that does not know them',
    [Encapsulation.IPIP_CROSS_SUBNET]:
      'packets travel as they are within a subnet and pay 20 bytes only between subnets',
    [Encapsulation.VXLAN]:
      "plain UDP between the machines' own addresses is what every network carries, filtered ones included",
    [Encapsulation.VXLAN_CROSS_SUBNET]:
      'packets travel as they are within a subnet and pay 50 bytes only between subnets',
  };
  return why[encapsulation];
}

/** The spec of FelixConfiguration, field by field; what the operator owns in it is never here. */
export function felixRows(
  cluster: Cluster,
  felix: FelixOptions,
): Record<string, TuningRow<unknown>> {
  const row = <V>(field: string, value: V, upstream: string, why: string) => ({
    [field]: tuned(`FelixConfiguration.spec.${field}`, value, upstream, why, FELIX),
  });
  const rows: Record<string, TuningRow<unknown>> = {
    ...row(
      'usageReportingEnabled',
      false,
      'true',
      "Felix would tell projectcalico.org the cluster's size and version, five minutes after its start and daily",
    ),
  };
  const pattern = nicPattern(cluster);
  if (pattern !== undefined) {
    Object.assign(
      rows,
      row(
        'mtuIfacePattern',
        pattern,
        '^((en|wl|ww|sl|ib)[Pcopsvx].*|(eth|wlan|wwan).*)',
        'the NICs of the cluster network only: Felix restarts when the smallest MTU it watches changes, and a bond is not in its own pattern',
      ),
    );
  }
  if (felix.logSeverityScreen !== undefined) {
    Object.assign(
      rows,
      row('logSeverityScreen', felix.logSeverityScreen, 'Info', 'chosen in the spec'),
    );
  }
  if (felix.prometheusMetricsPort !== undefined) {
    Object.assign(
      rows,
      row('prometheusMetricsEnabled', true, 'false', 'a port was named in the spec'),
      row('prometheusMetricsPort', felix.prometheusMetricsPort, '9091', 'chosen in the spec'),
    );
  }
  if (felix.checksumOffload === false) {
    Object.assign(
      rows,
      row(
        'featureDetectOverride',
        'ChecksumOffloadBroken=true',
        'detected from the kernel',
        'Felix switches transmit checksum offload off on its tunnel device',
      ),
    );
  }
  return rows;
}

/** A pattern for exactly the NICs of the spec; undefined while one machine's is unknown. */
function nicPattern(cluster: Cluster): string | undefined {
  const nics = cluster.machines.map((m) => m.nic);
  if (nics.some((nic) => nic === undefined)) {
    return undefined;
  }
  const names = [...new Set(nics)].sort().map((nic) => nic!.replaceAll('.', '\\.'));
  return `^(${names.join('|')})$`;
}

export type OperatorTuning = ReturnType<typeof operatorTuning>;
export type InstallationTuning = ReturnType<typeof installationTuning>;

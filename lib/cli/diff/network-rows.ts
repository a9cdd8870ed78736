import { Effect, Stage, type Row } from './effect';
import { POD_NETWORK, REPLACED, row, TUNNELS } from './row';

const { LIVE, ROLLOUT, DRAIN, REBUILD, BREAKS_CONNECTIONS } = Effect;

/** The service proxy. */
export const proxy: readonly Row[] = [
  row(/^ConfigMap kube-system\/kube-proxy/, /^data\.config\.conf\.mode$/, BREAKS_CONNECTIONS, {
    why: 'Each machine forgets its rules and writes others when its kube-proxy restarts: connections to Services through IPVS end, and what the old mode leaves behind can misdirect new ones',
    how: 'machine by machine, by the runbook of KubeProxyMigration; network plugin and mode change together',
  }),
  row(
    /^ConfigMap kube-system\/kube-proxy/,
    /^data\.config\.conf\.clusterCIDR$/,
    REBUILD,
    POD_NETWORK,
    {
      stage: Stage.NEW_CLUSTER,
    },
  ),
  row(
    /^ConfigMap kube-system\/kube-proxy/,
    /^data\.config\.conf\.nodePortAddresses\b/,
    BREAKS_CONNECTIONS,
    {
      why: 'Node ports answer on other addresses of the machines: who uses one of those that are left out is refused',
    },
  ),
  row(/^ConfigMap kube-system\/kube-proxy/, /^data\.config\.conf\.ipvs\.scheduler$/, ROLLOUT, {
    why: 'kube-proxy restarts machine by machine and changes the scheduler of its virtual servers: new connections are spread otherwise, open ones stay where they are',
  }),
  row(/^ConfigMap kube-system\/kube-proxy/, /./, ROLLOUT, {
    why: 'kube-proxy reads it at its start and restarts machine by machine; rules stay in place meanwhile',
  }),
];

/** The network plugins. */
export const network: readonly Row[] = [
  row(
    /^Installation /,
    /^spec\.calicoNetwork\.ipPools\[[^\]]*\]\.(cidr|blockSize)$/,
    REBUILD,
    {
      why: 'Neither the network of a pool nor its block size can be changed: the operator is refused and says Degraded',
      how: 'a pool beside it, disableNewAllocations on the old one, all pods anew, then the old one goes (docs/cni.md); where the cluster has a new podCidr, a new cluster',
    },
    { stage: Stage.POOL },
  ),
  row(
    /^IPPool /,
    /^spec\.(cidr|blockSize)$/,
    BREAKS_CONNECTIONS,
    {
      why: 'Neither the network of a pool nor its block size can be changed: it is deleted and made anew, and meanwhile nobody announces addresses of Services from it',
      how: 'kubectl get services -A shows who has which. Was it a pool of pods: not this way, but by a pool beside it (docs/cni.md)',
    },
    REPLACED,
  ),
  row(
    /^Installation /,
    /^spec\.calicoNetwork\.ipPools\[[^\]]*\]\.encapsulation$/,
    BREAKS_CONNECTIONS,
    TUNNELS,
  ),
  row(/^IPPool /, /^spec\.(ipipMode|vxlanMode)$/, BREAKS_CONNECTIONS, TUNNELS),
  row(
    /^Installation /,
    /^spec\.calicoNetwork\.ipPools\[[^\]]*\]$/,
    BREAKS_CONNECTIONS,
    {
      why: 'The operator deletes the pool: its pods keep addresses that nobody routes any more',
      how: 'move all pods out of it first: disableNewAllocations, then restart them',
    },
    { type: 'removed' },
  ),
  row(
    /^(Installation|IPPool) /,
    /^spec\.(calicoNetwork\.ipPools\[[^\]]*\]\.)?(natOutgoing|disableBGPExport)$/,
    BREAKS_CONNECTIONS,
    {
      why: 'Packets that leave the pool carry other addresses, or routes to it are withdrawn: where nobody outside knows the way back, its pods reach nothing and are reached by nobody',
      how: 'first see to it that what is outside of the cluster routes to pods, or no longer needs to',
    },
  ),
  row(/^Installation /, /^spec\.calicoNetwork\.ipPools\b/, LIVE, {
    why: 'Counts for what is allocated and sent from now on',
  }),
  row(
    /^Installation /,
    /^spec\.calicoNetwork\.mtu$/,
    DRAIN,
    {
      why: 'calico-node is rolled and sets it on tunnels; pods keep the MTU that they were started with. Larger: nothing is lost, they only send more packets than needed. Smaller: their full packets no longer fit until they are started anew',
      how: 'after the rollout start all pods anew, machine by machine; a network whose MTU shrinks comes last, one that grows comes first',
    },
    { stage: Stage.DRAIN },
  ),
  row(/^Installation /, /^spec\.calicoNetwork\.linuxDataplane$/, BREAKS_CONNECTIONS, {
    why: 'Felix takes its rules out of one packet filter and writes them into another; until kube-proxy and Felix agree, packets meet both or none',
    how: 'apply 00-kube-proxy, 10-cni-operator and 20-cni without a pause',
  }),
  row(/^Installation /, /^spec\.calicoNetwork\.bgp$/, BREAKS_CONNECTIONS, {
    why: 'Routes that BGP brought are withdrawn when its daemon stops, and others are there only afterwards',
  }),
  row(/^Installation /, /^spec\.calicoNetwork\.nodeAddressAutodetection/, BREAKS_CONNECTIONS, {
    why: 'Where a machine is known by another address from then on, its BGP sessions and tunnels end, and others start there',
    how: 'before: calicoctl get nodes -o wide shows the addresses of today',
  }),
  row(
    /^Installation /,
    /^spec\.cni\.(type|ipam\.type)$/,
    REBUILD,
    {
      why: 'Pods keep the interfaces and addresses that the other plugin gave them, and nobody routes to those',
      how: 'boot a new cluster from the new output and move the workloads',
    },
    { stage: Stage.NEW_CLUSTER },
  ),
  row(/^Installation /, /./, ROLLOUT, {
    why: 'The operator replaces the pods of Calico machine by machine; pods keep their network meanwhile',
  }),
  row(/^Deployment tigera-operator\/tigera-operator$/, /^spec\.template\b/, ROLLOUT, {
    why: 'The operator is replaced, and a new release of it replaces the pods of Calico on every machine; pods keep their network meanwhile',
  }),
  row(
    /^FelixConfiguration /,
    /^spec\.(wireguardEnabled|wireguardEnabledV6|vxlan(Port|VNI|Enabled)|ipipEnabled|bpfEnabled|programClusterRoutes)\b/,
    BREAKS_CONNECTIONS,
    TUNNELS,
  ),
  row(
    /^FelixConfiguration /,
    /mtu$/i,
    DRAIN,
    {
      why: 'Felix sets it on its devices; pods keep the MTU that they were started with',
    },
    { stage: Stage.DRAIN },
  ),
  row(/^FelixConfiguration /, /^spec\.(iptablesBackend|nftablesMode)$/, BREAKS_CONNECTIONS, {
    why: 'Felix takes its rules out of one packet filter and writes them into another; until kube-proxy and Felix agree, packets meet both or none',
  }),
  row(/^FelixConfiguration /, /./, LIVE, {
    why: 'Felix reads it while it runs, and restarts itself where it has to; the rules that are there go on',
  }),
  row(
    /^BGPConfiguration /,
    /^spec\.(asNumber|nodeToNodeMeshEnabled|listenPort|nodeMeshPassword|bindMode)\b/,
    BREAKS_CONNECTIONS,
    {
      why: 'Sessions between machines end and start anew, and routes with them',
    },
  ),
  row(
    /^BGPConfiguration /,
    /^spec\.service\w+IPs\b/,
    LIVE,
    { why: 'More addresses of Services are announced' },
    { type: 'added' },
  ),
  row(
    /^BGPConfiguration /,
    /^spec\.(service\w+IPs|prefixAdvertisements|communities|ignoredInterfaces)\b/,
    BREAKS_CONNECTIONS,
    {
      why: 'What is no longer announced, or announced otherwise, is reached another way from then on, or not at all',
    },
  ),
  row(/^BGPFilter /, /^spec\./, BREAKS_CONNECTIONS, {
    why: 'Routes that it no longer lets through are withdrawn at once, on every session that uses it',
    how: 'calicoctl and the other side show the routes before and after',
  }),
  row(/^BGPPeer /, /./, BREAKS_CONNECTIONS, {
    why: 'The session ends and starts anew with the other settings: what is reached through it is not, unless both sides restart gracefully',
  }),
  row(
    /^ConfigMap .*\/kube-flannel-cfg$/,
    /^data\.net-conf\.json\.(IPv6)?Network$/,
    REBUILD,
    POD_NETWORK,
    {
      stage: Stage.NEW_CLUSTER,
    },
  ),
  row(
    /^ConfigMap .*\/kube-flannel-cfg$/,
    /^data\.net-conf\.json\.Backend\.MTU$/,
    DRAIN,
    {
      why: 'flannel restarts machine by machine and sets it on its device; pods keep the MTU that they were started with',
    },
    { stage: Stage.DRAIN },
  ),
  row(/^ConfigMap .*\/kube-flannel-cfg$/, /^data\.net-conf\.json\b/, BREAKS_CONNECTIONS, TUNNELS),
  row(
    /^ConfigMap .*\/kube-flannel-cfg$/,
    /^data\.cni-conf\.json\b/,
    DRAIN,
    { why: 'Read when a pod is started: those that run keep what they have' },
    { stage: Stage.DRAIN },
  ),
  row(/^(Global)?NetworkPolicy |^Tier |^ValidatingAdmissionPolicy/, /./, LIVE, {
    why: 'What it no longer allows is refused from then on; read it beside what runs',
  }),
];

import { Effect, Stage, type Row } from './effect';

const { NOTHING, LIVE, ROLLOUT, DRAIN, REBUILD, BREAKS_CONNECTIONS } = Effect;

type Text = { readonly why: string; readonly how?: string };
const row = (
  of: RegExp,
  field: RegExp,
  effect: Effect,
  text: Text,
  more: Pick<Row, 'type'> & { readonly stage?: Stage } = {},
): Row => ({ of, field, effect, stage: Stage.MANIFESTS, ...more, ...text });

const POD_NETWORK = {
  why: 'Addresses of pods stand in kubeadm, kube-proxy, the network plugin and in every pod; none of them lets go of the old network while anything runs in it',
  how: 'boot a new cluster from the new output and move the workloads',
};
const TUNNELS = {
  why: 'Packets between machines look different from one moment to the next, not on all machines at once: what is under way between pods of different machines is lost until both ends have changed',
  how: 'in a maintenance window; docs/cni.md says how to go machine by machine',
};
const REPLACED = { stage: Stage.REPLACE };

/** Fields that the API server, or the plugin, refuses to change: the object is deleted and made anew. */
const immutable: readonly Row[] = [
  row(
    /^(DaemonSet|Deployment|StatefulSet) /,
    /^spec\.(selector|serviceName|volumeClaimTemplates)/,
    BREAKS_CONNECTIONS,
    {
      why: 'It cannot be changed: the object is deleted and made anew, and all its pods stop at the same time',
    },
    REPLACED,
  ),
  row(
    /^Service /,
    /^spec\.(clusterIPs?|ipFamilies)\b/,
    BREAKS_CONNECTIONS,
    {
      why: 'The address of a Service cannot be changed: it is deleted and made anew, and clients of the old address are refused',
    },
    REPLACED,
  ),
  row(
    /^CustomResourceDefinition /,
    /^spec\.(group|scope|names\.(plural|kind))$/,
    BREAKS_CONNECTIONS,
    {
      why: 'It cannot be changed: with the definition go all objects of its kind, and what they configured',
      how: 'save the objects first: kubectl get -o yaml',
    },
    REPLACED,
  ),
  row(
    /^(Cluster)?RoleBinding /,
    /^roleRef\b/,
    LIVE,
    {
      why: 'A binding cannot point to another role: it is deleted and made anew, in between its subjects are refused',
    },
    REPLACED,
  ),
  row(
    /^StorageClass /,
    /^(parameters|provisioner|reclaimPolicy|volumeBindingMode|allowedTopologies|mountOptions)\b/,
    LIVE,
    {
      why: 'A class cannot be changed, only deleted and made anew; volumes that exist keep what they were made with',
    },
    REPLACED,
  ),
  row(
    /^PersistentVolume /,
    /^spec\.(nodeAffinity|local|hostPath|csi|nfs|volumeMode)\b/,
    DRAIN,
    {
      why: 'Where a volume lies cannot be changed: pods that use it stop, and the volume is made anew; its data stays where it is',
    },
    REPLACED,
  ),
  row(
    /^(IngressClass|GatewayClass) /,
    /^spec\.controller(Name)?$/,
    BREAKS_CONNECTIONS,
    {
      why: 'It cannot be changed: without the class the edge forgets the routes that name it',
      how: 'make a class of another name, and move the routes one by one',
    },
    REPLACED,
  ),
  row(
    /^(PriorityClass|RuntimeClass) /,
    /^(value|handler|preemptionPolicy)$/,
    LIVE,
    { why: 'It cannot be changed, only deleted and made anew; pods that run keep what they have' },
    REPLACED,
  ),
  row(
    /^Job /,
    /^spec\.(template|selector|completionMode)/,
    LIVE,
    { why: 'A Job cannot be changed: delete it and it runs again' },
    REPLACED,
  ),
];

/** The service proxy. */
const proxy: readonly Row[] = [
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
  row(/^ConfigMap kube-system\/kube-proxy/, /^data\.config\.conf\.ipvs\.scheduler$/, ROLLOUT, {
    why: 'kube-proxy restarts machine by machine and changes the scheduler of its virtual servers: new connections are spread otherwise, open ones stay where they are',
  }),
  row(/^ConfigMap kube-system\/kube-proxy/, /./, ROLLOUT, {
    why: 'kube-proxy reads it at its start and restarts machine by machine; rules stay in place meanwhile',
  }),
];

/** The network plugins. */
const network: readonly Row[] = [
  row(
    /^(Installation|IPPool) /,
    /ipPools\[[^\]]*\]\.(cidr|blockSize)$|^spec\.(cidr|blockSize)$/,
    REBUILD,
    {
      why: 'Neither the network of a pool nor its block size can be changed',
      how: 'a pool beside it, disableNewAllocations on the old one, all pods anew, then the old one goes (docs/cni.md); where the cluster has a new podCidr, a new cluster',
    },
    { stage: Stage.REBUILD },
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
  row(/^FelixConfiguration /, /./, LIVE, {
    why: 'Felix reads it while it runs, and restarts itself where it has to; the rules that are there go on',
  }),
  row(
    /^BGPConfiguration /,
    /^spec\.(asNumber|nodeToNodeMeshEnabled|listenPort)$/,
    BREAKS_CONNECTIONS,
    {
      why: 'Sessions between machines end and start anew, and routes with them',
    },
  ),
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

/** The load balancer and the edge. */
const edge: readonly Row[] = [
  row(
    /^IPAddressPool /,
    /^spec\.addresses\b/,
    LIVE,
    { why: 'More addresses to give away' },
    {
      type: 'added',
    },
  ),
  row(/^IPAddressPool /, /^spec\.addresses\b/, BREAKS_CONNECTIONS, {
    why: 'Services keep addresses that are still in the pool. One that was taken out is lost, at the latest when the controller restarts, and its Service gets another',
    how: 'kubectl get services -A shows who has which',
  }),
  row(/^(L2Advertisement|BGPAdvertisement|BFDProfile|Community) /, /./, BREAKS_CONNECTIONS, {
    why: 'Addresses are announced otherwise, and for a moment by nobody: clients have to find them anew',
  }),
  row(
    /^Service /,
    /^spec\.ports\[[^\]]*\](\.(port|nodePort|protocol))?$/,
    BREAKS_CONNECTIONS,
    {
      why: 'Who still uses the old port is refused',
    },
    { type: 'changed' },
  ),
  row(
    /^Service /,
    /^spec\.ports\b/,
    BREAKS_CONNECTIONS,
    { why: 'Who still uses the port is refused' },
    {
      type: 'removed',
    },
  ),
  row(/^Service /, /^spec\.(type|loadBalancer\w*)$/, BREAKS_CONNECTIONS, {
    why: 'The address by which it is reached from outside may be another',
  }),
  row(/^Service /, /./, LIVE, {
    why: 'kube-proxy writes it on every machine within seconds; open connections stay',
  }),
  row(
    /^Gateway /,
    /^spec\.listeners\b/,
    BREAKS_CONNECTIONS,
    {
      why: 'Who still uses the listener is refused',
    },
    { type: 'removed' },
  ),
];

/** All others, by kind. */
const general: readonly Row[] = [
  row(/^(DaemonSet|StatefulSet|Deployment) /, /config-hash$/, ROLLOUT, {
    why: 'What its pods read at their start has changed, so they are replaced one after another',
  }),
  row(
    /^(DaemonSet|StatefulSet|Deployment) /,
    /^spec\.template\..*(c|C)ontainers\[[^\]]*\]\.image$/,
    ROLLOUT,
    {
      why: 'Pods are replaced one after another, by the update strategy, and pull the image first',
    },
  ),
  row(/^(DaemonSet|StatefulSet|Deployment) /, /^spec\.template\b/, ROLLOUT, {
    why: 'Pods are replaced one after another, by the update strategy',
  }),
  row(/^(DaemonSet|StatefulSet|Deployment) /, /^spec\./, LIVE, {
    why: 'Counts for the number of pods and for later rollouts',
  }),
  row(/^CustomResourceDefinition /, /./, LIVE, {
    why: 'What is applied from now on is held to it; objects that are there are not written again',
  }),
  row(/^CronJob /, /./, LIVE, { why: 'Counts from the next run on' }),
  row(/^ConfigMap /, /./, LIVE, {
    why: 'Who watches it takes it while it runs; pods that read it at their start are replaced when their template says so',
  }),
  row(/^Secret /, /./, LIVE, {
    why: 'Who watches it takes it while it runs; others at their next start',
  }),
  row(/./, /^metadata\./, LIVE, { why: 'Labels and annotations; nothing restarts' }),
  row(/^/, /^/, LIVE, { why: 'Its controller takes it while everything runs' }),
];

/** How a field of an object changes a cluster that runs. The first row that matches decides. */
export const objectRows: readonly Row[] = [
  row(/./, /^metadata\.annotations\.argocd\.argoproj\.io/, NOTHING, {
    why: 'Only Argo CD reads it',
  }),
  ...immutable,
  ...proxy,
  ...network,
  ...edge,
  ...general,
];

/** What it means that an object is no longer rendered. It stays until somebody deletes it. */
export const removedRows: readonly Row[] = [
  row(
    /^(Installation default|DaemonSet kube-flannel\/kube-flannel-ds)$/,
    /^$/,
    REBUILD,
    {
      why: 'The network plugin: pods keep the interfaces and addresses that it gave them, and no other plugin routes to those',
      how: 'boot a new cluster from the new output and move the workloads',
    },
    { stage: Stage.NEW_CLUSTER },
  ),
  row(
    /^(DaemonSet|Deployment|StatefulSet|IPPool|BGPPeer|BGPConfiguration|IPAddressPool|L2Advertisement|BGPAdvertisement|Service|Gateway|CustomResourceDefinition|Namespace) /,
    /^$/,
    BREAKS_CONNECTIONS,
    {
      why: 'It stays until somebody deletes it; then what it runs, announces or holds ends at once',
    },
    { stage: Stage.ORPHANS },
  ),
  row(/./, /^$/, LIVE, { why: 'It stays until somebody deletes it' }, { stage: Stage.ORPHANS }),
];

/** What it means that an object is new. */
export const addedRows: readonly Row[] = [
  row(/^(Global)?NetworkPolicy |^ValidatingAdmissionPolicy/, /^$/, LIVE, {
    why: 'New, and what it does not allow is refused from then on; read it beside what runs',
  }),
  row(/./, /^$/, Effect.ADDED, { why: 'New' }),
];

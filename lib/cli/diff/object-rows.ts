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
    /^spec\.(selector|serviceName|volumeClaimTemplates|podManagementPolicy)\b/,
    BREAKS_CONNECTIONS,
    {
      why: 'It cannot be changed: the object is deleted and made anew, and all its pods stop at the same time',
    },
    REPLACED,
  ),
  row(
    /^Service /,
    /^spec\.(clusterIPs|ipFamilies)\b/,
    LIVE,
    { why: 'A second address; the first stays' },
    { type: 'added' },
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
    /^Service /,
    /^spec\.loadBalancerClass$/,
    BREAKS_CONNECTIONS,
    {
      why: 'Who gives it an address cannot be changed: it is deleted and made anew, and may get another address',
    },
    REPLACED,
  ),
  row(
    /^PersistentVolumeClaim /,
    /^spec\.(?!resources\b|volumeAttributesClassName$)/,
    DRAIN,
    {
      why: 'Of a claim only the size can be changed. Deleted, it takes its data along where the class deletes volumes',
      how: 'stop the pods that use it, copy the data into a claim of another name, and let them use that one',
    },
    { stage: Stage.NONE },
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
    /^(parameters|provisioner|reclaimPolicy|volumeBindingMode)\b/,
    LIVE,
    {
      why: 'A class cannot be changed, only deleted and made anew; volumes that exist keep what they were made with',
    },
    REPLACED,
  ),
  row(/^StorageClass /, /^(allowedTopologies|mountOptions)\b/, LIVE, {
    why: 'Counts for volumes that are made from now on; those that exist stay where they are',
  }),
  row(
    /^PersistentVolume /,
    /^spec\.(nodeAffinity|local|hostPath|csi|nfs|iscsi|fc|rbd|cephfs|volumeMode)\b/,
    DRAIN,
    {
      why: 'Where a volume lies cannot be changed: pods that use it stop, and the volume is made anew; its data stays where it is',
      how: 'stop those pods and delete their claim first: a volume in use is only marked, and goes when nobody holds it',
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
const network: readonly Row[] = [
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

/** The load balancer and the edge. */
const edge: readonly Row[] = [
  row(
    /^IPAddressPool /,
    /^spec\.addresses\[/,
    LIVE,
    { why: 'More addresses to give away' },
    {
      type: 'added',
    },
  ),
  row(/^IPAddressPool /, /^spec\.addresses\[/, BREAKS_CONNECTIONS, {
    why: 'Services keep addresses that are still in the pool. One that was taken out is lost, at the latest when the controller restarts, and its Service gets another',
    how: 'kubectl get services -A shows who has which',
  }),
  row(
    /^(L2|BGP)Advertisement /,
    /^spec\.ipAddressPools\[/,
    LIVE,
    { why: 'Addresses of one pool more are announced' },
    { type: 'added' },
  ),
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
  row(
    /^Service /,
    /^spec\.ports\[[^\]]*\]\.nodePort$/,
    BREAKS_CONNECTIONS,
    { why: 'Who still uses the port that it had by chance is refused' },
    { type: 'added' },
  ),
  row(
    /^Service /,
    /^spec\.(type|loadBalancer\w*|externalIPs)\b|^metadata\.annotations\.(metallb\.(io|universe\.tf)|projectcalico\.org)\//,
    BREAKS_CONNECTIONS,
    {
      why: 'The address by which it is reached from outside may be another',
    },
  ),
  row(/^Service /, /^spec\.(externalTrafficPolicy|internalTrafficPolicy)$/, BREAKS_CONNECTIONS, {
    why: 'With Local only machines with a pod of it answer: connections that came in elsewhere end. With Cluster pods see the address of a machine instead of the client',
  }),
  row(/^Service /, /^spec\.selector\b/, BREAKS_CONNECTIONS, {
    why: 'Other pods are behind it at once; where none has the new labels yet, nobody answers',
  }),
  row(/^Service /, /./, LIVE, {
    why: 'kube-proxy writes it on every machine within seconds; open connections stay',
  }),
  row(
    /^Gateway /,
    /^spec\.listeners\[[^\]]*\]$/,
    LIVE,
    { why: 'One listener more' },
    { type: 'added' },
  ),
  row(
    /^Gateway /,
    /^spec\.(listeners\[[^\]]*\](\.(port|protocol|hostname|tls\.mode))?|addresses\b.*|gatewayClassName)$/,
    BREAKS_CONNECTIONS,
    {
      why: 'Who still uses the listener, or the address, is refused',
    },
  ),
  row(/^NginxProxy /, /^spec\.kubernetes\.service\b/, BREAKS_CONNECTIONS, {
    why: 'The controller changes the Service of the edge: its address or ports, or which machines answer, may be others',
  }),
  row(/^NginxProxy /, /^spec\.kubernetes\b/, ROLLOUT, {
    why: 'The controller replaces the pods of the edge one after another',
  }),
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
  row(
    /^CustomResourceDefinition /,
    /^spec\.versions\[[^\]]*\]$/,
    BREAKS_CONNECTIONS,
    {
      why: 'The version is no longer served: who asks for it is refused. While objects are stored in it the API server refuses the change',
    },
    { type: 'removed' },
  ),
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
  row(/^Namespace /, /^metadata\.labels\.pod-security\.kubernetes\.io\/enforce/, LIVE, {
    why: 'Pods that run stay; one that the new level does not allow is refused when it is made the next time',
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
  // From phase 50 on a Kustomization prunes.
  row(
    /^Kustomization \S*\b[5-9]\d-[a-z-]+$/,
    /^$/,
    BREAKS_CONNECTIONS,
    {
      why: 'It stays until somebody deletes it, and then Flux deletes everything that it ever applied',
      how: 'before it is deleted: kubectl patch kustomization … --type merge -p \'{"spec":{"deletionPolicy":"Orphan"}}\'',
    },
    { stage: Stage.ORPHANS },
  ),
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
    /^(DaemonSet|Deployment|StatefulSet|IPPool|BGPPeer|BGPConfiguration|BGPFilter|IPAddressPool|L2Advertisement|BGPAdvertisement|Service|Gateway|GatewayClass|Ingress|IngressClass|IngressRoute\w*|\w+Route|VirtualServer|TransportServer|CustomResourceDefinition|Namespace|PersistentVolume|PersistentVolumeClaim) /,
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

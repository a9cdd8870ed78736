import { edge } from './edge-rows';
import { Effect, Stage, type Row } from './effect';
import { immutable } from './immutable-rows';
import { network, proxy } from './network-rows';
import { row } from './row';

const { NOTHING, LIVE, ROLLOUT, REBUILD, BREAKS_CONNECTIONS } = Effect;

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

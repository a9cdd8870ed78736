import { Effect, Stage, type Row } from './effect';
import { REPLACED, row } from './row';

const { LIVE, DRAIN, BREAKS_CONNECTIONS } = Effect;

/** Fields that the API server, or the plugin, refuses to change: the object is deleted and made anew. */
export const immutable: readonly Row[] = [
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

import type {
  NamedRuleWithOperations,
  Validation,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from 'kubernetes-types/admissionregistration/v1';
import { classNames, type StorageChoices } from './choices';
import { HOST_LABEL, NO_PROVISIONER, ZONE_LABEL } from './names';
import type { StorageTuning } from './tuning';
import { COUNTRY_LABEL, type Cluster } from '../cluster';

/** One policy with the rest of the sentence "the API server refuses …". */
export interface AdmissionPolicy {
  readonly name: string;
  readonly refuses: string;
  readonly rules: NamedRuleWithOperations[];
  readonly exemptNamespaces?: readonly string[];
  /** Name → CEL, each may use those before it. */
  readonly variables: Readonly<Record<string, string>>;
  readonly validations: Validation[];
}

const PREFIX = 'groundwork-residency';

/** The policies that this spec needs. */
export function admissionPolicies(cluster: Cluster, choices: StorageChoices): AdmissionPolicy[] {
  const { residency } = choices;
  return [
    storageClassPolicy(choices),
    volumePolicy(cluster, choices),
    claimPolicy(choices),
    podVolumePolicy(choices),
    ...(residency._allowedSources.length === 0 ? [] : [imagePolicy(choices)]),
    // Kubelets of machines that somebody else made do not say in which country they are.
    ...(cluster.ownsMachines ? [nodePolicy(choices)] : []),
  ];
}

function storageClassPolicy(choices: StorageChoices): AdmissionPolicy {
  const named = {
    places: placesOf(choices),
    byWord: list(driversByWord(choices)),
  };
  return {
    name: `${PREFIX}-classes`,
    refuses: 'a StorageClass whose allowedTopologies reach beyond the zones in allowed countries',
    rules: [{ ...resource('storage.k8s.io', ['storageclasses']), operations: ['CREATE'] }],
    variables: named,
    validations: [
      {
        expression: [
          `object.provisioner == ${text(NO_PROVISIONER)}`,
          'object.provisioner in variables.byWord',
          // Terms are alternatives; within one all must hold, so one that keeps inside is enough.
          `has(object.allowedTopologies) && size(object.allowedTopologies) > 0 && object.allowedTopologies.all(t, has(t.matchLabelExpressions) && t.matchLabelExpressions.exists(e, ${INSIDE}))`,
        ].join(' || '),
        message: `allowedTopologies must keep volumes in ${choices.residency.label}: each term names a zone there`,
      },
    ],
  };
}

function volumePolicy(cluster: Cluster, choices: StorageChoices): AdmissionPolicy {
  const hosts = cluster.machines
    .filter((machine) => choices.zones.some(({ name }) => name === machine.zone))
    .map(({ name }) => name);
  return {
    name: `${PREFIX}-volumes`,
    refuses: 'a PersistentVolume whose nodeAffinity reaches beyond the zones in allowed countries',
    rules: [{ ...resource('', ['persistentvolumes']), operations: ['CREATE'] }],
    variables: {
      places: placesOf(choices, { [HOST_LABEL]: hosts }),
      byWord: list(driversByWord(choices)),
      terms:
        'has(object.spec.nodeAffinity) && has(object.spec.nodeAffinity.required) ? object.spec.nodeAffinity.required.nodeSelectorTerms : []',
    },
    validations: [
      {
        expression: [
          'has(object.spec.csi) && object.spec.csi.driver in variables.byWord',
          `size(variables.terms) > 0 && variables.terms.all(t, has(t.matchExpressions) && t.matchExpressions.exists(e, e.operator == "In" && ${INSIDE}))`,
        ].join(' || '),
        message: `nodeAffinity must keep the volume in ${choices.residency.label}: each term names a machine or zone there`,
      },
    ],
  };
}

function claimPolicy(choices: StorageChoices): AdmissionPolicy {
  const classes = classNames(choices);
  return {
    name: `${PREFIX}-claims`,
    refuses: 'a claim for a class that the spec does not name',
    rules: [{ ...resource('', ['persistentvolumeclaims']), operations: ['CREATE'] }],
    variables: { classes: list(classes) },
    validations: [
      {
        // Without a class a claim waits; with an empty one it gets a volume that is there, judged by itself.
        expression:
          '!has(object.spec.storageClassName) || object.spec.storageClassName == "" || object.spec.storageClassName in variables.classes',
        message: `storageClassName must be ${classes.length === 0 ? 'left out: the spec has no class' : `one of ${classes.join(', ')}`}`,
      },
    ],
  };
}

/** Kinds of volumes that stay on the machine, hold objects of the cluster, or are claims. */
const POD_VOLUMES = [
  ...['configMap', 'downwardAPI', 'emptyDir', 'ephemeral', 'hostPath', 'image'],
  ...['persistentVolumeClaim', 'projected', 'secret'],
];

function podVolumePolicy({ podDrivers }: StorageChoices): AdmissionPolicy {
  const kinds = POD_VOLUMES.map((kind) => `has(v.${kind})`).join(' || ');
  return {
    name: `${PREFIX}-pods`,
    refuses: 'a pod that mounts a volume past PersistentVolumes, such as an NFS export',
    rules: [{ ...resource('', ['pods']), operations: ['CREATE'] }],
    variables: { drivers: list(podDrivers) },
    validations: [
      {
        expression: `!has(object.spec.volumes) || object.spec.volumes.all(v, ${kinds} || (has(v.csi) && v.csi.driver in variables.drivers))`,
        message: `volumes of a pod must be claims, or of the machine and the cluster: ${POD_VOLUMES.join(', ')}${
          podDrivers.length === 0 ? '' : `, or of ${podDrivers.join(', ')}`
        }`,
      },
    ],
  };
}

function imagePolicy({ residency, exemptNamespaces }: StorageChoices): AdmissionPolicy {
  const sources = residency._allowedSources;
  return {
    name: `${PREFIX}-images`,
    refuses: `a pod with an image from elsewhere than ${sources.join(', ')}`,
    rules: [
      {
        ...resource('', ['pods', 'pods/ephemeralcontainers']),
        operations: ['CREATE', 'UPDATE'],
      },
    ],
    exemptNamespaces,
    variables: {
      sources: list(sources),
      images: imagesOf('object'),
      // A pod that is there already may change in everything else.
      known: `oldObject == null ? [] : ${imagesOf('oldObject')}`,
      foreign:
        'variables.images.filter(i, !(i in variables.known) && !variables.sources.exists(s, i.startsWith(s + "/")))',
    },
    validations: [
      {
        expression: 'size(variables.foreign) == 0',
        message: `images must come from ${sources.join(', ')}`,
        messageExpression: `"images must come from ${sources.join(', ')}, got " + variables.foreign.join(", ")`,
      },
    ],
  };
}

/** Images of all containers of a pod, and of volumes that are images. */
function imagesOf(pod: string): string {
  const spec = `${pod}.spec`;
  const containers = ['containers', 'initContainers', 'ephemeralContainers'].map(
    (field) =>
      `(has(${spec}.${field}) ? ${spec}.${field}.map(c, has(c.image) ? c.image : "") : [])`,
  );
  const volumes = `(has(${spec}.volumes) ? ${spec}.volumes.filter(v, has(v.image) && has(v.image.reference)).map(v, v.image.reference) : [])`;
  return [...containers, volumes].join(' + ');
}

function nodePolicy({ zones }: StorageChoices): AdmissionPolicy {
  const labels = (node: string) => {
    const label = (key: string) =>
      `(${text(key)} in ${node}.metadata.labels ? ${node}.metadata.labels[${text(key)}] : "")`;
    return `has(${node}.metadata.labels) ? ${label(COUNTRY_LABEL)} + " " + ${label(ZONE_LABEL)} : ""`;
  };
  return {
    name: `${PREFIX}-nodes`,
    refuses: 'a machine that does not name a zone of the spec and its country',
    rules: [{ ...resource('', ['nodes']), operations: ['CREATE', 'UPDATE'] }],
    variables: {
      places: list(zones.map(({ country, name }) => `${country} ${name}`)),
      place: labels('object'),
      before: `oldObject == null ? "" : (${labels('oldObject')})`,
    },
    validations: [
      {
        // One that is there already may change in everything else.
        expression:
          'variables.place in variables.places || (oldObject != null && variables.place == variables.before)',
        message: `labels ${COUNTRY_LABEL} and ${ZONE_LABEL} must be those of a zone of the spec: ${zones
          .map(({ country, name }) => `${country} ${name}`)
          .join(', ')}`,
      },
    ],
  };
}

/** Whether a requirement `e` keeps within the places. */
const INSIDE = 'e.key in variables.places && e.values.all(v, v in variables.places[e.key])';

/** Topology key → its values inside, as a CEL map. */
function placesOf(
  { classes, zones }: StorageChoices,
  more: Readonly<Record<string, readonly string[]>> = {},
): string {
  const places = new Map<string, Set<string>>([
    [ZONE_LABEL, new Set(zones.map(({ name }) => name))],
    ...Object.entries(more).map(([key, values]) => [key, new Set(values)] as const),
  ]);
  for (const { topology } of classes) {
    if (topology !== undefined) {
      const known = places.get(topology.key) ?? new Set();
      places.set(topology.key, new Set([...known, ...topology.values]));
    }
  }
  const entries = [...places]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, values]) => `${text(key)}: ${list([...values].sort())}`);
  return `{${entries.join(', ')}}`;
}

function driversByWord({ classes }: StorageChoices): string[] {
  return [
    ...new Set(classes.filter((c) => c.topology === undefined).map((c) => c.options.provisioner)),
  ].sort();
}

function resource(group: string, resources: readonly string[]) {
  return {
    apiGroups: [group],
    apiVersions: ['v1'],
    resources: [...resources],
  };
}

/** The policy as an object. */
export function admissionPolicy(
  { name, rules, exemptNamespaces, variables, validations }: AdmissionPolicy,
  tuning: StorageTuning,
): ValidatingAdmissionPolicy {
  const exempt = exemptNamespaces && {
    key: 'kubernetes.io/metadata.name',
    operator: 'NotIn',
    values: [...exemptNamespaces],
  };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      failurePolicy: tuning.get('failurePolicy'),
      matchConstraints: {
        resourceRules: rules,
        ...(exempt === undefined ? {} : { namespaceSelector: { matchExpressions: [exempt] } }),
      },
      variables: Object.entries(variables).map(([variable, expression]) => ({
        name: variable,
        expression,
      })),
      validations,
    },
  };
}

/** What puts it into force, everywhere. */
export function policyBinding(
  { name }: AdmissionPolicy,
  { enforcement }: StorageChoices,
  tuning: StorageTuning,
): ValidatingAdmissionPolicyBinding {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: { policyName: name, validationActions: [enforcement, tuning.get('audit')] },
  };
}

function list(values: readonly string[]): string {
  return `[${values.map(text).join(', ')}]`;
}

/** CEL reads strings as JSON writes them. */
function text(value: string): string {
  return JSON.stringify(value);
}

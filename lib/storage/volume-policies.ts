import { driversByWord, INSIDE, list, placesOf, text } from './cel';
import { classNames, type StorageChoices } from './choices';
import { HOST_LABEL, NO_PROVISIONER, OLD_CLASS_ANNOTATION } from './names';
import { PREFIX, resource, type AdmissionPolicy } from './policy';
import { type Cluster } from '../cluster';

/** What is there already keeps its places, and may change in everything else. */
const UNCHANGED = '(oldObject != null && variables.terms == variables.before)';

export function storageClassPolicy(choices: StorageChoices): AdmissionPolicy {
  const terms = (of: string) => `has(${of}.allowedTopologies) ? ${of}.allowedTopologies : []`;
  return {
    name: `${PREFIX}-classes`,
    refuses: 'a StorageClass whose allowedTopologies reach beyond the zones in allowed countries',
    rules: [
      { ...resource('storage.k8s.io', ['storageclasses']), operations: ['CREATE', 'UPDATE'] },
    ],
    variables: {
      places: placesOf(choices),
      byWord: list(driversByWord(choices)),
      terms: terms('object'),
      before: `oldObject == null ? [] : (${terms('oldObject')})`,
    },
    validations: [
      {
        expression: [
          `object.provisioner == ${text(NO_PROVISIONER)}`,
          'object.provisioner in variables.byWord',
          // Terms are alternatives; within one all must hold, so one that keeps inside is enough.
          `size(variables.terms) > 0 && variables.terms.all(t, has(t.matchLabelExpressions) && t.matchLabelExpressions.exists(e, ${INSIDE}))`,
          UNCHANGED,
        ].join(' || '),
        message: `allowedTopologies must keep volumes in ${choices.residency.label}: each term names a zone there`,
      },
    ],
  };
}

export function volumePolicy(cluster: Cluster, choices: StorageChoices): AdmissionPolicy {
  const hosts = cluster.machines
    .filter((machine) => choices.zones.some(({ name }) => name === machine.zone))
    .map(({ name }) => name);
  const terms = (of: string) =>
    `has(${of}.spec.nodeAffinity) && has(${of}.spec.nodeAffinity.required) ? ${of}.spec.nodeAffinity.required.nodeSelectorTerms : []`;
  return {
    name: `${PREFIX}-volumes`,
    refuses: 'a PersistentVolume whose nodeAffinity reaches beyond the zones in allowed countries',
    rules: [{ ...resource('', ['persistentvolumes']), operations: ['CREATE', 'UPDATE'] }],
    variables: {
      places: placesOf(choices, { [HOST_LABEL]: hosts }),
      byWord: list(driversByWord(choices)),
      terms: terms('object'),
      before: `oldObject == null ? [] : (${terms('oldObject')})`,
    },
    validations: [
      {
        expression: [
          'has(object.spec.csi) && object.spec.csi.driver in variables.byWord',
          `size(variables.terms) > 0 && variables.terms.all(t, has(t.matchExpressions) && t.matchExpressions.exists(e, e.operator == "In" && ${INSIDE}))`,
          UNCHANGED,
        ].join(' || '),
        message: `nodeAffinity must keep the volume in ${choices.residency.label}: each term names a machine or zone there`,
      },
    ],
  };
}

export function claimPolicy(choices: StorageChoices): AdmissionPolicy {
  const classes = classNames(choices);
  return {
    name: `${PREFIX}-claims`,
    refuses: 'a claim for a class that the spec does not name',
    rules: [{ ...resource('', ['persistentvolumeclaims']), operations: ['CREATE', 'UPDATE'] }],
    variables: {
      classes: list(classes),
      name: className('object'),
      before: `oldObject == null ? "" : (${className('oldObject')})`,
    },
    validations: [
      {
        // Without a class a claim waits, and may get one later; with an empty one it gets a volume that is
        // there, judged by itself.
        expression:
          'variables.name == "" || variables.name in variables.classes || (oldObject != null && variables.name == variables.before)',
        message: `storageClassName must be ${classes.length === 0 ? 'left out: the spec has no class' : `one of ${classes.join(', ')}`}`,
      },
    ],
  };
}

/** The class that a claim is for, as controllers read it: the old annotation first. */
function className(of: string): string {
  const annotations = `${of}.metadata.annotations`;
  const old = text(OLD_CLASS_ANNOTATION);
  return `has(${annotations}) && ${old} in ${annotations} ? ${annotations}[${old}] : (has(${of}.spec.storageClassName) ? ${of}.spec.storageClassName : "")`;
}

import { driversByWord, INSIDE, list, placesOf, text } from './cel';
import { classNames, type StorageChoices } from './choices';
import { HOST_LABEL, NO_PROVISIONER } from './names';
import { PREFIX, resource, type AdmissionPolicy } from './policy';
import { type Cluster } from '../cluster';

export function storageClassPolicy(choices: StorageChoices): AdmissionPolicy {
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

export function volumePolicy(cluster: Cluster, choices: StorageChoices): AdmissionPolicy {
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

export function claimPolicy(choices: StorageChoices): AdmissionPolicy {
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

import type { PersistentVolume } from 'kubernetes-types/core/v1';
import type { StorageClass } from 'kubernetes-types/storage/v1';
import type { ClassChoices, StorageChoices, VolumeChoices } from './choices';
import { HOST_LABEL, NO_PROVISIONER, REGION_LABEL, ZONE_LABEL } from './names';
import type { StorageTuning } from './tuning';
import { COUNTRY_LABEL } from '../cluster';

/** The class of local volumes, and those of drivers. */
export function storageClasses(choices: StorageChoices, tuning: StorageTuning): StorageClass[] {
  return [
    ...(choices.volumes.length === 0 ? [] : [localClass(choices, tuning)]),
    ...choices.classes.map((one) => driverClass(choices, one, tuning)),
  ];
}

function localClass(choices: StorageChoices, tuning: StorageTuning): StorageClass {
  return {
    ...head(choices, choices.localClassName),
    provisioner: NO_PROVISIONER,
    // Nobody deletes such a volume with its data: what is asked for here is what happens.
    reclaimPolicy: tuning.get('localReclaimPolicy'),
    volumeBindingMode: tuning.get('volumeBindingMode'),
  };
}

function driverClass(
  choices: StorageChoices,
  { options, reclaimPolicy, topology }: ClassChoices,
  tuning: StorageTuning,
): StorageClass {
  const { name, provisioner, parameters, country, mountOptions, allowVolumeExpansion } = options;
  return {
    ...head(choices, name, country),
    provisioner,
    ...(parameters === undefined ? {} : { parameters: { ...parameters } }),
    reclaimPolicy,
    allowVolumeExpansion: allowVolumeExpansion ?? false,
    ...(mountOptions === undefined ? {} : { mountOptions: [...mountOptions] }),
    volumeBindingMode: tuning.get('volumeBindingMode'),
    ...(topology === undefined
      ? {}
      : {
          allowedTopologies: [
            { matchLabelExpressions: [{ key: topology.key, values: [...topology.values] }] },
          ],
        }),
  };
}

function head({ defaultClass }: StorageChoices, name: string, country?: string) {
  const annotations = {
    ...(country === undefined ? {} : { [COUNTRY_LABEL]: country }),
    ...(name === defaultClass ? { 'storageclass.kubernetes.io/is-default-class': 'true' } : {}),
  };
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
  } as const;
}

/** One volume for each disk, which only pods on its own machine get. */
export function persistentVolume(
  { localClassName }: StorageChoices,
  { machine, zone, disk, name, path }: VolumeChoices,
  tuning: StorageTuning,
): PersistentVolume {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name,
      labels: {
        [COUNTRY_LABEL]: zone.country,
        [HOST_LABEL]: machine.name,
        [REGION_LABEL]: zone.region,
        [ZONE_LABEL]: zone.name,
      },
      annotations: { 'cdk8s-groundwork/disk': `${disk.kind} ${disk.identity}` },
    },
    spec: {
      capacity: { storage: disk.capacity.asString() },
      volumeMode: tuning.get('volumeMode'),
      accessModes: tuning.get('accessModes'),
      persistentVolumeReclaimPolicy: tuning.get('localReclaimPolicy'),
      storageClassName: localClassName,
      local: { path },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            {
              matchExpressions: [
                { key: HOST_LABEL, operator: 'In', values: [machine.name] },
                { key: ZONE_LABEL, operator: 'In', values: [zone.name] },
              ],
            },
          ],
        },
      },
    },
  };
}

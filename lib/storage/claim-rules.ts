import { OLD_CLASS_ANNOTATION } from './names';
import { POD_VOLUMES } from './pod-policies';
import { residencyRule } from './residency-rule';
import { objectsOf, Severity, type IRule, type ResidencySummary } from '../cluster';

/** Claims and pods outside. */
export const claimRules: IRule[] = [
  residencyRule(
    {
      id: 'GW-STORAGE-012',
      severity: Severity.ERROR,
      title: 'Claims and pods of the App keep to the policy',
      why: 'The API server judges them by the same policy: a claim for a class that nobody answers for, and a volume past PersistentVolumes, are refused, a pod at its next start',
      remedy:
        'claim a class of ResidentStorage, or name the class in otherClasses or the driver in podDrivers',
      reference: 'https://kubernetes.io/docs/concepts/storage/volumes/',
    },
    (cluster, _policy, summary) =>
      objectsOf(cluster).flatMap(({ path, object }) =>
        faultsOf(object, summary).map((fault) => ({
          message: `${object.kind} ${object.metadata?.name} (${path}) ${fault}`,
        })),
      ),
  ),
];

function faultsOf(object: any, { classes, otherClasses, podDrivers }: ResidencySummary): string[] {
  const volumes: any[] = podSpecOf(object)?.volumes ?? [];
  const known = ['', ...classes.map(({ name }) => name), ...otherClasses];
  const claimed = claimsOf(object, volumes).flatMap(
    (claim) =>
      claim?.metadata?.annotations?.[OLD_CLASS_ANNOTATION] ?? claim?.spec?.storageClassName ?? [],
  );
  return [
    ...claimed
      .filter((name) => !known.includes(name))
      .map((name) => `claims class ${name}, which the spec does not name`),
    ...volumes
      .filter((volume) => {
        const kinds = Object.keys(volume).filter((key) => key !== 'name');
        return !kinds.every(
          (kind) =>
            POD_VOLUMES.includes(kind) ||
            (kind === 'csi' && podDrivers.includes(volume.csi?.driver)),
        );
      })
      .map(({ name }) => `mounts volume ${name} past PersistentVolumes`),
  ];
}

/** The pod in an object, however deep it lies. What others call a template need not be one of pods. */
function podSpecOf({ apiVersion, kind, spec }: any): any {
  if (!/^(apps\/|batch\/)?v1$/.test(apiVersion)) {
    return undefined;
  }
  return kind === 'Pod' ? spec : (spec?.jobTemplate?.spec ?? spec)?.template?.spec;
}

function claimsOf(object: any, volumes: readonly any[]): any[] {
  const { kind, spec } = object;
  return [
    ...(kind === 'PersistentVolumeClaim' ? [object] : []),
    ...(kind === 'StatefulSet' ? (spec?.volumeClaimTemplates ?? []) : []),
    ...volumes.map((volume) => volume.ephemeral?.volumeClaimTemplate),
  ];
}

import { HOST_LABEL, NO_PROVISIONER, ZONE_LABEL } from './names';
import { allowedWords, residencyRule } from './residency-rule';
import { objectsOf, Severity, type Cluster, type IRule, type ResidentClass } from '../cluster';

const VOLUMES = 'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#node-affinity';
const TOPOLOGIES =
  'https://kubernetes.io/docs/concepts/storage/storage-classes/#allowed-topologies';
const REGULATION = 'https://eur-lex.europa.eu/eli/reg/2016/679/oj';

/** Machines, volumes and backups outside. */
export const placeRules: IRule[] = [
  residencyRule(
    {
      id: 'GW-STORAGE-001',
      severity: Severity.ERROR,
      title: 'Every zone is in an allowed country',
      why: 'Pods, their logs and their local volumes are wherever there is a machine; a policy with one exception is another policy',
      remedy: 'take the zone out of the spec, or allow its country',
      reference: REGULATION,
    },
    ({ zones, machines }, policy) =>
      zones
        .filter(({ country }) => !policy.allows(country))
        .map(({ name, country }) => {
          const there = machines.filter(({ zone }) => zone === name).length;
          return {
            message: `zone ${name} with ${there} machine${there === 1 ? '' : 's'} is in ${country}, allowed are ${allowedWords(policy)}`,
          };
        }),
  ),
  residencyRule(
    {
      id: 'GW-STORAGE-002',
      severity: Severity.ERROR,
      title: 'Backups of etcd are in an allowed country',
      why: 'A snapshot holds every Secret and every object of the cluster; that it is encrypted keeps it from being read, not from being there',
      remedy: 'choose a store inside, or allow its country',
      reference: REGULATION,
    },
    (cluster, policy) => {
      const backup = cluster._summary('etcdBackup');
      return backup === undefined || policy.allows(backup.country)
        ? []
        : [
            {
              message: `backups go to ${backup.country} (${backup.label}), allowed are ${allowedWords(policy)}`,
            },
          ];
    },
  ),
  residencyRule(
    {
      id: 'GW-STORAGE-003',
      severity: Severity.ERROR,
      title: 'Every class and volume of the App keeps to the allowed places',
      why: 'The API server judges it by the same policy and refuses it; where it only warns, data would go there',
      remedy:
        'name zones of the spec in allowedTopologies or nodeAffinity, or give the class to ResidentStorage',
      reference: TOPOLOGIES,
    },
    (cluster, policy, { path, classes }) => {
      const trusted = new Set(classes.filter((c) => c.byWord).map((c) => c.provisioner));
      const places = {
        StorageClass: placesOf(cluster, classes),
        PersistentVolume: placesOf(cluster, classes, hostsOf(cluster)),
      };
      return objectsOf(cluster)
        .filter((one) => !one.path.startsWith(`${path}/`))
        .flatMap(({ path: where, object }) => {
          const driver =
            object.kind === 'StorageClass' ? object.provisioner : object.spec?.csi?.driver;
          const terms = termsOf(object);
          if (terms === undefined || trusted.has(driver) || driver === NO_PROVISIONER) {
            return [];
          }
          const inside = (term: readonly Requirement[]) =>
            term.some(
              ({ key, operator = 'In', values = [] }) =>
                operator === 'In' &&
                values.every((value) =>
                  places[object.kind as keyof typeof places].has(`${key}=${value}`),
                ),
            );
          return terms.length > 0 && terms.every(inside)
            ? []
            : [
                {
                  message: `${object.kind} ${object.metadata?.name} (${where}) ${
                    terms.length === 0 ? 'names no place' : 'reaches beyond the zones'
                  } in ${allowedWords(policy)}`,
                },
              ];
        });
    },
  ),
  residencyRule(
    {
      id: 'GW-STORAGE-004',
      severity: Severity.NOTE,
      title: 'A local volume has one copy',
      why: 'Its data is where it should be, and gone with the disk; nothing else in the cluster has it',
      remedy:
        'let the application replicate, or save it elsewhere in an allowed country; then acknowledge this',
      reference: VOLUMES,
    },
    (_cluster, _policy, { volumes }) =>
      volumes.length === 0
        ? []
        : [
            {
              message: `${volumes.length} local volume${volumes.length === 1 ? ' is' : 's are'} on one disk each`,
            },
          ],
  ),
];

interface Requirement {
  readonly key: string;
  readonly operator?: string;
  readonly values?: readonly string[];
}

/** What a class or a volume asks of places, as alternatives; undefined of other kinds. */
function termsOf(object: any): Requirement[][] | undefined {
  if (object.kind === 'StorageClass') {
    return (object.allowedTopologies ?? []).map((term: any) => term.matchLabelExpressions ?? []);
  }
  if (object.kind === 'PersistentVolume') {
    const terms: any[] = object.spec?.nodeAffinity?.required?.nodeSelectorTerms ?? [];
    return terms.map((term) => term.matchExpressions ?? []);
  }
  return undefined;
}

function zonesInside({ zones, residency }: Cluster): string[] {
  return zones.filter(({ country }) => residency!.allows(country)).map(({ name }) => name);
}

/** Machines inside, which the policy on volumes takes for places, and the one on classes does not. */
function hostsOf(cluster: Cluster): string[] {
  const inside = zonesInside(cluster);
  return cluster.machines.filter(({ zone }) => inside.includes(zone)).map(({ name }) => name);
}

/** `label=value` of every place inside. */
function placesOf(
  cluster: Cluster,
  classes: readonly ResidentClass[],
  hosts: readonly string[] = [],
): Set<string> {
  const drivers = classes.flatMap(({ topology }) => topology ?? []);
  return new Set(
    [
      { key: ZONE_LABEL, values: zonesInside(cluster) },
      { key: HOST_LABEL, values: hosts },
      ...drivers,
    ].flatMap(({ key, values }) => values.map((value) => `${key}=${value}`)),
  );
}

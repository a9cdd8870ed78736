import { Construct } from 'constructs';
import { admissionPolicies, admissionPolicy, policyBinding } from './admission';
import { settleStorage, type ClassChoices, type StorageChoices } from './choices';
import { persistentVolume, storageClasses } from './classes';
import { requireDataDisks } from './disks';
import { NO_PROVISIONER } from './names';
import {
  ResidencyEnforcement,
  type ResidentStorageOptions,
  type ResidentStorageProps,
} from './options';
import type { AdmissionPolicy } from './policy';
import { storageProblems } from './problems';
import { storageRules } from './rules';
import { storageTuning } from './tuning';
import {
  addManifest,
  askedFor,
  decisionsOf,
  Phase,
  throwProblems,
  type Cluster,
  type IStorageConfiguration,
  type ResidentClass,
} from '../cluster';

/**
 * The residency policy of the spec, carried into the cluster: classes whose volumes stay in the allowed
 * zones, one local volume for every disk in `dataDisks` of a machine, and admission policies by which the
 * API server refuses what would go elsewhere. What is outside already in the spec, or in an object of the
 * App, is a finding. One per cluster.
 *
 * @example
 * // fragment
 * new ResidentStorage(chart, 'storage', {
 *   cluster,
 *   classes: [{ name: 'block', provisioner: 'cinder.csi.openstack.org' }],
 * });
 */
export class ResidentStorage extends Construct {
  /**
   * The storage with its options, for a cluster that does not exist yet.
   *
   * @param options what to decide about it
   */
  public static configure(options: ResidentStorageOptions = {}): IStorageConfiguration {
    return new StorageConfiguration(options);
  }

  /** Names of the StorageClasses that are made here. */
  public readonly classNames: string[];
  /** Names of the local PersistentVolumes. */
  public readonly volumeNames: string[];
  /** Names of the ValidatingAdmissionPolicies. */
  public readonly policyNames: string[];

  /**
   * @param scope a Chart, or any construct below one
   * @param id construct id
   * @param props options and the cluster, whose spec must have a `residency`. Wrong values throw, all of
   * them at once
   */
  constructor(scope: Construct, id: string, props: ResidentStorageProps) {
    super(scope, id);
    const { cluster } = props;
    const { path } = this.node;
    throwProblems(path, storageProblems(props));
    const choices = settleStorage(props);
    const tuning = storageTuning();
    const classes = storageClasses(choices, tuning);
    const policies = admissionPolicies(cluster, choices);
    this.classNames = classes.map(({ metadata }) => metadata!.name!);
    this.volumeNames = choices.volumes.map(({ name }) => name);
    this.policyNames = policies.map(({ name }) => name);
    const judges = policies.flatMap((policy) => [
      admissionPolicy(policy, tuning),
      policyBinding(policy, choices, tuning),
    ]);
    const judged = [
      ...classes,
      ...choices.volumes.map((volume) => persistentVolume(choices, volume, tuning)),
    ];
    // Apart, since the policies of before judge by the spec of before.
    judges.forEach((object) => addManifest(this, cluster, Phase.RESIDENCY, object));
    judged.forEach((object) => addManifest(this, cluster, Phase.STORAGE_POLICY, object));
    requireDataDisks(this, cluster, choices);
    cluster.recordDecisions([
      ...tuning.decisions(path),
      ...decisionsOf(path, choices.classes.map(reclaimRow)),
      ...decisionsOf(path, policies.map(policyRow)),
    ]);
    this.register(cluster, choices, policies);
    storageRules.forEach((each) => cluster.addRule(each, this));
  }

  private register(
    cluster: Cluster,
    choices: StorageChoices,
    policies: readonly AdmissionPolicy[],
  ): void {
    const { residency, enforcement, exemptNamespaces, otherClasses } = choices;
    const sources = residency._allowedSources;
    cluster._register('residency', {
      path: this.node.path,
      classes: residentClasses(choices),
      volumes: choices.volumes.map(({ name, machine, disk }) => ({
        name,
        machine: machine.name,
        disk: `${disk.kind} ${disk.identity}`,
        capacity: disk.capacity.asString(),
      })),
      policies: policies.map(({ name, refuses }) => ({ name, refuses })),
      refuses: enforcement === ResidencyEnforcement.DENY,
      imageSources: sources.length === 0 ? undefined : sources,
      exemptNamespaces,
      otherClasses,
      podDrivers: choices.podDrivers,
    });
  }
}

function residentClasses({ classes, volumes, localClassName }: StorageChoices): ResidentClass[] {
  return [
    ...(volumes.length === 0
      ? []
      : [
          {
            name: localClassName,
            provisioner: NO_PROVISIONER,
            where: `disks of ${[...new Set(volumes.map(({ machine }) => machine.name))].join(', ')}`,
            byWord: false,
            reclaimPolicy: 'Retain',
          },
        ]),
    ...classes.map(({ options, topology, reclaimPolicy }) => ({
      name: options.name,
      provisioner: options.provisioner,
      where:
        topology === undefined
          ? options.country!
          : `${topology.key} in ${topology.values.join(', ')}`,
      byWord: topology === undefined,
      topology,
      reclaimPolicy,
    })),
  ];
}

function reclaimRow({ options, reclaimPolicy }: ClassChoices) {
  return options.reclaimPolicy === undefined
    ? {
        key: `StorageClass.reclaimPolicy[${options.name}]`,
        value: reclaimPolicy as string,
        upstream: 'the same',
        why: 'who deletes a claim asks for its data to be gone, and a driver can do it',
        source: 'https://kubernetes.io/docs/concepts/storage/storage-classes/#reclaim-policy',
      }
    : askedFor(`StorageClass.reclaimPolicy[${options.name}]`, reclaimPolicy, 'Delete');
}

function policyRow({ name, refuses }: AdmissionPolicy) {
  return {
    key: `ValidatingAdmissionPolicy[${name}]`,
    value: name,
    upstream: 'none',
    why: `the API server refuses ${refuses}`,
    source: 'residency of the spec',
  };
}

/** The options until there is a cluster. */
class StorageConfiguration implements IStorageConfiguration {
  public constructor(private readonly options: ResidentStorageOptions) {}

  public create(scope: Construct, id: string, cluster: Cluster): Construct {
    return new ResidentStorage(scope, id, { ...this.options, cluster });
  }
}

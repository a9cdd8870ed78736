import { LOCAL_CLASS, REGION_LABEL, STATIC_PODS, ZONE_LABEL } from './names';
import {
  ReclaimPolicy,
  ResidencyEnforcement,
  VolumeFilesystem,
  type ResidentClassOptions,
  type ResidentStorageProps,
} from './options';
import {
  DataDiskKind,
  type Cluster,
  type DataDisk,
  type Machine,
  type Residency,
  type Zone,
} from '../cluster';

/** One class of a CSI driver, settled. */
export interface ClassChoices {
  readonly options: ResidentClassOptions;
  readonly reclaimPolicy: ReclaimPolicy;
  /** Where its volumes may be; absent where only the word of the spec says it. */
  readonly topology?: { readonly key: string; readonly values: readonly string[] };
}

/** One disk that becomes a volume. */
export interface VolumeChoices {
  readonly machine: Machine;
  readonly zone: Zone;
  readonly disk: DataDisk;
  /** Name of the PersistentVolume. */
  readonly name: string;
  /** Directory that pods get. */
  readonly path: string;
}

/** The options with every default settled, and what follows from the facts. */
export interface StorageChoices {
  readonly residency: Residency;
  /** Zones in allowed countries. */
  readonly zones: readonly Zone[];
  readonly classes: readonly ClassChoices[];
  readonly localClassName: string;
  readonly volumes: readonly VolumeChoices[];
  readonly filesystem: VolumeFilesystem;
  readonly defaultClass?: string;
  readonly otherClasses: readonly string[];
  readonly podDrivers: readonly string[];
  readonly enforcement: ResidencyEnforcement;
  readonly exemptNamespaces: readonly string[];
}

/** Where disks are mounted; their volumes are directories below, which a disk that is not mounted lacks. */
export const MOUNTS = '/mnt/disks';

/** Settles every option; call `storageProblems` first. */
export function settleStorage(props: ResidentStorageProps): StorageChoices {
  const { cluster } = props;
  const residency = cluster.residency!;
  const zones = cluster.zones.filter(({ country }) => residency.allows(country));
  return {
    residency,
    zones,
    classes: (props.classes ?? []).map((options) => settleClass(options, zones)),
    localClassName: props.localClassName ?? LOCAL_CLASS,
    volumes: volumesOf(cluster),
    filesystem: props.filesystem ?? VolumeFilesystem.XFS,
    defaultClass: props.defaultClass,
    otherClasses: [...new Set(props.otherClasses ?? [])].sort(),
    podDrivers: [...new Set(props.podDrivers ?? [])].sort(),
    enforcement: props.enforcement ?? ResidencyEnforcement.DENY,
    exemptNamespaces: [...new Set([STATIC_PODS, ...(props.imageExemptNamespaces ?? [])])].sort(),
  };
}

function settleClass(options: ResidentClassOptions, zones: readonly Zone[]): ClassChoices {
  const { topologyKey = ZONE_LABEL, zones: own, country } = options;
  const values = zones.flatMap((zone) =>
    own === undefined ? (labelOf(zone, topologyKey) ?? zone.name) : (own[zone.name] ?? []),
  );
  return {
    options,
    reclaimPolicy: options.reclaimPolicy ?? ReclaimPolicy.DELETE,
    ...(country === undefined
      ? { topology: { key: topologyKey, values: [...new Set(values)] } }
      : {}),
  };
}

/** What kubelets in the zone put under this key; undefined where they put nothing. */
export function labelOf({ name, region }: Zone, key: string): string | undefined {
  return { [ZONE_LABEL]: name, [REGION_LABEL]: region }[key];
}

function volumesOf(cluster: Cluster): VolumeChoices[] {
  return cluster.machines.flatMap((machine) =>
    machine.dataDisks.map((disk) => ({
      machine,
      zone: cluster.zoneOf(machine),
      disk,
      // A machine's name has no dot, so no two volumes get one name.
      name: `${machine.name}.${disk._slug}`,
      path: disk.kind === DataDiskKind.DIRECTORY ? disk.identity : `${mountPointOf(disk)}/volume`,
    })),
  );
}

/** No hyphen in it: systemd would write a backslash into the name of the unit. */
export function mountPointOf(disk: DataDisk): string {
  return `${MOUNTS}/${disk._slug.replace(/-/g, '_')}`;
}

/** Names of every class that a claim may name. */
export function classNames({
  classes,
  volumes,
  localClassName,
  otherClasses,
}: StorageChoices): string[] {
  return [
    ...(volumes.length === 0 ? [] : [localClassName]),
    ...classes.map(({ options }) => options.name),
    ...otherClasses,
  ].sort();
}

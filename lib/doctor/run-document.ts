import { problemAt } from '../cluster';
import { sorted, type Expectations } from './expectations';
import { PROTOCOL } from './protocol';

/**
 * Where a synth leaves the doctor, below the output folder. Neither file ends in .yaml or .json: tools
 * that apply a folder take every file that does, and these are applied by whoever calls the doctor.
 */
export const doctorFiles = {
  /** The objects, as `kubectl apply -f` takes them. */
  objects: 'doctor/doctor.manifest',
  /** The pods that write to the disk of etcd: apply it for `disk` only, and delete it after. */
  disk: 'doctor/disk.manifest',
  /** How to drive their pods, and what they must measure: a `RunDocument` as JSON. */
  run: 'doctor/doctor.conf',
} as const;

/** Which collectors cost something that others feel; each is asked for by name. */
export const loads = ['network', 'disk', 'cpu'] as const;
export type Load = (typeof loads)[number];

/** All that a program needs to drive the pods of the doctor. */
export interface RunDocument {
  /** The lines that collectors print; another number than ours is another release. */
  readonly protocol: number;
  readonly namespace: string;
  /** Whether the objects stay in the cluster: applied with its manifests, and not to be deleted. */
  readonly stays: boolean;
  /** Names of the DaemonSets. */
  readonly daemonSets: { readonly inspector: string; readonly podnet: string };
  /** Label selectors of their pods, as `kubectl -l` takes them. */
  readonly selector: { readonly inspector: string; readonly podnet: string };
  /** The container of each pod. */
  readonly container: string;
  /** Folder of the collectors in it, one `<name>.sh` each. */
  readonly scripts: string;
  readonly image: string;
  /** A Service with an endpoint on every machine, for `connect`; its address is the cluster's to give. */
  readonly service: { readonly name: string; readonly port: number };
  /** Port at which iperf3 is to listen, and how long one pair sends at most. */
  readonly iperf: { readonly port: number; readonly seconds: number };
  /**
   * What writes to the disk of etcd: pods of their own, on control planes only, from a file of their own.
   * Run it on one of them at a time, and with BESIDE_ETCD=yes. Absent where the spec does not know the disk.
   */
  readonly fsync?: {
    readonly daemonSet: string;
    readonly selector: string;
    /** As the pod sees it. */
    readonly directory: string;
    readonly seconds: number;
    readonly image: string;
  };
  readonly expectations: Expectations;
}

/** The document as a file. */
export function runDocument(run: Omit<RunDocument, 'protocol'>): string {
  return `${JSON.stringify(sorted({ protocol: PROTOCOL, ...run }), undefined, 2)}\n`;
}

/**
 * Reads it back. What another release wrote, or somebody changed, throws: half of a spec would judge a
 * cluster wrongly.
 *
 * @param text content of the file
 * @param where its path, for the error
 */
export function parseRunDocument(text: string, where: string = doctorFiles.run): RunDocument {
  const parsed = jsonOf(text);
  if (parsed === undefined || !('protocol' in parsed)) {
    throw wrong(where, 'the file that a synth wrote', 'something else');
  }
  if (parsed.protocol !== PROTOCOL) {
    throw wrong(where, `of protocol ${PROTOCOL}`, `protocol ${String(parsed.protocol)}`);
  }
  const absent = ALWAYS.filter((key) => parsed[key] === undefined);
  if (absent.length > 0) {
    throw wrong(where, 'whole', `nothing for ${absent.join(', ')}`);
  }
  return parsed as unknown as RunDocument;
}

const ALWAYS = [
  'namespace',
  'stays',
  'daemonSets',
  'selector',
  'container',
  'scripts',
  'image',
  'service',
  'iperf',
  'expectations',
] as const satisfies ReadonlyArray<keyof RunDocument>;

function jsonOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function wrong(where: string, allowed: string, got: string): Error {
  const remedy = 'synthesize again with this release and pass its output folder';
  return problemAt('doctor', { prop: where, allowed, got, remedy });
}

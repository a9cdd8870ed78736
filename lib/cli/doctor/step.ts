import type { MachineExpectation } from '../../doctor/expectations';
import type { Load, RunDocument } from '../../doctor/run-document';

/** How many machines are measured beside each other, where that disturbs none of them. */
export const BESIDE = 8;

/** Which pod of a machine a script runs in. */
export type Place = 'inspector' | 'podnet' | 'disk';

/** One script on one machine. */
export interface Task {
  readonly node: string;
  readonly place: Place;
  readonly collector: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What the recording is called besides its collector. */
  readonly label?: string;
  /** After how long nobody waits for it any more. */
  readonly seconds: number;
}

/** What steps are made for. */
export interface Target {
  readonly document: RunDocument;
  /** How many machines the spec has, measured or not. */
  readonly size: number;
  /** Machines that can be entered in a place. */
  readonly machines: (place: Place) => readonly MachineExpectation[];
  /** Addresses of pods on the pod network, by machine. */
  readonly podAddresses: Readonly<Record<string, string>>;
  /** Address of the doctor's own Service, where it could be read. */
  readonly serviceAddress?: string;
}

/** What a step may do in the cluster. */
export interface Hands {
  /** Runs a script and keeps what it prints, which it also returns. */
  readonly collect: (task: Task) => Promise<string>;
  /** The same, without keeping it. */
  readonly look: (task: Task) => Promise<string>;
  /** Keeps a recording. */
  readonly keep: (node: string, name: string, text: string) => void;
  /** Has iperf3 listen on one machine while something else runs. */
  readonly listening: (node: string, place: Place, work: () => Promise<void>) => Promise<void>;
}

/** A part of a step, with a name for whoever watches. */
export interface Unit {
  readonly label: string;
  readonly run: (hands: Hands) => Promise<unknown>;
}

/** One step of a run. */
export interface Step {
  /** What `--only` calls it. */
  readonly name: string;
  /** The load that must be asked for. */
  readonly load?: Load;
  /** Whether machines are measured beside each other; else one after the other. */
  readonly together: boolean;
  /** Collectors that it calls. */
  readonly collectors: readonly string[];
  readonly units: (target: Target) => readonly Unit[];
}

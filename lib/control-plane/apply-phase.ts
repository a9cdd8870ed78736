import type { FetchedManifest, Wait } from '../cluster';

/** One phase as apply.sh walks it. */
export interface ApplyPhase {
  readonly phase: string;
  readonly file: string;
  readonly objects: ReadonlyArray<AppliedObject>;
  /** What is fetched and applied first; addresses are those of the mirror where there is one. */
  readonly fetched?: readonly FetchedManifest[];
  /** What it waits for before it is applied. */
  readonly preconditions?: readonly Wait[];
  /** What it waits for afterwards. */
  readonly waits: readonly Wait[];
}

/** What apply.sh has to know of an object. */
export interface AppliedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

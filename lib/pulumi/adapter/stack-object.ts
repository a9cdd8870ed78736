import type { KubeManifest, ObjectIdentity } from './identity';
import type { Phase } from '../../cluster';

/** One object on its way into the program, with what is known of it besides its fields. */
export interface StackObject extends ObjectIdentity {
  /** Its identity as one string; see `identityKey`. */
  readonly key: string;
  /** What is rendered. */
  readonly manifest: KubeManifest;
  /** Step in which it is applied; absent for what is not of this library. */
  readonly phase?: Phase;
  /** Where it comes from, for errors: a construct path, or a file. */
  readonly origin: string;
  /** The chart it stands in, or the file that it comes from. */
  readonly chart: string;
}

/** An order that somebody wrote down: all of the first come after all of the second. Keys. */
export interface ExplicitOrder {
  readonly later: readonly string[];
  readonly earlier: readonly string[];
}

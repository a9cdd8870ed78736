import type { ApiObject } from 'cdk8s';
import type { Phase } from './phase';

const PHASE_METADATA = 'cdk8s-groundwork/phase';

/** Writes the phase on the object's node, where every consumer of the tree finds it. */
export function assignPhase(object: ApiObject, phase: Phase): void {
  object.node.addMetadata(PHASE_METADATA, phase);
}

/** The phase an object carries, or undefined for an object that is not ours. */
export function phaseOf(object: ApiObject): Phase | undefined {
  const entry = object.node.metadata.find((m) => m.type === PHASE_METADATA);
  return entry?.data as Phase | undefined;
}

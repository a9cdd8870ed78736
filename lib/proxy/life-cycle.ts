import { atLeast, ipvsLifeCycle } from '../catalog';

/**
 * The feature gates IPVS mode needs on this minor. Only where the gate exists and is off: an unknown
 * gate is an error to kube-proxy, and one that is on already would only be noise.
 */
export function ipvsFeatureGates(minor: string): Record<string, boolean> | undefined {
  const needed = atLeast(minor, ipvsLifeCycle.offByDefault.value) && !ipvsIsGone(minor);
  return needed ? { [ipvsLifeCycle.gate.value]: true } : undefined;
}

/** Whether kube-proxy of this minor has lost IPVS mode. */
export function ipvsIsGone(minor: string): boolean {
  return atLeast(minor, ipvsLifeCycle.removed.value);
}

/** The end of IPVS mode, in one sentence with the day on which the plan was read. */
export function ipvsLifeCycleText(): string {
  const { deprecated, gateAdded, gate, offByDefault, removed } = ipvsLifeCycle;
  return (
    `deprecated since ${deprecated.value}, behind the gate ${gate.value} from ${gateAdded.value}, ` +
    `off by default from ${offByDefault.value}, gone in ${removed.value} (as planned on ${removed.date})`
  );
}

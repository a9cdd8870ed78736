import { MergeRule, type Cluster, type Machine } from '../../cluster';

/** What the formulas of kernel parameters read. */
export interface KernelFacts {
  readonly cluster: Cluster;
  readonly machine: Machine;
}

/** One kernel parameter: which machines get which value, and why. */
export interface KernelRow {
  readonly key: string;
  /** The value on one machine; nothing where the machine does not get the parameter. */
  readonly value: (facts: KernelFacts) => string | undefined;
  /** AT_LEAST where a larger number of somebody else is right, too. */
  readonly merge: MergeRule;
  /** The few words beside the value on the machine. */
  readonly note: string;
  readonly upstream: string;
  readonly why: string;
  readonly source: string;
}

interface Reasons {
  readonly note: string;
  readonly upstream: string;
  readonly why: string;
  readonly source: string;
}

type Value = string | number | ((facts: KernelFacts) => string | number | undefined);

/** A parameter that must have this value and no other. */
export function exactly(key: string, value: Value, reasons: Reasons): KernelRow {
  return { key, value: valueOf(value), merge: MergeRule.EXACTLY, ...reasons };
}

/** A parameter for which more is right, too. */
export function atLeast(key: string, value: Value, reasons: Reasons): KernelRow {
  return { key, value: valueOf(value), merge: MergeRule.AT_LEAST, ...reasons };
}

/** The least power of two that is not smaller. */
export function powerOfTwo(value: number): number {
  return 2 ** Math.ceil(Math.log2(value));
}

/** Whether machines of this cluster route IPv6. */
export function ipv6({ cluster }: KernelFacts): boolean {
  return cluster._families.includes('IPv6');
}

function valueOf(value: Value): KernelRow['value'] {
  return (facts) => {
    const given = typeof value === 'function' ? value(facts) : value;
    return given === undefined ? undefined : String(given);
  };
}

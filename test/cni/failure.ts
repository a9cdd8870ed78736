import type { ClusterProps } from '../../lib';
import type { TunedCalicoOptions } from '../../lib/cni';
import { render, said } from './calico';
import { variants } from './calico-variants';

// Every failure that reports from running clusters taught: E is one that leaves a cluster broken, W one
// that costs something. Each is caught by the constructor, by a rule, or cannot be written down at all.

export interface Failure {
  readonly id: string;
  readonly title: string;
  /** A message of the constructor. */
  readonly throws?: [() => unknown, string];
  /** Ids of rules, and what makes the first of them speak. */
  readonly rules?: [string[], () => string[]];
  /** Why no option leads to it. */
  readonly impossible?: [string, () => void];
}

/** What the rules say, as `id message`. */
export const on = (options: TunedCalicoOptions, facts: Partial<ClusterProps> = {}) =>
  said(render(options, facts));
/** A construct that may throw. */
export const make =
  (options: TunedCalicoOptions, facts: Partial<ClusterProps> = {}) =>
  () =>
    render(options, facts);
/** A look at the Installation of every variant. */
export const everywhere = (check: (installation: any) => void) => () =>
  variants.forEach(([, variant]) => check(variant().objects.find('Installation')));

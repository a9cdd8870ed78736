import type { IRule } from '../cluster';
import { ownRules as calicoRules } from './calico/rules';
import { edgeRules } from './edge-rules';
import { ownRules as metalLbRules } from './metallb/rules';

/** Rules about load balancers. */
export const loadBalancerRules: IRule[] = [...edgeRules, ...metalLbRules, ...calicoRules];

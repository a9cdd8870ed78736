import type { IRule } from '../cluster';
import { capacityRules } from './capacity-rules';
import { limitRules } from './limit-rules';
import { reachRules } from './reach-rules';
import { releaseRules } from './release-rules';
import { workloadRules } from './workload-rules';

/** Rules about the edge. */
export const ingressRules: IRule[] = [
  ...releaseRules,
  ...capacityRules,
  ...reachRules,
  ...limitRules,
  ...workloadRules,
];

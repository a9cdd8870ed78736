import type { IRule } from '../cluster';
import { capacityRules } from './capacity-rules';
import { reachRules } from './reach-rules';
import { releaseRules } from './release-rules';

/** Rules about the edge. */
export const ingressRules: IRule[] = [...releaseRules, ...capacityRules, ...reachRules];

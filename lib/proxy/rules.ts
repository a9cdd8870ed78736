import type { IRule } from '../cluster';
import { backendRules } from './rules-backends';
import { commonRules } from './rules-common';
import { filterRules } from './rules-filter';
import { ipvsRules } from './rules-ipvs';

/** What would break in kube-proxy, or because of it; every rule knows its modes. */
export const proxyRules: IRule[] = [
  ...ipvsRules,
  ...commonRules,
  ...filterRules,
  ...backendRules,
].sort((a, b) => (a.id < b.id ? -1 : 1));

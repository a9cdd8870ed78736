import { adoptionRules } from './adoption-rules';
import { claimRules } from './claim-rules';
import { placeRules } from './place-rules';
import { sourceRules } from './source-rules';
import type { IRule } from '../cluster';

/** Everything that is outside of the residency policy, or that nothing shows. */
export const storageRules: IRule[] = [
  ...placeRules,
  ...claimRules,
  ...sourceRules,
  ...adoptionRules,
];

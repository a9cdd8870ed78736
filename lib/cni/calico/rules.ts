import { bgpRules } from './bgp-rules';
import { machineRules } from './machine-rules';
import { manifestEnvRules } from './manifest-env-rules';
import { platformRules } from './platform-rules';
import { poolRules } from './pool-rules';
import { takeoverRules } from './takeover-rules';
import { underlayRules } from './underlay-rules';
import type { IRule } from '../../cluster';
import { foreignRoutesRule } from '../foreign-routes-rule';
import { spareCoreRule } from '../spare-core-rule';

/** What would break in Calico, or cost more than it should. */
export const calicoRules: IRule[] = [
  ...underlayRules,
  ...platformRules,
  ...poolRules,
  ...bgpRules,
  ...machineRules,
  ...manifestEnvRules,
  spareCoreRule('GW-CNI-049'),
  ...takeoverRules,
  foreignRoutesRule('GW-CNI-051'),
];

import { etcdRules } from './etcd-rules';
import { platformRules } from './platform-rules';
import { underlayRules } from './underlay-rules';
import type { IRule } from '../../cluster';
import { foreignRoutesRule } from '../foreign-routes-rule';
import { spareCoreRule } from '../spare-core-rule';

/** What would break in flannel, or cost more than it should. */
export const flannelRules: IRule[] = [
  ...underlayRules,
  ...platformRules,
  ...etcdRules,
  spareCoreRule('GW-CNI-124'),
  foreignRoutesRule('GW-CNI-125'),
].sort((a, b) => (a.id < b.id ? -1 : 1));

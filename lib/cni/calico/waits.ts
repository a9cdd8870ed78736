import { calico } from '../../catalog';
import type { Wait } from '../../cluster';

/**
 * The operator creates its definitions when it starts, in no certain order. These are the kinds that
 * the next phase applies or waits for.
 */
export const definitionWaits: Wait[] = [
  'apiservers.operator.tigera.io',
  `felixconfigurations.${calico.apiGroup.value.split('/')[0]}`,
  'installations.operator.tigera.io',
  'tigerastatuses.operator.tigera.io',
].map((name) => ({ resource: `crd/${name}`, condition: 'Established', minutes: 5 }));

/**
 * The operator's own verdict, in the order in which it gets there. calico waits until every machine
 * has pulled its images, so it gets the longest time.
 */
export const statusWaits: Wait[] = [
  { resource: 'tigerastatus/ippools', minutes: 5, follows: 'installation/default' },
  { resource: 'tigerastatus/calico', minutes: 20, follows: 'installation/default' },
  { resource: 'tigerastatus/apiserver', minutes: 10, follows: 'apiserver/default' },
].map((wait) => ({ ...wait, condition: 'Available' }));

import { calico } from '../catalog';
import type { Wait } from '../cluster';

/**
 * The operator creates its definitions when it starts, in no certain order. These are the kinds that
 * the next phase applies or waits for.
 */
export const definitionWaits: Wait[] = [
  'apiservers.operator.tigera.io',
  `felixconfigurations.${calico.apiGroup.value.split('/')[0]}`,
  'installations.operator.tigera.io',
  'tigerastatuses.operator.tigera.io',
].map((name) => ({ resource: `crd/${name}`, condition: 'condition=Established', minutes: 5 }));

/**
 * The operator's own verdict, in the order in which it gets there. calico waits until every machine
 * has pulled its images, so it gets the longest time.
 */
export const statusWaits: Wait[] = [
  { resource: 'tigerastatus/ippools', condition: 'condition=Available', minutes: 5 },
  { resource: 'tigerastatus/calico', condition: 'condition=Available', minutes: 20 },
  { resource: 'tigerastatus/apiserver', condition: 'condition=Available', minutes: 10 },
];

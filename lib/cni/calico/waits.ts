import type { Manifest, Wait } from '../../cluster';

/**
 * The operator creates its definitions when it starts, in no certain order. The next phase needs those
 * of the kinds that it applies, and of the one that it waits for.
 */
export function definitionWaits(applied: readonly Manifest[]): Wait[] {
  const names = applied
    .map(({ apiVersion, kind }) => [kind!.toLowerCase(), apiVersion!.split('/')[0]!] as const)
    .filter(([, group]) => /(^|\.)(tigera\.io|projectcalico\.org)$/.test(group))
    .map(([kind, group]) => `${kind}s.${group}`);
  return [...new Set([...names, 'tigerastatuses.operator.tigera.io'])].sort().map((name) => ({
    resource: `crd/${name}`,
    condition: 'Established',
    minutes: 5,
    needed: true,
  }));
}

/**
 * The operator's own verdict, in the order in which it gets there. calico waits until every machine
 * has pulled its images, so it gets the longest time. Policies are given to Calico's API server.
 * The operator repeats what it says of these two, as Ready, on what they follow.
 */
export const statusWaits: Wait[] = [
  { resource: 'tigerastatus/ippools', minutes: 5, follows: 'installation/default' },
  {
    resource: 'tigerastatus/calico',
    minutes: 20,
    follows: 'installation/default',
    followedCondition: 'Ready',
  },
  {
    resource: 'tigerastatus/apiserver',
    minutes: 10,
    follows: 'apiserver/default',
    followedCondition: 'Ready',
    serves: 'projectcalico.org',
    needed: true,
  },
].map((wait) => ({ ...wait, condition: 'Available' }));

import type { ClusterProps } from './cluster-props';
import type { Problem } from './problem';

/** Links must join zones that exist, each pair once. */
export function linkProblems({ underlay, zones, machines }: ClusterProps): Problem[] {
  const names = zones.map((z) => z.name);
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const { from, to, label } of underlay.links) {
    for (const zone of [from, to].filter((name) => !names.includes(name))) {
      problems.push({
        prop: `link ${label} of underlay.links`,
        allowed: `between two of ${names.join(', ')}`,
        got: zone,
        remedy: 'add the zone or correct its name',
      });
    }
    const pair = [from, to].sort().join(' ');
    if (seen.has(pair)) {
      problems.push({
        prop: 'underlay.links',
        allowed: 'one link for a pair of zones',
        got: label,
        remedy: 'remove one of the two; a link holds in both directions',
      });
    }
    seen.add(pair);
  }
  if (underlay.singleAddresses) {
    for (const { name, ...machine } of machines) {
      for (const prop of ['gateway', 'gatewayV6'] as const) {
        if (machine[prop] !== undefined) {
          problems.push({
            prop: `${prop} of machine ${name}`,
            allowed: 'left out where NICs carry single addresses (underlay.singleAddresses)',
            got: machine[prop],
            remedy:
              "its on-link route is the image's own; a network-config written here would lack it",
          });
        }
      }
    }
  }
  return problems;
}

import { rule, Severity, type IRule } from '../cluster';

/** What tunnels cost a machine, whichever plugin makes them; each plugin has an id of its own for it. */
export function spareCoreRule(id: string): IRule {
  return rule(
    {
      id,
      severity: Severity.NOTE,
      title: 'Machines that wrap packets have a core to spare',
      why: 'Wrapping and unwrapping happens in the softirq of one core: with one core it takes the time of the pods, and a busy or a stolen core drops packets before anybody counts them',
      remedy:
        'give the machine two cores, or choose no encapsulation where the network carries pod addresses',
      reference: 'https://docs.kernel.org/networking/scaling.html',
    },
    (cluster) => {
      const wrappings = new Set(
        (cluster._summary('cni')?.ways ?? []).flatMap(({ wrapping }) => wrapping ?? []),
      );
      const small = cluster.machines.filter(({ cpus }) => cpus === 1);
      return wrappings.size === 0 || small.length === 0
        ? []
        : [
            {
              message: `${small.map(({ name }) => name).join(', ')} ${small.length === 1 ? 'has' : 'have'} one core, for pods and for ${[...wrappings].join(' and ')}`,
            },
          ];
    },
  );
}

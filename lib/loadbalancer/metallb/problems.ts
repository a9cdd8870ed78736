import { bgpProblems } from './bgp-problems';
import type { MetalLbServiceAllocation, MetalLbProps } from './options';
import { selectorProblems } from './selector-problems';
import { checkInteger, isDnsLabel, LoadBalancerKind, type Problem } from '../../cluster';
import { poolProblems } from '../pool-problems';

/** Which kind of load balancer the options make. */
export function kindOf({ mode }: Pick<MetalLbProps, 'mode'>): LoadBalancerKind {
  return mode?._bgp === undefined ? LoadBalancerKind.METALLB_L2 : LoadBalancerKind.METALLB_BGP;
}

/** Everything that is wrong with the options, each fault on its own. */
export function optionProblems(props: MetalLbProps): Problem[] {
  const { cluster, pools, mode } = props;
  const checked = pools.map(({ name, addresses }, at) => ({
    name,
    entries: addresses.map((text, index) => ({ prop: `pools[${at}].addresses[${index}]`, text })),
  }));
  return [
    ...poolProblems(cluster, checked, mode?._bgp === undefined ? 'layer2' : 'routed'),
    ...pools.flatMap(({ addresses, serviceAllocation }, at) => [
      ...emptyProblems(`pools[${at}].addresses`, addresses),
      ...allocationProblems(`pools[${at}].serviceAllocation`, serviceAllocation),
    ]),
    ...layer2Problems(props),
    ...bgpProblems(props),
  ];
}

function emptyProblems(prop: string, addresses: readonly string[]): Problem[] {
  return addresses.length > 0
    ? []
    : [
        {
          prop,
          allowed: 'at least one network or range',
          got: undefined,
          remedy: 'MetalLB refuses all of its configuration for one pool without addresses',
        },
      ];
}

function allocationProblems(prop: string, allocation: MetalLbServiceAllocation = {}): Problem[] {
  const { priority, namespaces = [], namespaceSelector, serviceSelector } = allocation;
  return [
    ...checkInteger(
      `${prop}.priority`,
      priority,
      { min: 1, max: 2 ** 31 - 1 },
      'pools with smaller numbers are asked first',
    ),
    ...namespaces
      .filter((name, index) => !isDnsLabel(name) || namespaces.indexOf(name) !== index)
      .map((got) => ({
        prop: `${prop}.namespaces`,
        allowed: 'RFC 1123 labels, each once',
        got,
        remedy: 'correct the name; MetalLB refuses one that is named twice',
      })),
    ...selectorProblems(`${prop}.namespaceSelector`, namespaceSelector),
    ...selectorProblems(`${prop}.serviceSelector`, serviceSelector),
  ];
}

function layer2Problems({ mode }: MetalLbProps): Problem[] {
  const { interfaces, nodeSelector } = mode?._layer2 ?? {};
  const problems = selectorProblems('mode.nodeSelector', nodeSelector);
  if (interfaces === undefined) {
    return problems;
  }
  const wrong = interfaces.filter(
    (name, index) =>
      !/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,14}$/.test(name) || interfaces.indexOf(name) !== index,
  );
  return [
    ...problems,
    ...(interfaces.length === 0 ? [''] : wrong).map((got) => ({
      prop: 'mode.interfaces',
      allowed: 'interface names of at most 15 characters, each once',
      got,
      remedy: 'copy them from `ip -brief link`',
    })),
  ];
}

import type { CalicoLoadBalancerPool, CalicoLoadBalancerProps } from './options';
import { checkInteger, Cidr, type Manifest, type Problem } from '../../cluster';
import { poolProblems } from '../pool-problems';

/** Bounds of Calico's blocks by family: the widest, the narrowest, its own choice. */
const BLOCKS = { IPv4: [20, 32, 26], IPv6: [116, 128, 122] } as const;

/** Everything that is wrong with the options, each fault on its own. */
export function optionProblems({ cluster, pools }: CalicoLoadBalancerProps): Problem[] {
  const checked = pools.map(({ name, cidr }, at) => ({
    name,
    entries: [{ prop: `pools[${at}].cidr`, text: cidr }],
  }));
  return [
    ...poolProblems(cluster, checked, 'routed'),
    ...pools.flatMap((pool, at) => [
      ...networkProblems(`pools[${at}]`, pool),
      ...selectorProblems(`pools[${at}].namespaceSelector`, pool.namespaceSelector),
    ]),
  ];
}

/** Calico takes no ranges. */
function networkProblems(prop: string, { cidr, blockSize }: CalicoLoadBalancerPool): Problem[] {
  const network = Cidr.parse(cidr);
  if (network === undefined) {
    return cidr.includes('-')
      ? [
          {
            prop: `${prop}.cidr`,
            allowed: 'a canonical CIDR',
            got: cidr,
            remedy: 'Calico takes no ranges; give several networks',
          },
        ]
      : [];
  }
  const [widest, narrowest, usual] = BLOCKS[network.family];
  return checkInteger(
    `${prop}.blockSize`,
    blockSize,
    { min: Math.max(widest, network.prefix), max: narrowest },
    `it is a prefix length inside ${network}; ${usual} gives blocks of 64 addresses`,
  );
}

function selectorProblems(prop: string, selector: string | undefined): Problem[] {
  return selector === undefined || selector.trim() !== ''
    ? []
    : [{ prop, allowed: 'a selector', got: selector, remedy: 'leave it out for all namespaces' }];
}

/** The pool, in the group that Calico's API server validates. */
export function ipPool(pool: CalicoLoadBalancerPool): Manifest & { readonly spec: object } {
  const network = Cidr.parse(pool.cidr)!;
  const [, , usual] = BLOCKS[network.family];
  return {
    apiVersion: 'projectcalico.org/v3',
    kind: 'IPPool',
    metadata: { name: pool.name },
    spec: {
      cidr: pool.cidr,
      blockSize: pool.blockSize ?? Math.max(usual, network.prefix),
      ipipMode: 'Never',
      vxlanMode: 'Never',
      natOutgoing: false,
      nodeSelector: 'all()',
      allowedUses: ['LoadBalancer'],
      assignmentMode: (pool.autoAssign ?? true) ? 'Automatic' : 'Manual',
      disableBGPExport: false,
      ...(pool.namespaceSelector === undefined
        ? {}
        : { namespaceSelector: pool.namespaceSelector }),
    },
  };
}

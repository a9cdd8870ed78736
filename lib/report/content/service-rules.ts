import { KubeProxyMode, type Cluster } from '../../cluster';
import { grouped, table, text, type Block, type Inline } from '../document';

/** Endpoints that a Service is reckoned with. */
const ENDPOINTS = 3;
/** What stands in iptables' nat table beside the Services. */
const IPTABLES_BASE = 7;

interface Estimate {
  readonly mode: KubeProxyMode;
  /** What is written on every machine for so many Services of one port. */
  readonly written: (services: number) => string;
  readonly walked: (services: number) => string;
}

// proxier.go of each mode: what it writes for a ClusterIP port with its endpoints.
const ESTIMATES: readonly Estimate[] = [
  {
    mode: KubeProxyMode.IPTABLES,
    written: (s) => `${grouped(IPTABLES_BASE + s * (2 + 3 * ENDPOINTS))} rules`,
    walked: (s) => `up to ${grouped(s)} rules`,
  },
  {
    mode: KubeProxyMode.NFTABLES,
    written: (s) => `${grouped(s)} elements of a map, ${grouped(s * (2 + 2 * ENDPOINTS))} rules`,
    walked: () => 'one lookup',
  },
  {
    mode: KubeProxyMode.IPVS,
    written: (s) =>
      `${grouped(s)} virtual servers with ${grouped(s * ENDPOINTS)} real ones, ${grouped(s)} addresses`,
    walked: () => 'one lookup',
  },
];

/** What each mode of kube-proxy writes on every machine: an estimate, beside the number that is expected. */
export function serviceRules(cluster: Cluster): Block[] {
  const proxy = cluster._summary('kubeProxy');
  const own = cluster.kubeProxyMode;
  const expected = proxy?.expectedServices;
  const sizes = [...new Set([100, 1000, 5000, ...(expected === undefined ? [] : [expected])])].sort(
    (a, b) => a - b,
  );
  const rows = ESTIMATES.flatMap(({ mode, written, walked }) =>
    sizes.map((services): Inline[] => [
      mode === own ? [{ strong: `${mode}, this cluster's` }] : mode,
      services === expected ? `${grouped(services)}, expected` : grouped(services),
      written(services),
      walked(services),
    ]),
  );
  return [
    ...table(
      `Rules of kube-proxy on every machine, with ${ENDPOINTS} endpoints for each Service (estimate)`,
      ['mode', 'Services', 'written', 'a new connection passes'],
      rows,
    ),
    text(
      'Only the first packet of a connection is looked up; the rest follow the connection table. Below about a thousand Services all modes look the same to clients.',
    ),
  ];
}

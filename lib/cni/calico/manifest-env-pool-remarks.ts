import type { ManifestReader } from './manifest-env-reader';
import { Severity, type IpFamily } from '../../cluster';

const POOL_VARIABLE =
  /^CALICO_(IPV4POOL_IPIP|IPV[46]POOL_(CIDR|VXLAN|BLOCK_SIZE|NAT_OUTGOING|NODE_SELECTOR|DISABLE_BGP_EXPORT))$/;

/** calico-node was to make no pool, and pods need one. */
export function remarkOnNone(reader: ManifestReader, prefix: string, family: IpFamily): void {
  reader.when(
    Severity.WARNING,
    `${prefix}_CIDR`,
    ({ _families }) =>
      _families.includes(family)
        ? `made no pool there; here the ${family} pod network is one, because pods get addresses from it`
        : undefined,
    'give the pools that the cluster has to ipPools',
  );
}

/** Variables of a pool that nobody makes. */
export function remarkOnIdle(reader: ManifestReader, prefix: string, none: boolean): void {
  for (const part of ['BLOCK_SIZE', 'NAT_OUTGOING', 'NODE_SELECTOR', 'DISABLE_BGP_EXPORT']) {
    const name = `${prefix}_${part}`;
    if (reader.take(name) !== undefined) {
      reader.note(
        name,
        `has no effect: ${none ? `with ${prefix}_CIDR=none there is no such pool` : 'with IP=none no pod has an IPv4 address'}`,
        'remove it',
      );
    }
  }
}

/** The option for translation is about both families. */
export function remarkOnNat(reader: ManifestReader, prefix: string): void {
  reader.when(
    Severity.WARNING,
    `${prefix}_NAT_OUTGOING`,
    (_cluster, { pools }) =>
      pools.some((pool) => pool.family === 'IPv6' && pool.natOutgoing)
        ? 'let IPv6 pods keep their own addresses; here natOutgoing is for both families'
        : undefined,
    'give CALICO_IPV4POOL_CIDR and CALICO_IPV6POOL_CIDR as well, or write ipPools',
  );
}

/** The variables of pools count once, and then never again. */
export function remarkOnTime(reader: ManifestReader): void {
  const given = Object.keys(reader.env)
    .filter((name) => POOL_VARIABLE.test(name) && reader.take(name) !== undefined)
    .sort();
  if (given.length > 0) {
    reader.remarks.push({
      severity: Severity.NOTE,
      say: () => [
        {
          message: `${given.map((name) => reader.shown(name)).join(', ')} ${given.length === 1 ? 'counts' : 'count'} only when the first pool is made: a running cluster keeps the pool that it has`,
          remedy:
            'compare with `calicoctl get ippool -o wide` before a running cluster changes over',
        },
      ],
    });
  }
}

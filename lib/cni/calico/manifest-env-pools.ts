import type { TunedCalicoOptions } from './calico-options';
import { isIpip, isVxlan } from './encapsulation';
import type { NodeReading } from './manifest-env-node';
import { remarkOnIdle, remarkOnNat, remarkOnNone, remarkOnTime } from './manifest-env-pool-remarks';
import type { ManifestReader } from './manifest-env-reader';
import { readEncapsulation, readSecondEncapsulation } from './manifest-env-travel';
import type { CalicoIpPool } from './pool-options';
import {
  Encapsulation,
  secondFamilyEncapsulation,
  Severity,
  type Cidr,
  type IpFamily,
} from '../../cluster';

/** What the variables about pools say, and what others need of it. */
export interface PoolsReading {
  readonly options: Pick<
    TunedCalicoOptions,
    'encapsulation' | 'blockSize' | 'natOutgoing' | 'ipPools'
  >;
  /** Whether IPv4 goes through IP in IP, and each family through VXLAN, by the variables. */
  readonly ipip: boolean;
  readonly vxlan: boolean;
  readonly vxlanV6: boolean;
}

/** The variables of one family's pool. */
interface PoolVariables {
  readonly prefix: string;
  /** Whether calico-node made no such pool, or nothing would use it. */
  readonly absent: boolean;
  readonly cidr: Cidr | undefined;
  readonly blockSize: number | undefined;
  readonly natOutgoing: boolean | undefined;
  readonly nodeSelector: string | undefined;
  readonly disableBgpExport: boolean | undefined;
}

/** Pools and how packets travel between them. */
export function readPools(reader: ManifestReader, node: NodeReading): PoolsReading {
  const v4 = readPool(reader, 'IPv4', node.withoutV4);
  const v6 = readPool(reader, 'IPv6', false);
  readSwitch(reader);
  const second = readSecondEncapsulation(reader, v4.absent ? undefined : v6.cidr);
  const first = readEncapsulation(reader, v4.absent ? undefined : node.backend);
  const byBackend = node.backend === 'vxlan' ? Encapsulation.VXLAN : undefined;
  const encapsulation = v4.absent ? (second ?? byBackend) : first;
  if (v6.natOutgoing === false) {
    remarkOnNat(reader, v6.prefix);
  }
  remarkOnTime(reader);
  const travel = encapsulation === undefined ? {} : { encapsulation };
  const reading = {
    ipip: !v4.absent && first !== undefined && isIpip(first),
    vxlan: !v4.absent && first !== undefined && isVxlan(first),
    vxlanV6: second !== undefined && isVxlan(second),
  };

  const secondDiffers =
    second !== undefined &&
    !v4.absent &&
    first !== undefined &&
    second !== secondFamilyEncapsulation(first);
  const needs = { v4: needOf(v4), v6: needOf(v6, v4) };
  if (needs.v4 === undefined && needs.v6 === undefined) {
    if (!(secondDiffers && v4.cidr !== undefined && v6.cidr !== undefined)) {
      return { ...reading, options: { ...travel, ...plainOptions(v4, v6) } };
    }
  }
  requireNetworks(reader, v4, v6, needs);
  const ipPools = [
    ...(v4.absent ? [] : poolOf(v4)),
    ...(v6.absent ? [] : poolOf(v6, secondDiffers ? second : undefined)),
  ];
  return { ...reading, options: { ...travel, ipPools } };
}

function readPool(reader: ManifestReader, family: IpFamily, unused: boolean): PoolVariables {
  const prefix = `CALICO_${family.toUpperCase()}POOL`;
  const none = reader.take(`${prefix}_CIDR`) === 'none';
  const variables = {
    prefix,
    absent: none || unused,
    cidr: none ? undefined : reader.takeNetwork(`${prefix}_CIDR`, family),
    blockSize: reader.takeInteger(
      `${prefix}_BLOCK_SIZE`,
      family === 'IPv4' ? { min: 20, max: 32 } : { min: 116, max: 128 },
      `it is a prefix length; ${family === 'IPv4' ? 26 : 122} gives blocks of 64 addresses`,
    ),
    natOutgoing: reader.takeBoolean(`${prefix}_NAT_OUTGOING`),
    nodeSelector: reader.take(`${prefix}_NODE_SELECTOR`)?.trim(),
    disableBgpExport: reader.takeBoolean(`${prefix}_DISABLE_BGP_EXPORT`),
  };
  const { cidr, blockSize } = variables;
  if (cidr !== undefined && blockSize !== undefined && blockSize < cidr.prefix) {
    reader.wrong(
      `${prefix}_BLOCK_SIZE`,
      `at least ${cidr.prefix} in ${cidr}`,
      'a block is a part of its pool',
    );
  }
  if (cidr !== undefined) {
    reader.when(
      Severity.ERROR,
      `${prefix}_CIDR`,
      ({ podCidrs, _families }, { pools }) =>
        pools.some((pool) => pool.cidr === cidr.toString())
          ? undefined
          : _families.includes(family)
            ? `must be the pod network of the cluster, ${podCidrs.join(' or ')}`
            : `must be left out in a cluster without ${family}`,
      'correct the pod network of the Cluster or the variable; a pool for a part of the pod network goes into ipPools',
    );
  }
  if (none) {
    remarkOnNone(reader, prefix, family);
  }
  if (variables.absent) {
    remarkOnIdle(reader, prefix, none);
  }
  return variables;
}

/** What a pool needs that the options for all pools cannot say: the variable, or nothing. */
function needOf(pool: PoolVariables, first?: PoolVariables): string | undefined {
  if (pool.absent) {
    return undefined;
  }
  const both = first !== undefined && !first.absent;
  const reasons: Array<[string, boolean]> = [
    ['NODE_SELECTOR', (pool.nodeSelector ?? 'all()') !== 'all()'],
    ['DISABLE_BGP_EXPORT', pool.disableBgpExport === true],
    // The option for all pools is about IPv4.
    ['BLOCK_SIZE', first !== undefined && (pool.blockSize ?? 122) !== 122],
    ['NAT_OUTGOING', both && pool.natOutgoing === true && first.natOutgoing === false],
    [
      'NAT_OUTGOING',
      both && pool.natOutgoing === false && first.natOutgoing !== false && pool.cidr !== undefined,
    ],
  ];
  const reason = reasons.find(([, needed]) => needed);
  return reason === undefined ? undefined : `${pool.prefix}_${reason[0]}`;
}

/** With pools of their own, every family needs its network. */
function requireNetworks(
  reader: ManifestReader,
  v4: PoolVariables,
  v6: PoolVariables,
  needs: { readonly v4: string | undefined; readonly v6: string | undefined },
): void {
  const missing = [
    ...(needs.v4 !== undefined && v4.cidr === undefined ? [[v4.prefix, needs.v4]] : []),
    ...(needs.v6 !== undefined && v6.cidr === undefined ? [[v6.prefix, needs.v6]] : []),
    ...(needs.v6 !== undefined && needs.v4 === undefined && !v4.absent && v4.cidr === undefined
      ? [[v4.prefix, needs.v6]]
      : []),
  ];
  for (const [prefix, name] of missing) {
    // A network that is there and wrong has its own problem.
    if (reader.take(`${prefix}_CIDR`) === undefined) {
      reader.wrong(
        `${prefix}_CIDR`,
        `given with ${reader.shown(name!)}`,
        'what holds for one pool needs the networks of all: give the pod network',
      );
    }
  }
}

function plainOptions(v4: PoolVariables, v6: PoolVariables): PoolsReading['options'] {
  const blockSize = v4.absent ? undefined : v4.blockSize;
  const natOutgoing = v4.absent ? v6.natOutgoing : v4.natOutgoing;
  return {
    ...(blockSize === undefined ? {} : { blockSize }),
    ...(natOutgoing === undefined ? {} : { natOutgoing }),
  };
}

function poolOf(pool: PoolVariables, encapsulation?: Encapsulation): CalicoIpPool[] {
  const { cidr, blockSize, natOutgoing, nodeSelector, disableBgpExport } = pool;
  return cidr === undefined
    ? []
    : [
        {
          cidr: cidr.toString(),
          ...(encapsulation === undefined ? {} : { encapsulation }),
          ...(blockSize === undefined ? {} : { blockSize }),
          ...(natOutgoing === undefined ? {} : { natOutgoing }),
          ...(nodeSelector === undefined ? {} : { nodeSelector }),
          ...(disableBgpExport === undefined ? {} : { disableBgpExport }),
        },
      ];
}

function readSwitch(reader: ManifestReader): void {
  const name = 'NO_DEFAULT_POOLS';
  if (reader.take(name)?.toLowerCase() !== 'true') {
    return;
  }
  const networks = ['CALICO_IPV4POOL_CIDR', 'CALICO_IPV6POOL_CIDR'].filter(
    (variable) => reader.take(variable) !== undefined,
  );
  if (networks.length > 0) {
    reader.wrong(
      name,
      `left out with ${networks.join(' and ')}`,
      'calico-node exits when it has both; remove one of them',
    );
    return;
  }
  reader.note(
    name,
    'kept calico-node from making pools; here every pod network is a pool, because the operator waits for one',
    'give the pools that the cluster has to ipPools',
  );
}

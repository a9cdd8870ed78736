import type { CalicoChoices } from './choices';
import type { FelixReading } from './manifest-env-felix';
import type { PoolsReading } from './manifest-env-pools';
import type { ManifestReader } from './manifest-env-reader';
import { Severity, type Cluster } from '../../cluster';

/** The smallest underlay less the largest header, and the end of jumbo frames; 0 is automatic. */
const MTU = { min: 1200, max: 9216 };
const REMEDY = '0 lets Calico find the largest that fits';

/** A tunnel, whether it is in use, and the variable with its MTU. */
interface Tunnel {
  readonly name: string | undefined;
  readonly used: boolean;
  /** What switches it on, for people. */
  readonly tunnel: string;
  /** Variables that would. */
  readonly switches: readonly string[];
}

/** A tunnel whose MTU was given. */
interface TunnelMtu extends Tunnel {
  readonly name: string;
  readonly value: number;
}

/**
 * The MTU that pods were to have: the smallest of what their interfaces and the tunnels in use were
 * given. Where no tunnel is in use, what the others were given is what was wanted.
 */
export function readMtu(
  reader: ManifestReader,
  felix: FelixReading,
  pools: PoolsReading,
): number | undefined {
  const own = takeMtu(reader, 'CNI_MTU');
  const all = tunnelsOf(felix, pools);
  const tunnels = all.flatMap((tunnel): TunnelMtu[] => {
    const value = tunnel.name === undefined ? undefined : takeMtu(reader, tunnel.name);
    return value === undefined ? [] : [{ ...tunnel, name: tunnel.name!, value }];
  });
  const used = [
    ...(own === undefined ? [] : [own]),
    ...tunnels.filter((t) => t.used).map((t) => t.value),
  ];
  const idle = tunnels.filter((tunnel) => !tunnel.used);
  if (used.length === 0 && !all.some((tunnel) => tunnel.used)) {
    for (const tunnel of idle) {
      reader.when(
        Severity.WARNING,
        tunnel.name,
        (cluster, calico) => didNothing(reader, tunnel, cluster, calico),
        `leave ${tunnel.name} out for the largest MTU that fits, or say mtu ${tunnel.value} in its place`,
      );
    }
    return smallest(idle.map(({ value }) => value));
  }
  const mtu = smallest(used);
  for (const tunnel of tunnels.filter(({ value }) => value !== mtu)) {
    reader.note(
      tunnel.name,
      tunnel.used
        ? `has no effect: there is one MTU, and ${mtu} is the smallest that was given`
        : `has no effect ${without(reader, tunnel)}; mtu is ${mtu ?? 'what fits the tunnel in use'}`,
      'remove it',
    );
  }
  if (own !== undefined && own !== mtu) {
    reader.remark(
      Severity.WARNING,
      'CNI_MTU',
      `was more than the tunnel carried; here pods have ${mtu}, as the tunnel`,
      'correct it; packets of full size were cut or lost there',
    );
  }
  return mtu;
}

function smallest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.min(...values);
}

function tunnelsOf(
  { fields, nameOf }: FelixReading,
  { ipip, vxlan, vxlanV6 }: PoolsReading,
): Tunnel[] {
  const IPIP = ['CALICO_IPV4POOL_IPIP', 'FELIX_IPINIPENABLED'];
  const VXLAN = ['CALICO_IPV4POOL_VXLAN', 'FELIX_VXLANENABLED'];
  const VXLAN_V6 = ['CALICO_IPV6POOL_VXLAN', 'FELIX_VXLANENABLED'];
  // Felix leaves IPv6 alone when it was told so, as upstream's file has it.
  const v6 = fields.ipv6Support !== false;
  const rows: Array<[string, boolean, string, string[]]> = [
    ['ipipMTU', onBy(fields.ipipEnabled, ipip), 'IP in IP', IPIP],
    ['vxlanMTU', onBy(fields.vxlanEnabled, vxlan), 'VXLAN', VXLAN],
    ['vxlanMTUV6', v6 && onBy(fields.vxlanEnabled, vxlanV6), 'VXLAN for IPv6', VXLAN_V6],
    ['wireguardMTU', fields.wireguardEnabled === true, 'WireGuard', ['FELIX_WIREGUARDENABLED']],
    [
      'wireguardMTUV6',
      fields.wireguardEnabledV6 === true,
      'WireGuard for IPv6',
      ['FELIX_WIREGUARDENABLEDV6'],
    ],
  ];
  return rows.map(([field, used, tunnel, switches]) => ({
    name: nameOf(field),
    used,
    tunnel,
    switches,
  }));
}

/** Felix goes by the pools unless it was told otherwise. */
function onBy(own: unknown, pools: boolean): boolean {
  return own === undefined ? pools : own === true;
}

function takeMtu(reader: ManifestReader, name: string): number | undefined {
  const value = reader.take(name);
  // The name of Felix's variable is what the user typed, and zero is no value.
  return value === undefined || /^0+$/.test(value)
    ? undefined
    : reader.takeInteger(name, MTU, REMEDY);
}

function without(reader: ManifestReader, { switches }: TunnelMtu): string {
  const given = switches.filter((name) => reader.take(name) !== undefined);
  return given.length === 0
    ? `without ${switches[0]}`
    : `with ${given.map((name) => reader.shown(name)).join(' and ')}`;
}

function didNothing(
  reader: ManifestReader,
  tunnel: TunnelMtu,
  { pathMtu }: Cluster,
  { mtu, most }: CalicoChoices,
): string {
  const there = `did nothing ${without(reader, tunnel)}: Felix reads it only with ${tunnel.tunnel} on, and pods had the veth_mtu of the file (CNI_MTU), or that of their machine`;
  if (mtu !== tunnel.value) {
    return `${there}; here mtu is ${mtu}`;
  }
  return most > mtu
    ? `${there}; here it is the MTU of pods, and leaves ${most - mtu} bytes of every packet unused, of ${most} on a path of ${pathMtu}`
    : `${there}; here it is the MTU of pods`;
}

import type { NodeReading } from './manifest-env-node';
import type { ManifestReader } from './manifest-env-reader';
import { Encapsulation, Severity, type Cidr } from '../../cluster';

type Mode = 'never' | 'between subnets' | 'always';

/** Words of calico-node for a tunnel, in small letters. */
const MODES: ReadonlyMap<string, Mode> = new Map(
  Object.entries({
    always: 'always',
    crosssubnet: 'between subnets',
    'cross-subnet': 'between subnets',
    never: 'never',
    off: 'never',
  } as const),
);

const IPIP = 'CALICO_IPV4POOL_IPIP';
const VXLAN = 'CALICO_IPV4POOL_VXLAN';
const VXLAN_V6 = 'CALICO_IPV6POOL_VXLAN';

/** How IPv4 travels; undefined when no variable says so. */
export function readEncapsulation(
  reader: ManifestReader,
  backend: NodeReading['backend'],
): Encapsulation | undefined {
  const ipip = takeMode(reader, IPIP);
  const vxlan = takeMode(reader, VXLAN);
  const isTunnel = (mode: Mode | undefined) => mode !== undefined && mode !== 'never';
  if (isTunnel(ipip) && isTunnel(vxlan)) {
    reader.wrong(
      IPIP,
      `Never with ${reader.shown(VXLAN)}`,
      'a pool has one tunnel: switch one of them off',
    );
    return undefined;
  }
  const given = reader.take(IPIP) !== undefined || reader.take(VXLAN) !== undefined;
  if (backend === 'vxlan' && given && !isTunnel(vxlan)) {
    reader.wrong(
      'CALICO_NETWORKING_BACKEND',
      `bird with ${[IPIP, VXLAN]
        .filter((name) => reader.take(name) !== undefined)
        .map((name) => reader.shown(name))
        .join(' and ')}`,
      `BIRD carries the routes of everything but VXLAN; or write ${VXLAN}=Always`,
    );
  }
  if (isTunnel(ipip)) {
    return ipip === 'always' ? Encapsulation.IPIP : Encapsulation.IPIP_CROSS_SUBNET;
  }
  if (isTunnel(vxlan)) {
    return vxlanOf(vxlan!);
  }
  if (ipip === 'never' || vxlan === 'never') {
    return Encapsulation.NONE;
  }
  // The backend has no other way to bring packets to another machine.
  return backend === 'vxlan' ? Encapsulation.VXLAN : undefined;
}

/** How IPv6 travels; undefined when no variable says so. */
export function readSecondEncapsulation(
  reader: ManifestReader,
  network: Cidr | undefined,
): Encapsulation | undefined {
  const mode = takeMode(reader, VXLAN_V6);
  if (mode === undefined) {
    return undefined;
  }
  const meant = vxlanOf(mode);
  reader.when(
    Severity.WARNING,
    VXLAN_V6,
    (_cluster, { pools }) => {
      const other = pools.find(
        ({ family, encapsulation }) => family === 'IPv6' && encapsulation !== meant,
      );
      return other === undefined
        ? undefined
        : `means encapsulation ${meant}; here IPv6 has ${other.encapsulation}, which follows from that of IPv4`;
    },
    network === undefined
      ? 'give CALICO_IPV4POOL_CIDR and CALICO_IPV6POOL_CIDR as well, or write ipPools'
      : 'give CALICO_IPV4POOL_CIDR as well, or write ipPools',
  );
  return meant;
}

function vxlanOf(mode: Mode): Encapsulation {
  return {
    always: Encapsulation.VXLAN,
    'between subnets': Encapsulation.VXLAN_CROSS_SUBNET,
    never: Encapsulation.NONE,
  }[mode];
}

function takeMode(reader: ManifestReader, name: string): Mode | undefined {
  const value = reader.take(name);
  const mode = value === undefined ? undefined : MODES.get(value.toLowerCase());
  if (value !== undefined && mode === undefined) {
    reader.wrong(name, 'Always, CrossSubnet, Never or Off', 'calico-node exits at any other word');
  }
  return mode;
}

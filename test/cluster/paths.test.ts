import { App, Duration } from 'cdk8s';
import {
  Encapsulation,
  Machine,
  Underlay,
  Zone,
  ZoneLink,
  type Cluster,
  type ClusterProps,
  type NetworkPath,
  type UnderlayOptions,
  type ZoneLinkOptions,
} from '../../lib';
import { dualStack } from '../support/dual-stack';
import { osloCluster, osloMachine } from '../support/oslo';

const zone = (n: number, mtu?: number) =>
  Zone.of(`oslo-${n}`, { country: 'NO', nodeCidr: `10.${19 + n}.0.0/24`, mtu });
const worker = (n: number, options: { mtu?: number } = {}) =>
  Machine.worker(`w-${n}`, { zone: `oslo-${n}`, address: `10.${19 + n}.0.21`, ...options });
const link = (from: number, to: number, options: ZoneLinkOptions) =>
  ZoneLink.between(`oslo-${from}`, `oslo-${to}`, options);
const underlay = (options: Partial<UnderlayOptions> = {}) =>
  Underlay.flatL2({ mtu: 1500, ...options });
const make = (changes: Partial<ClusterProps>): Cluster => osloCluster(new App(), changes);

/** `from - to: MTU, what limits it`. */
const lines = (cluster: Cluster) =>
  cluster
    .paths()
    .map(({ from, to, mtu, limit }: NetworkPath) => `${from} - ${to}: ${mtu}, ${limit}`);
const trips = (cluster: Cluster) => cluster.paths().map((p) => p.roundTripTime.toMilliseconds());

describe('paths', () => {
  test('one zone: the way among its machines', () => {
    const cluster = make({});
    expect(lines(cluster)).toEqual(['oslo-1 - oslo-1: 1500, underlay']);
    expect(trips(cluster)).toEqual([1]);
    expect(cluster.pathMtu).toBe(1500);
  });

  test('three zones: each by itself and every two, once', () => {
    const cluster = make({
      zones: [1, 2, 3].map((n) => zone(n)),
      machines: [osloMachine(1), worker(2), worker(3)],
    });
    expect(cluster.paths().map(({ from, to }) => [from, to].join(' '))).toEqual([
      'oslo-1 oslo-1',
      'oslo-1 oslo-2',
      'oslo-1 oslo-3',
      'oslo-2 oslo-2',
      'oslo-2 oslo-3',
      'oslo-3 oslo-3',
    ]);
  });

  test('a zone without machines is left out, whatever it says', () => {
    const cluster = make({
      zones: [zone(1), zone(2, 1280)],
      underlay: underlay({ links: [link(1, 2, { mtu: 1300 })] }),
    });
    expect(lines(cluster)).toEqual(['oslo-1 - oslo-1: 1500, underlay']);
    expect(cluster.pathMtu).toBe(1500);
  });

  test('a NIC with a smaller MTU limits every way to its machine, and one with a larger none', () => {
    const cluster = make({
      zones: [zone(1), zone(2)],
      machines: [osloMachine(1, { mtu: 9000 }), worker(2, { mtu: 1400 })],
    });
    expect(lines(cluster)).toEqual([
      'oslo-1 - oslo-1: 1500, underlay',
      'oslo-1 - oslo-2: 1400, NIC of w-2',
      'oslo-2 - oslo-2: 1400, NIC of w-2',
    ]);
    expect(cluster.pathMtu).toBe(1400);
  });

  test('jumbo frames inside a zone end at its border, and at a NIC without them', () => {
    const changes = { zones: [zone(1, 9000), zone(2, 9000)] };
    expect(lines(make({ ...changes, machines: [osloMachine(1), worker(2)] }))).toEqual([
      'oslo-1 - oslo-1: 9000, zone oslo-1',
      'oslo-1 - oslo-2: 1500, underlay',
      'oslo-2 - oslo-2: 9000, zone oslo-2',
    ]);
    const machines = [osloMachine(1), osloMachine(2), osloMachine(3, { mtu: 1500 })];
    expect(lines(make({ ...changes, machines }))).toEqual(['oslo-1 - oslo-1: 1500, NIC of cp-3']);
    expect(make({ zones: [zone(1, 9000)] }).pathMtu).toBe(9000);
  });

  test('a smaller link limits its two zones, a larger one lifts what the underlay says', () => {
    const links = [link(3, 1, { mtu: 1400 }), link(1, 2, { mtu: 9000 })];
    const cluster = make({
      zones: [zone(1, 9000), zone(2, 8900), zone(3)],
      machines: [osloMachine(1), worker(2), worker(3)],
      underlay: underlay({ links }),
    });
    expect(lines(cluster)).toEqual([
      'oslo-1 - oslo-1: 9000, zone oslo-1',
      'oslo-1 - oslo-2: 8900, zone oslo-2',
      'oslo-1 - oslo-3: 1400, link oslo-3 - oslo-1',
      'oslo-2 - oslo-2: 8900, zone oslo-2',
      'oslo-2 - oslo-3: 1500, underlay',
      'oslo-3 - oslo-3: 1500, underlay',
    ]);
    expect(cluster.pathMtu).toBe(1400);
  });

  test('what is given away is a copy', () => {
    const cluster = make({});
    cluster.paths().pop();
    expect(cluster.paths()).toHaveLength(1);
  });
});

test('a NIC has its own MTU, else that of its zone, else that of the underlay', () => {
  const own = worker(2, { mtu: 1400 });
  const ofZone = osloMachine(1);
  const ofUnderlay = worker(3);
  const cluster = make({
    zones: [zone(1, 9000), zone(2, 9000), zone(3)],
    machines: [ofZone, own, ofUnderlay],
  });
  expect([own, ofZone, ofUnderlay].map((m) => cluster.nicMtu(m))).toEqual([1400, 9000, 1500]);
});

describe('controlPlaneRoundTrip', () => {
  const zones = [1, 2, 3].map((n) => zone(n));
  const second = osloMachine(2, { zone: 'oslo-2', address: '10.21.0.12' });
  const trip = (links: ZoneLink[], machines: Machine[]) =>
    make({
      zones,
      machines,
      underlay: underlay({ roundTripTime: Duration.millis(2), links }),
    }).controlPlaneRoundTrip.toMilliseconds();
  const spread = [osloMachine(1), second, osloMachine(3)];
  const millis = (n: number) => ({ roundTripTime: Duration.millis(n) });

  test('is that of the underlay until a link between control planes is longer', () => {
    expect(trip([], spread)).toBe(2);
    expect(trip([link(1, 2, millis(30))], spread)).toBe(30);
    expect(trip([link(2, 1, millis(30))], spread)).toBe(30);
    expect(trip([link(1, 2, { mtu: 1400 })], spread)).toBe(2);
  });

  test('takes the longest, and no notice of links to workers', () => {
    const third = osloMachine(3, { zone: 'oslo-3', address: '10.22.0.13' });
    const links = [link(1, 2, millis(30)), link(1, 3, millis(50)), link(2, 3, millis(40))];
    expect(trip(links, [osloMachine(1), second, third])).toBe(50);
    expect(trip(links, [...spread, worker(3)])).toBe(30);
    expect(trip(links, [osloMachine(1), worker(2), worker(3)])).toBe(2);
  });

  test('a part of a millisecond counts', () => {
    const links = [link(1, 2, millis(2.5))];
    const cluster = make({ zones, machines: spread, underlay: underlay({ links }) });
    expect(cluster.controlPlaneRoundTrip.toMilliseconds({ integral: false })).toBe(2.5);
  });
});

describe('podMtu', () => {
  const { NONE, IPIP, IPIP_CROSS_SUBNET, VXLAN, VXLAN_CROSS_SUBNET } = Encapsulation;
  const all = [NONE, IPIP, IPIP_CROSS_SUBNET, VXLAN, VXLAN_CROSS_SUBNET];

  test.each<[string, Partial<ClusterProps>, number[]]>([
    ['IPv4', {}, [1500, 1480, 1480, 1450, 1450]],
    // IPv6 pods go by VXLAN beside IP in IP, and VXLAN runs between IPv6 addresses.
    ['both families', dualStack(), [1500, 1430, 1430, 1430, 1430]],
  ])('%s', (_, changes, expected) => {
    const cluster = make(changes);
    expect(all.map((encapsulation) => cluster.podMtu(encapsulation))).toEqual(expected);
  });

  test('is solved over every way', () => {
    const cluster = make({
      zones: [zone(1, 9000), zone(2, 9000)],
      machines: [osloMachine(1), worker(2)],
      underlay: underlay({ links: [link(1, 2, { mtu: 1420 })] }),
    });
    expect(all.map((encapsulation) => cluster.podMtu(encapsulation))).toEqual([
      1420, 1400, 1400, 1370, 1370,
    ]);
  });
});

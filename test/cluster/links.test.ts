import { Duration } from 'cdk8s';
import {
  Machine,
  SecretRef,
  Underlay,
  Zone,
  ZoneLink,
  type MachineOptions,
  type ZoneLinkOptions,
  type ZoneOptions,
} from '../../lib';
import { osloProps } from '../support/oslo';
import { expectProblems as expectClusterProblems } from './oslo-problems';

/** Throws exactly these lines, all under one name. */
function expectProblems(name: string, make: () => unknown, ...lines: string[]): void {
  expect(make).toThrow(new Error(lines.map((line) => `[${name}] ${line}`).join('\n')));
}

const mtuLine = (mtu: number) =>
  `mtu must be ${mtu % 1 === 0 ? '' : 'a whole number '}between 1280 and 9216, got ${mtu}; give the MTU that \`ip link\` shows on the NIC`;
const WRONG = [1279, 9217, 1500.5, 0, NaN];
const RIGHT = [1280, 1450, 9216];

const zone = (options: Partial<ZoneOptions>) =>
  Zone.of('oslo-1', { country: 'NO', nodeCidr: '10.20.0.0/24', ...options });
const machine = (options: Partial<MachineOptions>) =>
  Machine.worker('w-1', { zone: 'oslo-1', address: '10.20.0.21', ...options });
const link = (options: ZoneLinkOptions, to = 'oslo-2') => ZoneLink.between('oslo-1', to, options);

describe('an MTU', () => {
  test.each(WRONG)('of %d is refused for zone, NIC and link', (mtu) => {
    expectProblems('Zone oslo-1', () => zone({ mtu }), mtuLine(mtu));
    expectProblems('Machine w-1', () => machine({ mtu }), mtuLine(mtu));
    expectProblems('ZoneLink oslo-1 - oslo-2', () => link({ mtu }), mtuLine(mtu));
  });

  test.each(RIGHT)('of %d is kept', (mtu) => {
    expect([zone({ mtu }).mtu, machine({ mtu }).mtu, link({ mtu }).mtu]).toEqual([mtu, mtu, mtu]);
  });

  test('is unknown until somebody gives it', () => {
    expect([zone({}).mtu, machine({}).mtu, link({}).mtu]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('IPv6', () => {
  test.each(['10.20.0.0/24', 'fd00:20::/129', 'fd00:20::1/64', 'FD00:20::/64', 'fd00:20::', ''])(
    'the network "%s" is refused',
    (nodeCidrV6) => {
      expectProblems(
        'Zone oslo-1',
        () => zone({ nodeCidrV6 }),
        `nodeCidrV6 must be a canonical IPv6 CIDR, got ${nodeCidrV6 || 'nothing'}; write the network address with its prefix length, for example fd00:20::/64`,
      );
    },
  );

  test.each(['10.20.0.21', 'fd00:20::21/64', 'FD00:20::21', 'fd00:20:0::21', 'fe80::1%eno1', ''])(
    'the address "%s" is refused',
    (address) => {
      const line = (prop: string) =>
        `${prop} must be an IPv6 address in canonical spelling, got ${address || 'nothing'}; write it compressed, in lower case and without a prefix length`;
      expectProblems('Machine w-1', () => machine({ addressV6: address }), line('addressV6'));
      expectProblems('Machine w-1', () => machine({ gatewayV6: address }), line('gatewayV6'));
    },
  );

  test.each(['fe80::21', 'febf::1'])('the link-local address %s is refused', (addressV6) => {
    expectProblems(
      'Machine w-1',
      () => machine({ addressV6 }),
      `addressV6 must be an address that is known beyond its own link, got ${addressV6}; the kubelet refuses link-local node addresses; give a global or a unique local one`,
    );
    expect(machine({ addressV6: 'fec0::1' }).addressV6).toBe('fec0::1');
  });

  test('is kept', () => {
    expect(zone({ nodeCidrV6: 'fd00:20::/64' }).nodeCidrV6).toBe('fd00:20::/64');
    expect(machine({ addressV6: 'fd00:20::21', gatewayV6: 'fe80::1' })).toMatchObject({
      addressV6: 'fd00:20::21',
      gatewayV6: 'fe80::1',
    });
  });
});

describe('ZoneLink', () => {
  test('has two ends', () => {
    expectProblems(
      'ZoneLink oslo-1 - oslo-1',
      () => link({}, 'oslo-1'),
      'to must be another zone, got oslo-1; give the MTU inside a zone to Zone.of',
    );
  });

  test('a round trip that etcd cannot live with is refused', () => {
    expectProblems(
      'ZoneLink oslo-1 - oslo-2',
      () => link({ roundTripTime: Duration.millis(5001) }),
      'roundTripTime must be at most 5000 ms, got 5001 ms; an etcd cluster cannot span such a distance; keep the control plane in one region',
    );
    expect(link({ roundTripTime: Duration.seconds(5) }).roundTripTime?.toSeconds()).toBe(5);
  });

  test('everything that is wrong is said at once', () => {
    expectProblems(
      'ZoneLink oslo-1 - oslo-1',
      () => link({ mtu: 1, roundTripTime: Duration.minutes(1) }, 'oslo-1'),
      mtuLine(1),
      'roundTripTime must be at most 5000 ms, got 60000 ms; an etcd cluster cannot span such a distance; keep the control plane in one region',
      'to must be another zone, got oslo-1; give the MTU inside a zone to Zone.of',
    );
  });
});

describe('links of the underlay', () => {
  const zones = [
    ...osloProps().zones,
    Zone.of('oslo-2', { country: 'NO', nodeCidr: '10.21.0.0/24' }),
  ];
  const between = (...pairs: Array<[string, string]>) => ({
    zones,
    underlay: Underlay.flatL2({
      mtu: 1500,
      links: pairs.map(([from, to]) => ZoneLink.between(from, to, { mtu: 1400 })),
    }),
  });
  const unknown = (label: string, got: string) =>
    `link ${label} of underlay.links must be between two of oslo-1, oslo-2, got ${got}; add the zone or correct its name`;
  const twice = (label: string) =>
    `underlay.links must be one link for a pair of zones, got ${label}; remove one of the two; a link holds in both directions`;

  test('join zones of the cluster', () => {
    expectClusterProblems(between(['oslo-1', 'bergen']), [unknown('oslo-1 - bergen', 'bergen')]);
    expectClusterProblems(between(['bergen', 'hamar']), [
      unknown('bergen - hamar', 'bergen'),
      unknown('bergen - hamar', 'hamar'),
    ]);
  });

  test('say one thing of each pair, in whichever order it is named', () => {
    expectClusterProblems(between(['oslo-1', 'oslo-2'], ['oslo-1', 'oslo-2']), [
      twice('oslo-1 - oslo-2'),
    ]);
    expectClusterProblems(between(['oslo-1', 'oslo-2'], ['oslo-2', 'oslo-1']), [
      twice('oslo-2 - oslo-1'),
    ]);
  });

  test('the list is copied, and nothing is said of an underlay that nobody asked about', () => {
    const links = [link({})];
    const underlay = Underlay.routed({ mtu: 1500, links });
    links.pop();
    expect(underlay.links).toHaveLength(1);
    expect(Underlay.routed({ mtu: 1500 })).toMatchObject({
      links: [],
      singleAddresses: false,
      dropsIpInIp: false,
      breaksVxlanOffload: false,
    });
  });
});

describe('SecretRef', () => {
  test('names a Secret and a key', () => {
    const { secretName, key } = SecretRef.of('bgp.password', 'rack_1.key-A');
    expect([secretName, key]).toEqual(['bgp.password', 'rack_1.key-A']);
  });

  const name = (got: string) =>
    `secretName must be an RFC 1123 subdomain, got ${got || 'nothing'}; give the name of the Secret, never its value`;
  const key = (got: string) =>
    `key must be letters, digits, -, _ and ., got ${got || 'nothing'}; give the key in the data of the Secret`;

  test.each(['', 'Bgp', 'bgp_password', 'a b', '-a', 'a'.repeat(254)])('"%s" is no name', (got) => {
    expectProblems(`SecretRef ${got}`, () => SecretRef.of(got, 'password'), name(got));
  });

  test.each(['', 'pass word', 'a/b', 'ø', 'a\n', 'a'.repeat(254)])('"%s" is no key', (got) => {
    expectProblems('SecretRef bgp', () => SecretRef.of('bgp', got), key(got));
  });

  test('both are said at once', () => {
    expectProblems('SecretRef B', () => SecretRef.of('B', '='), name('B'), key('='));
  });
});

import { App } from 'cdk8s';
import { ApiEndpoint, Machine, Underlay, Zone, type ClusterProps } from '../../lib';
import { dualMachine, dualStack } from '../support/dual-stack';
import { osloCluster, osloMachine, osloProps } from '../support/oslo';
import { expectProblems } from './oslo-problems';

const zone = (name: string, nodeCidr: string, nodeCidrV6?: string) =>
  Zone.of(name, { country: 'NO', nodeCidr, nodeCidrV6 });
const external = { endpoint: ApiEndpoint.external({ dnsName: 'api.oslo.example' }) };

const APART =
  'give every network its own range; packets to a shared address go to only one of them';

describe('both families, or one', () => {
  test('the flagship with both', () => {
    const cluster = osloCluster(new App(), dualStack());
    expect(cluster.isDualStack).toBe(true);
    expect(cluster.podCidrs).toEqual(['10.244.0.0/16', 'fd00:244::/56']);
    expect(cluster.serviceCidrs).toEqual(['10.96.0.0/16', 'fd00:96::/112']);
    expect(cluster._families).toEqual(['IPv4', 'IPv6']);
    // The first family is that of the API server and of cluster DNS.
    expect([cluster.kubernetesServiceIp, cluster.clusterDnsIp]).toEqual([
      '10.96.0.1',
      '10.96.0.10',
    ]);
  });

  test('the flagship with one', () => {
    const cluster = osloCluster();
    expect(cluster.isDualStack).toBe(false);
    expect(cluster.podCidrs).toEqual(['10.244.0.0/16']);
    expect(cluster.serviceCidrs).toEqual(['10.96.0.0/16']);
    expect(cluster._families).toEqual(['IPv4']);
  });

  const missing = (what: string, because = 'podCidrV6') =>
    `${what} must be given in a dual-stack cluster, which ${because} makes this one, got nothing; ` +
    'leave it out, or give podCidrV6, serviceCidrV6, nodeCidrV6 and addressV6 throughout';
  const noV6 = { zones: osloProps().zones, machines: [osloMachine(1)] };

  test.each<[string, Partial<ClusterProps>, string[]]>([
    [
      'pods only',
      { podCidrV6: 'fd00:244::/56', machines: [osloMachine(1)] },
      [
        missing('serviceCidrV6'),
        missing('nodeCidrV6 of zone oslo-1'),
        missing('addressV6 of machine cp-1'),
      ],
    ],
    [
      'Services only',
      { serviceCidrV6: 'fd00:96::/112', machines: [osloMachine(1)] },
      [
        missing('podCidrV6', 'serviceCidrV6'),
        missing('nodeCidrV6 of zone oslo-1', 'serviceCidrV6'),
        missing('addressV6 of machine cp-1', 'serviceCidrV6'),
      ],
    ],
    [
      'no zone and no machine',
      dualStack(noV6),
      [missing('nodeCidrV6 of zone oslo-1'), missing('addressV6 of machine cp-1')],
    ],
    [
      'one of two zones',
      dualStack({ zones: [...dualStack().zones!, zone('oslo-2', '10.21.0.0/24')] }),
      [missing('nodeCidrV6 of zone oslo-2')],
    ],
    [
      'one machine less',
      dualStack({ machines: [dualMachine(1), dualMachine(2), osloMachine(3)] }),
      [missing('addressV6 of machine cp-3')],
    ],
    [
      'a gateway in a cluster of one family',
      { machines: [osloMachine(1, { gateway: '10.20.0.1', gatewayV6: 'fe80::1' })] },
      ['podCidrV6', 'serviceCidrV6', 'nodeCidrV6 of zone oslo-1', 'addressV6 of machine cp-1'].map(
        (what) => missing(what, 'gatewayV6 of machine cp-1'),
      ),
    ],
  ])('%s', (_, changes, lines) => expectProblems(changes, lines));
});

describe('networks', () => {
  test.each<[string, Partial<ClusterProps>, string[]]>([
    [
      'pods of the second family in the first place',
      { podCidr: 'fd00:1::/56' },
      [
        'podCidr must be an IPv4 network, as the nodeCidr of zone oslo-1 is, got fd00:1::/56; give machines, pods and Services one family',
        'podCidr must be an IPv4 network in a dual-stack cluster, got fd00:1::/56; the first family is IPv4; give the IPv6 network as podCidrV6',
      ],
    ],
    [
      'pods of the first family in the second place',
      { podCidrV6: '10.245.0.0/16' },
      [
        'podCidrV6 must be an IPv6 network, got 10.245.0.0/16; the second family is IPv6; write for example fd00:244::/56',
      ],
    ],
    [
      'Services of the first family in the second place',
      { serviceCidrV6: '10.97.0.0/16' },
      [
        'serviceCidrV6 must be an IPv6 network, got 10.97.0.0/16; the second family is IPv6; write for example fd00:244::/56',
      ],
    ],
    [
      'no network at all',
      { podCidrV6: 'fd00:244::1/56' },
      [
        'podCidrV6 must be a canonical CIDR, got fd00:244::1/56; write the network address with its prefix length, for example fd00:244::/56',
      ],
    ],
    [
      'more Services than kubeadm takes',
      { serviceCidrV6: 'fd00:96::/64' },
      [
        'serviceCidrV6 must be between /108 and /124, got fd00:96::/64; a /112 holds 65,000 Services',
      ],
    ],
    [
      'pods that no machine gets a part of',
      { podCidrV6: 'fd00:244::/72' },
      [
        'podCidrV6 must be between /48 and /64, got fd00:244::/72; kubeadm sets a /64 aside for every machine; a /56 serves 256 machines',
      ],
    ],
    [
      'too few parts for the machines',
      { podCidrV6: 'fd00:244::/63' },
      [
        'podCidrV6 must be large enough for 3 machines, got fd00:244::/63; every machine gets a /64 of it; shorten the prefix',
      ],
    ],
    [
      'Services among the pods',
      { serviceCidrV6: 'fd00:244::/112' },
      [`serviceCidrV6 must be apart from podCidrV6 fd00:244::/56, got fd00:244::/112; ${APART}`],
    ],
    [
      'pods among the machines',
      { podCidrV6: 'fd00:20::/56' },
      [
        `podCidrV6 must be apart from nodeCidrV6 of zone oslo-1 fd00:20::/64, got fd00:20::/56; ${APART}`,
      ],
    ],
  ])('%s', (_, changes, lines) => expectProblems(dualStack(changes), lines));

  test('machines of IPv6 alone have no second family', () => {
    const changes = dualStack({
      ...external,
      podCidr: 'fd00:1::/56',
      serviceCidr: 'fd00:2::/112',
      zones: [zone('oslo-1', 'fd00:3::/64', 'fd00:20::/64')],
      machines: [dualMachine(1, { address: 'fd00:3::11' })],
    });
    expectProblems(
      changes,
      [
        ['podCidr', 'fd00:1::/56'],
        ['serviceCidr', 'fd00:2::/112'],
      ].map(
        ([prop, got]) =>
          `${prop} must be an IPv4 network in a dual-stack cluster, got ${got}; the first family is IPv4; give the IPv6 network as ${prop}V6`,
      ),
    );
  });
});

describe('addresses', () => {
  const one = (options: Parameters<typeof dualMachine>[1]) =>
    dualStack({ machines: [dualMachine(1, options)] });

  test.each<[string, Partial<ClusterProps>, string[]]>([
    [
      'elsewhere',
      one({ addressV6: 'fd00:21::11' }),
      [
        'addressV6 of machine cp-1 must be inside fd00:20::/64 of zone oslo-1, got fd00:21::11; correct the address, the zone, or the nodeCidrV6 of the zone',
      ],
    ],
    [
      'twice',
      dualStack({
        machines: [
          dualMachine(1),
          Machine.worker('w-1', {
            zone: 'oslo-1',
            address: '10.20.0.21',
            addressV6: 'fd00:20::11',
          }),
        ],
      }),
      [
        'machines must be unique by IPv6 address, got fd00:20::11; two machines cannot answer on one address',
      ],
    ],
    [
      'a gateway elsewhere',
      one({ gateway: '10.20.0.1', gatewayV6: 'fd00:21::1' }),
      [
        'gatewayV6 of machine cp-1 must be inside fd00:20::/64 of zone oslo-1 or link-local, got fd00:21::1; correct the address, the zone, or the nodeCidrV6 of the zone',
      ],
    ],
    [
      'the first gateway alone',
      one({ gateway: '10.20.0.1' }),
      [
        'gatewayV6 of machine cp-1 must be given beside gateway in a dual-stack cluster, got nothing; a machine that forwards no longer learns its IPv6 gateway by itself',
      ],
    ],
    [
      'the second gateway alone',
      one({ gatewayV6: 'fd00:20::1' }),
      [
        "gateway of machine cp-1 must be given beside gatewayV6, got nothing; give both, or leave both out and keep the image's own network configuration",
      ],
    ],
  ])('%s', (_, changes, lines) => expectProblems(changes, lines));

  test.each(['fd00:20::1', 'fe80::1'])('%s is a gateway', (gatewayV6) => {
    const changes = one({ gateway: '10.20.0.1', gatewayV6 });
    expect(osloCluster(new App(), changes).machines[0]!.gatewayV6).toBe(gatewayV6);
  });

  test('a link-local gateway is one of IPv6 machines only', () => {
    const v6 = {
      ...external,
      podCidr: 'fd00:244::/56',
      serviceCidr: 'fd00:96::/112',
      zones: [zone('oslo-1', 'fd00:20::/64')],
    };
    const machine = osloMachine(1, { address: 'fd00:20::11', gateway: 'fe80::1' });
    expect(osloCluster(new App(), { ...v6, machines: [machine] }).machines).toEqual([machine]);
    expectProblems({ machines: [osloMachine(1, { gateway: 'fe80::1' })] }, [
      "gateway of machine cp-1 must be inside 10.20.0.0/24 of zone oslo-1, got fe80::1; a gateway is on the machine's own network",
    ]);
  });

  test('single addresses: the routes stay those of the image', () => {
    const underlay = Underlay.of({
      mtu: 1500,
      l2Adjacent: false,
      filtersSourceAddresses: true,
      singleAddresses: true,
    });
    const left = (prop: string, got: string) =>
      `${prop} of machine cp-1 must be left out where NICs carry single addresses (underlay.singleAddresses), got ${got}; its on-link route is the image's own; a network-config written here would lack it`;
    const { machines } = one({ gateway: '10.20.0.1', gatewayV6: 'fe80::1' });
    expectProblems(dualStack({ underlay, machines }), [
      left('gateway', '10.20.0.1'),
      left('gatewayV6', 'fe80::1'),
    ]);
    expectProblems({ underlay, machines: [osloMachine(1, { gateway: '10.20.0.1' })] }, [
      left('gateway', '10.20.0.1'),
    ]);
    const alone = one({ gatewayV6: 'fe80::1' }).machines;
    expectProblems(dualStack({ underlay, machines: alone }), [left('gatewayV6', 'fe80::1')]);
  });
});

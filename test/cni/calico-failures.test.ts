import { Encapsulation, LoadBalancerKind, Underlay } from '../../lib';
import { clusterRules } from '../../lib/cluster/rules';
import { NodeAddressAutodetection, TunedCalico } from '../../lib/cni';
import { calicoRules } from '../../lib/cni/calico/rules';
import { render, spread } from './calico';
import { on, type Failure } from './failure';
import { errors } from './failures-errors';

const { IPIP, NONE, VXLAN, VXLAN_CROSS_SUBNET } = Encapsulation;
const mtu = 1500;

/** What costs something. */
const warnings: Failure[] = [
  {
    id: 'W1',
    title: 'an MTU for a tunnel that is off',
    rules: [
      ['GW-CNI-044'],
      () =>
        on(
          TunedCalico.fromManifestEnv({
            CALICO_IPV4POOL_IPIP: 'Off',
            FELIX_IPINIPMTU: '1440',
          }),
        ),
    ],
  },
  {
    id: 'W2',
    title: 'a NIC that MTU detection does not see',
    rules: [['GW-CNI-042'], () => on({ felix: { mtuIfacePattern: '^eth0$' } })],
  },
  {
    id: 'W3',
    title: 'CrossSubnet among single addresses',
    rules: [
      ['GW-CNI-016', 'GW-CNI-005'],
      () =>
        on(
          { encapsulation: VXLAN_CROSS_SUBNET },
          { underlay: Underlay.flatL2({ mtu, singleAddresses: true }) },
        ),
    ],
  },
  {
    id: 'W4',
    title: 'IP in IP through networks that drop it',
    rules: [
      ['GW-CNI-017', 'GW-CNI-006'],
      () => on({ encapsulation: IPIP }, { underlay: Underlay.flatL2({ mtu, dropsIpInIp: true }) }),
    ],
  },
  {
    id: 'W5',
    title: 'a mesh of more than 100 machines',
    rules: [['GW-CNI-004'], () => on({}, spread(101, 1))],
  },
  {
    id: 'W6',
    title: 'the first address that is found',
    rules: [
      ['GW-CNI-026'],
      () => on({ nodeAddressAutodetection: NodeAddressAutodetection.firstFound() }),
    ],
  },
  {
    id: 'W7',
    title: 'IPVS on a Kubernetes that deprecates it',
    rules: [['GW-PROXY-001'], () => []],
  },
  {
    id: 'W8',
    title: 'VXLAN where its checksums are broken',
    rules: [
      ['GW-CNI-003'],
      () =>
        on(
          { encapsulation: VXLAN, felix: { checksumOffload: true } },
          { underlay: Underlay.flatL2({ mtu, breaksVxlanOffload: true }) },
        ),
    ],
  },
  {
    id: 'W9',
    title: 'an API group that the operator detects',
    impossible: [
      'it is pinned',
      () =>
        expect(
          render()
            .objects.find('Deployment')
            .spec.template.spec.containers[0].env.map((e: any) => e.name),
        ).toContain('CALICO_API_GROUP'),
    ],
  },
  {
    id: 'W10',
    title: 'usage reporting',
    rules: [['GW-CNI-032'], () => on({ felix: { usageReportingEnabled: true } })],
  },
  {
    id: 'W11',
    title: 'bare packets between subnets, and no router that knows',
    rules: [
      ['GW-CNI-002'],
      () => on({ encapsulation: NONE }, { underlay: Underlay.routed({ mtu }) }),
    ],
  },
  {
    id: 'W12',
    title: 'host endpoints that shut the kubelet off',
    rules: [
      ['GW-CNI-041'],
      () => on({ hostEndpoints: {}, felix: { failsafeInboundHostPorts: [] } }),
    ],
  },
  {
    id: 'W13',
    title: 'two speakers of BGP on a machine',
    rules: [['GW-CNI-037'], () => on({}, { loadBalancer: LoadBalancerKind.METALLB_BGP })],
  },
  {
    id: 'W14',
    title: 'tunnels without address translation to the outside',
    rules: [['GW-CNI-015'], () => on({ encapsulation: VXLAN, natOutgoing: false })],
  },
];

const failures = [...errors, ...warnings];

/** Of another room, which has tests of its own. */
const ELSEWHERE = ['GW-PROXY-001'];

test('none is forgotten', () => {
  const ids = [
    ...[...Array(20).keys()].map((n) => `E${n + 1}`),
    ...[...Array(14).keys()].map((n) => `W${n + 1}`),
  ];
  expect(failures.map(({ id }) => id)).toEqual(ids);
  for (const { throws, rules, impossible } of failures) {
    expect([throws, rules, impossible].some((way) => way !== undefined)).toBe(true);
  }
});

test.each(failures)('$id: $title', ({ throws, rules, impossible }) => {
  expect.hasAssertions();
  if (throws !== undefined) {
    expect(throws[0]).toThrow(throws[1]);
  }
  if (rules !== undefined) {
    const [ids, speak] = rules;
    const known = [...calicoRules, ...clusterRules].map(({ id }) => id);
    expect(ids.filter((id) => !known.includes(id) && !ELSEWHERE.includes(id))).toEqual([]);
    if (!ELSEWHERE.includes(ids[0]!)) {
      expect(speak().map((line) => line.split(' ')[0])).toContain(ids[0]);
    }
  }
  impossible?.[1]();
});

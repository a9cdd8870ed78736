import { App, Chart } from 'cdk8s';
import {
  ApiEndpoint,
  Cluster,
  CniKind,
  IptablesKubeProxy,
  Machine,
  NvmeControlPlane,
} from '../../lib';
import { expectationsOf, type Expectations } from '../../lib/doctor/expectations';
import { ipv6Only } from '../dns/dns';
import { osloCluster, osloProps } from '../support/oslo';
import { composed, fixture, said } from './doctor';
import { labCluster, labExpectations } from './lab-cluster';

// The ways of pods as plugins and families write them: none of them is sick for being another.

const expectations = labExpectations();
const network = expectations.podNetwork!;
const [cp, worker] = expectations.machines;
const three = [cp!, worker!, { ...worker!, name: 'w-2', address: '10.20.0.13' }];
const RULES = ['rule.4\t0:\tfrom all lookup local', 'rule.4\t32766:\tfrom all lookup main'];
const DEFAULT = 'default via 10.20.0.1 dev eno1';

/** What is said of these routes on cp-1 of three machines. */
function routes(lines: readonly string[], changes: Partial<Expectations> = {}): string[] {
  const text = composed('routes', ...RULES, ...lines.map((line) => `route.4\t${line}`));
  return said(text, 'DOC-NET-ROUTES', { machines: three, ...changes });
}

const WELL = ['pass: there are routes to the pods of 2 other machines'];
const HALF = ['fail: there are routes to the pods of 1 of 2 other machines'];

describe('routes', () => {
  test('of tunnels with a next hop for each machine', () => {
    const [one, two] = [1, 2].map((n) => `10.244.${n}.0/24 via 10.244.${n}.0 dev flannel.1 onlink`);
    expect(routes([DEFAULT, one!, two!])).toEqual(WELL);
    expect(routes([DEFAULT, one!, `10.244.2.0/26 via 10.244.1.0 dev flannel.1 onlink`])).toEqual(
      HALF,
    );
    expect(routes([DEFAULT, one!, '10.244.0.0/24 dev cni0 proto kernel scope link'])).toEqual(HALF);
  });

  test.each(['flannel-wg', 'flannel0'])('of %s, which finds the machine by itself', (device) => {
    const podNetwork = { ...network, devices: [device], encapsulation: 'wireguard' };
    expect(routes([DEFAULT, `10.244.0.0/16 dev ${device} scope link`], { podNetwork })).toEqual(
      WELL,
    );
    expect(routes([DEFAULT], { podNetwork })[0]).toMatch(/^fail/);
    expect(routes([DEFAULT, '10.244.0.0/16 dev eno1 scope link'], { podNetwork })[0]).toMatch(
      /^fail/,
    );
  });

  test('by way of one router, as BIRD writes them to machines of another zone', () => {
    const podNetwork = { ...network, kind: CniKind.CALICO, devices: [] };
    const far = [1, 2].map((n) => `10.244.${n}.64/26 via 10.20.0.1 dev eno1 proto bird`);
    const own = 'blackhole 10.244.0.64/26 proto bird';
    expect(routes([DEFAULT, own, ...far], { podNetwork })).toEqual(WELL);
    expect(routes([DEFAULT, own, far[0]!], { podNetwork })).toEqual(HALF);
    const near = [64, 128].map((n) => `10.244.1.${n}/26 via 10.20.0.12 dev eno1 proto bird`);
    expect(routes([DEFAULT, own, ...near], { podNetwork })).toEqual(HALF);
  });

  test('by way of two routers at once', () => {
    const podNetwork = { ...network, kind: CniKind.CALICO, devices: [] };
    const paths = [
      '\tnexthop via 10.20.0.2 dev eno1 weight 1',
      '\tnexthop via 10.20.0.3 dev eno1 weight 1',
    ];
    const both = [1, 2].flatMap((n) => [`10.244.${n}.64/26 proto bird`, ...paths]);
    expect(routes([DEFAULT, ...both], { podNetwork })).toEqual(WELL);
  });

  test('that only routers know are not missing', () => {
    const bgp = { mesh: false, peers: ['10.20.0.1'] };
    expect(routes([DEFAULT], { bgp })).toEqual([
      'unknown: not measured: there are routes to the pods of 0 of 2 other machines, and the routers that machines have sessions with may carry the rest',
    ]);
    expect(routes([DEFAULT], { bgp: { mesh: true, peers: ['10.20.0.1'] } })[0]).toMatch(/^fail/);
    expect(routes([DEFAULT], { bgp: { mesh: false, peers: [] } })[0]).toMatch(/^fail/);
  });

  test('that are too many to be listed are not missing', () => {
    const many = Array.from(
      { length: 2000 },
      (_, n) => `192.168.${Math.floor(n / 256)}.${n % 256} dev eno1`,
    );
    expect(routes(many)).toEqual([
      'unknown: not measured: only the first 2000 routes of a family are listed',
    ]);
    expect(routes(many.slice(1))[0]).toMatch(/^fail/);
  });

  const six = [
    'rule.6\t0:\tfrom all lookup local',
    'rule.6\t32766:\tfrom all lookup main',
    'route.6\tfd00:10:244:1::/64 via fd00:10:244:1:: dev flannel-v6.1 onlink pref medium',
  ];
  const four = [...RULES, 'route.4\t10.244.1.0/24 via 10.244.1.0 dev flannel.1 onlink'];
  const podNetwork = { ...network, devices: ['flannel.1', 'flannel-v6.1'] };
  const dual = (...lines: string[]) =>
    said(composed('routes', ...lines), 'DOC-NET-ROUTES', {
      podNetwork,
      podCidrs: ['10.244.0.0/16', 'fd00:10:244::/48'],
    });

  test('of both families', () => {
    expect(dual(...four, ...six)).toEqual([
      'pass: there are routes to the pods of 1 other machine',
    ]);
    expect(dual(...four, ...six.slice(0, 2), 'route.6\tfe80::/64 dev eno1')).toEqual([
      'fail: there are routes to the pods of 0 of 1 other machines',
    ]);
    expect(dual(...four, ...six.slice(1))).toEqual([
      'fail: the rules that every lookup goes by are incomplete',
    ]);
    expect(dual(...four)[0]).toMatch(/^unknown/);
  });

  test('of IPv6 alone', () => {
    const text = composed('routes', ...six);
    expect(said(text, 'DOC-NET-ROUTES', { podNetwork, podCidrs: ['fd00:10:244::/48'] })).toEqual([
      'pass: there are routes to the pods of 1 other machine',
    ]);
  });

  test('and rules: networkd keeps both, or one of them is at risk', () => {
    const conf = (...lines: string[]) => [
      'networkd\tactive',
      ...lines.map((line) => `networkd.conf\t${line}`),
    ];
    const level = (...lines: string[]) =>
      said(composed('routes', ...four, ...conf(...lines)), 'DOC-NET-ROUTES')[0]!.split(':')[0];
    const both = ['ManageForeignRoutes=no', 'ManageForeignRoutingPolicyRules = false'];
    expect(level(...both)).toBe('pass');
    expect(level(both[0]!)).toBe('info');
    expect(level(...both, 'ManageForeignRoutes=yes')).toBe('info');
  });
});

describe('sessions of BGP', () => {
  const bgp = { mesh: true, peers: [] };
  const bird = (...lines: string[]) => composed('bgp', ...lines.map((line) => `bird6\t${line}`));
  const titles = [
    'BIRD v0.3.3+birdv1.6.8 ready.',
    'name     proto    table    state  since       info',
  ];

  test('with an IPv6 address that begins like one of IPv4', () => {
    const machines = [cp!, { ...worker!, address: '2001:470:1:2::12' }];
    const up = 'Mesh_2001_470_1_2__12 BGP      master   up     2026-11-20  Established';
    expect(said(bird(...titles, up), 'DOC-BGP-SESSION', { bgp, machines })).toEqual([
      'pass: 1 of 1 sessions are established',
    ]);
  });

  test('of a BIRD that does not run, or may not be asked', () => {
    const socket = 'Unable to connect to server control socket (/var/run/calico/bird.ctl)';
    expect(said(bird(`${socket}: Connection refused`), 'DOC-BGP-SESSION', { bgp })).toEqual([
      `fail: BIRD does not run: ${socket}: Connection refused`,
    ]);
    expect(said(bird(`${socket}: Permission denied`), 'DOC-BGP-SESSION', { bgp })).toEqual([
      `unknown: not measured: ${socket}: Permission denied`,
    ]);
    expect(said(bird(titles[0]!), 'DOC-BGP-SESSION', { bgp })[0]).toMatch(/^fail/);
  });
});

describe('slow connections of a machine', () => {
  const [host] = fixture('offload').split(/^(?=collector\t)/m);
  const stall = (podNetwork: Expectations['podNetwork'], text = fixture('offload')) =>
    said(text, 'DOC-NET-OFFLOAD', { podNetwork });

  test('without a tunnel have no checksum of one', () => {
    const lost =
      'fail: connections to dns take 3.1 s from the machine, and 0.03 s from a pod of it: packets are lost, and not by offload';
    expect(stall({ ...network, devices: [] })).toEqual([lost]);
    // WireGuard encrypts checksums with the rest.
    expect(stall({ ...network, devices: ['wireguard.cali'] })).toEqual([lost]);
    expect(stall({ ...network, devices: ['tunl0'] })[0]).toMatch(
      /checksum of a tunnel is damaged$/,
    );
    expect(stall({ ...network, devices: ['wireguard.cali', 'vxlan.calico'] })[0]).toMatch(
      /checksum of a tunnel is damaged$/,
    );
  });

  test('without a pod beside it prove less', () => {
    expect(stall(network, host)).toEqual([
      'fail: connections to dns take 3.1 s from the machine: the checksum of a tunnel may be damaged, nobody connected from a pod beside it',
    ]);
  });
});

describe('what the spec does not know', () => {
  test('the table of machines of others is known by their cores, and by our kube-proxy', () => {
    const sizes = (cluster: Cluster) =>
      expectationsOf(cluster).machines.map(({ conntrackMax }) => conntrackMax);
    const machine = { zone: 'lab', nic: 'eno1' };
    const machines = [
      Machine.controlPlane('cp-1', { ...machine, address: '10.20.0.11', cpus: 32 }),
      Machine.worker('w-1', { ...machine, address: '10.20.0.12' }),
    ];
    expect(sizes(labCluster({ machines }))).toEqual([undefined, undefined]);
    const cluster = labCluster({ machines });
    new IptablesKubeProxy(new Chart(cluster, 'chart'), 'proxy', { cluster });
    expect(sizes(cluster)).toEqual([1_048_576, undefined]);
    expect(sizes(osloCluster())).toEqual([524_288, 524_288, 524_288]);
  });

  test('what kube-proxy writes is read back', () => {
    const of = (tcpBeLiberal: boolean) => {
      const cluster = labCluster();
      new IptablesKubeProxy(new Chart(cluster, 'chart'), 'proxy', { cluster, tcpBeLiberal });
      return expectationsOf(cluster).machines;
    };
    const key = 'net.netfilter.nf_conntrack_tcp_be_liberal';
    expect(of(false)[0]!.sysctls).not.toHaveProperty([key]);
    const machines = of(true);
    expect(machines[0]!.sysctls[key]).toBe('1');
    const rest = Object.entries(machines[0]!.sysctls).filter(([name]) => name !== key);
    const lines = rest.map(([name, value]) => `sysctl\t${name} ${value}`);
    const facts = composed('facts', ...lines, `sysctl\t${key} 0`);
    expect(said(facts, 'DOC-HOST-SYSCTL', { machines })).toEqual([
      `fail: ${key} is 0 instead of 1`,
    ]);
  });

  test('ARP is of IPv4', () => {
    const props = { ...osloProps(ipv6Only), endpoint: ApiEndpoint.kubeVip('fd00:20::10') };
    const { cluster } = new NvmeControlPlane(new App(), 'oslo', props as never);
    expect(cluster.endpoint.needsLayer2).toBe(true);
    expect(expectationsOf(cluster).virtualIp).toBeUndefined();
    expect(expectationsOf(osloCluster()).virtualIp).toBe('10.20.0.10');
  });
});

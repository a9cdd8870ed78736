import { Chart, Duration, Size } from 'cdk8s';
import {
  Cluster,
  CniKind,
  FlannelBackend,
  FlannelInterface,
  FlannelWireguardMode,
  KubeProxyMode,
  Underlay,
} from '../../lib';
import { TunedCalico, TunedFlannel } from '../../lib/cni';
import { osloProps } from '../support/oslo';
import { tempApp } from '../support/temp-app';
import { dualStack, ipv6Only, render } from './flannel';

const wireguard = FlannelBackend.wireguard();
const hostGw = FlannelBackend.hostGw();
const udp = FlannelBackend.udp({ debug: true });

test.each([
  [{ mtu: 9000 }, 'mtu must be between 1280 and 1450, got 9000; lower it or raise underlay.mtu'],
  [{ mtu: 900 }, 'mtu must be between 1280 and 1450, got 900; raise it or leave it out'],
  [
    { mtu: 1460, backend: wireguard },
    'mtu must be between 1280 and 1440, got 1460; lower it or raise underlay.mtu',
  ],
  [
    { checksumOffload: false, backend: hostGw },
    'checksumOffload must be left out with another backend than vxlan, got false; it is about the device of vxlan, and host-gw has none',
  ],
  [
    { ipMasq: false, ipMasqRandomFully: true },
    'ipMasqRandomFully must be left out without ipMasq, got true; without a source address to change there is no port to choose',
  ],
  [
    { iptablesResync: Duration.millis(1500) },
    'iptablesResync must be a whole number between 1 and 3600, got 1.5; give whole seconds',
  ],
  [
    { iptablesResync: Duration.hours(2) },
    'iptablesResync must be between 1 and 3600, got 7200; give whole seconds',
  ],
  [
    { healthzPort: 80 },
    'healthzPort must be between 1024 and 65535, got 80; use 8081 unless it is taken',
  ],
  [
    { cpuRequestMillicores: 0 },
    'cpuRequestMillicores must be between 1 and 64000, got 0; 100 are a tenth of a core',
  ],
  [
    { memoryRequest: Size.kibibytes(100) },
    'memoryRequest must be a whole number between 1 and 65536, got 0.09765625; give whole mebibytes, for example Size.mebibytes(50)',
  ],
  [
    { interface: FlannelInterface.canReach('fd00::1') },
    "interface must be FlannelInterface.canReach of an IPv4 address, got an IPv6 one; flannel takes the route's source as its address of the first family",
  ],
  ...(['image', 'cniPluginImage'] as const).map((prop): [object, string] => [
    { [prop]: 'ghcr.io/flannel-io/flannel' },
    `${prop} must be a full reference with a tag, got ghcr.io/flannel-io/flannel; write registry/repository:tag, with @sha256 behind it if you pin the digest`,
  ]),
  [
    { backend: FlannelBackend.wireguard({ mode: FlannelWireguardMode.AUTO }) },
    'backend.mode must be separate in a cluster with one address family, got auto; the other modes put two families into one tunnel',
  ],
  [
    { etcdConfig: '[]' },
    'etcdConfig must be a JSON object, got []; paste what `etcdctl get /coreos.com/network/config` printed',
  ],
])('%j', (options, text) => {
  expect(() => render(options)).toThrow(new Error(`[oslo/cni] ${text}`));
});

test('several wrong values come in one error', () => {
  expect(() => render({ mtu: 1, healthzPort: 1 })).toThrow(
    /^\[oslo\/cni\] mtu .*\n\[oslo\/cni\] healthzPort [^\n]*$/,
  );
});

test('nftables are written once, a blackhole route is looked after', () => {
  const facts = { kubeProxyMode: KubeProxyMode.NFTABLES };
  const iptablesResync = Duration.seconds(30);
  expect(() => render({ iptablesResync }, facts)).toThrow(
    '[oslo/cni] iptablesResync must be left out with nftables, got 30 s; flannel writes its nftables once, when it starts',
  );
  expect(() => render({ iptablesResync, ipBlackholeRoute: true }, facts)).not.toThrow();
});

describe('IPv6', () => {
  test('udp carries none', () => {
    expect(() => render({ backend: udp }, dualStack)).toThrow(
      '[oslo/cni] backend must be other than udp in a cluster with IPv6, got udp; it carries IPv4 only; use FlannelBackend.vxlan()',
    );
  });

  test('the name of the device has 15 characters', () => {
    const backend = FlannelBackend.vxlan({ vni: 10000 });
    expect(() => render({ backend })).not.toThrow();
    expect(() => render({ backend }, dualStack)).toThrow(
      '[oslo/cni] backend.vni must be at most 9999 in a cluster with IPv6, got 10000; flannel-v6.10000 would be longer than the 15 characters that Linux takes',
    );
  });

  test('pods need 1280', () => {
    const smallest = (mtu: number, backend?: FlannelBackend) => () =>
      render({ backend }, { ...dualStack, underlay: Underlay.flatL2({ mtu }) });
    expect(smallest(1350)).not.toThrow();
    expect(smallest(1349)).toThrow(
      '[oslo/cni] cluster.pathMtu must be at least 1350 for IPv6 pods behind vxlan, got 1349; Linux takes IPv6 off an interface below 1280; raise the MTU of the underlay, or leave IPv6 out',
    );
    expect(smallest(1359, wireguard)).toThrow('at least 1360 for IPv6 pods behind wireguard');
    expect(smallest(1280, hostGw)).not.toThrow();
  });

  test('host-gw without IPv4 finds its interface by name', () => {
    const text =
      '[oslo/cni] interface must be FlannelInterface.named or regex for host-gw without IPv4, got nodeInternalIp; flannel takes an interface that it found by IPv6 address for one behind a NAT';
    expect(() => render({ backend: hostGw }, ipv6Only)).toThrow(text);
    const named = FlannelInterface.named('eno1');
    expect(() => render({ backend: hostGw, interface: named }, ipv6Only)).not.toThrow();
    expect(() => render({ backend: hostGw }, dualStack)).not.toThrow();
  });
});

test('the smallest underlay leaves what it leaves', () => {
  const underlay = Underlay.filtered({ mtu: 1280 });
  expect(render({}, { underlay }).flannel.podMtu).toBe(1230);
  expect(() => render({ mtu: 1280 }, { underlay })).toThrow(
    '[oslo/cni] mtu must be between 1230 and 1230, got 1280; lower it or raise underlay.mtu',
  );
});

test.each([
  [FlannelWireguardMode.SEPARATE, 1420],
  [FlannelWireguardMode.AUTO, 1420],
  [FlannelWireguardMode.IPV6, 1420],
  [FlannelWireguardMode.IPV4, 1440],
])('wireguard mode %s leaves %d in a dual-stack cluster', (mode, most) => {
  const backend = FlannelBackend.wireguard({ mode });
  expect(render({ backend }, dualStack).flannel.podMtu).toBe(1420);
  expect(render({ backend, mtu: most }, dualStack).flannel.podMtu).toBe(most);
  expect(() => render({ backend, mtu: most + 1 }, dualStack)).toThrow(
    `mtu must be between 1280 and ${most}, got ${most + 1}`,
  );
});

describe('backends', () => {
  const hours = (n: number) => ({ persistentKeepalive: Duration.hours(n) });

  test.each([
    [
      () => FlannelBackend.vxlan({ vni: 0 }),
      '[FlannelBackend vxlan] vni must be between 1 and 9999999, got 0; it ends the name of the interface, which has at most 15 characters',
    ],
    [
      () => FlannelBackend.vxlan({ vni: 16777215 }),
      '[FlannelBackend vxlan] vni must be between 1 and 9999999, got 16777215; it ends the name of the interface, which has at most 15 characters',
    ],
    [
      () => FlannelBackend.vxlan({ port: 0 }),
      "[FlannelBackend vxlan] port must be between 1 and 65535, got 0; leave it out for upstream's own, which firewalls' guides name",
    ],
    [
      () => FlannelBackend.wireguard({ listenPort: 70000 }),
      "[FlannelBackend wireguard] listenPort must be between 1 and 65535, got 70000; leave it out for upstream's own, which firewalls' guides name",
    ],
    [
      () => FlannelBackend.wireguard({ listenPortV6: 1, mode: FlannelWireguardMode.IPV6 }),
      '[FlannelBackend wireguard] listenPortV6 must be left out in mode ipv6, got 1; its one tunnel listens on listenPort 51820 for both families',
    ],
    [
      () => FlannelBackend.wireguard(hours(19)),
      '[FlannelBackend wireguard] persistentKeepalive must be between 1 and 65535, got 68400; give whole seconds; 25 outlive most NATs',
    ],
    [
      () => FlannelBackend.udp(),
      '[FlannelBackend udp] debug must be true, got false; a process copies every packet to user space and back, measured 2 to 7.6 times slower than vxlan, on amd64 only, and encrypts nothing; use FlannelBackend.vxlan()',
    ],
    [
      () => FlannelBackend.udp({ debug: true, port: 0 }),
      "[FlannelBackend udp] port must be between 1 and 65535, got 0; leave it out for upstream's own, which firewalls' guides name",
    ],
  ])('%s', (make, text) => {
    expect(make).toThrow(new Error(text));
  });

  test('each says what it is', () => {
    const types = [FlannelBackend.vxlan(), hostGw, wireguard, udp].map(({ type }) => type);
    expect(types).toEqual(['vxlan', 'host-gw', 'wireguard', 'udp']);
  });
});

describe('interfaces', () => {
  test.each([
    [
      () => FlannelInterface.named(),
      '[FlannelInterface named] names must be at least one interface name, got nothing; use FlannelInterface.nodeInternalIp() where names differ',
    ],
    [
      () => FlannelInterface.named('eno1', 'e n'),
      '[FlannelInterface named] names must be interface names of at most 15 characters, got e n; copy it from `ip -brief link`',
    ],
    [
      () => FlannelInterface.regex('('),
      '[FlannelInterface regex] pattern must be a regular expression, got (; write for example ^eno[0-9]+$, anchored at both ends',
    ],
    [
      () => FlannelInterface.regex(''),
      '[FlannelInterface regex] pattern must be a regular expression, got nothing; write for example ^eno[0-9]+$, anchored at both ends',
    ],
    [
      () => FlannelInterface.canReach('router'),
      '[FlannelInterface canReach] address must be an IP address in canonical spelling, got router; give an address on the cluster network, for example that of its router',
    ],
  ])('%s', (make, text) => {
    expect(make).toThrow(new Error(text));
  });

  test("Go's flags in front are taken", () => {
    expect(FlannelInterface.regex('(?i)^ENO1$').kind).toBe('regex');
  });
});

test("a cluster with another plugin is not this one's", () => {
  expect(() => render({}, { cni: CniKind.CALICO })).toThrow(
    new Error(
      '[oslo/cni] cluster.cni must be flannel for this construct, got calico; change the fact or use the construct for calico',
    ),
  );
});

test('a cluster has one network plugin', () => {
  const chart = new Chart(tempApp(), 'oslo');
  const cluster = new Cluster(chart, 'cluster', { clusterName: 'oslo', ...osloProps() });
  new TunedFlannel(chart, 'cni', { cluster });
  expect(() => new TunedFlannel(chart, 'again', { cluster })).toThrow(
    '[oslo/again] cluster must be',
  );
  expect(() => new TunedCalico(chart, 'calico', { cluster })).toThrow(
    '[oslo/calico] cluster.cni must be calico',
  );
});

describe('what etcd had', () => {
  const from = (value: unknown) => TunedFlannel.fromEtcdConfig(JSON.stringify(value));
  const type = (value: unknown) => from(value).backend?._spec;
  const Network = '10.244.0.0/16';

  test('vxlan and host-gw are carried over, udp and nothing are not', () => {
    expect(type({ Network })).toBeUndefined();
    expect(type({ Network, Backend: { Type: 'udp', Port: 7890 } })).toBeUndefined();
    expect(type({ Network, Backend: { Type: 'host-gw' } })).toEqual({ type: 'host-gw' });
    expect(type({ Network, Backend: { Type: 'vxlan', VNI: 42, Port: 0 } })).toEqual({
      type: 'vxlan',
      vni: 42,
      port: 8472,
    });
    // Go takes keys in any case.
    expect(type({ network: Network, backend: { type: 'vxlan', port: 4789 } })).toEqual({
      type: 'vxlan',
      vni: 1,
      port: 4789,
    });
  });

  test.each([
    [
      'not JSON',
      '[TunedFlannel.fromEtcdConfig] etcdConfig must be a JSON object, got not JSON; paste what `etcdctl get /coreos.com/network/config` printed',
    ],
    [
      '{}',
      '[TunedFlannel.fromEtcdConfig] etcdConfig.Network must be a canonical IPv4 CIDR, got nothing; write the network address with its prefix length, for example 10.244.0.0/16',
    ],
    [
      '{"Network":"10.244.0.0/16","Backend":{"Type":"aws-vpc"}}',
      '[TunedFlannel.fromEtcdConfig] etcdConfig.Backend.Type must be one of udp, vxlan, host-gw, got aws-vpc; backends of clouds are gone from flannel, and the others are experimental; delete Backend from the text',
    ],
    [
      '{"Network":"10.244.0.0/16","Backend":null}',
      '[TunedFlannel.fromEtcdConfig] etcdConfig.Backend.Type must be one of udp, vxlan, host-gw, got nothing; backends of clouds are gone from flannel, and the others are experimental; delete Backend from the text',
    ],
    [
      '{"Network":"10.244.0.0/16","Backend":{"Type":"vxlan","VNI":"1"}}',
      '[TunedFlannel.fromEtcdConfig] etcdConfig.Backend.VNI must be a number, got 1; write it without quotes',
    ],
  ])('%s', (text, error) => {
    expect(() => TunedFlannel.fromEtcdConfig(text)).toThrow(new Error(error));
  });
});

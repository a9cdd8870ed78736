import { FlannelBackend, FlannelWireguardMode, KubeProxyMode, Underlay } from '../../lib';
import { dualStack, ipv6Only, render } from './flannel';

/** What every machine is asked for, by key. */
function needs(...args: Parameters<typeof render>) {
  const { cluster } = render(...args);
  const all = cluster.machines.map((m) => {
    const { kernelModules, sysctls, ports, files, units, packages } = cluster.ledger.forMachine(m);
    const keys = (entries: ReadonlyArray<{ key: string }>) => entries.map(({ key }) => key);
    return {
      modules: keys(kernelModules),
      sysctls: sysctls.map(({ key, value }) => `${key}=${value}`),
      ports: keys(ports),
      rest: keys([...files, ...units, ...packages]),
    };
  });
  all.forEach((one) => expect(one).toEqual(all[0]));
  return all[0]!;
}

function file(path: string, ...args: Parameters<typeof render>): string | undefined {
  const { cluster } = render(...args);
  const { files } = cluster.ledger.forMachine(cluster.machines[0]!);
  return files.find(({ key }) => key === path)?.value;
}

const LINK = '/etc/systemd/network/50-flannel.link';
const UDEV = '/etc/udev/rules.d/90-flannel.rules';
const IPTABLES = ['xt_MASQUERADE', 'xt_comment', 'xt_mark'];
const sorted = (...names: string[]) => [...names, 'br_netfilter', ...IPTABLES].sort();

test.each([
  ['vxlan', FlannelBackend.vxlan(), sorted('vxlan'), ['8472/udp from machines'], [LINK]],
  [
    'another port',
    FlannelBackend.vxlan({ port: 4789 }),
    sorted('vxlan'),
    ['4789/udp from machines'],
    [LINK],
  ],
  ['host-gw', FlannelBackend.hostGw(), sorted(), [], []],
  ['wireguard', FlannelBackend.wireguard(), sorted('wireguard'), ['51820/udp from machines'], []],
  ['udp', FlannelBackend.udp({ debug: true }), sorted('tun'), ['8285/udp from machines'], []],
])('backend %s', (_name, backend, modules, ports, rest) => {
  expect(needs({ backend })).toEqual({
    modules,
    ports,
    sysctls: ['net.bridge.bridge-nf-call-iptables=1', 'net.ipv4.ip_forward=1'],
    rest,
  });
});

test('both families forward and are filtered', () => {
  expect(needs({}, dualStack).sysctls).toEqual([
    'net.bridge.bridge-nf-call-ip6tables=1',
    'net.bridge.bridge-nf-call-iptables=1',
    'net.ipv4.ip_forward=1',
    'net.ipv6.conf.all.forwarding=1',
  ]);
  expect(needs({}, ipv6Only).sysctls).toEqual([
    'net.bridge.bridge-nf-call-ip6tables=1',
    'net.ipv6.conf.all.forwarding=1',
  ]);
});

test('wireguard listens once for each family, or once for both', () => {
  const ports = (facts: object, mode = FlannelWireguardMode.SEPARATE) =>
    needs({ backend: FlannelBackend.wireguard({ mode }) }, facts).ports;
  expect(ports(dualStack)).toEqual(['51820/udp from machines', '51821/udp from machines']);
  expect(ports(ipv6Only)).toEqual(['51821/udp from machines']);
  expect(ports(dualStack, FlannelWireguardMode.IPV6)).toEqual(['51820/udp from machines']);
});

test('nftables need the bridge, too, and nothing of iptables', () => {
  const { modules, sysctls } = needs({}, { kubeProxyMode: KubeProxyMode.NFTABLES });
  expect(modules).toEqual(['br_netfilter', 'nf_tables', 'nft_chain_nat', 'nft_masq', 'vxlan']);
  expect(sysctls).toContain('net.bridge.bridge-nf-call-iptables=1');
});

test("systemd leaves the device's MAC address alone", () => {
  const backend = FlannelBackend.vxlan({ vni: 7 });
  expect(file(LINK, { backend }, dualStack))
    .toBe(`# flannel gives its device a MAC address and tells the other machines; systemd must not change it.
[Match]
OriginalName=flannel.7 flannel-v6.7

[Link]
MACAddressPolicy=none
`);
});

describe('checksum offload', () => {
  const broken = { underlay: Underlay.filtered({ mtu: 1500, breaksVxlanOffload: true }) };

  test('is switched off when the device appears', () => {
    expect(file(UDEV, { checksumOffload: false }))
      .toBe(`# The kernel computes the checksums of VXLAN packets itself, from the moment the device appears.
SUBSYSTEM=="net", ACTION=="add|change|move", ENV{INTERFACE}=="flannel.1", RUN+="/usr/sbin/ethtool -K $env{INTERFACE} tx-checksum-ip-generic off"
`);
    expect(needs({ checksumOffload: false }).rest).toEqual([LINK, UDEV, 'ethtool']);
    expect(file(UDEV, { checksumOffload: false }, dualStack)).toContain(
      'ENV{INTERFACE}=="flannel.1|flannel-v6.1"',
    );
  });

  test('follows the underlay, and the option wins', () => {
    expect(needs({}, broken).rest).toContain(UDEV);
    expect(needs({ checksumOffload: true }, broken).rest).toEqual([LINK]);
    expect(needs().rest).toEqual([LINK]);
  });

  test('concerns no other backend', () => {
    expect(needs({ backend: FlannelBackend.wireguard() }, broken).rest).toEqual([]);
  });
});

test('every reason is a sentence and names the construct', () => {
  const { cluster } = render({ checksumOffload: false });
  const entries = Object.values(cluster.ledger.forMachine(cluster.machines[0]!)).flat();
  const reasons = entries.flatMap((entry) => entry.reasons);
  expect(reasons.length).toBeGreaterThan(8);
  expect(reasons.filter((reason) => !/^\S.* \(oslo\/cni\)$/.test(reason))).toEqual([]);
});

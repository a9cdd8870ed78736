import { Encapsulation, KubeProxyMode } from '../../lib';
import { render } from './calico';

/** What every machine is asked for, by key. */
function needs(...args: Parameters<typeof render>) {
  const { cluster } = render(...args);
  const all = cluster.machines.map((m) => {
    const { kernelModules, sysctls, ports, files, units, packages } = cluster.ledger.forMachine(m);
    const keys = (entries: ReadonlyArray<{ key: string; value: string }>) =>
      entries.map(({ key, value }) => (value === '' ? key : `${key}=${value}`));
    return {
      modules: keys(kernelModules),
      sysctls: keys(sysctls),
      ports: keys(ports),
      rest: keys([...files, ...units, ...packages]),
    };
  });
  all.forEach((one) => expect(one).toEqual(all[0]));
  return all[0]!;
}

const IPSET = ['ip_set', 'ip_set_hash_ip', 'ip_set_hash_net'];
const TYPHA = '5473/tcp from machines';

test.each([
  [Encapsulation.NONE, [...IPSET, 'ipt_rpfilter', 'xt_set'], ['179/tcp from machines', TYPHA]],
  [
    Encapsulation.IPIP,
    [...IPSET, 'ipip', 'ipt_rpfilter', 'xt_set'],
    ['179/tcp from machines', TYPHA, 'protocol 4 from machines'],
  ],
  [
    Encapsulation.IPIP_CROSS_SUBNET,
    [...IPSET, 'ipip', 'ipt_rpfilter', 'xt_set'],
    ['179/tcp from machines', TYPHA, 'protocol 4 from machines'],
  ],
  [
    Encapsulation.VXLAN,
    [...IPSET, 'ipt_rpfilter', 'vxlan', 'xt_set'],
    ['4789/udp from machines', TYPHA],
  ],
  [
    Encapsulation.VXLAN_CROSS_SUBNET,
    [...IPSET, 'ipt_rpfilter', 'vxlan', 'xt_set'],
    ['4789/udp from machines', TYPHA],
  ],
])('encapsulation %s', (encapsulation, modules, ports) => {
  // No rp_filter: every value of it is right for Felix.
  expect(needs({ encapsulation })).toEqual({
    modules,
    ports,
    sysctls: ['net.ipv4.ip_forward=1'],
    rest: [],
  });
});

test('nftables needs no ipset', () => {
  expect(needs({}, { kubeProxyMode: KubeProxyMode.NFTABLES }).modules).toEqual(['nf_tables']);
});

test('metrics are reached by scrapers on any machine', () => {
  const { ports } = needs({ felix: { prometheusMetricsPort: 9091 } });
  expect(ports).toEqual(expect.arrayContaining(['9091/tcp from machines', '9091/tcp from pods']));
});

test('every reason is a sentence and names the construct', () => {
  const { cluster } = render({ encapsulation: Encapsulation.IPIP });
  const { kernelModules, sysctls, ports } = cluster.ledger.forMachine(cluster.machines[0]!);
  const reasons = [...kernelModules, ...sysctls, ...ports].flatMap((entry) => entry.reasons);
  expect(reasons.filter((reason) => !/^\S.* \(oslo\/cni\)$/.test(reason))).toEqual([]);
});

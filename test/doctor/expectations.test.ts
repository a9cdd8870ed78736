import { App, Chart, Duration } from 'cdk8s';
import {
  Encapsulation,
  EtcdOnNvme,
  IpvsKubeProxy,
  Machine,
  NodeBootstrap,
  NodeLocalDns,
  TunedCalico,
  Underlay,
  Zone,
  ZoneLink,
} from '../../lib';
import {
  dfProbeArguments,
  dnsStormArguments,
  factsArguments,
  roundTripArguments,
} from '../../lib/doctor/arguments';
import { collectorFiles, collectors } from '../../lib/doctor/collectors';
import { expectationsJson, expectationsOf, wayBetween } from '../../lib/doctor/expectations';
import { fsyncTuning } from '../../lib/etcd/tuning';
import { FsyncGate } from '../../lib/etcd';
import { osloCluster, osloMachine } from '../support/oslo';
import { labExpectations } from './lab-cluster';

/** The flagship with a second site behind a narrower link. */
function twoSites(encapsulation = Encapsulation.VXLAN_CROSS_SUBNET) {
  const app = new App();
  const cluster = osloCluster(app, {
    underlay: Underlay.flatL2({
      mtu: 1500,
      links: [
        ZoneLink.between('oslo-1', 'bergen-1', { mtu: 1400, roundTripTime: Duration.millis(9) }),
      ],
    }),
    zones: [
      Zone.of('oslo-1', { country: 'NO', nodeCidr: '10.20.0.0/24' }),
      Zone.of('bergen-1', { country: 'NO', nodeCidr: '10.21.0.0/24' }),
    ],
    machines: [
      ...[1, 2, 3].map((n) => osloMachine(n)),
      Machine.worker('w-1', { zone: 'bergen-1', address: '10.21.0.21', nic: 'eno1' }),
    ],
  });
  const chart = new Chart(app, 'chart');
  new NodeLocalDns(chart, 'dns', { cluster });
  new TunedCalico(chart, 'cni', { cluster, encapsulation });
  new IpvsKubeProxy(chart, 'proxy', { cluster });
  new EtcdOnNvme(chart, 'etcd', { cluster });
  new NodeBootstrap(chart, 'nodes', { cluster });
  return expectationsOf(cluster);
}

const expectations = twoSites();
const [cp, , , worker] = expectations.machines;

test('what constructs settled is what must be measured', () => {
  expect(expectations).toMatchObject({
    cluster: 'oslo',
    kernel: '6.1',
    proxyMode: 'ipvs',
    dnsIps: ['169.254.20.10'],
    dnsServiceIp: '10.96.0.10',
    dnsCache: true,
    virtualIp: '10.20.0.10',
    podNetwork: { kind: 'calico', mtu: 1350, devices: ['vxlan.calico'] },
    etcd: { dataDir: '/var/lib/etcd/data', electionMs: 1000 },
    ways: [
      { from: 'oslo-1', to: 'oslo-1', mtu: 1500, roundTripMs: 1 },
      {
        from: 'oslo-1',
        to: 'bergen-1',
        mtu: 1400,
        limit: 'link oslo-1 - bergen-1',
        roundTripMs: 9,
      },
      { from: 'bergen-1', to: 'bergen-1', mtu: 1500, roundTripMs: 1 },
    ],
  });
  expect(wayBetween(expectations, worker!, cp!)).toMatchObject({ mtu: 1400 });
});

test('sessions of BGP are expected where routes travel by it', () => {
  expect(expectations.bgp).toBeUndefined();
  const { bgp, podNetwork } = twoSites(Encapsulation.IPIP);
  expect(bgp).toEqual({ mesh: true, peers: [] });
  expect(podNetwork).toMatchObject({ mtu: 1380, devices: ['tunl0'] });
});

test('a machine must have what the ledger asks for, and the table that its memory allows', () => {
  expect(cp).toMatchObject({
    country: 'NO',
    cpus: 8,
    memoryMebibytes: 16384,
    conntrackMax: 524288,
    conntrackBuckets: 524288,
  });
  expect(cp!.sysctls['net.netfilter.nf_conntrack_max']).toBe('524288');
  expect(cp!.modules).toEqual(expect.arrayContaining(['ip_vs', 'ip_vs_rr', 'vxlan']));
});

test('the gate before kubeadm and the doctor judge a disk by the same bounds', () => {
  const gate = fsyncTuning(FsyncGate.STOP);
  expect(expectations.etcd).toMatchObject({
    fsyncFastNs: gate.get('warnNs'),
    fsyncUnsafeNs: gate.get('stopNs'),
  });
});

test('the document is the same for the same spec, with sorted keys', () => {
  const text = expectationsJson(twoSites());
  expect(text).toBe(expectationsJson(expectations));
  const keys = Object.keys(JSON.parse(text));
  expect(keys).toEqual([...keys].sort());
});

describe('arguments of collectors', () => {
  test('packets of the size of each way, and of the MTU of pods', () => {
    expect(dfProbeArguments(expectations, worker!, 'host')).toEqual([
      'cp-1=10.20.0.11=1400,device',
      'cp-2=10.20.0.12=1400,device',
      'cp-3=10.20.0.13=1400,device',
    ]);
    expect(dfProbeArguments(expectations, cp!, 'host')[0]).toBe('cp-2=10.20.0.12=1500,device');
    expect(dfProbeArguments(expectations, cp!, 'pod', { 'w-1': '10.244.9.2' })).toEqual([
      'w-1=10.244.9.2=1350',
    ]);
  });

  test('facts of everything that is asked for, and every other machine', () => {
    const facts = factsArguments(cp!);
    expect(facts[0]).toBe('nic:eno1');
    expect(facts).toEqual(
      expect.arrayContaining(['sysctl:net.netfilter.nf_conntrack_max', 'module:ip_vs_rr']),
    );
    expect(roundTripArguments(expectations, worker!, 5)).toEqual([
      '5',
      'cp-1=10.20.0.11',
      'cp-2=10.20.0.12',
      'cp-3=10.20.0.13',
    ]);
    expect(dnsStormArguments(labExpectations())).toEqual([
      '10.96.0.10',
      'kubernetes.default.svc.cluster.local.',
    ]);
  });
});

describe('collectors', () => {
  test.each(collectors.map((one) => [one.name, one] as const))(
    '%s says what it costs, and begins and ends',
    (name, one) => {
      const script = collectorFiles()[`${name}.sh`]!;
      expect(script).toMatch(/^#!\/bin\/sh\n# \S/);
      expect(script).toContain(`# At worst: ${one.worst}.\n`);
      expect(script).toContain(`say collector '${name} 1'\n`);
      expect(script.endsWith(`\nsay end ${name}\n`)).toBe(true);
    },
  );

  test('names are unique', () => {
    expect(Object.keys(collectorFiles())).toHaveLength(collectors.length);
  });
});

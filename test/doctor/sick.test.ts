import { CniKind, KubeProxyMode } from '../../lib';
import { lines, verdicts } from './doctor';
import { labExpectations } from './lab-cluster';

// Each problem by the signal that decides, and what must not be taken for it.

const expectations = labExpectations();
const bare = { ...expectations.podNetwork!, encapsulation: 'host-gw', devices: [] };

describe('connection tracking', () => {
  test('packets dropped for a tuple that is taken, and questions that waited for it', () => {
    expect(lines('dns-race', 'DOC-DNS-RACE')).toEqual([
      'fail cp-1→10.96.0.10: 120 of 153 questions took up to 5.25 s, and connection tracking dropped 100 packets meanwhile',
    ]);
    expect(verdicts('dns-race', 'DOC-DNS-RACE')[0]).toMatchObject({
      findingId: 'GW-DNS-013',
      runbook: 'dns',
      remedy: 'add NodeLocalDns, whose address nothing translates; kernels from 5.6 lose less',
    });
    expect(
      verdicts('dns-race', 'DOC-DNS-RACE', { dnsCache: true, dnsIps: ['169.254.20.10'] })[0],
    ).toMatchObject({
      remedy: 'let pods ask the cache of their machine (169.254.20.10), which nothing translates',
    });
    expect(lines('dns-race', 'DOC-CT-INSERT')).toEqual([
      'warn cp-1: 100 packets were dropped because their connection could not be entered',
    ]);
  });

  test('without conntrack the file in /proc says the same', () => {
    expect(lines('counters-proc', 'DOC-CT-INSERT')).toEqual([
      'warn cp-1: 8 packets were dropped because their connection could not be entered',
    ]);
  });

  test('a table that is nearly full', () => {
    expect(lines('table-full', 'DOC-CT-FULL')).toEqual([
      'fail cp-1: 247924 of 262144 connections are tracked (94.6 %)',
    ]);
  });

  test('a line of the last hour in the kernel log; an older one is history', () => {
    expect(lines('conntrack-log', 'DOC-CT-FULL')).toEqual([
      'fail cp-1: 122 of 262144 connections are tracked (0.05 %); the kernel log of the last hour says that the table was full',
    ]);
    expect(lines('conntrack-log-old', 'DOC-CT-FULL')).toEqual([
      'pass cp-1: 122 of 262144 connections are tracked (0.05 %)',
    ]);
  });

  test('packets that it does not understand', () => {
    expect(lines('invalid', 'DOC-CT-INVALID')).toEqual([
      'warn cp-1: connection tracking did not understand 149.25 packets a second',
    ]);
  });

  test('a counter that went over its end is no reset, and one that was set back says nothing', () => {
    expect(lines('counters-wrapped', 'DOC-CT-INVALID')).toEqual([
      'pass cp-1: connection tracking did not understand 1.66 packets a second',
    ]);
    expect(lines('counters-reset', 'DOC-CT-INVALID')).toEqual([
      'unknown cp-1: not measured: counters says nothing of it, or the counters were set back in between',
    ]);
  });

  test('another size than the spec says', () => {
    const machines = expectations.machines.map((m) => ({ ...m, conntrackMax: 524288 }));
    expect(lines('facts-blind', 'DOC-CT-MAX', { machines })).toEqual([
      'fail cp-1: the table holds 262144 connections, the spec says 524288',
    ]);
    const few = expectations.machines.map((m) => ({ ...m, conntrackBuckets: 524288 }));
    expect(lines('facts-blind', 'DOC-CT-MAX', { machines: few })).toEqual([
      'warn cp-1: the table has 262144 buckets for 262144 connections: chains are longer than they should be',
    ]);
  });
});

describe('CPU', () => {
  test('one CPU full of network work, which the average of 50 % hides', () => {
    expect(lines('softirq', 'DOC-NET-SOFTIRQ')).toEqual([
      'fail cp-1: cpu0 spends 95 % on network work, the others at 1.7 %: packets wait for it',
    ]);
  });

  test('a backlog that was full, and rounds that ended too early', () => {
    expect(lines('softnet-drops', 'DOC-NET-SOFTNET')).toEqual([
      'fail cp-1: 37 packets were dropped in 6.03 s because the backlog of cpu1 was full',
    ]);
    expect(lines('softnet-squeezed', 'DOC-NET-SOFTNET')).toEqual([
      'warn cp-1: cpu0 ended 149.25 rounds of receiving a second with packets left',
    ]);
  });

  test('time that the hypervisor gave away, for a minute or for less', () => {
    expect(lines('steal', 'DOC-CPU-STEAL')).toEqual([
      'fail cp-1: the hypervisor gave 9.7 % of the CPU time to somebody else',
    ]);
    expect(lines('steal-some', 'DOC-CPU-STEAL')).toEqual([
      'warn cp-1: the hypervisor gave 3.4 % of the CPU time to somebody else',
    ]);
  });

  test('an idle guest proves nothing', () => {
    expect(lines('idle', 'DOC-CPU-STEAL')).toEqual([
      'unknown cp-1: 0 % was stolen at 2.7 % load, and an idle guest is never robbed',
    ]);
  });
});

describe('MTU', () => {
  test('a black hole lets small packets pass', () => {
    expect(lines('mtu-black-hole', 'DOC-MTU-HOST')).toEqual([
      'fail cp-1→w-1: packets of 1500 bytes do not arrive, those of 1440 do, and nobody says why: a black hole',
    ]);
    expect(lines('mtu-black-hole', 'DOC-MTU-POD')).toEqual([
      'fail cp-1→w-1: packets of 1450 bytes do not arrive, those of 1390 do, and nobody says why: a black hole',
    ]);
    expect(verdicts('mtu-black-hole', 'DOC-MTU-HOST')[0]!.remedy).toBe(
      'correct mtu of underlay in the spec, or raise it on eno1 and what is in between',
    );
  });

  test('a router that says what it carries', () => {
    expect(lines('mtu-narrow-tunnel', 'DOC-MTU-POD')).toEqual([
      'fail cp-1→w-1: packets of 1450 bytes do not arrive, those of 1400 do: 10.244.0.1 carries 1400',
    ]);
    expect(lines('facts-narrow-tunnel', 'DOC-MTU-DEVICE')).toEqual([
      'fail cp-1: the MTU of flannel.1 is 1400, less than the 1450 of pods',
    ]);
  });

  test('pods and NICs with another MTU than the spec says', () => {
    expect(lines('facts-wrong', 'DOC-MTU-DEVICE')).toEqual([
      'fail cp-1: 1 of 1 pods have an MTU of 1500 instead of 1450',
    ]);
    expect(lines('facts-wrong', 'DOC-HOST-NIC')).toEqual([
      'fail cp-1: the MTU of eno1 is 1400, the spec says 1500',
    ]);
  });

  test('a way that carries more is worth knowing', () => {
    expect(lines('mtu-jumbo', 'DOC-MTU-HOST')).toEqual([
      'info cp-1→w-1: the way carries 9000 bytes, and the spec uses 1500',
    ]);
  });

  test('a single machine proves nothing', () => {
    const machines = expectations.machines.slice(0, 1);
    expect(lines('mtu-jumbo', 'DOC-MTU-HOST', { machines })).toEqual([
      'unknown cp-1→w-1: not measured: the spec says nothing of this way',
    ]);
    expect(lines('routes-gone', 'DOC-NET-ROUTES', { machines })).toEqual([
      'unknown cp-1: not measured: there is no other machine',
    ]);
    expect(lines('lossy-tunnel', 'DOC-NET-THROUGHPUT', { machines })).toContain(
      'unknown cp-1: not measured: there is no other machine',
    );
  });
});

describe('the way between pods', () => {
  test('a provider that drops pod addresses', () => {
    expect(lines('pod-addresses-filtered', 'DOC-NET-POD-ADDRESS', { podNetwork: bare })).toEqual([
      'fail cp-1→w-1: no packet with a pod address is answered, and pod packets travel as they are (host-gw)',
    ]);
    const flannel = verdicts('pod-addresses-filtered', 'DOC-NET-POD-ADDRESS', { podNetwork: bare });
    expect(flannel[0]!.findingId).toBe('GW-CNI-101');
    const calico = { ...bare, kind: CniKind.CALICO };
    expect(
      verdicts('pod-addresses-filtered', 'DOC-NET-POD-ADDRESS', { podNetwork: calico })[0]!
        .findingId,
    ).toBe('GW-CNI-001');
    expect(lines('pod-addresses-carried', 'DOC-MTU-POD', { podNetwork: bare })).toEqual([
      'pass cp-1→w-1: packets of 1450 bytes arrive whole',
    ]);
  });

  test('a tunnel that is closed', () => {
    expect(lines('tunnel-blocked', 'DOC-MTU-POD')).toEqual([
      'fail cp-1→w-1: no packet between pods is answered, through flannel.1 (vxlan)',
    ]);
  });

  test('SYNs that only the machine loses', () => {
    expect(lines('offload', 'DOC-NET-OFFLOAD')).toEqual([
      'fail cp-1→dns: connections to dns take 3.1 s from the machine, and 0.03 s from a pod of it: the checksum of a tunnel is damaged',
    ]);
    expect(verdicts('offload', 'DOC-NET-OFFLOAD')[0]).toMatchObject({
      findingId: 'GW-CNI-105',
      remedy:
        'set checksumOffload to false; at once, until the device is made anew: ethtool -K flannel.1 tx-checksum-ip-generic off',
    });
  });

  test('a tunnel that loses packets where the machines lose none', () => {
    expect(lines('lossy-tunnel', 'DOC-NET-RETRANS')).toEqual([
      'pass cp-1→w-1 (host): TCP sent 0 % of its segments again',
      'warn cp-1→w-1 (pod): TCP sent 3.1 % of its segments again',
    ]);
    expect(lines('lossy-tunnel', 'DOC-NET-UDP')).toEqual([
      'pass cp-1→w-1 (host): 0 % of the packets were lost at 19.97 Mbit/s, jitter 0.01 ms',
      'warn cp-1→w-1 (pod): 1.9 % of the packets were lost at 18.61 Mbit/s, jitter 0.02 ms',
    ]);
  });

  test('segments that the machine sends again', () => {
    expect(lines('retransmits', 'DOC-NET-RETRANS')).toEqual([
      'warn cp-1: TCP of the machine sent 1.5 % of its segments again',
    ]);
  });

  test('routes that somebody took away', () => {
    expect(lines('routes-gone', 'DOC-NET-ROUTES')).toEqual([
      'fail cp-1: there are routes to the pods of 0 of 1 other machines',
    ]);
  });

  test('sessions of BGP that are down or missing', () => {
    const bgp = (mesh: boolean, ...peers: string[]) => ({ bgp: { mesh, peers } });
    expect(lines('bgp-up', 'DOC-BGP-SESSION', bgp(true))).toEqual([
      'pass cp-1: 1 of 1 sessions are established',
    ]);
    expect(lines('bgp-down', 'DOC-BGP-SESSION', bgp(true, '10.20.0.99'))).toEqual([
      'fail cp-1: the session with 10.20.0.99 is Active',
    ]);
    expect(lines('bgp-calico', 'DOC-BGP-SESSION', bgp(true, '10.20.0.1'))).toEqual([
      'fail cp-1: the session with 10.20.0.1 is OpenSent',
    ]);
    expect(lines('bgp-frr', 'DOC-BGP-SESSION', bgp(false, '10.20.0.1'))).toEqual([
      'fail cp-1: the session with 10.20.0.1 is Active',
    ]);
    const machines = [
      ...expectations.machines,
      { ...expectations.machines[1]!, name: 'w-2', address: '10.20.0.13' },
    ];
    expect(lines('bgp-up', 'DOC-BGP-SESSION', { machines, ...bgp(true) })[0]).toBe(
      'fail cp-1: there is no session with w-2 (10.20.0.13)',
    );
    expect(lines('bgp-up', 'DOC-BGP-SESSION')).toEqual([]);
  });

  test('two owners of a virtual address', () => {
    const vip = (virtualIp: string) => ({ virtualIp });
    expect(lines('arp-two', 'DOC-NET-ARP', vip('10.20.0.12'))[0]).toBe(
      'fail cp-1: 2 machines answer for 10.20.0.12',
    );
    expect(lines('arp-one', 'DOC-NET-ARP', vip('10.20.0.12'))[0]).toMatch(
      /^pass cp-1: 10\.20\.0\.12 is answered for by /,
    );
    expect(lines('arp-none', 'DOC-NET-ARP', vip('10.20.0.99'))[0]).toBe(
      'unknown cp-1: nobody answers for 10.20.0.99, or its owner asked for itself',
    );
  });
});

describe('kube-proxy', () => {
  test('another mode than in the spec', () => {
    expect(lines('proxy-mode', 'DOC-PROXY-MODE')).toEqual([
      'fail cp-1: kube-proxy runs in ipvs mode, the spec says iptables',
    ]);
    expect(lines('proxy-mode', 'DOC-PROXY-RULES')).toEqual([
      'fail cp-1: kube-proxy has written no rules of iptables mode',
    ]);
  });

  test('rules that another mode has left', () => {
    expect(
      lines('proxy-leftover', 'DOC-PROXY-RULES', { proxyMode: KubeProxyMode.NFTABLES }),
    ).toEqual(['fail cp-1: there are 4 rules of iptables mode, which nobody updates any more']);
    expect(lines('proxy-leftover', 'DOC-PROXY-MODE', { proxyMode: KubeProxyMode.NONE })).toEqual([
      'fail cp-1: a kube-proxy in nftables mode runs beside the dataplane that serves Services itself',
    ]);
  });
});

describe('the machine', () => {
  test('kernel, cores, memory and parameters other than in the spec', () => {
    const machines = expectations.machines.map((m) => ({ ...m, cpus: 8, memoryMebibytes: 65536 }));
    const changed = { machines, kernel: '6.19' };
    expect(lines('facts-wrong', 'DOC-HOST-KERNEL', changed)).toEqual([
      'fail cp-1: the kernel is 6.18.44, and the spec was settled for 6.19',
    ]);
    expect(lines('facts-wrong', 'DOC-HOST-CPU', changed)).toEqual([
      'fail cp-1: the machine has 2 cores, the spec says 8',
    ]);
    expect(lines('facts-wrong', 'DOC-HOST-MEMORY', changed)).toEqual([
      'fail cp-1: the machine has 24105 MiB, the spec says 65536',
    ]);
    expect(lines('facts-wrong', 'DOC-HOST-SYSCTL')).toEqual([
      'fail cp-1: net.ipv4.ip_forward is 0 instead of 1',
    ]);
  });

  test('what was not read is unknown, not good', () => {
    expect(lines('facts-blind', 'DOC-HOST-MODULE')[0]).toMatch(
      /^unknown cp-1: not measured: br_netfilter, .* may be built in, and modules\.builtin of the kernel was not there$/,
    );
    const machines = expectations.machines.map((m) => ({
      ...m,
      modules: ['ip_vs'],
      sysctls: { 'net.core.somaxconn': '4096' },
    }));
    expect(lines('facts-blind', 'DOC-HOST-MODULE', { machines })).toEqual([
      'unknown cp-1: not measured: 1 of 1 were not looked at, such as ip_vs',
    ]);
    expect(lines('facts-blind', 'DOC-HOST-SYSCTL', { machines })).toEqual([
      'unknown cp-1: not measured: 1 of 1 were not read, such as net.core.somaxconn',
    ]);
  });
});

describe('etcd', () => {
  test('a slow disk, by fio and by etcd itself', () => {
    expect(lines('fsync-slow', 'DOC-ETCD-FSYNC')).toEqual([
      'fail cp-1: 99 of 100 fsyncs that fio asked for take up to 103.28 ms, and from 10 ms on leaders change under load',
    ]);
    expect(lines('etcd-slow', 'DOC-ETCD-FSYNC')).toEqual([
      'fail cp-1: 99 of 100 fsyncs of the running etcd take up to 58.67 ms, and from 10 ms on leaders change under load',
    ]);
  });
});

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'cdk8s';
import {
  ApiEndpoint,
  Cluster,
  Encapsulation,
  EtcdDisk,
  Machine,
  MetalLb,
  MetalLbMode,
  TunedCalico,
  Zone,
  type ClusterProps,
  type NvmeControlPlaneProps,
} from '../../lib';
import { reportMarkdown } from '../../lib/report';
import { renderSpec } from '../../lib/testing';
import { osloPlane } from '../control-plane/oslo-plane';
import { dualStack } from '../support/dual-stack';
import { osloMachine, osloProps } from '../support/oslo';
import { tempDir } from '../support/temp-app';

function pageOf(changes: Partial<NvmeControlPlaneProps> = {}): string {
  return reportMarkdown(renderSpec((app) => osloPlane(app, changes)).cluster);
}

/** The report of machines that somebody else made, of which little is known. */
function factsPage(changes: Partial<ClusterProps> = {}): string {
  return reportMarkdown(Cluster.fromFacts(new App(), 'theirs', osloProps(changes)));
}

/** What stands below a heading. */
function part(page: string, title: string): string {
  const [, after] = page.split(`\n### ${title}\n`);
  if (after === undefined) {
    throw new Error(`no ### ${title}`);
  }
  return after.split(/\n#{2,3} /)[0]!;
}

function commands(page: string, title: string): string[] {
  return [...part(page, title).matchAll(/```sh\n([^]*?)\n```/g)].flatMap(([, text]) =>
    text!.split('\n'),
  );
}

describe('commands can be pasted', () => {
  test('names that the spec does not have are asked for first', () => {
    const machines = [1, 2, 3].map((n) => osloMachine(n, { nic: undefined }));
    const page = factsPage({ machines });
    expect(commands(page, 'One CPU for all packets').slice(2)).toEqual([
      "N='name of the NIC'",
      'ethtool -l "$N"',
      'grep -H . /sys/class/net/"$N"/queues/rx-*/rps_cpus',
    ]);
    expect(commands(page, 'Who answers for an address').slice(0, 2)).toEqual([
      "N='name of the NIC'",
      'arping -c 3 -I "$N" 10.20.0.10',
    ]);
    const balanced = pageOf({
      loadBalancer: MetalLb.configure({
        pools: [{ name: 'edge', addresses: ['10.20.0.240-10.20.0.250'] }],
      }),
    } as Partial<NvmeControlPlaneProps>);
    expect(commands(balanced, 'Who answers for an address')).toEqual(
      expect.arrayContaining(["S='address of the Service'", 'arping -c 3 -I eno1 "$S"']),
    );
  });

  test('programs that machines lack are named, and where they are', () => {
    expect(pageOf()).toContain(
      '`nc` and `ipvsadm`. A shell on the network of a machine that has them: debug.md.',
    );
    expect(factsPage()).toContain(
      'A container with them on the network of a machine does: `kubectl debug node/NAME',
    );
  });
});

test('numbers of packets that CPUs dropped are those of the kernel', () => {
  const file = join(tempDir(), 'softnet_stat');
  writeFileSync(file, '0000ffff 0000001a 00000003 0 0\n00000001 00000000 00000100 0 0\n');
  const line = commands(pageOf(), 'One CPU for all packets').find((one) =>
    one.includes('softnet'),
  )!;
  const { stdout } = spawnSync('sh', ['-euc', line.replace('/proc/net/softnet_stat', file)], {
    encoding: 'utf8',
  });
  expect(stdout).toBe('CPU 0: dropped 26, later 3\nCPU 1: dropped 0, later 256\n');
});

describe('a tunnel with damaged checksums', () => {
  const page = pageOf({ cni: TunedCalico.configure({ encapsulation: Encapsulation.VXLAN }) });

  test('is looked for where pods are behind it, which API servers are not', () => {
    const typed = commands(page, 'Checksums of the tunnel').join('\n');
    expect(typed).not.toContain('10.96.0.1:');
    expect(typed).toContain('http://10.96.0.10:9153/metrics');
    expect(typed).toContain('http://"$P":9153/metrics');
    expect(typed).toContain('ethtool -K vxlan.calico tx-checksum-ip-generic off');
  });
});

describe('both families', () => {
  const page = pageOf({
    ...dualStack(),
    cni: TunedCalico.configure({ encapsulation: Encapsulation.IPIP_CROSS_SUBNET }),
  } as Partial<NvmeControlPlaneProps>);

  test('a capture sees either tunnel', () => {
    const both = ['tcpdump -nni tunl0 host "$B"', 'tcpdump -nni vxlan-v6.calico host "$B"'];
    expect(commands(page, 'Capture at four points').slice(3, -1)).toEqual([
      ...both,
      `tcpdump -nni eno1 '(ip proto 4 and host 10.20.0.12) or (udp port 4789 and host fd00:20::12) or host '"$B"`,
      `tcpdump -nni eno1 '(ip proto 4 and host 10.20.0.11) or (udp port 4789 and host fd00:20::11) or host '"$B"`,
      ...both,
    ]);
  });

  test('sizes, routes and addresses are looked at for each', () => {
    // 1500 less VXLAN over IPv6, then less IP and ICMP of either.
    expect(commands(page, 'Packet sizes')).toEqual(
      expect.arrayContaining(['ping -c 3 -M do -s 1402 "$P"', 'ping -6 -c 3 -M do -s 1382 "$P"']),
    );
    expect(commands(page, 'Routes and rules')).toEqual(
      expect.arrayContaining(['ip route', 'ip rule', 'ip -6 route', 'ip -6 rule']),
    );
    expect(commands(page, 'Addresses of pods')[0]).toBe('tcpdump -nni eno1 icmp or icmp6');
  });

  test('full packets are shown for each, wrapped and as they are', () => {
    const rows = /Where the bytes go[^]*?\n\n([^]*?)\n\n/.exec(page)![1]!;
    expect(rows.split('\n').map((row) => row.split(' | ')[0])).toEqual([
      '| packet',
      '| ---',
      '| in IPIP, IPv4',
      '| in VXLAN, IPv6',
      '| as it is, IPv4',
      '| as it is, IPv6',
    ]);
  });

  test('of one subnet nothing is said to leave it', () => {
    expect(page).toContain('### To another machine of the same subnet, pods of fd00:244::/56');
    expect(page).not.toContain('### To another subnet');
  });
});

describe('machines with IPv6 alone', () => {
  const page = pageOf({
    ...{ podCidr: 'fd00:244::/56', serviceCidr: 'fd00:96::/112' },
    zones: [Zone.of('oslo-1', { country: 'NO', nodeCidr: 'fd00:20::/64' })],
    machines: [1, 2, 3].map((n) => osloMachine(n, { address: `fd00:20::1${n}` })),
    endpoint: ApiEndpoint.kubeVip('fd00:20::10', { dnsName: 'api.oslo.example' }),
    cni: TunedCalico.configure({ encapsulation: Encapsulation.VXLAN }),
  } as Partial<NvmeControlPlaneProps>);

  test('etcd is asked where it listens', () => {
    expect(commands(page, 'etcd and its disk')[0]).toContain(
      'etcdctl --endpoints=https://[::1]:2379 ',
    );
    expect(commands(pageOf(), 'etcd and its disk')[0]).toContain(
      'etcdctl --endpoints=https://127.0.0.1:2379 ',
    );
  });

  test('nobody is asked by ARP', () => {
    expect(commands(page, 'Who answers for an address')).toEqual([
      'ping -c 3 -I eno1 fd00:20::10',
      'ip neigh show fd00:20::10',
      'ip -brief address | grep -wF fd00:20::10',
    ]);
  });

  test('sizes, routes and addresses are of that family', () => {
    // 1500 less VXLAN over IPv6, less IP and ICMP.
    expect(commands(page, 'Packet sizes')).toEqual(
      expect.arrayContaining([
        'ping -c 3 -M do -s 1452 fd00:20::12',
        'ping -c 3 -M do -s 1382 "$P"',
      ]),
    );
    expect(commands(page, 'Routes and rules').slice(0, 2)).toEqual(['ip -6 route', 'ip -6 rule']);
    expect(commands(page, 'Checksums of the tunnel').join('\n')).toMatch(
      /http:\/\/\[fd00:96::a\]:9153\/metrics; done\n[^]*http:\/\/"\[\$P\]":9153\/metrics/,
    );
  });
});

describe('routers', () => {
  const peers = [{ address: '10.20.0.1', asNumber: 64513 }];
  const routed = {
    cni: TunedCalico.configure({ encapsulation: Encapsulation.VXLAN, bgp: { enabled: false } }),
    loadBalancer: MetalLb.configure({
      mode: MetalLbMode.bgp({ asNumber: 64512, peers }),
      pools: [{ name: 'edge', addresses: ['192.0.2.0/28'] }],
    }),
  };

  test('that only learn addresses of Services have their step, too', () => {
    const page = pageOf(routed);
    expect(part(page, 'BGP sessions')).toContain(
      'The router 10.20.0.1, which learns the way to: Services.',
    );
    expect(commands(page, 'BGP sessions')).toEqual([
      "ss -tn state established '( sport = :179 or dport = :179 )'",
      'ping -c 3 10.20.0.1',
      'nc -vz -w 3 10.20.0.1 179',
    ]);
    expect(pageOf({ cni: routed.cni })).not.toContain('### BGP sessions');
  });
});

describe('the edge', () => {
  test('connections are counted where they are: on the network of the pod', () => {
    const typed = commands(pageOf(), 'The edge').join('\n');
    expect(typed).toContain('crictl ps --quiet --label io.kubernetes.pod.namespace=nginx-ingress');
    expect(typed).toMatch(/nsenter -t "\$\(crictl inspect [^)]*\)" -n ss -Htn state established/);
  });

  test('only machines with a replica answer on node ports', () => {
    expect(pageOf()).toContain('node ports 30080 and 30043 of machines with a replica');
  });
});

describe('the firewall of the machines', () => {
  const steps = (firewall: object) =>
    part(pageOf({ nodes: { firewall: { sshFrom: ['192.0.2.0/24'], ...firewall } } }), 'Throughput');
  const closed = 'The firewall of the machines lets nobody in at 5201/tcp';

  test.each<[string, object, boolean]>([
    ['of nothing else', {}, true],
    ['that trusts its zones', { trustZoneNetworks: true }, false],
    ['with the port', { allow: [{ port: '5200-5210', protocol: 'tcp', why: 'tests' }] }, false],
    ['with another', { allow: [{ port: '5201', protocol: 'udp', why: 'tests' }] }, true],
  ])('%s', (_, firewall, isClosed) => {
    expect(steps(firewall).includes(closed)).toBe(isClosed);
  });
});

describe('what is not known', () => {
  const machines = [
    ...[1, 2, 3].map((n) =>
      Machine.controlPlane(`cp-${n}`, { zone: 'oslo-1', address: `10.20.0.1${n}` }),
    ),
    Machine.worker('w-1', { zone: 'oslo-1', address: '10.20.0.21', cpus: 4 }),
  ];
  const page = factsPage({
    machines,
    endpoint: ApiEndpoint.external({ dnsName: 'api.oslo.example' }),
  });

  test('is not among what the spec says of machines', () => {
    expect(part(page, 'What the machine is')).toContain(
      'The spec says kernel 6.1 or newer, and 4 CPUs. Limits',
    );
    const none = factsPage({ machines: machines.slice(0, 3) });
    expect(part(none, 'What the machine is')).toContain(
      'The spec says kernel 6.1 or newer. Limits',
    );
  });

  test('is no absence: a control plane has a disk for etcd', () => {
    expect(page).toMatch(/\| cp-1 \|.*\| not named \|\n/);
    expect(page).toMatch(/\| w-1 \|.*\| none \|\n/);
    const named = factsPage({
      machines: [osloMachine(1, { etcdDisk: EtcdDisk.sharedWithRoot() })],
    });
    expect(named).toMatch(/\| cp-1 \|.*\| the root disk \|\n/);
  });

  test('is said where it misleads: a plugin may wrap what is looked for', () => {
    const capture = 'The network plugin is not part of this spec. Where it wraps packets';
    expect(part(page, 'Capture at four points')).toContain(capture);
    expect(part(pageOf(), 'Capture at four points')).not.toContain(capture);
  });
});

describe('connections tracked', () => {
  const rows = (page: string) =>
    [...page.matchAll(/\| connections tracked on (.*?); .*\n/g)].map(([, row]) => row);
  const worker = (n: number, cpus?: number) =>
    Machine.worker(`w-${n}`, { zone: 'oslo-1', address: `10.20.0.2${n}`, cpus });

  // kube-proxy takes 32,768 for each core: of 32 nobody may say that they have too many.
  test('are at least so many where kube-proxy counts cores that are not known', () => {
    const page = factsPage({ machines: [osloMachine(1), worker(1), worker(2, 16)] });
    expect(rows(page)).toEqual([
      'cp-1 (8 CPUs, 16 GiB) | 262,144 | kube-proxy sizes it by cores',
      'w-1 (not known) | at least 262,144 | kube-proxy sizes it by cores, of which the spec does not say how many there are',
      'w-2 (16 CPUs) | 524,288 | kube-proxy sizes it by cores',
    ]);
    expect(part(page, 'The connection table')).toContain('| w-1 | at least 262,144 |');
  });

  test('are what the spec names, when it does', () => {
    const cluster = new Cluster(new App(), 'oslo', osloProps());
    cluster.ledger.requireSysctl('net.netfilter.nf_conntrack_max', '131072', {
      by: cluster,
      why: 'test',
    });
    expect(rows(reportMarkdown(cluster))).toEqual([
      'cp-1, cp-2, cp-3 (8 CPUs, 16 GiB) | 131,072 | the spec names it',
    ]);
  });
});

describe('addresses for Services', () => {
  const row = (serviceCidr: string) => {
    const page = factsPage({ serviceCidr });
    return /\| addresses for Services, \S+ \| (.*) \|\n/.exec(page)![1];
  };

  // pkg/registry/core/service/ipallocator, with what its own tests expect of sizes.
  test.each([
    ['10.96.0.0/16', '65,534 | the first 256 are given'],
    ['10.96.0.0/25', '126 | the first 16 are given'],
    ['10.96.0.0/28', '14 | too few for a part'],
  ])('%s', (serviceCidr, said) => {
    expect(row(serviceCidr)).toContain(said);
  });
});

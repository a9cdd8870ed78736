import { CniKind, KubeProxyMode, type ClusterProps, type KernelOptions } from '../../lib';
import { osloMachine } from '../support/oslo';
import { messages, oslo, unpacked } from './support';

// What guides of 2015 and 2019 have people write on machines, as it stands there.
const sysctlConf = `
# Kubernetes
net.ipv4.ip_forward=1
net.bridge.bridge-nf-call-iptables = 1
net.netfilter.nf_conntrack_max = 131072
net.ipv4.tcp_fin_timeout = 30
`;
const modules = `
modprobe ip_vs
modprobe ip_vs_rr
modprobe ip_vs_wrr
modprobe ip_vs_sh
`;

const CALICO = { cni: CniKind.CALICO };

function lines(kernel: KernelOptions, file = '/etc/sysctl.d/zz-groundwork.conf') {
  return unpacked(oslo(CALICO, { kernel }).files(), 'cp-1', file)
    .split('\n')
    .filter((line) => !line.startsWith('#'));
}
/** The same with what to do. */
const remedies = (id: string, kernel: KernelOptions) =>
  oslo(CALICO, { kernel })
    .cluster.findings()
    .flatMap((f) => (f.id === id ? f.remedy : []));
const found = (id: string, kernel: KernelOptions, changes: Partial<ClusterProps> = CALICO) =>
  messages(oslo(changes, { kernel }).cluster, id);

describe('kernel.sysctlConf', () => {
  test('goes on into the file that is read last, without what others settle', () => {
    const written = lines({ sysctlConf });
    expect(written).toContain('net.ipv4.ip_forward = 1');
    expect(written).toContain('net.ipv4.tcp_fin_timeout = 30');
    expect(written).toContain('net.netfilter.nf_conntrack_max = 524288');
    expect(written.filter((line) => line.includes('bridge'))).toEqual([]);
  });

  test('GW-NODE-007: kube-proxy writes over a connection table', () => {
    expect(found('GW-NODE-007', { sysctlConf })).toEqual([
      '/etc/sysctl.conf has net.netfilter.nf_conntrack_max = 131072, which changes nothing: kube-proxy writes 32768 for each core over it, 131072 at least. The machine owns its table here, with 524288 connections',
    ]);
  });

  test('without kube-proxy there is still one owner', () => {
    expect(found('GW-NODE-007', { sysctlConf }, { kubeProxyMode: KubeProxyMode.NONE })).toEqual([
      '/etc/sysctl.conf has net.netfilter.nf_conntrack_max = 131072, which is less than it takes by itself. The machine owns its table here, with 524288 connections',
    ]);
  });

  test('a larger table is taken, and an override wins', () => {
    const larger = { sysctlConf: 'net.netfilter.nf_conntrack_max = 1048576' };
    expect(lines(larger)).toContain('net.netfilter.nf_conntrack_max = 1048576');
    expect(found('GW-NODE-007', larger)).toEqual([]);
    const overrides = { 'net.ipv4.tcp_fin_timeout': '60' };
    expect(lines({ sysctlConf, overrides })).toContain('net.ipv4.tcp_fin_timeout = 60');
  });

  test('what to do is about the option that the lines stand in', () => {
    expect(remedies('GW-NODE-007', { sysctlConf })).toEqual([
      'take the line out of kernel.sysctlConf; peakConnections of the machine sizes the table',
    ]);
    expect(remedies('GW-NODE-009', { sysctlConf })).toEqual([
      'take the line out of kernel.sysctlConf; a plugin with a bridge asks for module and parameter',
    ]);
    expect(remedies('GW-NODE-010', { sysctlConf })).toEqual([
      'move what you still want to kernel.overrides of NodeBootstrap, and leave kernel.sysctlConf out',
    ]);
    expect(remedies('GW-NODE-011', { modules: 'modprobe ip_vs nf_conntrack' })).toEqual([
      'leave kernel.modules out: constructs ask for what they need; ask for ip_vs with requireKernelModule of the ledger where something of your own needs it',
    ]);
    expect(remedies('GW-NODE-011', { modules: 'modprobe nf_conntrack' })).toEqual([
      'leave kernel.modules out: constructs ask for what they need',
    ]);
  });

  test('the other name of the connection table is the same number', () => {
    const written = lines({ sysctlConf: 'net.nf_conntrack_max=131072\n' });
    expect(written.filter((line) => /nf_conntrack_max/.test(line))).toEqual([
      'net.netfilter.nf_conntrack_max = 524288',
    ]);
    expect(found('GW-NODE-007', { sysctlConf: 'net/nf_conntrack_max=131072' })).toHaveLength(1);
    expect(() => oslo({}, { kernel: { overrides: { 'net.nf_conntrack_max': '131072' } } })).toThrow(
      new Error(
        '[nodes] sysctl key must be net.netfilter.nf_conntrack_max, got net.nf_conntrack_max; both names are one number, and the line that is read last would win',
      ),
    );
  });

  test('GW-NODE-008: what it does for TIME_WAIT', () => {
    expect(found('GW-NODE-008', { sysctlConf })).toEqual([
      'net.ipv4.tcp_fin_timeout is 30; it cures no TIME_WAIT',
    ]);
  });

  test('GW-NODE-009: bridges that are not there', () => {
    expect(found('GW-NODE-009', { sysctlConf })).toEqual([
      '/etc/sysctl.conf has net.bridge.bridge-nf-call-iptables = 1 whatever the network plugin: without the module br_netfilter there is no such key, and Calico has no bridge that it would count for; both are left out',
    ]);
  });

  test('GW-NODE-009: bridges that are not there, with the module that guides load for them', () => {
    const kernel = { sysctlConf, modules: 'modprobe br_netfilter' };
    expect(found('GW-NODE-009', kernel)).toEqual([
      '/etc/sysctl.conf has net.bridge.bridge-nf-call-iptables = 1 whatever the network plugin: Calico has no bridge that it would count for; it is left out',
    ]);
    expect(lines(kernel).filter((line) => line.includes('bridge'))).toEqual([]);
    const arp = { sysctlConf: 'net.bridge.bridge-nf-call-arptables = 1' };
    expect(lines(arp).filter((line) => line.includes('bridge'))).toEqual([]);
    expect(found('GW-NODE-009', arp)).toHaveLength(1);
  });

  test('GW-NODE-009: bridges that the network plugin has', () => {
    const of = (line: string) => {
      const made = oslo(
        { cni: CniKind.FLANNEL, kubeProxyMode: KubeProxyMode.IPTABLES },
        { kernel: { sysctlConf: line } },
      );
      made.cluster.ledger.requireKernelModule('br_netfilter', { by: made.node, why: 'test' });
      made.cluster.ledger.requireSysctl('net.bridge.bridge-nf-call-iptables', '1', {
        by: made.node,
        why: 'test',
      });
      return messages(made.cluster, 'GW-NODE-009');
    };
    expect(of('net.bridge.bridge-nf-call-iptables=1')).toEqual([]);
    expect(of('net.bridge.bridge-nf-call-ip6tables=1')).toEqual([
      '/etc/sysctl.conf has net.bridge.bridge-nf-call-ip6tables = 1 whatever the network plugin: without the module br_netfilter there is no such key, and flannel asks for what it needs by itself; both are left out',
    ]);
    expect(of('net/bridge/bridge-nf-call-iptables=0')).toEqual([
      '/etc/sysctl.conf has net.bridge.bridge-nf-call-iptables = 0, and the network plugin needs 1',
    ]);
  });

  test('bridges of a plugin that nothing is known of stay', () => {
    const other = { cni: CniKind.OTHER };
    expect(found('GW-NODE-009', { sysctlConf }, other)).toEqual([
      'net.bridge.bridge-nf-call-iptables is set, and nobody asks for the module br_netfilter',
    ]);
  });

  test('GW-NODE-010: the file itself', () => {
    expect(found('GW-NODE-010', { sysctlConf })).toEqual([
      '/etc/sysctl.conf has net.ipv4.ip_forward, net.bridge.bridge-nf-call-iptables, net.netfilter.nf_conntrack_max, net.ipv4.tcp_fin_timeout: Debian 13 does not read it at boot, and elsewhere files of sysctl.d with a later name win; what counts is in /etc/sysctl.d/zz-groundwork.conf here',
    ]);
    expect(found('GW-NODE-010', { sysctlConf: '# nothing\n; at all\n\n' })).toEqual([]);
  });

  test('is read as sysctl reads it', () => {
    const numbers = 'net.ipv4.tcp_rmem = 4096\t87380   16777216\r\n';
    expect(lines({ sysctlConf: numbers })).toContain('net.ipv4.tcp_rmem = 4096 87380 16777216');
    const text = '-net/core/rmem_max=1\nnet.core.rmem_max =\t2097152 \n';
    expect(lines({ sysctlConf: text })).toContain('net.core.rmem_max = 2097152');
    expect(oslo({}, { kernel: { sysctlConf: text } }).cluster.decisions()).toContainEqual(
      expect.objectContaining({
        key: 'sysctl net.core.rmem_max',
        value: '2097152',
        source: 'kernel.sysctlConf of the spec',
      }),
    );
  });

  test('refuses what keeps the machine out, and what sysctl would pass over', () => {
    const text = 'net.ipv4.ip_forward = 0\nnet.core.somaxconn 1024\n';
    expect(() => oslo({}, { kernel: { sysctlConf: text } })).toThrow(
      new Error(
        '[nodes] kernel.sysctlConf net.ipv4.ip_forward must be 1, got 0; leave it out; kubeadm refuses a machine that does not forward\n' +
          '[nodes] kernel.sysctlConf must be lines of a key, = and a value, got net.core.somaxconn 1024; sysctl passes over it with a message; correct it, or take the line out',
      ),
    );
    const comment = 'net.core.somaxconn = 1024  # for the edge';
    expect(() => oslo({}, { kernel: { sysctlConf: comment } })).toThrow(
      new Error(
        `[nodes] kernel.sysctlConf must be lines of a key, = and a value, got ${comment}; what stands behind a value belongs to it; give the comment a line of its own`,
      ),
    );
    expect(() => oslo({}, { kernel: { sysctlConf: 'NET.CORE = 1' } })).toThrow(
      '[nodes] sysctl key must be words joined by dots, got NET.CORE',
    );
  });
});

describe('kernel.modules', () => {
  const conf = '/etc/modules-load.d/60-groundwork.conf';

  test('are loaded at boot', () => {
    expect(lines({ modules }, conf)).toEqual(
      expect.arrayContaining(['ip_vs', 'ip_vs_rr', 'ip_vs_sh', 'ip_vs_wrr', 'nf_conntrack']),
    );
  });

  test('GW-NODE-011: commands count until the next boot, and which nobody else needs', () => {
    const made = oslo({ machines: [osloMachine(1)] }, { kernel: { modules } });
    expect(messages(made.cluster, 'GW-NODE-011')).toEqual([
      'modprobe loads ip_vs, ip_vs_rr, ip_vs_wrr, ip_vs_sh until the next boot; here they are loaded at every boot, ip_vs, ip_vs_rr, ip_vs_wrr, ip_vs_sh for nothing else of the spec',
    ]);
    for (const name of ['ip_vs', 'ip_vs_rr', 'ip_vs_wrr', 'ip_vs_sh']) {
      made.cluster.ledger.requireKernelModule(name, { by: made.cluster, why: 'test' });
    }
    expect(messages(made.cluster, 'GW-NODE-011')).toEqual([
      'modprobe loads ip_vs, ip_vs_rr, ip_vs_wrr, ip_vs_sh until the next boot; here they are loaded at every boot',
    ]);
  });

  test('lines of /etc/modules are loaded at boot already', () => {
    const text = '# at boot\nbr-netfilter\n';
    expect(lines({ modules: text }, conf)).toContain('br_netfilter');
    expect(found('GW-NODE-011', { modules: text })).toEqual([]);
  });

  test('options of modules are refused', () => {
    expect(() =>
      oslo({}, { kernel: { modules: 'sudo /sbin/modprobe -a dummy numdummies=2' } }),
    ).toThrow(
      new Error(
        '[nodes] kernel.modules must be one module a line, or modprobe commands, got numdummies=2; options of a module belong into a file of /etc/modprobe.d',
      ),
    );
    for (const got of ['loop max_loop=8', 'insmod ip_vs', 'depmod -a', 'ip_vs;']) {
      expect(() => oslo({}, { kernel: { modules: got } })).toThrow(
        new Error(
          `[nodes] kernel.modules must be one module a line, or modprobe commands, got ${got}; options of a module belong into a file of /etc/modprobe.d`,
        ),
      );
    }
  });

  test('commands as guides have them', () => {
    const text =
      'sudo /sbin/modprobe -a -- ip_vs ip_vs_rr  # for IPVS\nmodprobe --first-time dummy';
    expect(lines({ modules: text }, conf)).toEqual(
      expect.arrayContaining(['dummy', 'ip_vs', 'ip_vs_rr']),
    );
  });

  test.each(['modprobe -r ip_vs', 'modprobe -rv ip_vs', 'modprobe --remove ip_vs'])(
    '%s loads nothing, and is refused',
    (got) => {
      expect(() => oslo({}, { kernel: { modules: got } })).toThrow(
        new Error(
          `[nodes] kernel.modules must be commands that load modules, got ${got}; take the line out; what nothing asks for is not loaded`,
        ),
      );
    },
  );
});

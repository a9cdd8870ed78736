import { App, Chart, Testing } from 'cdk8s';
import { Construct } from 'constructs';
import fc from 'fast-check';
import { Ledger, Machine, MergeRule, PortSource, type LedgerEntry } from '../../lib';
import { readPortKey } from '../../lib/cluster';
import { osloCluster, osloMachine } from '../support/oslo';
import { tempApp } from '../support/temp-app';

const app = new App();
const cni = new Construct(app, 'cni');
const proxy = new Construct(app, 'proxy');
const [cp1, cp2] = [1, 2].map((n) => osloMachine(n)) as [Machine, Machine];
const machines = [cp1, cp2];

const keys = (entries: LedgerEntry[]) => entries.map(({ key }) => key);
const values = (entries: LedgerEntry[]) => Object.fromEntries(entries.map((e) => [e.key, e.value]));

describe('what unites', () => {
  test('modules and packages: every reason is kept, with its construct', () => {
    const ledger = new Ledger();
    ledger.requireKernelModule('nf_conntrack', { by: proxy, why: 'tracks connections' });
    ledger.requireKernelModule('br_netfilter', { by: cni, why: 'bridged packets' });
    ledger.requireKernelModule('nf_conntrack', { by: cni, why: 'masquerades' });
    ledger.requireKernelModule('nf_conntrack', { by: cni, why: 'masquerades' });
    ledger.requirePackage('ipset', { by: proxy, why: 'sets' });
    const { kernelModules, packages } = ledger.forMachine(cp1);
    expect(kernelModules).toEqual([
      { key: 'br_netfilter', value: '', reasons: ['bridged packets (cni)'] },
      {
        key: 'nf_conntrack',
        value: '',
        reasons: ['masquerades (cni)', 'tracks connections (proxy)'],
      },
    ]);
    expect(keys(packages)).toEqual(['ipset']);
    expect(ledger.clashes(machines)).toEqual([]);
  });

  test('ports say protocol and source', () => {
    const ledger = new Ledger();
    const ask = (port: string, protocol: string, from: PortSource) =>
      ledger.requirePort(port, { by: cni, why: 'talks', protocol, from });
    ask('6443', 'tcp', PortSource.ANYWHERE);
    ask('', '4', PortSource.MACHINES);
    ask('2379-2380', 'tcp', PortSource.CONTROL_PLANE);
    ask('53', 'udp', PortSource.PODS);
    ask('53', 'udp', PortSource.PODS);
    expect(keys(ledger.forMachine(cp1).ports)).toEqual([
      '2379-2380/tcp from control-plane',
      '53/udp from pods',
      '6443/tcp from anywhere',
      'protocol 4 from machines',
    ]);
  });
});

describe('who sends, and where to', () => {
  const ask = (from: PortSource, networks?: string[], port = '22') => {
    const ledger = new Ledger();
    ledger.requirePort(port, { by: cni, why: 'talks', protocol: 'tcp', from, networks });
    return keys(ledger.forMachine(cp1).ports);
  };

  test('networks stand in the key, sorted and once', () => {
    const { NETWORKS } = PortSource;
    const networks = ['192.0.2.0/24', '10.0.0.0/8', '192.0.2.0/24'];
    expect(ask(NETWORKS, networks)).toEqual(['22/tcp from 10.0.0.0/8, 192.0.2.0/24']);
    expect(ask(NETWORKS, ['fd00::/8'], '')).toEqual(['protocol tcp from fd00::/8']);
  });

  test('addresses that are not the machine own', () => {
    const ledger = new Ledger();
    ledger.requireAddresses('10.96.0.0/16', { by: proxy, why: 'IPVS', from: PortSource.PODS });
    ledger.requireAddresses('10.96.0.0/16', { by: cni, why: 'BGP', from: PortSource.PODS });
    expect(ledger.forMachine(cp1).ports).toEqual([
      { key: 'to 10.96.0.0/16 from pods', value: '', reasons: ['BGP (cni)', 'IPVS (proxy)'] },
    ]);
    expect(() =>
      ledger.requireAddresses('10.96.0.1/16', { by: cni, why: 'x', from: PortSource.PODS }),
    ).toThrow(
      '[cni] addresses must be canonical CIDRs, got 10.96.0.1/16; write the network address with its prefix length, for example 10.20.0.0/24',
    );
  });

  test('networks belong to one source', () => {
    expect(() => ask(PortSource.NETWORKS)).toThrow(
      '[cni] networks must be given with PortSource.NETWORKS, got nothing; name networks with PortSource.NETWORKS and with no other source',
    );
    expect(() => ask(PortSource.PODS, ['10.0.0.0/8'])).toThrow(
      '[cni] networks must be left out with source pods, got 10.0.0.0/8; name networks with PortSource.NETWORKS and with no other source',
    );
    expect(() => ask(PortSource.NETWORKS, ['10.0.0.1/8'])).toThrow(
      '[cni] networks must be canonical CIDRs, got 10.0.0.1/8;',
    );
  });

  test('what a key says can be read again', () => {
    const opening = { port: '', protocol: '', destination: '', networks: [] };
    const { ANYWHERE, CONTROL_PLANE, NETWORKS, PODS } = PortSource;
    const keysRead: Array<[string, object]> = [
      [
        '2379-2380/tcp from control-plane',
        { port: '2379-2380', protocol: 'tcp', from: CONTROL_PLANE },
      ],
      ['protocol 112 from anywhere', { protocol: '112', from: ANYWHERE }],
      ['to fd00:96::/112 from pods', { destination: 'fd00:96::/112', from: PODS }],
      [
        '22/tcp from 10.0.0.0/8, fd00::/8',
        { port: '22', protocol: 'tcp', from: NETWORKS, networks: ['10.0.0.0/8', 'fd00::/8'] },
      ],
    ];
    for (const [key, said] of keysRead) {
      expect(readPortKey(key)).toEqual({ ...opening, ...said });
    }
  });
});

describe('what must be one value', () => {
  test('sysctls: the same value twice is no clash', () => {
    const ledger = new Ledger();
    ledger.requireSysctl('net.ipv4.ip_forward', '1', { by: cni, why: 'routes' });
    ledger.requireSysctl('net.ipv4.ip_forward', '1', { by: proxy, why: 'forwards' });
    expect(ledger.forMachine(cp1).sysctls).toEqual([
      { key: 'net.ipv4.ip_forward', value: '1', reasons: ['forwards (proxy)', 'routes (cni)'] },
    ]);
    expect(ledger.clashes(machines)).toEqual([]);
  });

  test('sysctls and module options: two values name both constructs', () => {
    const ledger = new Ledger();
    ledger.requireSysctl('net.ipv4.conf.all.rp_filter', '0', { by: cni, why: 'asymmetric' });
    ledger.requireSysctl('net.ipv4.conf.all.rp_filter', '1', { by: proxy, why: 'strict' });
    ledger.requireKernelModuleOption('nf_conntrack hashsize', '65536', { by: cni, why: 'a' });
    ledger.requireKernelModuleOption('nf_conntrack hashsize', '131072', { by: proxy, why: 'b' });
    expect(ledger.clashes(machines)).toEqual([
      'net.ipv4.conf.all.rp_filter must have one value, got 0 from cni and 1 from proxy',
      'nf_conntrack hashsize must have one value, got 65536 from cni and 131072 from proxy',
    ]);
  });

  test('files: content and permissions', () => {
    const ledger = new Ledger();
    const ask = (by: Construct, path: string, content: string, permissions?: string) =>
      ledger.requireFile(path, { by, why: 'because', content, permissions });
    ask(cni, '/etc/a', 'one');
    ask(proxy, '/etc/a', 'two');
    ask(cni, '/etc/b', 'same');
    ask(proxy, '/etc/b', 'same', '0600');
    ask(cni, '/etc/c', 'same');
    ask(proxy, '/etc/c', 'same', '0644');
    expect(ledger.clashes(machines)).toEqual([
      '/etc/a must have one content, got two, from cni and from proxy',
      '/etc/b must have one mode, got 0644 and 0600, from cni and from proxy',
    ]);
    expect(ledger.forMachine(cp1).files[2]).toEqual({
      key: '/etc/c',
      value: 'same',
      permissions: '0644',
      reasons: ['because (cni)', 'because (proxy)'],
    });
  });

  test('units: content and whether they are enabled', () => {
    const ledger = new Ledger();
    const ask = (by: Construct, name: string, content: string, enabled?: boolean) =>
      ledger.requireUnit(name, { by, why: 'because', content, enabled });
    ask(cni, 'a.service', 'one');
    ask(proxy, 'a.service', 'two');
    ask(cni, 'b.service', 'same', true);
    ask(proxy, 'b.service', 'same', false);
    ask(cni, 'c.service', 'same');
    ask(proxy, 'c.service', 'same', true);
    expect(ledger.clashes(machines)).toEqual([
      'a.service must have one content, got two, from cni and from proxy',
      'b.service must have one answer whether it is enabled, got two, from cni and from proxy',
    ]);
    expect(ledger.forMachine(cp1).units[2]).toMatchObject({ key: 'c.service', enabled: true });
  });
});

describe('what must be at least something', () => {
  const key = 'fs.inotify.max_user_watches';
  const ask = (ledger: Ledger, by: Construct, value: string, merge?: MergeRule) =>
    ledger.requireSysctl(key, value, { by, why: 'watches', merge });

  test('the largest number wins, by value and not by spelling', () => {
    const ledger = new Ledger();
    ask(ledger, cni, '9000', MergeRule.AT_LEAST);
    ask(ledger, proxy, '524288', MergeRule.AT_LEAST);
    expect(values(ledger.forMachine(cp1).sysctls)).toEqual({ [key]: '524288' });
    expect(ledger.clashes(machines)).toEqual([]);
  });

  test('an exact value above the minimum meets both', () => {
    const ledger = new Ledger();
    ask(ledger, cni, '8192', MergeRule.AT_LEAST);
    ask(ledger, proxy, '8192');
    expect(values(ledger.forMachine(cp1).sysctls)).toEqual({ [key]: '8192' });
    expect(ledger.clashes(machines)).toEqual([]);
  });

  test('an exact value below the minimum is a clash', () => {
    const ledger = new Ledger();
    ask(ledger, cni, '8192', MergeRule.AT_LEAST);
    ask(ledger, proxy, '4096');
    expect(ledger.clashes(machines)).toEqual([
      `${key} must have one value, got 4096 from proxy and at least 8192 from cni`,
    ]);
  });

  test('a minimum cannot be compared with an exact value that is no number', () => {
    const ledger = new Ledger();
    ask(ledger, cni, '8192', MergeRule.AT_LEAST);
    ask(ledger, proxy, '4096 16384');
    expect(ledger.clashes(machines)).toEqual([
      `${key} must have one value, got 4096 16384 from proxy and at least 8192 from cni`,
    ]);
  });

  test.each(['1024 65000', 'many', '1e6', '010', '9007199254740993'])(
    'there is nothing to compare with "%s"',
    (value) => {
      expect(() => ask(new Ledger(), cni, value, MergeRule.AT_LEAST)).toThrow(
        new Error(
          `[cni] sysctl ${key} must be a whole number for MergeRule.AT_LEAST, got ${value || 'nothing'}; ask for MergeRule.EXACTLY where there is no larger and smaller`,
        ),
      );
    },
  );
});

describe('for some machines only', () => {
  test('the others do not get it, and do not clash', () => {
    const ledger = new Ledger();
    ledger.requireSysctl('vm.swappiness', '0', { by: cni, why: 'a', machines: ['cp-1'] });
    ledger.requireSysctl('vm.swappiness', '10', { by: proxy, why: 'b', machines: ['cp-2'] });
    ledger.requireKernelModule('ip_vs', { by: proxy, why: 'c', machines: [] });
    expect(machines.map((m) => values(ledger.forMachine(m).sysctls))).toEqual([
      { 'vm.swappiness': '0' },
      { 'vm.swappiness': '10' },
    ]);
    expect(ledger.forMachine(cp1).kernelModules).toEqual([]);
    expect(ledger.clashes(machines)).toEqual([]);
  });

  test('a request for one machine clashes with one for all, once', () => {
    const ledger = new Ledger();
    ledger.requireSysctl('vm.swappiness', '0', { by: cni, why: 'a' });
    ledger.requireSysctl('vm.swappiness', '10', {
      by: proxy,
      why: 'b',
      machines: ['cp-1', 'cp-2'],
    });
    expect(ledger.clashes(machines)).toEqual([
      'vm.swappiness must have one value, got 0 from cni and 10 from proxy',
    ]);
  });
});

// Every way to ask, with few keys and values, so that requests meet.
const request = fc.record({
  by: fc.constantFrom(cni, proxy),
  key: fc.constantFrom('vm.a', 'vm.b', 'vm.c'),
  value: fc.integer({ min: 0, max: 3 }).map(String),
  merge: fc.constantFrom(MergeRule.EXACTLY, MergeRule.AT_LEAST),
  machines: fc.constantFrom<Array<string[] | undefined>>(undefined, ['cp-1'], ['cp-2', 'cp-1']),
});
const ordered = fc
  .array(request, { maxLength: 12 })
  .chain((one) => fc.tuple(fc.constant(one), fc.shuffledSubarray(one, { minLength: one.length })));

test('the order of requests changes neither values nor reasons nor whether they clash', () => {
  fc.assert(
    fc.property(ordered, (orders) => {
      const [one, other] = orders.map((requests) => {
        const ledger = new Ledger();
        requests.forEach(({ key, value, ...rest }) => {
          ledger.requireSysctl(key, value, { ...rest, why: value });
          ledger.requireKernelModule(key.replace('.', '_'), {
            by: rest.by,
            why: value,
            machines: rest.machines,
          });
        });
        return ledger;
      });
      const clashing = (ledger: Ledger) =>
        ledger.clashes(machines).map((text) => text.split(' ')[0]);
      expect(new Set(clashing(one!))).toEqual(new Set(clashing(other!)));
      if (one!.clashes(machines).length === 0) {
        expect(machines.map((m) => one!.forMachine(m))).toEqual(
          machines.map((m) => other!.forMachine(m)),
        );
      }
    }),
    { numRuns: 500 },
  );
});

test('without a clash every request is met', () => {
  fc.assert(
    fc.property(fc.array(request, { maxLength: 6 }), (requests) => {
      const ledger = new Ledger();
      requests.forEach(({ key, value, ...rest }) =>
        ledger.requireSysctl(key, value, { ...rest, why: '' }),
      );
      const met = machines.every((machine) => {
        const settled = values(ledger.forMachine(machine).sysctls);
        return requests
          .filter((r) => r.machines === undefined || r.machines.includes(machine.name))
          .every((r) =>
            r.merge === MergeRule.EXACTLY
              ? settled[r.key] === r.value
              : Number(settled[r.key]) >= Number(r.value),
          );
      });
      expect(met).toBe(ledger.clashes(machines).length === 0);
    }),
    { numRuns: 500 },
  );
});

describe('in a cluster', () => {
  function site() {
    const cluster = osloCluster(tempApp());
    const root = cluster.node.root as App;
    return { cluster, root, chart: new Chart(root, 'net') };
  }
  const failure = (line: string) =>
    new Error(`Validation failed with the following errors:\n  [oslo] ${line}`);

  test('a clash stops synth and Testing.synth alike', () => {
    const { cluster, root, chart } = site();
    cluster.ledger.requireSysctl('vm.swappiness', '0', {
      by: new Construct(chart, 'cni'),
      why: 'a',
    });
    cluster.ledger.requireSysctl('vm.swappiness', '10', {
      by: new Construct(chart, 'proxy'),
      why: 'b',
    });
    const error = failure(
      'GW-CLUSTER-002 [oslo] vm.swappiness must have one value, got 0 from net/cni and 10 from net/proxy; change one of them, or ask for MergeRule.AT_LEAST where a minimum is meant',
    );
    expect(() => root.synth()).toThrow(error);
    expect(() => root.synthYaml()).toThrow(error);
    expect(() => Testing.synth(chart)).toThrow(error);
  });

  test('a request for a machine that is not there stops it as well', () => {
    const { cluster, root, chart } = site();
    const by = new Construct(chart, 'cni');
    cluster.ledger.requireKernelModule('ipip', { by, why: 'a', machines: ['cp-1', 'cp-9'] });
    expect(() => root.synth()).toThrow(
      failure(
        'GW-CLUSTER-004 [oslo] ipip must be for a machine of the spec, got cp-9 from net/cni; correct the name, or add the machine to the spec',
      ),
    );
  });

  test('nothing to object to, nothing thrown', () => {
    const { root, chart } = site();
    expect(() => root.synth()).not.toThrow();
    expect(Testing.synth(chart)).toEqual([]);
  });
});

describe('what would do harm on a machine is refused', () => {
  const ledger = new Ledger();
  const why = 'a test';
  const cases: Array<[string, () => void, string]> = [
    [
      'a sysctl with slashes, which would not meet its other spelling',
      () => ledger.requireSysctl('net/ipv4/ip_forward', '0', { by: cni, why }),
      'sysctl key must be words joined by dots, got net/ipv4/ip_forward; write it with dots, for example net.ipv4.ip_forward',
    ],
    [
      'a value of two lines',
      () => ledger.requireSysctl('vm.swappiness', '1\nkernel.panic = 0', { by: cni, why }),
      'value of sysctl vm.swappiness must be one line with single blanks between its words, got 1\nkernel.panic = 0; it becomes a line in a file of sysctl.d, and is compared with what the kernel prints',
    ],
    [
      'a module with a hyphen, which would not meet its other spelling',
      () => ledger.requireKernelModule('br-netfilter', { by: cni, why }),
      'kernel module must be letters, digits and underscores, got br-netfilter; spell it as /proc/modules does, with underscores for hyphens',
    ],
    [
      'a module option that carries an install line',
      () => ledger.requireKernelModuleOption('foo bar', '1\ninstall foo /bin/sh', { by: cni, why }),
      'value of foo bar must be letters, digits and . , : / _ -, got 1\ninstall foo /bin/sh; it becomes a word in a file of modprobe.d',
    ],
    [
      'an option of apt in place of a package',
      () => ledger.requirePackage('-o DPkg::Pre-Invoke::=id', { by: cni, why }),
      'package must be the name of a Debian package, got -o DPkg::Pre-Invoke::=id; leave out version and options',
    ],
    ...['/../etc/passwd', 'etc/x', '/etc//hosts', '/etc/x/', '/etc/./x', '/etc/a b'].map(
      (path): [string, () => void, string] => [
        `the path ${path}`,
        () => ledger.requireFile(path, { by: cni, why, content: '' }),
        `file must be an absolute path without .., // or blanks, got ${path}; write the path of one file on the machine`,
      ],
    ),
    [
      'permissions that are words',
      () => ledger.requireFile('/etc/x', { by: cni, why, content: '', permissions: 'rwx' }),
      'permissions of /etc/x must be four octal digits such as 0644, got rwx; write them as chmod takes them',
    ],
    [
      'a path in place of a unit',
      () => ledger.requireUnit('../../bin/x.service', { by: cni, why, content: '' }),
      'unit must be the name of a systemd unit with its suffix, got ../../bin/x.service; write for example etcd-disk-prepare.service',
    ],
    [
      'a port that does not exist',
      () => ledger.requirePort('99999', { by: cni, why, protocol: 'tcp', from: PortSource.PODS }),
      'port must be a number from 1 to 65535, a range such as 2379-2380, or empty, got 99999; leave it empty for a protocol without ports',
    ],
    [
      'a protocol that is none',
      () => ledger.requirePort('1', { by: cni, why, protocol: 'tcp; x', from: PortSource.PODS }),
      'protocol must be tcp, udp, sctp or the number of an IP protocol up to 255, got tcp; x; IP in IP is 4, VRRP is 112',
    ],
    [
      'a protocol number of more than a byte',
      () => ledger.requirePort('', { by: cni, why, protocol: '256', from: PortSource.PODS }),
      'protocol must be tcp, udp, sctp or the number of an IP protocol up to 255, got 256; IP in IP is 4, VRRP is 112',
    ],
    [
      'a port of a protocol that is named by number',
      () => ledger.requirePort('80', { by: cni, why, protocol: '6', from: PortSource.PODS }),
      'protocol must be tcp, udp or sctp with port 80, got 6; a protocol by its number has no ports: leave the port empty',
    ],
  ];

  test.each(cases)('%s', (_, ask_, text) => {
    expect(ask_).toThrow(`[cni] ${text}`);
  });
});

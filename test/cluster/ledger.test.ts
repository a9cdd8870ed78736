import { App, Chart, Testing } from 'cdk8s';
import { Construct } from 'constructs';
import fc from 'fast-check';
import { Ledger, Machine, MergeRule, PortSource, type LedgerEntry } from '../../lib';
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
      'net.ipv4.conf.all.rp_filter: cni asks for 0, proxy asks for 1',
      'nf_conntrack hashsize: cni asks for 65536, proxy asks for 131072',
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
      '/etc/a: cni and proxy ask for different contents',
      '/etc/b: cni and proxy ask for permissions 0644 and 0600',
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
      'a.service: cni and proxy ask for different contents',
      'b.service: cni and proxy disagree whether it is enabled',
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
      `${key}: proxy asks for 4096, cni asks for at least 8192`,
    ]);
  });

  test('a minimum cannot be compared with an exact value that is no number', () => {
    const ledger = new Ledger();
    ask(ledger, cni, '8192', MergeRule.AT_LEAST);
    ask(ledger, proxy, '4096 16384');
    expect(ledger.clashes(machines)).toEqual([
      `${key}: proxy asks for 4096 16384, cni asks for at least 8192`,
    ]);
  });

  test.each(['1024 65000', 'many', '', '1e6', '010', '9007199254740993'])(
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
    expect(ledger.clashes(machines)).toEqual(['vm.swappiness: cni asks for 0, proxy asks for 10']);
  });
});

// Every way to ask, with few keys and values, so that requests meet.
const request = fc.record({
  by: fc.constantFrom(cni, proxy),
  key: fc.constantFrom('a', 'b', 'c'),
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
          ledger.requireKernelModule(key, { by: rest.by, why: value, machines: rest.machines });
        });
        return ledger;
      });
      const clashing = (ledger: Ledger) =>
        ledger.clashes(machines).map((text) => text.split(':')[0]);
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
      'GW-CLUSTER-002 [oslo] vm.swappiness: net/cni asks for 0, net/proxy asks for 10; change one of them, or ask for atLeast where a minimum is meant',
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
        'GW-CLUSTER-004 [oslo] ipip: net/cni asks for it on cp-9, an unknown machine; correct the name, or add the machine to the spec',
      ),
    );
  });

  test('nothing to object to, nothing thrown', () => {
    const { root, chart } = site();
    expect(() => root.synth()).not.toThrow();
    expect(Testing.synth(chart)).toEqual([]);
  });
});

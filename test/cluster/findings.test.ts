import { App, Chart, Testing } from 'cdk8s';
import { Construct } from 'constructs';
import {
  Cluster,
  EtcdOnNvme,
  KubernetesVersion,
  NodeBootstrap,
  PortSource,
  Severity,
  type IRule,
  type RuleViolation,
} from '../../lib';
import { clusterRules, findingLine, rule } from '../../lib/cluster';
import '../../lib/testing/jest';
import { osloCluster, osloProps } from '../support/oslo';
import { tempApp } from '../support/temp-app';

function makeRule(id: string, severity: Severity, ...violations: RuleViolation[]): IRule {
  const record = {
    id,
    severity,
    title: 'it holds',
    why: 'it would break',
    remedy: 'mend it',
    reference: 'https://example.org',
  };
  return rule(record, () => violations);
}
const broken = (id: string, severity: Severity) =>
  makeRule(id, severity, { message: `${id} is broken` });
const { ERROR, WARNING, NOTE } = Severity;
const shown = (cluster: Cluster) => cluster.findings().map(findingLine);

describe('rules', () => {
  test('are evaluated under a plain App, when all constructs have spoken', () => {
    const cluster = osloCluster(tempApp());
    const app = cluster.node.root as App;
    const chart = new Chart(app, 'net');
    let trusted = false;
    const late = {
      ...broken('GW-X-001', ERROR),
      check: () => (trusted ? [] : [{ message: 'nobody trusts it' }]),
    };
    cluster.addRule(late, new Construct(chart, 'cni'));
    const error = new Error(
      'Validation failed with the following errors:\n  [oslo] GW-X-001 [net/cni] nobody trusts it; mend it',
    );
    expect(() => app.synth()).toThrow(error);
    expect(() => Testing.synth(chart)).toThrow(error);
    trusted = true;
    expect(() => app.synth()).not.toThrow();
  });

  test('all errors come at once; warnings and notes stop nothing', () => {
    const app = tempApp();
    const cluster = osloCluster(app);
    cluster.addRule(broken('GW-X-004', WARNING));
    cluster.addRule(broken('GW-X-003', NOTE));
    expect(() => app.synth()).not.toThrow();
    cluster.addRule(broken('GW-X-002', ERROR));
    cluster.addRule(broken('GW-X-001', ERROR));
    expect(() => app.synth()).toThrow(
      new Error(
        'Validation failed with the following errors:\n  [oslo] GW-X-001 [oslo] GW-X-001 is broken; mend it\n  [oslo] GW-X-002 [oslo] GW-X-002 is broken; mend it',
      ),
    );
  });

  test('see the facts of the cluster they are asked about', () => {
    const cluster = osloCluster();
    const asked: Cluster[] = [];
    cluster.addRule({ ...broken('GW-X-001', NOTE), check: (c) => (asked.push(c), []) });
    expect(cluster.findings()).toEqual([]);
    expect(asked).toEqual([cluster]);
  });

  test('point to their registrant unless a violation says otherwise', () => {
    const cluster = osloCluster();
    cluster.addRule(
      makeRule(
        'GW-X-001',
        WARNING,
        { message: 'a' },
        { message: 'b', path: 'elsewhere', remedy: 'look there' },
      ),
      new Construct(cluster, 'cni'),
    );
    expect(cluster.findings()).toEqual([
      {
        id: 'GW-X-001',
        severity: WARNING,
        path: 'elsewhere',
        message: 'b',
        remedy: 'look there',
        reference: 'https://example.org',
      },
      {
        id: 'GW-X-001',
        severity: WARNING,
        path: 'oslo/cni',
        message: 'a',
        remedy: 'mend it',
        reference: 'https://example.org',
      },
    ]);
  });

  test('errors come first, then warnings, then notes, each by id, path and message', () => {
    const cluster = osloCluster();
    const [a, b] = ['a', 'b'].map((id) => new Construct(cluster, id));
    cluster.addRule(broken('GW-A-001', NOTE), b);
    cluster.addRule(broken('GW-B-002', WARNING), b);
    cluster.addRule(broken('GW-B-002', WARNING), a);
    cluster.addRule(makeRule('GW-B-001', WARNING, { message: 'z' }, { message: 'y' }), a);
    cluster.addRule(broken('GW-Z-001', ERROR), a);
    expect(shown(cluster)).toEqual([
      'GW-Z-001 [oslo/a] GW-Z-001 is broken; mend it',
      'GW-B-001 [oslo/a] y; mend it',
      'GW-B-001 [oslo/a] z; mend it',
      'GW-B-002 [oslo/a] GW-B-002 is broken; mend it',
      'GW-B-002 [oslo/b] GW-B-002 is broken; mend it',
      'GW-A-001 [oslo/b] GW-A-001 is broken; mend it',
    ]);
  });

  test('are registered once for a construct', () => {
    const cluster = osloCluster();
    const cni = new Construct(cluster, 'cni');
    cluster.addRule(broken('GW-X-001', NOTE));
    cluster.addRule(broken('GW-X-001', NOTE), cni);
    expect(() => cluster.addRule(broken('GW-X-001', ERROR))).toThrow(
      new Error('[oslo] rule.id must be registered once, got GW-X-001; give the rule another id'),
    );
    expect(() => cluster.addRule(broken('GW-X-001', NOTE), cni)).toThrow(
      new Error(
        '[oslo/cni] rule.id must be registered once, got GW-X-001; give the rule another id',
      ),
    );
  });

  test("the cluster's own have stable ids and say everything there is to say", () => {
    expect(clusterRules.map(({ id, severity }) => [id, severity])).toEqual([
      ['GW-CLUSTER-001', WARNING],
      ['GW-CLUSTER-002', ERROR],
      ['GW-CLUSTER-003', NOTE],
      ['GW-CLUSTER-004', ERROR],
      ['GW-CLUSTER-005', ERROR],
      ['GW-CLUSTER-006', WARNING],
      ['GW-CLUSTER-007', WARNING],
      ['GW-CLUSTER-008', NOTE],
      ['GW-CLUSTER-009', WARNING],
      ['GW-CLUSTER-010', NOTE],
      ['GW-CLUSTER-011', WARNING],
      ['GW-CLUSTER-012', NOTE],
      ['GW-CLUSTER-013', NOTE],
      ['GW-CLUSTER-014', WARNING],
      ['GW-CLUSTER-015', WARNING],
      ['GW-CLUSTER-016', WARNING],
    ]);
    for (const { title, why, remedy, reference } of clusterRules) {
      for (const text of [title, why, remedy, reference]) {
        expect(text).toMatch(/[^.\s]$/);
      }
    }
  });
});

test('a rule needs an id that findings can be acknowledged by', () => {
  expect(() => osloCluster().addRule(broken('acme-licence', WARNING))).toThrow(
    '[oslo] rule.id must be capital words and three digits, such as GW-PROXY-001, got acme-licence; findings are printed and acknowledged by it',
  );
});

test('a rule that breaks says which one it is', () => {
  const cluster = osloCluster();
  const check = () => {
    throw new Error('boom');
  };
  cluster.addRule({ ...broken('GW-X-001', WARNING), check });
  expect(() => cluster.findings()).toThrow('[oslo] rule GW-X-001 failed: boom');
});

describe('what the machines need reaches them', () => {
  test('an etcd disk that nothing prepares is an error as soon as machines are rendered', () => {
    const app = new App();
    const cluster = osloCluster(app);
    expect(cluster).not.toHaveFinding('GW-CLUSTER-005');
    new NodeBootstrap(app, 'nodes', { cluster });
    expect(cluster).toHaveFinding('GW-CLUSTER-005', {
      message: 'nothing prepares the etcd disk of cp-1, cp-2, cp-3',
    });
    new EtcdOnNvme(app, 'etcd', { cluster });
    expect(cluster).not.toHaveFinding('GW-CLUSTER-005');
  });

  test('needs that nothing writes are a warning, on own machines only', () => {
    const app = new App();
    const own = osloCluster(app);
    const foreign = Cluster.fromFacts(app, 'foreign', osloProps());
    for (const cluster of [own, foreign]) {
      cluster.ledger.requireKernelModule('ip_vs', { by: cluster, why: 'a test' });
    }
    expect(own).toHaveFinding('GW-CLUSTER-006', {
      message: 'asked of the machines and written by nobody: ip_vs',
    });
    expect(foreign).not.toHaveFinding('GW-CLUSTER-006');
    const by = { by: own, why: 'a test' };
    own.ledger.requireUnit('probe.timer', { ...by, content: '[Timer]\n', machines: ['cp-3'] });
    ['a', 'b', 'c', 'd', 'e'].forEach((name) => own.ledger.requirePackage(`tool-${name}`, by));
    own.ledger.requirePort('9100', { ...by, protocol: 'tcp', from: PortSource.MACHINES });
    expect(own).toHaveFinding('GW-CLUSTER-006', {
      message:
        'asked of the machines and written by nobody: ip_vs, tool-a, tool-b, tool-c, tool-d and 2 more',
    });
    new NodeBootstrap(app, 'nodes', { cluster: own });
    expect(own).not.toHaveFinding('GW-CLUSTER-006');
  });
});

describe('acknowledge', () => {
  test('marks a warning and keeps it readable', () => {
    const cluster = osloCluster();
    cluster.addRule(broken('GW-X-001', WARNING));
    cluster.addRule(broken('GW-X-002', NOTE));
    cluster.acknowledge('GW-X-001', 'the lab has no other disk');
    expect(cluster.findings().map(({ id, acknowledged }) => [id, acknowledged])).toEqual([
      ['GW-X-001', 'the lab has no other disk'],
      ['GW-X-002', undefined],
    ]);
    expect(shown(cluster)).toEqual([
      'GW-X-001 [oslo] GW-X-001 is broken; mend it (acknowledged: the lab has no other disk)',
      'GW-X-002 [oslo] GW-X-002 is broken; mend it',
    ]);
  });

  test('works before the rule is registered, for every construct of that id', () => {
    const cluster = osloCluster();
    cluster.acknowledge('GW-X-001', 'known');
    ['a', 'b'].forEach((id) =>
      cluster.addRule(broken('GW-X-001', WARNING), new Construct(cluster, id)),
    );
    expect(cluster.findings().map(({ acknowledged }) => acknowledged)).toEqual(['known', 'known']);
  });

  test('an error stays an error, and the useless call is noted', () => {
    const app = tempApp();
    const cluster = osloCluster(app);
    cluster.addRule(broken('GW-X-001', ERROR));
    cluster.acknowledge('GW-X-001', 'please');
    expect(shown(cluster)).toEqual([
      'GW-X-001 [oslo] GW-X-001 is broken; mend it',
      'GW-CLUSTER-003 [oslo] no warning or note GW-X-001 to acknowledge; delete the acknowledge call',
    ]);
    expect(() => app.synth()).toThrow('GW-X-001 is broken');
  });

  test('what matches nothing is noted', () => {
    const cluster = osloCluster();
    cluster.addRule(makeRule('GW-X-001', WARNING));
    cluster.acknowledge('GW-X-001', 'was true once');
    cluster.acknowledge('GW-Y-001', 'a slip of the pen');
    expect(shown(cluster)).toEqual([
      'GW-CLUSTER-003 [oslo] no warning or note GW-X-001 to acknowledge; delete the acknowledge call',
      'GW-CLUSTER-003 [oslo] no warning or note GW-Y-001 to acknowledge; delete the acknowledge call',
    ]);
  });

  test('that note can itself be acknowledged', () => {
    const cluster = osloCluster();
    cluster.acknowledge('GW-CLUSTER-003', 'one spec for labs of several kinds');
    expect(cluster.findings()).toEqual([]);
    cluster.acknowledge('GW-Y-001', 'only in some labs');
    expect(shown(cluster)).toEqual([
      'GW-CLUSTER-003 [oslo] no warning or note GW-Y-001 to acknowledge; delete the acknowledge call (acknowledged: one spec for labs of several kinds)',
    ]);
  });

  test.each([
    '',
    'PROXY',
    'GW-PROXY',
    'GW-PROXY-1',
    'gw-proxy-001',
    'GW-PROXY-0001',
    '-001',
    'GW--001',
  ])('"%s" is no id', (id) => {
    expect(() => osloCluster().acknowledge(id, 'why not')).toThrow(
      new Error(
        `[oslo] id must be capital words and three digits, such as GW-PROXY-001, got ${id || 'nothing'}; findings are printed and acknowledged by it`,
      ),
    );
  });

  test("rules of the user's own have ids of their own", () => {
    const cluster = osloCluster();
    cluster.addRule(broken('ACME-001', WARNING));
    cluster.acknowledge('ACME-001', 'known');
    expect(cluster.findings()[0]!.acknowledged).toBe('known');
  });

  test.each(['', ' \n'])('%j is no reason', (reason) => {
    expect(() => osloCluster().acknowledge('GW-PROXY-001', reason)).toThrow(
      new Error(
        '[oslo] reason must be a sentence, got nothing; whoever reads the report at night wants to know why',
      ),
    );
  });
});

test('a preview minor is a warning', () => {
  const preview = osloCluster(new App(), { kubernetesVersion: KubernetesVersion.V1_37 });
  expect(preview.findings()).toEqual([
    {
      id: 'GW-CLUSTER-001',
      severity: WARNING,
      path: 'oslo',
      message: 'Kubernetes 1.37 is a preview in this release of the library',
      remedy: 'use it to try out; run production on 1.36 until the catalogue lists it as supported',
      reference: 'https://kubernetes.io/releases/',
    },
  ]);
  const supported = [KubernetesVersion.V1_35, KubernetesVersion.of('1.36.2')];
  expect(
    supported.flatMap((kubernetesVersion) =>
      osloCluster(new App(), { kubernetesVersion }).findings(),
    ),
  ).toEqual([]);
});

test('decisions are kept in the order in which they were made', () => {
  const cluster = osloCluster();
  const decision = (key: string) => ({
    path: 'oslo',
    key,
    value: '1',
    upstream: '0',
    why: 'faster',
    source: 'measured',
  });
  cluster.recordDecisions([decision('b'), decision('a')]);
  cluster.recordDecisions([decision('c')]);
  cluster.decisions().pop();
  expect(cluster.decisions().map(({ key }) => key)).toEqual(['b', 'a', 'c']);
});

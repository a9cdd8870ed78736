import { App } from 'cdk8s';
import { Severity, type Decision, type Finding, type IRule } from '../../lib';
import '../../lib/testing/jest';
import { expectFinding, expectNoFindings, findDecision } from '../../lib/testing';
import { osloCluster } from '../support/oslo';

const finding = (id: string, severity: Severity, rest: Partial<Finding> = {}): Finding => ({
  ...{ id, severity, path: 'oslo/cni', message: 'mtu is 1400', remedy: 'raise it' },
  reference: 'docs/cni.md',
  ...rest,
});
const findings = [
  finding('GW-CNI-001', Severity.WARNING),
  finding('GW-CNI-001', Severity.WARNING, { path: 'oslo/other', acknowledged: 'we know' }),
  finding('GW-DNS-002', Severity.NOTE),
];

/** The text with which either way of asking fails, which has to be the same. */
function refusal(matcher: () => unknown, plain: () => unknown): string {
  const [said, again] = [matcher, plain].map((run) => {
    try {
      run();
    } catch (error) {
      return (error as Error).message;
    }
    return 'passed';
  });
  expect(again).toBe(said);
  return said!;
}

describe('toHaveFinding and expectFinding', () => {
  test('find by id and by what else must hold', () => {
    expect(findings).toHaveFinding('GW-CNI-001');
    expect(findings).toHaveFinding('GW-CNI-001', { path: 'oslo/other', message: /\d{4}$/ });
    expect(findings).not.toHaveFinding('GW-CNI-002');
    expect(expectFinding(findings, 'GW-CNI-001', { acknowledged: 'we know' })).toBe(findings[1]);
  });

  const asked = (...args: [string, { [key in keyof Finding]?: unknown }?]) =>
    refusal(
      () => expect(findings).toHaveFinding(...args),
      () => expectFinding(findings, ...args),
    );

  test('another id is answered with the nearest', () => {
    expect(asked('GW-CNI-011')).toBe(
      'no finding is GW-CNI-011; nearest is GW-CNI-001; there are GW-CNI-001, GW-DNS-002',
    );
    expect(() => expect([]).toHaveFinding('GW-CNI-001')).toThrow(
      new Error('no finding is GW-CNI-001; there is none'),
    );
  });

  test('the right id with something else wrong is answered with what differs', () => {
    expect(asked('GW-CNI-001', { path: 'oslo/other', acknowledged: undefined })).toBe(
      [
        'no finding GW-CNI-001 is as expected; nearest of 2 is',
        'warning GW-CNI-001 [oslo/cni] mtu is 1400; raise it',
        'path: expected "oslo/other", got "oslo/cni"',
      ].join('\n  '),
    );
  });

  test('one that must not be there is shown', () => {
    expect(() => expect(findings).not.toHaveFinding('GW-DNS-002')).toThrow(
      new Error(
        'expected no finding GW-DNS-002, got\n  note GW-DNS-002 [oslo/cni] mtu is 1400; raise it',
      ),
    );
  });
});

describe('toHaveNoFindings and expectNoFindings', () => {
  test('let notes and what is acknowledged pass', () => {
    expect(findings.slice(1)).toHaveNoFindings();
    expect([]).toHaveNoFindings({ from: 'note' });
    expect(findings).toHaveNoFindings({ from: 'error' });
    expect(findings).not.toHaveNoFindings();
    expectNoFindings(findings.slice(1));
  });

  test('list what they stop at', () => {
    const said = refusal(
      () => expect(findings).toHaveNoFindings({ from: 'note' }),
      () => expectNoFindings(findings, { from: 'note' }),
    );
    expect(said).toBe(
      [
        'expected no finding (error, warning, note), got 2:',
        'warning GW-CNI-001 [oslo/cni] mtu is 1400; raise it',
        'note GW-DNS-002 [oslo/cni] mtu is 1400; raise it',
      ].join('\n  '),
    );
    expect(() => expect([]).not.toHaveNoFindings()).toThrow(
      new Error('expected a finding (error, warning), got none'),
    );
  });
});

test('a cluster is asked for its findings, of which one may be acknowledged', () => {
  const rule: IRule = {
    ...{ id: 'GW-OWN-001', severity: Severity.WARNING, title: 'a', why: 'b', remedy: 'do it' },
    reference: 'https://example.org',
    check: () => [{ message: 'it is so' }],
  };
  const cluster = osloCluster(new App());
  cluster.addRule(rule);
  expect(cluster).toHaveFinding('GW-OWN-001', { message: 'it is so' });
  expect(cluster).not.toHaveNoFindings();
  cluster.acknowledge('GW-OWN-001', 'as it should be');
  expect(cluster).toHaveNoFindings();
});

test.each<[string, unknown, string]>([
  ['a construct', new App(), 'a App'],
  ['nothing', undefined, 'undefined'],
  ['null', null, 'null'],
  ['a text', 'GW-CNI-001', 'a String'],
  ['an object', {}, 'such an object'],
])('who has no findings and no objects is told so: %s', (_, source, named) => {
  const message = `findings have a cluster, a rendered spec and a list of them, not ${named}`;
  expect(() => expect(source).toHaveFinding('GW-CNI-001')).toThrow(new Error(message));
  // Otherwise nothing would be found in it, and a test be content.
  expect(() => expect(source).not.toHaveFinding('GW-CNI-001')).toThrow(new Error(message));
  expect(() => expect(source).toHaveNoFindings()).toThrow(new Error(message));
  expect(() => expect(source).not.toHaveObject({ kind: 'A' })).toThrow(
    `objects have an ObjectSet, a rendered spec and a list of them, not ${named}; of a construct take ObjectSet.of`,
  );
});

test('toHaveObject looks into lists of objects', () => {
  const objects = [
    { kind: 'A', metadata: { name: 'a' } },
    { kind: 'A', metadata: { name: 'b' } },
  ];
  expect(objects).toHaveObject({ kind: 'A' });
  expect(objects).not.toHaveObject({ kind: 'B' });
  expect(() => expect(objects).toHaveObject({ kind: 'A', metadata: { name: 'c' } })).toThrow(
    new Error(
      'no object is like {"kind":"A","metadata":{"name":"c"}}; nearest is A a\n  metadata.name: expected "c", got "a"',
    ),
  );
  expect(() => expect(objects).not.toHaveObject({ kind: 'A' })).toThrow(
    new Error('expected no such object, got A a, A b'),
  );
});

describe('findDecision', () => {
  const decision = (key: string, path: string): Decision => ({
    ...{ key, path, value: '1', upstream: '2', why: 'a', source: 'b' },
  });
  const decisions = [decision('mtu', 'oslo/cni'), decision('mode', 'a'), decision('mode', 'b')];
  const source = { decisions: () => decisions };

  test('finds by key, and by path where several decided', () => {
    expect(findDecision(source, 'mtu')).toBe(decisions[0]);
    expect(findDecision(source, 'mode', 'b')).toBe(decisions[2]);
  });

  test.each<[[string, string?], string]>([
    [['mtuu'], 'no decision is about mtuu; nearest is mtu; there are mode, mtu'],
    [['mtu', 'oslo/cnj'], 'no decision of oslo/cnj is about mtu; there is only oslo/cni'],
    [['mode'], '2 decisions are about mode, of a, b; ask with a path'],
  ])('%j', (asked, message) => {
    expect(() => findDecision(source, ...asked)).toThrow(new Error(message));
  });
});

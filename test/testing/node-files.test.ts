import { UserDataLimit } from '../../lib';
import { NodeFiles, renderSpec } from '../../lib/testing';
import { osloPlane } from '../control-plane/oslo-plane';

const tree = {
  'apply.sh': '',
  'nodes/cp-1/user-data': '#cloud-config\nhostname: cp-1\n',
  'nodes/cp-1/files/etc/hosts': '# who\n127.0.0.1 localhost\n\n  10.0.0.1 cp-1\n',
  'nodes/cp-1/files/etc/sysctl.d/zz.conf':
    '# why\nvm.swappiness = 0\n-net.core.somaxconn=1\n; old\nvm.swappiness=10\n',
  'nodes/cp-1/files/etc/a.toml': 'version = 4\n[a."b.c"]\nd = [ "e" ]\n',
  'nodes/cp-1/files/etc/kubeadm.conf': 'kind: A\n---\nkind: B\n',
  'nodes/cp-1/files/etc/a.json': '{"a": [1]}',
  'nodes/cp-1/files/etc/bad': 'a: [\n',
  'nodes/w-1/user-data': '',
};
const files = new NodeFiles(tree);
const file = (text: string) => new NodeFiles({ 'nodes/cp-1/files/f': text }).of('cp-1').find('/f');

test('machines and their files', () => {
  expect(files.machines).toEqual(['cp-1', 'w-1']);
  expect(files.of('w-1').paths).toEqual(['user-data']);
  expect(files.of('cp-1').paths).toContain('/etc/hosts');
  expect(files.of('cp-1').has('/etc/hosts')).toBe(true);
  expect(files.of('w-1').has('/etc/hosts')).toBe(false);
  expect(files.of('cp-1').find('/etc/hosts')).toMatchObject({
    path: 'nodes/cp-1/files/etc/hosts',
    text: tree['nodes/cp-1/files/etc/hosts'],
  });
});

test('what is not there is named with what is nearest', () => {
  expect(() => files.of('cp-2')).toThrow(
    new Error('no machine is cp-2; nearest is cp-1; there are cp-1, w-1'),
  );
  expect(() => files.of('w-1').find('/etc/hosts')).toThrow(
    new Error('w-1 has no file /etc/hosts; there is only user-data'),
  );
  expect(() => files.of('cp-1').find('/etc/sysctl.d/99.conf')).toThrow(
    'cp-1 has no file /etc/sysctl.d/99.conf; nearest is /etc/sysctl.d/zz.conf; there are ',
  );
});

describe('a file as what it is', () => {
  const { find } = { find: (path: string) => files.of('cp-1').find(path) };

  test('lines, YAML, TOML, JSON, sysctl', () => {
    expect(find('/etc/hosts').lines()).toEqual(['127.0.0.1 localhost', '  10.0.0.1 cp-1']);
    expect(find('user-data').yaml()).toEqual({ hostname: 'cp-1' });
    expect(find('/etc/kubeadm.conf').yamlDocuments()).toEqual([{ kind: 'A' }, { kind: 'B' }]);
    expect(find('/etc/a.toml').toml()).toEqual({ version: 4, a: { 'b.c': { d: ['e'] } } });
    expect(find('/etc/a.json').json()).toEqual({ a: [1] });
    expect(find('/etc/sysctl.d/zz.conf').sysctl()).toEqual({
      'vm.swappiness': '10',
      'net.core.somaxconn': '1',
    });
  });

  test('a text of another kind is an error with its path', () => {
    const bad = find('/etc/bad');
    const start = 'nodes/cp-1/files/etc/bad is not';
    expect(() => bad.yaml()).toThrow(`${start} YAML: Flow sequence`);
    expect(() => bad.yamlDocuments()).toThrow(`${start} YAML: Flow sequence`);
    expect(() => bad.toml()).toThrow(`${start} TOML: `);
    expect(() => bad.json()).toThrow(`${start} JSON: `);
    expect(() => bad.ini()).toThrow(
      new Error(`${start} INI: line 1 is neither a section nor an assignment in one: a: [`),
    );
    expect(() => bad.sysctl()).toThrow(new Error(`${start} sysctl: line 1 is no assignment: a: [`));
    expect(() => file('table a { chain b {\n').nft()).toThrow('is not nft: a { is not closed');
    expect(() => file('table a { }\n}').nft()).toThrow('is not nft: a } closes nothing');
  });
});

test('compressed user-data is read as what it holds', () => {
  const [limited, plain] = [UserDataLimit.OPENSTACK, undefined].map((userDataLimit) =>
    renderSpec((app) => osloPlane(app, { nodes: { userDataLimit, keysBySsh: true } })),
  );
  const [packed, whole] = [limited!, plain!].map((spec) => spec.files.of('cp-1').find('user-data'));
  expect(packed!.text).toMatch(/^MIME-Version: /);
  expect(packed!.yaml().write_files.length).toBe(whole!.yaml().write_files.length);
  expect(packed!.yaml().runcmd).toEqual(whole!.yaml().runcmd);
  expect(packed!.lines()).toContain('write_files:');
});

test('units: keys given several times, lines that go on, comments, sections given twice', () => {
  const unit = `# A unit.
[Unit]
After=a.service b.service
After=
After = c.service

[Service]
Environment="A=b c"
ExecStart=/bin/sh -c \\
  # not this
  'x; y' \\
  z
[Unit]
; nor this
Description=d = e
`;
  expect(file(unit).ini()).toEqual({
    Unit: { After: ['a.service b.service', '', 'c.service'], Description: ['d = e'] },
    Service: { Environment: ['"A=b c"'], ExecStart: [`/bin/sh -c 'x; y' z`] },
  });
});

test('nft: tables, sets, chains with their policy, and rules with sets of their own', () => {
  const ruleset = `#!/usr/sbin/nft -f
flush ruleset
define ssh = { 22, 2222 }
table inet filter
delete table inet filter
table inet filter {
  # who
  set nodes {
    type ipv4_addr; flags interval, timeout
    elements = { 10.0.0.1,
      10.0.0.2 timeout 1h }
  }
  set none { typeof ip saddr; }
  chain input {
    type filter hook input priority filter; policy drop;
    ct state { established, related } accept # answers
    tcp dport { 6443,
      10250 } ip saddr @nodes accept
    log prefix "refused: { # } "; counter \\
      reject
  }
  chain other { }
}
table inet filter { chain other { jump input } }
add table nat
table nat { chain post { type nat hook postrouting priority srcnat; } }
`;
  expect(file(ruleset).nft()).toEqual({
    'inet filter': {
      sets: {
        nodes: {
          type: 'ipv4_addr',
          flags: ['interval', 'timeout'],
          elements: ['10.0.0.1', '10.0.0.2 timeout 1h'],
        },
        none: { type: undefined, flags: [], elements: [] },
      },
      chains: {
        input: {
          type: 'filter hook input priority filter',
          policy: 'drop',
          rules: [
            'ct state { established, related } accept',
            'tcp dport { 6443, 10250 } ip saddr @nodes accept',
            'log prefix "refused: { # } "',
            'counter reject',
          ],
        },
        other: { type: undefined, policy: undefined, rules: ['jump input'] },
      },
    },
    'ip nat': {
      sets: {},
      chains: {
        post: { type: 'nat hook postrouting priority srcnat', policy: undefined, rules: [] },
      },
    },
  });
});

import { join } from 'node:path';
import { Size } from 'cdk8s';
import { EtcdOnNvme, GitOps, Machine } from '../../lib';
import { EFFECTS } from '../../lib/cli/diff/effect';
import { osloMachine } from '../support/oslo';
import { tempDir } from '../support/temp-app';
import { readTree, writeTree } from '../../lib/testing/tree';
import { cli } from './cli';
import { edited, planOf, rendered, told, twoFolders, type Files } from './diff-support';

jest.setTimeout(120_000);

let base: Files;
beforeAll(() => {
  base = rendered();
});

const FILES = 'nodes/cp-2/files';

describe('what no prop changes by itself', () => {
  const change = (file: string, from: string | RegExp, to: string) =>
    planOf(base, edited(base, file, from, to));

  test.each([
    [
      'selector of a DaemonSet',
      '00-kube-proxy.k8s.yaml',
      /(selector:\n +matchLabels:\n +k8s-app: )kube-proxy/,
      '$1other',
      'breaks-connections DaemonSet kube-system/kube-proxy spec.selector.matchLabels.k8s-app',
      'kubectl -n kube-system delete daemonset kube-proxy',
    ],
    [
      'an annotation',
      '05-node-local-dns.k8s.yaml',
      /(kind: ServiceAccount\nmetadata:)/,
      '$1\n  annotations:\n    a: b',
      'live ServiceAccount kube-system/node-local-dns metadata.annotations.a',
      undefined,
    ],
    [
      'image of a Deployment',
      '50-ingress.k8s.yaml',
      /(image: \S+nginx-ingress):\S+/,
      '$1:9.9.9',
      'rollout Deployment nginx-ingress/nginx-ingress spec.template.spec.containers[nginx-ingress].image',
      undefined,
    ],
  ])('%s', (_name, file, from, to, tells, command) => {
    const plan = change(file, from, to);
    expect(told(plan)).toEqual([tells]);
    const commands = plan.steps.flatMap((step) => step.commands);
    expect(commands[0]).toMatch(command === undefined ? /apply\.sh --from / : command);
  });

  test('the address of a Service, and the scope of a definition', () => {
    const own = (clusterIP: string, scope: string) => ({
      'own.k8s.yaml': [
        `apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n  namespace: b\nspec:\n  clusterIP: ${clusterIP}\n`,
        `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: c\nspec:\n  scope: ${scope}\n`,
      ].join('---\n'),
    });
    const plan = planOf(own('10.96.0.20', 'Cluster'), own('10.96.0.21', 'Namespaced'));
    expect(told(plan)).toEqual([
      'breaks-connections CustomResourceDefinition c spec.scope',
      'breaks-connections Service b/a spec.clusterIP',
    ]);
    expect(plan.steps.map(({ stage, commands }) => [stage, ...commands])).toEqual([
      ['replace', 'kubectl delete customresourcedefinition c', 'kubectl -n b delete service a'],
      ['manifests', expect.stringMatching(/^kubectl apply --server-side -f .*\/own\.k8s\.yaml$/)],
    ]);
  });

  test('a kernel parameter is set at once; one that is gone stays until the machine boots', () => {
    const file = `${FILES}/etc/sysctl.d/zz-groundwork.conf`;
    const plan = change(file, /^fs\.aio-max-nr = .*$/m, 'fs.aio-max-nr = 2097152');
    expect(told(plan)).toEqual(['live /etc/sysctl.d/zz-groundwork.conf fs.aio-max-nr']);
    expect(plan.changes).toMatchObject([
      { machines: ['cp-2'], fields: [{ before: '1048576', after: '2097152' }] },
    ]);
    expect(plan.steps).toMatchObject([{ stage: 'files', machines: ['cp-2'] }]);
    const gone = change(file, /^fs\.aio-max-nr = .*$/m, '');
    expect(gone.changes.map(({ why }) => why)).toEqual([
      'No longer set: the kernel keeps the value until the machine boots',
    ]);
  });

  test('another containerd needs a drained machine', () => {
    const file = `${FILES}/etc/groundwork/archives.list`;
    const plan = change(
      file,
      /releases\/download\/v2\.\d\.\d+\/containerd/,
      'releases/download/v9.0.0/containerd',
    );
    expect(told(plan)).toEqual(['drain /etc/groundwork/archives.list containerd']);
  });

  test('words of a script and comments are nothing to do', () => {
    const script = `${FILES}/usr/local/lib/groundwork/etcd-disk-prepare`;
    const plan = change(script, 'set -eu', 'set -eu\n# said again');
    expect(plan).toMatchObject({
      effect: 'nothing',
      steps: [],
      changes: [{ effect: 'nothing', subject: '/usr/local/lib/groundwork/etcd-disk-prepare' }],
    });
  });

  test('kinds of one name in two groups are two objects', () => {
    const own = (policy: string) => ({
      'own.k8s.yaml': ['networking.k8s.io/v1', policy]
        .map((v) => `apiVersion: ${v}\nkind: NetworkPolicy\nmetadata:\n  name: a\n  namespace: b\n`)
        .join('---\n'),
    });
    const plan = planOf(own('projectcalico.org/v3'), own('crd.projectcalico.org/v1'));
    expect(told(plan)).toEqual(['live NetworkPolicy b/a', 'live NetworkPolicy b/a']);
    expect(told(planOf(own('projectcalico.org/v3'), own('projectcalico.org/v4')))).toEqual([
      'live NetworkPolicy b/a apiVersion',
    ]);
  });

  test('an order is told where nothing else differs', () => {
    const list = (items: string[]) => ({
      'own.k8s.yaml': `apiVersion: apps/v1\nkind: DaemonSet\nmetadata:\n  name: a\n  namespace: b\nspec:\n  template:\n    spec:\n      containers:\n        - name: c\n          args: [${items.join(', ')}]\n`,
    });
    expect(told(planOf(list(['one', 'two']), list(['two', 'one'])))).toEqual([
      'rollout DaemonSet b/a spec.template.spec.containers[c].args',
    ]);
  });
});

describe('machines', () => {
  const five = [1, 2, 3, 4, 5].map((n) => osloMachine(n));

  test('control planes join one after the other, when the others know them', () => {
    const { steps, changes } = planOf(base, rendered({ machines: five }));
    expect(steps.find(({ stage }) => stage === 'join')).toMatchObject({
      machines: ['cp-4', 'cp-5'],
      title:
        'Boot the new machines with their sealed user-data, control planes one after the other',
    });
    expect(changes.find(({ subject }) => subject === 'machine cp-4')!.why).toMatch(/one at a time/);
    const order = steps.map(({ stage }) => stage as string);
    expect(order.indexOf('files')).toBeLessThan(order.indexOf('join'));
    expect(order.indexOf('join')).toBeLessThan(order.indexOf('manifests'));
  });

  test('what all members get, those do not that are not there yet', () => {
    const after = rendered({
      machines: five,
      etcd: EtcdOnNvme.configure({ quota: Size.gibibytes(4) }),
    });
    const { steps } = planOf(base, after);
    expect(steps.find(({ stage }) => stage === 'etcd')!.machines).toEqual(['cp-1', 'cp-2', 'cp-3']);
  });

  test('a machine that is made anew is let in', () => {
    const machines = [1, 2, 3].map((n) =>
      n === 1 ? osloMachine(1, { address: '10.20.0.19' }) : osloMachine(n),
    );
    const { steps } = planOf(base, rendered({ machines }));
    expect(steps.find(({ stage }) => stage === 'rebuild')!.commands.slice(-3)).toEqual([
      'kubectl delete node cp-1',
      '/usr/local/lib/groundwork/bootstrap --only admit   # on a control plane',
      '# boot cp-1 with its sealed user-data, and there: /usr/local/lib/groundwork/bootstrap --replace',
    ]);
  });

  test('other options of a mount need a reboot between drain and uncordon', () => {
    const mount = `${FILES}/etc/systemd/system/var-lib-etcd.mount`;
    const { steps } = planOf(base, edited(base, mount, /^Options=/m, 'Options=discard,'));
    expect(steps.map(({ stage }) => stage)).toEqual(['files', 'drain']);
    expect(steps.at(-1)).toMatchObject({
      commands: [
        'kubectl drain cp-2 --ignore-daemonsets --delete-emptydir-data',
        'ssh cp-2 systemctl reboot   # until it is Ready',
        'kubectl uncordon cp-2',
      ],
    });
  });

  test('a file that is no longer in the spec stays in force', () => {
    const { [`${FILES}/etc/systemd/logind.conf.d/zz-groundwork.conf`]: _, ...rest } = base;
    expect(planOf(base, rest).changes).toMatchObject([
      { effect: 'live', why: expect.stringContaining('it stays on the machine, in force') },
    ]);
  });

  test('a control plane that goes takes its etcd member along, before it is switched off', () => {
    const { steps } = planOf(
      rendered({ machines: five }),
      rendered({ machines: five.slice(0, 3) }),
    );
    const leave = steps.find(({ stage }) => stage === 'leave')!;
    expect(leave.machines).toEqual(['cp-4', 'cp-5']);
    expect(leave.until).toMatch(/Never two members at the same time/);
    expect(leave.commands.slice(0, 4)).toEqual([
      'kubectl drain cp-4 --ignore-daemonsets --delete-emptydir-data',
      '# on another control plane, by report/etcd.md, Replace a member: remove the etcd member cp-4',
      'ssh cp-4 kubeadm reset --force',
      'kubectl delete node cp-4',
    ]);
  });

  test('another founding machine is nothing to those that run', () => {
    const plan = planOf(rendered({ machines: five }), rendered({ machines: five.slice(2) }));
    expect(plan.effect).toBe('drain');
    expect(told(plan)).toContain('drain machine cp-1');
    expect(told(plan).filter((one) => /^(rebuild|breaks)/.test(one))).toEqual([]);
    expect(plan.steps.at(-1)).toMatchObject({ stage: 'leave', machines: ['cp-1', 'cp-2'] });
  });

  test('a worker that becomes a control plane is made anew', () => {
    const worker = Machine.worker('cp-3', { zone: 'oslo-1', address: '10.20.0.13', nic: 'eno1' });
    const [one, , , four, last] = five;
    const before = rendered({ machines: [one!, four!, last!, worker] });
    const after = rendered({ machines: [one!, four!, last!, five[1]!, five[2]!] });
    expect(told(planOf(before, after))).toContain('rebuild /etc/groundwork/machine.env NODE_ROLE');
  });

  test('the founding machine, the other control planes, workers: in this order everywhere', () => {
    const machines = [
      Machine.worker('a-worker', { zone: 'oslo-1', address: '10.20.0.21' }),
      ...[1, 2, 3].map((n) => osloMachine(n)),
    ];
    const before = rendered({ machines });
    const after = rendered({ machines, nodes: { kubelet: { podPidsLimit: 2048 } } });
    expect(planOf(before, after).steps[0]!.machines).toEqual(['cp-1', 'cp-2', 'cp-3', 'a-worker']);
  });
});

describe('output for an engine', () => {
  test('the same objects in folders of Flux are the same objects', () => {
    const plan = planOf(base, rendered({}, { gitops: GitOps.flux({ path: '.' }) }));
    expect(plan.effect).toBe('added');
    expect(told(plan).every((one) => one.startsWith('added Kustomization flux-system/'))).toBe(
      true,
    );
  });

  test('what an engine would make anew from git at once is deleted when git has the new', () => {
    const before = rendered({}, { gitops: GitOps.argo() });
    const selector = /(selector:\n +matchLabels:\n +k8s-app: )kube-proxy/;
    const { steps } = planOf(before, edited(before, '00-kube-proxy.k8s.yaml', selector, '$1other'));
    expect(steps.map(({ stage }) => stage)).toEqual(['manifests', 'replace']);
    expect(steps[1]!.title).toMatch(/now that git has the new/);
  });

  test('the engine applies what is committed', () => {
    const gitops = GitOps.flux({ path: '.' });
    const before = rendered({}, { gitops });
    const file = '20-cni/20-cni.k8s.yaml';
    const { steps } = planOf(before, edited(before, file, 'mtu: 1500', 'mtu: 1480'));
    expect(steps[0]).toMatchObject({
      title: 'Commit the new output: the engine applies it phase by phase',
      commands: [],
    });
  });
});

describe('the command', () => {
  const mode = (files: Files) =>
    edited(files, '00-kube-proxy.k8s.yaml', 'mode: ipvs', 'mode: nftables');

  test('tells a person, and writes nothing', async () => {
    const folders = twoFolders(base, mode(base));
    const before = folders.map(readTree);
    const { code, out, error } = await cli(['diff', ...folders]);
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toContain(
      [
        '1 breaks connections',
        '',
        'breaks connections',
        '  ConfigMap kube-system/kube-proxy  (00-kube-proxy.k8s.yaml)',
        '    data.config.conf.mode: ipvs -> nftables',
      ].join('\n'),
    );
    expect(out).toContain(
      `\nIn this order\n  1. Apply the new output, phase by phase, in a maintenance window and as the changes say\n       ${folders[1]}/apply.sh --from 00-kube-proxy`,
    );
    expect(folders.map(readTree)).toEqual(before);
  });

  test('--json has everything', async () => {
    const { out } = await cli(['diff', ...twoFolders(base, mode(base)), '--json']);
    expect(JSON.parse(out)).toMatchObject({
      effect: 'breaks-connections',
      counts: { 'breaks-connections': 1 },
      changes: [
        {
          effect: 'breaks-connections',
          stage: 'manifests',
          subject: 'ConfigMap kube-system/kube-proxy',
          file: '00-kube-proxy.k8s.yaml',
          phase: '00-kube-proxy',
          fields: [
            { path: 'data.config.conf.mode', type: 'changed', before: 'ipvs', after: 'nftables' },
          ],
        },
      ],
      steps: [{ stage: 'manifests', machines: [] }],
      decisions: [],
    });
  });

  test('--markdown is a table of which no cell breaks out', async () => {
    const file = '50-ingress.k8s.yaml';
    const piped = edited(
      base,
      file,
      /^( +)keepalive-timeout: .*$/m,
      '$1keepalive-timeout: "a|b`c"',
    );
    const { out } = await cli(['diff', ...twoFolders(base, piped), '--markdown']);
    expect(out).toContain('| effect | what | values | what happens |\n| --- | --- | --- | --- |\n');
    const row = out.split('\n').find((line) => line.startsWith('| live'))!;
    expect(row.replaceAll('\\|', '').split('|')).toHaveLength(6);
    expect(row).toContain("a\\|b'c");
  });

  test('a decision says why a value is another one', async () => {
    const { out } = await cli([
      'diff',
      ...twoFolders(base, rendered({ nodes: { kubelet: { podPidsLimit: 2048 } } })),
    ]);
    expect(out).toContain(
      '    decided: one pod that forks without end would take the process numbers of the whole machine',
    );
  });

  test('exit codes for CI', async () => {
    const folders = twoFolders(base, mode(base));
    const code = async (...words: string[]) => (await cli(['diff', ...folders, ...words])).code;
    expect(await code('--fail-on', 'rebuild')).toBe(0);
    expect(await code('--fail-on', 'rebuild,breaks-connections')).toBe(1);
    expect(await code('--exit-code')).toBe(1);
    const [old] = folders;
    expect((await cli(['diff', old, old, '--exit-code'])).code).toBe(0);
    expect((await cli(['diff', ...folders, '--fail-on', 'breaks-connections'])).error).toContain(
      'there are changes of effect breaks-connections',
    );
    expect((await cli(['diff', ...folders, '--exit-code'])).error).toContain(
      'there is something to do: breaks-connections',
    );
  });

  test('equal folders are said to be equal', async () => {
    const [old] = twoFolders(base, base);
    for (const form of [[], ['--markdown']]) {
      expect((await cli(['diff', old, old, ...form])).out).toBe(
        'No difference that a cluster would see.',
      );
    }
  });

  test.each([
    [
      ['--fail-on', 'drain,broken'],
      `--fail-on must be some of ${EFFECTS.join(', ')}, got broken; separate them by commas`,
    ],
    [['--json', '--markdown'], '--json must be without --markdown, got both; choose one'],
  ])('refuses %s', async (words, message) => {
    const { code, error } = await cli(['diff', ...twoFolders(base, base), ...words]);
    expect({ code, error }).toEqual({ code: 1, error: expect.stringContaining(message) });
  });

  test('refuses folders that synth did not write', async () => {
    const [old] = twoFolders(base, base);
    const empty = tempDir();
    const absent = join(empty, 'absent');
    const error = async (folder: string) => (await cli(['diff', old, folder])).error;
    expect(await error(absent)).toContain(
      `folder must be one that synth wrote, got ${absent}; name the output folder of a synth`,
    );
    expect(await error(empty)).toContain(
      `${empty} must be a folder that synth wrote, got one without *.k8s.yaml and nodes/; name the output folder itself, such as dist`,
    );
    writeTree(empty, { 'broken.k8s.yaml': 'a: [1' });
    expect(await error(empty)).toContain(`${join(empty, 'broken.k8s.yaml')} must be YAML: `);
  });
});

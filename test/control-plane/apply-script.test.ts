import { addManifest, Phase } from '../../lib/cluster';
import { applied, apply } from './apply-run';

test('gives API servers the time to learn of policies, which judge what follows', () => {
  const { status, calls } = apply(['--from', '55-residency', '--no-wait'], {
    programs: { sleep: '#!/bin/sh\necho "sleep $*" >> "$CALLS"\n' },
    extend: (plane) => {
      for (const [phase, kind] of [
        [Phase.RESIDENCY, 'ValidatingAdmissionPolicy'],
        [Phase.STORAGE_POLICY, 'StorageClass'],
      ] as const) {
        addManifest(plane, plane.cluster, phase, {
          apiVersion: 'v1',
          kind,
          metadata: { name: kind },
        });
      }
    },
  });
  expect(status).toBe(0);
  expect(calls.slice(-3).map((call) => call.replace(/.* /, ''))).toEqual([
    '55-residency.k8s.yaml',
    '5',
    '60-storage-policy.k8s.yaml',
  ]);
});

test('applies the phases in order, server-side, and waits for what the next one needs', () => {
  const { status, calls } = apply([]);
  expect(status).toBe(0);
  expect(applied(calls)).toEqual(
    [
      '00-kube-proxy',
      '05-node-local-dns',
      '10-cni-operator',
      '20-cni',
      '30-network-policy',
      '50-ingress',
    ].map(
      (phase) =>
        `apply --server-side --force-conflicts --field-manager=cdk8s-groundwork -f ${phase}.k8s.yaml`,
    ),
  );
  const at = (text: string) => calls.findIndex((call) => call.includes(text));
  const order = [
    'get node cp-1',
    'get node cp-3',
    '-f 00-kube-proxy',
    'rollout status daemonset/kube-proxy',
    '-f 05-node-local-dns',
    // It runs on the machines' own network, so it is complete before there is one for pods.
    'rollout status daemonset/node-local-dns',
    '-f 10-cni-operator',
    'rollout status deployment/tigera-operator',
    'get crd/installations.operator.tigera.io',
    '-f 20-cni',
    'get tigerastatus/calico',
    '-f 50-ingress',
    'rollout status deployment/nginx-ingress',
  ].map(at);
  expect(order).not.toContain(-1);
  expect(order).toEqual([...order].sort((a, b) => a - b));
});

test('the address of the endpoint is the same server as its name', () => {
  expect(apply([], { server: 'https://10.20.0.10:6443/' }).status).toBe(0);
});

test('refuses a context that points elsewhere, and says how to go on', () => {
  const { status, stderr, calls } = apply([], { server: 'https://10.99.0.1:6443' });
  expect(status).toBe(1);
  expect(stderr).toBe(
    'apply.sh: the kubectl context points to https://10.99.0.1:6443, the spec to https://api.oslo.example:6443; choose the right context or pass --context-ok\n',
  );
  expect(applied(calls)).toEqual([]);
  expect(apply(['--context-ok'], { server: 'https://10.99.0.1:6443' }).status).toBe(0);
});

test('waits until the operator has seen the newest generation of what was applied', () => {
  const { calls } = apply([]);
  // It says Available of generation 5, then of 6; only 7 is what was applied.
  expect(calls.filter((c) => c.startsWith('get tigerastatus/ippools'))).toHaveLength(3);
});

test('applies nothing before every machine of the spec is a node, and names the missing one', () => {
  const { status, stderr, calls } = apply([], { absent: 'cp-2' });
  expect(status).toBe(1);
  expect(stderr).toBe(
    'apply.sh: node cp-2 did not join within 30 minutes; look at /var/lib/groundwork/status and /var/log/groundwork.log on it\n',
  );
  expect(applied(calls)).toEqual([]);
});

test('an API that does not answer is no missing machine', () => {
  const { status, stderr, calls } = apply([], { broken: 'node cp-1 -o name' });
  expect(status).toBe(1);
  expect(stderr).toBe('apply.sh: whether node cp-1 is there cannot be told: the server is away\n');
  expect(calls.filter((c) => c.startsWith('get node'))).toHaveLength(360);
});

test('with a machine down, one phase can be applied without waiting for pods', () => {
  const { status, calls } = apply(['--from', '20-cni', '--no-wait'], { absent: 'cp-2' });
  expect(status).toBe(0);
  expect(applied(calls).map((c) => c.split(' ').at(-1))).toEqual([
    '20-cni.k8s.yaml',
    '30-network-policy.k8s.yaml',
    '50-ingress.k8s.yaml',
  ]);
  expect(calls.filter((c) => /rollout|tigerastatus.(calico|ippools)|get node/.test(c))).toEqual([]);
});

test('without waiting for pods, it still waits for definitions that the next phase needs', () => {
  const { calls } = apply(['--no-wait']);
  expect(calls.filter((c) => c.startsWith('get crd/'))).toHaveLength(4);
});

test('--orphans lists what is applied and no longer rendered, and changes nothing', () => {
  const { status, stdout, calls } = apply(['--orphans'], { orphan: 'yes' });
  expect(status).toBe(0);
  expect(stdout).toBe(' ConfigMap nginx-ingress/forgotten\n');
  expect(applied(calls)).toEqual([]);
});

test('--orphans says so when there are none', () => {
  const { status, stdout } = apply(['--orphans']);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^\d\d:\d\d:\d\d no orphans\n$/);
});

test.each([
  ['the kinds', '--verbs=list -o name', 'the kinds of this cluster cannot be listed'],
  ['one kind', '{end}', 'incomplete, these could not be listed: configmaps'],
])('--orphans does not say that there are none when %s cannot be listed', (_, broken, text) => {
  const { status, stdout, stderr } = apply(['--orphans'], { broken });
  expect(status).toBe(1);
  expect(stderr).toContain(text);
  expect(stdout).not.toContain('no orphans');
});

test.each([['--froce'], ['--from', '21-nowhere'], ['--from']])(
  '%s %s changes nothing',
  (...args) => {
    const { status, calls } = apply(args);
    expect(status).toBe(1);
    expect(applied(calls)).toEqual([]);
  },
);

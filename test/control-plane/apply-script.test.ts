import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { GroundworkApp } from '../../lib';
import { tempDir } from '../support/temp-app';
import { osloPlane } from './oslo-plane';

/** Stands in for kubectl: notes every call, answers as a cluster would. */
const KUBECTL = `#!/usr/bin/env bash
printf '%s\\n' "$*" >> "$CALLS"
case "$*" in
  'config view'*) printf %s "$SERVER" ;;
  'api-resources'*) printf 'daemonsets.apps\\nconfigmaps\\nendpointslices.discovery.k8s.io\\n' ;;
  'get daemonsets.apps'*) printf 'apps/v1|DaemonSet|kube-system|kube-proxy|\\n' ;;
  'get configmaps'*) printf 'v1|ConfigMap|kube-system|kube-proxy|\\nv1|ConfigMap|nginx-ingress|forgotten|\\n' ;;
  'get endpointslices'*) printf 'discovery.k8s.io/v1|EndpointSlice|nginx-ingress|nginx-ingress-x|Service\\n' ;;
  *"node/$ABSENT") [ -z "$ABSENT" ] || exit 1 ;;
esac
`;

function apply(args: string[], answers: { server?: string; absent?: string } = {}) {
  const outdir = tempDir();
  const app = new GroundworkApp({ outdir });
  osloPlane(app);
  const stderr = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  app.synth();
  stderr.mockRestore();
  const bin = tempDir();
  const calls = join(bin, 'calls');
  writeFileSync(calls, '');
  writeFileSync(join(bin, 'kubectl'), KUBECTL);
  chmodSync(join(bin, 'kubectl'), 0o755);
  const run = spawnSync(join(outdir, 'apply.sh'), args, {
    encoding: 'utf8',
    env: {
      PATH: `${bin}${delimiter}${process.env.PATH}`,
      CALLS: calls,
      SERVER: answers.server ?? 'https://api.oslo.example:6443',
      ABSENT: answers.absent ?? '',
    },
  });
  return { ...run, calls: readFileSync(calls, 'utf8').trim().split('\n') };
}

const applied = (calls: string[]) => calls.filter((c) => c.startsWith('apply'));

test('applies the phases in order, server-side, and waits for what the next one needs', () => {
  const { status, calls } = apply([]);
  expect(status).toBe(0);
  expect(applied(calls)).toEqual(
    ['00-kube-proxy', '10-cni-operator', '20-cni', '50-ingress'].map(
      (phase) =>
        `apply --server-side --force-conflicts --field-manager=cdk8s-groundwork -f ${phase}.k8s.yaml`,
    ),
  );
  const at = (text: string) => calls.findIndex((call) => call.includes(text));
  const order = [
    'node/cp-1',
    'node/cp-3',
    '-f 00-kube-proxy',
    'rollout status daemonset/kube-proxy',
    '-f 10-cni-operator',
    'rollout status deployment/tigera-operator',
    '--for=condition=Established --timeout=5m crd/installations.operator.tigera.io',
    '-f 20-cni',
    'tigerastatus/calico',
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

test('applies nothing before every machine of the spec is a node, and names the missing one', () => {
  const { status, stderr, calls } = apply([], { absent: 'cp-2' });
  expect(status).toBe(1);
  expect(stderr).toContain('node cp-2 did not join within 30 minutes');
  expect(applied(calls)).toEqual([]);
});

test('--orphans lists what is applied and no longer rendered, and changes nothing', () => {
  const { status, stdout, calls } = apply(['--orphans']);
  expect(status).toBe(0);
  expect(stdout).toBe(' ConfigMap nginx-ingress/forgotten\n');
  expect(applied(calls)).toEqual([]);
});

test('an unknown argument changes nothing', () => {
  const { status, calls } = apply(['--froce']);
  expect(status).toBe(1);
  expect(applied(calls)).toEqual([]);
});

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run as runCommand } from '../../lib/cli/run';
import { healthyCluster, labFolder, mute, NODES, PODS } from '../cli/doctor/lab';
import { ApiServer, kubeconfig } from './api-server';

// Real kubectl takes every word of ours, and a small API server sees what becomes of it.

jest.setTimeout(300_000);

// From this release on kubectl enters pods by WebSocket first; what was before it is not spoken here.
const LEAST = 31;

/** The minor release of kubectl on the PATH. */
function kubectlMinor(): number | undefined {
  const { stdout } = spawnSync('kubectl', ['version', '--client', '-o', 'json'], {
    encoding: 'utf8',
  });
  const minor = /"minor":\s*"(\d+)/.exec(stdout ?? '')?.[1];
  return minor === undefined ? undefined : Number(minor);
}

const minor = kubectlMinor();
const real = minor !== undefined && minor >= LEAST ? test : test.skip;
if (real === test.skip) {
  // Debian's own is older, so that this cannot be required everywhere.
  process.stderr.write(`skipped, kubectl 1.${LEAST} or newer is not on the PATH: real kubectl\n`);
}

/** Runs the command with kubectl of this computer against a server of our own. */
async function withServer(
  words: readonly string[],
  exec?: (pod: string, command: readonly string[]) => { text: string; code: number },
) {
  const { says = {}, serviceAddress = '' } = healthyCluster();
  const answer = (pod: string, command: readonly string[]) => {
    const collector = /scripts[/](.*)[.]sh/.exec(command[1] ?? '')![1]!;
    return {
      text: says[`${pod} ${collector}`] ?? mute(collector, pod.replace(/^[a-z]+-/, ''), 'host'),
      code: 0,
    };
  };
  const server = new ApiServer({ nodes: NODES, pods: PODS, serviceAddress, exec: exec ?? answer });
  const root = labFolder();
  const config = join(root, 'kubeconfig');
  writeFileSync(config, await server.start());
  const out: string[] = [];
  const said = (line: string) => out.push(line);
  try {
    const code = await runCommand(
      [
        ...['doctor', join(root, 'dist'), '--out', join(root, 'run'), '--yes'],
        ...['--kubeconfig', config, ...words],
      ],
      { out: said, error: said, now: () => new Date(0) },
    );
    const file = (name: string) => readFileSync(join(root, 'run', name), 'utf8');
    return { code, out: out.join('\n'), file, calls: server.calls, left: server.applied() };
  } finally {
    server.close();
  }
}

real('applies, waits, enters, and deletes', async () => {
  const { out, calls, left, file } = await withServer(['--only', 'facts,df-probe,connect']);
  expect(out).toContain('cluster: context lab, http://127.0.0.1:');
  expect(out).toContain('pods: 4 of 4');
  const patches = calls.filter((call) => call.startsWith('PATCH '));
  expect(patches[0]).toMatch(
    /^PATCH \/api\/v1\/namespaces\/groundwork-doctor fieldManager=cdk8s-groundwork-doctor&fieldValidation=Strict&force=false$/,
  );
  // Five objects, and whose run it is on the two DaemonSets.
  expect(patches).toHaveLength(7);
  const execs = calls.filter((call) => call.startsWith('EXEC ')).map(decodeURIComponent);
  expect(execs).toContain(
    'EXEC /api/v1/namespaces/groundwork-doctor/pods/podnet-cp-1/exec command=sh&command=/scripts/df-probe.sh&command=w-1=10.244.1.2=1450&container=doctor&stderr=true&stdout=true',
  );
  expect(execs.some((call) => call.includes('command=doctor=10.96.7.7=8080'))).toBe(true);
  expect(calls.filter((call) => call.startsWith('DELETE '))).toHaveLength(5);
  expect(left).toEqual([]);
  expect(file('recordings/cp-1/pod-df-probe.txt')).toContain('collector\tdf-probe 1');
  expect(file('doctor.json')).toContain('"DOC-MTU-POD"');
});

real('a script that ends badly, and one that is not there', async () => {
  const { code, out, left } = await withServer(['--only', 'facts'], (pod) =>
    pod === 'inspector-w-1'
      ? { text: '', code: 127 }
      : { text: mute('facts', 'cp-1', 'host').replace(/^end.*\n/m, ''), code: 1 },
  );
  expect(code).toBe(3);
  expect(out).toContain('cp-1: not measured: facts broke off');
  expect(out).toContain(
    'w-1: not measured: facts could not be run, and the machine was left alone',
  );
  expect(left).toEqual([]);
});

real('kubectl without a cluster says what is wrong, and so do we', async () => {
  const root = labFolder();
  const error: string[] = [];
  const doctor = (...words: string[]) =>
    runCommand(['doctor', join(root, 'dist'), '--out', join(root, 'run'), '--yes', ...words], {
      out: () => undefined,
      error: (line) => error.push(line),
      now: () => new Date(0),
    });
  expect(await doctor('--kubeconfig', '/nowhere/config')).toBe(1);
  expect(error.pop()).toMatch(
    /the list of nodes must be answered by the cluster, got .*; name the file with --kubeconfig/,
  );
  const config = join(root, 'config');
  writeFileSync(config, kubeconfig(1));
  expect(await doctor('--kubeconfig', config, '--context', 'other')).toBe(1);
  expect(error.pop()).toMatch(/; see kubectl config get-contexts, and name one with --context$/);
  expect(await doctor('--kubeconfig', config)).toBe(1);
  expect(error.pop()).toMatch(
    /got The connection to the server 127\.0\.0\.1:1 was refused.*; see whether kubectl get nodes answers from here$/,
  );
});

import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kubectl } from '../../../lib/cli/doctor/kubectl';
import { tempDir } from '../../support/temp-app';

jest.setTimeout(60_000);

/** A program that does what a shell script says. */
function program(script: string): string {
  const path = join(tempDir(), 'kubectl');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

test('words reach the program as they are, after where to go; its standard input is empty', async () => {
  const echo = program('printf "<%s>" "$@"; cat; echo "$KUBERC" >&2');
  const kubectl = new Kubectl({ program: echo, kubeconfig: '/a b', context: 'c' });
  const ran = await kubectl.run(['exec', '--', 'sh', '$(id); "x"']);
  expect(ran).toEqual({
    code: 0,
    stdout: '<--kubeconfig=/a b><--context=c><exec><--><sh><$(id); "x">',
    stderr: 'off\n',
    tooLong: false,
  });
});

test('a command that is shown can be typed', () => {
  const kubectl = new Kubectl({
    program: 'kubectl',
    kubeconfig: "/it's here/k.conf",
    context: 'a/b',
  });
  const { stdout } = spawnSync(
    'sh',
    ['-c', `kubectl() { printf '<%s>' "$@"; }; ${kubectl.typed(['get', 'x=$(id)'])}`],
    {
      encoding: 'utf8',
    },
  );
  expect(stdout).toBe("<--kubeconfig=/it's here/k.conf><--context=a/b><get><x=$(id)>");
  expect(new Kubectl({ program: 'kubectl' }).typed(['delete', '-f', './a_b.c'])).toBe(
    'kubectl delete -f ./a_b.c',
  );
});

test('what takes too long is ended, with its children, also where it does not want to', async () => {
  const stubborn = program('trap "" TERM; echo begun; sleep 50 & wait; sleep 50');
  const ran = await new Kubectl({ program: stubborn }).run([], 0.5);
  expect(ran).toMatchObject({ stdout: 'begun\n', tooLong: true });
  expect(ran.code).toBeUndefined();
});

test('an interruption ends what runs and what comes, but for what cleans up', async () => {
  const controller = new AbortController();
  const sleeper = program('if [ "$1" = delete ]; then echo gone; else sleep 50; fi');
  const kubectl = new Kubectl({ program: sleeper, interruption: controller.signal });
  const running = kubectl.run(['get']);
  setTimeout(() => controller.abort(), 200);
  expect((await running).code).toBeUndefined();
  expect((await kubectl.run(['get'])).code).toBeUndefined();
  expect(await kubectl.lastly(['delete'], 10)).toMatchObject({ code: 0, stdout: 'gone\n' });
});

test('a server is waited for, and ended when it does not go', async () => {
  const server = program('echo "Server $1"; exec sleep "$2"');
  const kubectl = new Kubectl({ program: server });
  const up = await kubectl.start(['listening', '50'], /listening/, 30);
  expect(await ('finish' in up ? up.finish(0.2) : up)).toMatchObject({ tooLong: false });
  const brief = await kubectl.start(['listening', '0'], /listening/, 30);
  expect(await ('finish' in brief ? brief.finish(30) : brief)).toMatchObject({ code: 0 });
  const never = await kubectl.start(['refuses', '0'], /listening/, 30);
  expect(never).toMatchObject({ code: 0, stdout: 'Server refuses\n' });
});

test('an answer that is no JSON, and a program that cannot be started', async () => {
  const odd = new Kubectl({ program: program('echo "<html>"') });
  await expect(odd.json('the list', ['get', 'nodes'])).rejects.toThrow(
    'kubectl get nodes must answer with JSON, got something else',
  );
  const path = join(tempDir(), 'kubectl');
  writeFileSync(path, '');
  await expect(new Kubectl({ program: path }).run([])).rejects.toThrow(
    /^kubectl must be a program that can be started, got spawn \S+ EACCES; install kubectl/,
  );
});

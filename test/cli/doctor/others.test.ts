import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { node, type FakeCluster } from './fake-kubectl';
import { healthyCluster, labFolder, mute, NODES, PODS } from './lab';
import { doctor, QUICK } from './run-doctor';

// A cluster belongs to others as well, and is not always well.

jest.setTimeout(240_000);

const FAST = ['--yes', '--only', 'facts'];
const made = (words: readonly string[]) => words.filter((w) => /^(apply|delete|annotate)/.test(w));

describe('what others have', () => {
  const daemonSet = (name: string, annotations?: object) => ({ metadata: { name, annotations } });

  test.each<[string, Partial<FakeCluster>, RegExp]>([
    [
      'a namespace of that name',
      { namespace: { metadata: { name: 'groundwork-doctor' } } },
      /^cdk8s-groundwork: namespace groundwork-doctor must be absent, or left by a run with --keep, got one of somebody else; give NetworkDoctor another namespace, or delete that by hand where nobody needs it, for example with \S+kubectl delete -f \S+doctor\.manifest$/,
    ],
    [
      'a DaemonSet of that name',
      { daemonSets: [daemonSet('inspector'), daemonSet('toolbox')] },
      /must be absent, or left by a run with --keep, got DaemonSet inspector of somebody else; /,
    ],
    [
      'a namespace that goes',
      { namespace: { metadata: { name: 'groundwork-doctor', deletionTimestamp: 'now' } } },
      /must be absent, got one that is being deleted; an earlier run is being deleted: wait a minute and run this again$/,
    ],
    [
      'a run of theirs',
      { daemonSets: [daemonSet('inspector', { 'cdk8s-groundwork/doctor-run': 'ann-7' })] },
      /must be one that no other run of doctor is at work in, got ann-7; wait until it ends; what is left of one that was killed goes with \S+kubectl delete -f \S+doctor\.manifest$/,
    ],
  ])('%s is left alone', async (_, changes, message) => {
    const { code, error, words } = await doctor(labFolder(), healthyCluster(changes), FAST);
    expect(error).toMatch(message);
    expect(code).toBe(1);
    expect(made(words)).toEqual([]);
  });

  test('another run that was faster keeps its pods', async () => {
    const fails = [
      {
        words: '^annotate',
        stderr: "error: --overwrite is false but found 'x' already has a value",
      },
    ];
    const { code, error, words } = await doctor(labFolder(), healthyCluster({ fails }), FAST);
    expect(error).toMatch(/no other run of doctor is at work in, got another one; wait until/);
    expect(code).toBe(1);
    expect(words.filter((line) => line.startsWith('delete'))).toEqual([]);
  });

  test('what --keep left is used by the next run, which deletes it', async () => {
    const root = labFolder();
    const kept = await doctor(root, healthyCluster(), [...FAST, '--keep']);
    expect(kept.words.at(-1)).toBe(
      'annotate daemonsets inspector podnet -n groundwork-doctor cdk8s-groundwork/doctor-run=kept --overwrite',
    );
    const next = await doctor(root, healthyCluster(), FAST);
    expect(next.code).toBe(kept.code);
    const since = next.words.slice(kept.words.length);
    expect(since.find((line) => line.startsWith('annotate'))).toMatch(/ --overwrite$/);
    expect(since.some((line) => line.startsWith('delete -f '))).toBe(true);
  });

  test('a cluster whose machines have the same names and other addresses is another one', async () => {
    const at = (name: string, address: string) => ({
      ...(node(name) as object),
      status: { conditions: [], addresses: [{ type: 'InternalIP', address }] },
    });
    const nodes = [at('cp-1', '10.99.0.11'), at('w-1', '10.99.0.12')];
    const { error, words } = await doctor(labFolder(), healthyCluster({ nodes }), FAST);
    expect(error).toBe(
      'cdk8s-groundwork: the cluster that kubectl talks to must be lab, with cp-1 at 10.20.0.11, got one with cp-1 at 10.99.0.11; name the right one with --kubeconfig or --context, or correct the addresses of the spec',
    );
    expect(made(words)).toEqual([]);
  });
});

describe('a cluster that is not well', () => {
  test('pods of a machine that is away are taken from the list, or their namespace would never go', async () => {
    const nodes = [NODES[0], node('w-1', false)];
    const { code, words } = await doctor(labFolder(), healthyCluster({ nodes }), FAST);
    expect(code).toBe(3);
    expect(words).toContain(
      'delete pods inspector-w-1 podnet-w-1 -n groundwork-doctor --force --grace-period=0 --ignore-not-found --wait=false',
    );
    expect(words.filter((line) => line.startsWith('exec ') && line.includes('-w-1 '))).toEqual([]);
  });

  test('a machine without a working network plugin is looked at from its own network', async () => {
    const sick = {
      metadata: { name: 'w-1' },
      status: {
        conditions: [
          {
            type: 'Ready',
            status: 'False',
            reason: 'KubeletNotReady',
            message: 'cni plugin not initialized',
          },
        ],
      },
    };
    const { code, out, words } = await doctor(
      labFolder(),
      healthyCluster({ nodes: [NODES[0], sick], pods: PODS.slice(0, 3) }),
      FAST,
    );
    expect(code).toBe(3);
    expect(out).toContain(
      'w-1: not measured: its node is not ready: KubeletNotReady: cni plugin not initialized',
    );
    expect(
      words.filter((line) => line.startsWith('exec ') && line.includes(' inspector-w-1 ')),
    ).toHaveLength(1);
    expect(words.some((line) => line.startsWith('delete pods'))).toBe(false);
  });

  test('an API that does not answer for a moment is asked again', async () => {
    const root = labFolder();
    const stderr = 'The connection to the server 10.20.0.10:6443 was refused';
    const fails = [{ words: 'get daemonsets,pods', stderr, times: 2 }];
    const { code, words } = await doctor(root, healthyCluster({ fails }), FAST);
    expect(code).toBe(0);
    expect(words.filter((line) => line.startsWith('get daemonsets,pods'))).toHaveLength(3);
  });

  test('who is impatient while all is deleted has the result all the same', async () => {
    const root = labFolder();
    const controller = new AbortController();
    const interruption = () => {
      const look = setInterval(() => {
        const calls = join(root, 'bin/calls');
        if (existsSync(calls) && /^delete -f/m.test(readFileSync(calls, 'utf8'))) {
          controller.abort();
          clearInterval(look);
        }
      }, 5).unref();
      return controller.signal;
    };
    const { code, report } = await doctor(root, healthyCluster(), FAST, { interruption });
    expect(controller.signal.aborted).toBe(true);
    expect(code).toBe(0);
    expect(report().measurements.length).toBeGreaterThan(5);
  });

  test('who is told to end while he is asked does not wait for an answer', async () => {
    const controller = new AbortController();
    const ask = (_: string, ended?: AbortSignal) =>
      new Promise<boolean>((resolve) => {
        ended!.addEventListener('abort', () => resolve(false));
        controller.abort();
      });
    const { code, words } = await doctor(labFolder(), healthyCluster(), ['--only', 'facts'], {
      interruption: () => controller.signal,
      terminal: { show: () => undefined, ask },
    });
    expect(code).toBe(130);
    expect(made(words)).toEqual([]);
  });

  test('what a machine says does not move the cursor of who reads it', async () => {
    const evil = '\u001b[2J\u001b]0;x\u0007\u009b1A';
    const said = mute('facts', 'cp-1', 'host').replace('end\t', `kernel\t1.0${evil}\nend\t`);
    const says = { ...healthyCluster().says, 'inspector-cp-1 facts': said };
    const fails = [{ words: 'exec .*-w-1 .*facts', stderr: `error: odd ${evil} thing` }];
    const { out, error } = await doctor(labFolder(), healthyCluster({ says, fails }), FAST);
    expect(out).toContain('error: odd  thing');
    // eslint-disable-next-line no-control-regex
    expect(`${out}${error}`).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f]/);
  });
});

describe('recordings that are judged again', () => {
  test('machines and steps that nobody asked for are left out, and are no strangers', async () => {
    const root = labFolder();
    await doctor(root, healthyCluster(), QUICK);
    const again = async (...words: string[]) => {
      const { report } = await doctor(root, undefined, ['--from', join(root, 'run'), ...words]);
      return report().measurements;
    };
    const all = await again('--only', 'facts,df-probe');
    expect(all.map(({ check }) => check)).toContain('DOC-MTU-HOST');
    const facts = await again('--only', 'facts', '--machines', 'cp-1');
    expect(facts.filter(({ check }) => check === 'DOC-RUN')).toEqual([]);
    expect(facts.filter(({ check }) => check === 'DOC-MTU-HOST')).toEqual([]);
    expect(new Set(facts.map(({ subject }) => subject.split(' ')[0]))).toEqual(new Set(['cp-1']));
  });
});

describe('where results go', () => {
  test("a page of somebody else's is no earlier run", async () => {
    const root = labFolder();
    mkdirSync(join(root, 'run'));
    writeFileSync(join(root, 'run/index.html'), 'precious');
    const { error } = await doctor(root, undefined, ['--yes']);
    expect(error).toMatch(/or an earlier run of doctor, got one that holds index\.html; /);
    expect(readdirSync(join(root, 'run'))).toEqual(['index.html']);
  });

  test('a place that cannot be written to is refused before anything is measured', async () => {
    const root = labFolder();
    writeFileSync(join(root, 'file'), '');
    const words = ['--out', join(root, 'file/run'), '--yes'];
    const { error, words: calls } = await doctor(root, healthyCluster(), words);
    expect(error).toMatch(
      /^cdk8s-groundwork: --out \S+file\/run must be in a folder that can be written to, got ENOTDIR.*; choose another folder$/,
    );
    expect(calls).toEqual([]);
  });
});

import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a stand-in for kubectl and the cluster behind it does. */
export interface FakeCluster {
  /** Nodes as the API lists them. */
  readonly nodes?: readonly unknown[];
  /** Pods, once something is applied. */
  readonly pods?: readonly unknown[];
  readonly serviceAddress?: string;
  /** The namespace, where there is one before anything is applied. */
  readonly namespace?: unknown;
  /** DaemonSets of the namespace, whatever is applied. */
  readonly daemonSets?: readonly unknown[];
  /**
   * Program and first arguments in place of a pod's container, by the name of the pod: the command of exec
   * follows. It has the environment `env` besides.
   */
  readonly enter?: Readonly<Record<string, readonly string[]>>;
  readonly env?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Where `/scripts` of the pods is. */
  readonly scripts?: string;
  /** Text that exec prints, by `<pod> <collector>`; it comes before `enter`. */
  readonly says?: Readonly<Record<string, string>>;
  /** Calls whose words match the pattern fail so, the first few times or always; the first that matches counts. */
  readonly fails?: ReadonlyArray<{
    readonly words: string;
    readonly stderr: string;
    readonly times?: number;
  }>;
  /** Calls whose words match the pattern never end by themselves. */
  readonly hangs?: string;
}

export class FakeKubectl {
  public readonly program: string;
  private readonly calls: string;

  public constructor(folder: string, cluster: FakeCluster) {
    mkdirSync(folder, { recursive: true });
    this.program = join(folder, 'kubectl');
    this.calls = join(folder, 'calls');
    writeFileSync(join(folder, 'cluster.json'), JSON.stringify(cluster));
    writeFileSync(this.program, `#!${process.execPath}\n${PROGRAM}`);
    chmodSync(this.program, 0o755);
  }

  /** Every call so far, as words. */
  public words(): string[] {
    return existsSync(this.calls) ? readFileSync(this.calls, 'utf8').trim().split('\n') : [];
  }
}

export function node(name: string, ready = true): unknown {
  const condition = ready
    ? { type: 'Ready', status: 'True' }
    : {
        type: 'Ready',
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
      };
  return { metadata: { name }, status: { conditions: [condition] } };
}

/** A pod of the doctor; not ready where a reason says why. */
export function pod(
  component: string,
  nodeName: string,
  podIP: string,
  waiting?: { readonly reason: string; readonly message: string },
): unknown {
  return {
    kind: 'Pod',
    metadata: {
      name: `${component}-${nodeName}`,
      namespace: 'groundwork-doctor',
      labels: {
        'app.kubernetes.io/name': 'groundwork-doctor',
        'app.kubernetes.io/component': component,
      },
    },
    spec: { nodeName },
    status: {
      phase: waiting === undefined ? 'Running' : 'Pending',
      podIP,
      conditions: [{ type: 'Ready', status: waiting === undefined ? 'True' : 'False' }],
      containerStatuses: [
        { ready: waiting === undefined, state: waiting === undefined ? {} : { waiting } },
      ],
    },
  };
}

// Knows the calls that the doctor makes and no other, with the flags that kubectl has for them.
const PROGRAM = `
const { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { spawnSync } = require('node:child_process');
const { join } = require('node:path');
const at = (name) => join(__dirname, name);
const cluster = JSON.parse(readFileSync(at('cluster.json'), 'utf8'));
const words = process.argv.slice(2).filter((word) => !/^--(kubeconfig|context)=./.test(word));
const line = process.argv.slice(2).join(' ');
appendFileSync(at('calls'), line + '\\n');
const fail = (text) => { process.stderr.write(text + '\\n'); process.exit(1); };
const print = (value) => { process.stdout.write(typeof value === 'string' ? value : JSON.stringify(value)); };
const failing = (cluster.fails ?? []).find(({ words: pattern }) => new RegExp(pattern).test(line));
const called = readFileSync(at('calls'), 'utf8').split('\\n').filter((one) => failing && new RegExp(failing.words).test(one)).length;
if (failing && called <= (failing.times ?? Infinity)) fail(failing.stderr);
if (cluster.hangs && new RegExp(cluster.hangs).test(line)) {
  setInterval(() => undefined, 1000);
} else {
  main();
}
function is(pattern) { return new RegExp('^' + pattern + '$').exec(words.join(' ')); }
function main() {
  let found;
  if (is('config view --minify -o jsonpath=\\\\{.current-context\\\\} \\\\{.clusters\\\\[0\\\\].cluster.server\\\\}')) {
    print('lab https://10.20.0.11:6443');
  } else if (is('get nodes -o json --request-timeout=30s')) {
    print({ items: cluster.nodes ?? [] });
  } else if ((found = is('apply --server-side --field-manager=cdk8s-groundwork-doctor -f (\\\\S+)'))) {
    if (!existsSync(found[1])) fail('error: the path "' + found[1] + '" does not exist');
    writeFileSync(at('applied'), '');
  } else if (is('get daemonsets -n groundwork-doctor -o json --request-timeout=30s')) {
    print({ items: cluster.daemonSets ?? daemonSets() });
  } else if (is('get namespace groundwork-doctor -o json --ignore-not-found')) {
    print(cluster.namespace ?? (existsSync(at('applied')) ? { metadata: { name: 'groundwork-doctor' } } : ''));
  } else if ((found = is('annotate daemonsets( [a-z]+)+ -n groundwork-doctor cdk8s-groundwork/doctor-run=(\\\\S+)( --overwrite)?'))) {
    if (existsSync(at('run')) && !found[3]) fail("error: --overwrite is false but found the following declared annotation(s): 'cdk8s-groundwork/doctor-run' already has a value (x)");
    writeFileSync(at('run'), found[2]);
  } else if (is('get pods -n groundwork-doctor -o json --request-timeout=30s')) {
    const going = (one) => ({ ...one, metadata: { ...one.metadata, deletionTimestamp: 'now' } });
    const pods = existsSync(at('forgotten')) ? [] : cluster.pods ?? [];
    print({ items: existsSync(at('applied')) ? pods : pods.map(going) });
  } else if (is('delete pods( \\\\S+)+ -n groundwork-doctor --force --grace-period=0 --ignore-not-found --wait=false')) {
    writeFileSync(at('forgotten'), '');
  } else if (is('get daemonsets,pods -n groundwork-doctor -o json --request-timeout=30s')) {
    print({ items: existsSync(at('applied')) ? cluster.pods ?? [] : [] });
  } else if (is('get service groundwork-doctor -n groundwork-doctor -o jsonpath=\\\\{.spec.clusterIP\\\\}')) {
    print(cluster.serviceAddress ?? '');
  } else if (words[0] === 'exec' && words[1] === '-n' && words[4] === '-c' && words[5] === 'doctor' && words[6] === '--') {
    exec(words[3], words.slice(7));
  } else if ((found = is('delete( -f \\\\S+)+ --ignore-not-found --timeout=90s'))) {
    ['applied', 'run'].forEach((name) => rmSync(at(name), { force: true }));
    // Where nobody confirms that a pod has ended, nothing is gone before somebody has taken it away.
    const away = (cluster.nodes ?? []).some(({ status }) => status.conditions[0].status === 'Unknown');
    const wait = setInterval(() => (!away || existsSync(at('forgotten'))) && clearInterval(wait), 50);
  } else {
    fail('error: unknown command or flag: ' + line);
  }
}
function daemonSets() {
  const run = existsSync(at('run')) ? readFileSync(at('run'), 'utf8') : undefined;
  const annotations = run && { 'cdk8s-groundwork/doctor-run': run };
  return existsSync(at('applied'))
    ? ['inspector', 'podnet'].map((name) => ({ metadata: { name, annotations } }))
    : [];
}
function exec(pod, command) {
  const script = command.map((word) => /^[/]scripts[/](.*)[.]sh$/.exec(word)?.[1]).find(Boolean);
  const said = cluster.says?.[pod + ' ' + script];
  if (said !== undefined) return print(said);
  const enter = cluster.enter?.[pod];
  if (!enter) fail('Error from server (NotFound): pods "' + pod + '" not found');
  const own = command.map((word) => word.replace(/^[/]scripts[/]/, cluster.scripts + '/'));
  const [program, ...rest] = [...enter, ...own];
  const { status, error } = spawnSync(program, rest, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...cluster.env?.[pod] },
  });
  if (error) fail(String(error));
  process.exit(status ?? 1);
}
`;

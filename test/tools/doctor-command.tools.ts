import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Duration } from 'cdk8s';
import { run as runCommand } from '../../lib/cli/run';
import type { DoctorReport, Measurement } from '../../lib/cluster';
import type { NetworkDoctorOptions } from '../../lib';
import { pod, FakeKubectl, type FakeCluster } from '../cli/doctor/fake-kubectl';
import { healthyCluster, labFolder, NODES } from '../cli/doctor/lab';
import { parsePage, tableRows } from '../support/html';
import { DoctorLab, NODE, POD, type Role } from './doctor-lab';
import { missing, removeLabs } from './netns-machine';
import { withTools } from './programs';

// The whole command: only kubectl is a stand-in, which enters network namespaces in place of pods. What
// it measures there is real.

const REQUIRED = process.env.GROUNDWORK_REQUIRE_TOOLS === '1';
const LACKS = missing();
jest.setTimeout(300_000);

const ROLES: Readonly<Record<string, Role>> = {
  'inspector-cp-1': 'node1',
  'inspector-w-1': 'node2',
  'podnet-cp-1': 'pod1',
  'podnet-w-1': 'pod2',
};

/** A cluster whose pods are the namespaces of a lab. */
function clusterOf(lab: DoctorLab): FakeCluster {
  const each = <T>(what: (name: string, role: Role) => T) =>
    Object.fromEntries(Object.entries(ROLES).map(([name, role]) => [name, what(name, role)]));
  return {
    nodes: NODES,
    pods: [
      pod('inspector', 'cp-1', NODE.node1),
      pod('inspector', 'w-1', NODE.node2),
      pod('podnet', 'cp-1', POD.pod1),
      pod('podnet', 'w-1', POD.pod2),
    ],
    scripts: lab.scripts,
    enter: each((_, role) => lab.in(role)),
    env: each((name, role) => ({
      NODE_NAME: name.endsWith('cp-1') ? 'cp-1' : 'w-1',
      NETWORK: role.startsWith('pod') ? 'pod' : 'host',
    })),
  };
}

interface Told {
  readonly code: number;
  readonly out: string;
  readonly html: string;
  readonly of: (check: string) => readonly Measurement[];
  readonly report: DoctorReport;
}

/** One call of the command, with the spec of the lab. */
async function doctor(
  lab: DoctorLab,
  words: readonly string[],
  options: NetworkDoctorOptions = {},
): Promise<Told> {
  const root = labFolder(options);
  const { program } = new FakeKubectl(join(root, 'bin'), clusterOf(lab));
  const out: string[] = [];
  const said = (line: string) => out.push(line);
  const code = await runCommand(
    [
      ...['doctor', join(root, 'dist'), '--out', join(root, 'run'), '--kubectl', program, '--yes'],
      ...words,
    ],
    { out: said, error: said, now: () => new Date(0) },
  );
  const file = (name: string) => readFileSync(join(root, 'run', name), 'utf8');
  const report = JSON.parse(file('doctor.json')) as DoctorReport;
  return {
    ...{ code, out: out.join('\n'), html: file('index.html'), report },
    of: (check) => report.measurements.filter((one) => one.check === check),
  };
}

function inLab(
  name: string,
  tools: readonly string[],
  body: (lab: DoctorLab) => Promise<void>,
): void {
  if (LACKS.length > 0 && !REQUIRED) {
    process.stderr.write(`skipped, nothing can be measured without ${LACKS.join(', ')}: ${name}\n`);
    test.skip(name, () => undefined);
    return;
  }
  withTools([...tools], name, async () => {
    expect(LACKS).toEqual([]);
    const lab = new DoctorLab();
    try {
      await body(lab);
    } finally {
      lab.close();
      removeLabs();
    }
  });
}

inLab('a black hole is found from the command to the page', [], async (lab) => {
  const hole = `add table bridge hole
    add chain bridge hole f { type filter hook forward priority 0; }
    add rule bridge hole f meta length > 1440 drop`;
  lab.exec('switch', `nft '${hole}'`);
  const { code, out, html, of } = await doctor(lab, ['--only', 'facts,routes,round-trip,df-probe']);
  expect(out).toMatch(/^ {2}fail {5}DOC-MTU-HOST {2}cp-1→w-1: .*1440/m);
  expect(code).toBe(5);
  expect(of('DOC-MTU-POD').map(({ level, number }) => [level, number])).toEqual([
    ['fail', 1390],
    ['fail', 1390],
  ]);
  const page = parsePage(html);
  expect(
    tableRows(page, 'Largest packet between machines, bytes; rows send, columns receive'),
  ).toEqual([
    ['', 'cp-1', 'w-1'],
    ['cp-1', '–', '1,440'],
    ['w-1', '1,440', '–'],
  ]);
  const chips = page.querySelectorAll('.chips .badge').map(({ text }) => text);
  expect(chips[0]).toBe('4 fail');
  const measured = page.getElementById('measured')!;
  expect(measured.querySelectorAll('.heat.bad').map(({ text }) => text)).toEqual([
    ...['1,440', '1,440', '1,390', '1,390'],
  ]);
  const links = measured.querySelectorAll('a').map((a) => a.getAttribute('href'));
  expect(links).toContain('#runbook-mtu');
});

inLab(
  'a storm is judged by what the machine counted around it',
  ['busybox', 'conntrack', 'iptables'],
  async (lab) => {
    await lab.serveDns();
    const { of } = await doctor(lab, ['--only', 'dns-storm', '--machines', 'cp-1']);
    const [race, ...more] = of('DOC-DNS-RACE');
    expect(more).toEqual([]);
    expect(race).toMatchObject({
      subject: 'cp-1→10.96.0.10',
      value: expect.stringMatching(/, \d+ entries refused$/),
    });
    // How fast this computer is does not matter: only that both were counted.
    expect(['pass', 'warn', 'fail']).toContain(race!.level);
  },
);

inLab('the matrix: every pair both ways, servers come up and go', ['iperf3'], async (lab) => {
  const { of, report } = await doctor(lab, ['--load', 'network', '--only', 'iperf'], {
    iperfTime: Duration.seconds(1),
  });
  expect(of('DOC-RUN')).toEqual([]);
  const measured = of('DOC-NET-THROUGHPUT');
  expect(measured.map(({ subject }) => subject).sort()).toEqual(['cp-1→w-1', 'w-1→cp-1']);
  expect(measured.filter(({ number = 0 }) => number > 0)).toHaveLength(2);
  expect(
    of('DOC-NET-UDP')
      .map(({ subject }) => subject)
      .sort(),
  ).toEqual([...['cp-1→w-1 (host)', 'cp-1→w-1 (pod)', 'w-1→cp-1 (host)', 'w-1→cp-1 (pod)']]);
  const titles = report.matrices.map(({ title }) => title);
  expect(titles).toEqual(['Throughput between machines', 'Throughput between pods']);
  for (const role of Object.values(ROLES)) {
    expect(lab.exec(role, 'ss -Hlnt sport = 5201')).toBe('');
  }
});

/** The program as somebody starts it, before a fake cluster; on a terminal where one is wanted. */
function start(root: string, kubectl: FakeKubectl, words: readonly string[], tty = false) {
  const main = resolve(__dirname, '../../lib/cli/main.ts');
  const command = [
    ...[process.execPath, '-r', 'ts-node/register/transpile-only', main],
    ...['doctor', join(root, 'dist'), '--kubectl', kubectl.program, '--out', join(root, 'run')],
    ...words,
  ];
  const [program, ...args] = tty ? ['script', '-qec', command.join(' '), '/dev/null'] : command;
  const child = spawn(program!, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const told = { out: '', error: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (told.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (told.error += text));
  const ended = new Promise<number | null>((done) => child.on('exit', (code) => done(code)));
  return { child, told, ended };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise((next) => setTimeout(next, 200));
  }
}

test('the program itself: a real signal, and what was deployed goes', async () => {
  const root = labFolder();
  const kubectl = new FakeKubectl(join(root, 'bin'), healthyCluster({ hangs: 'facts.sh' }));
  const { child, told, ended } = start(root, kubectl, ['--yes', '--only', 'facts']);
  child.stdin.end();
  await until(
    () => kubectl.words().some((line) => line.includes('facts.sh')) || child.exitCode !== null,
  );
  child.kill('SIGINT');
  expect([await ended, told.error.split('\n').at(-2)]).toEqual([
    130,
    'interrupted: what was deployed is deleted now, and nothing is written',
  ]);
  // Beside it nodes are listed, for pods on those that are away.
  expect(kubectl.words().slice(-2)).toContainEqual(
    expect.stringMatching(/^delete -f \S+ --ignore-not-found --timeout=90s$/),
  );
  expect(existsSync(join(root, 'run'))).toBe(false);
});

withTools(
  ['script'],
  'on a terminal it asks, shows where it is, and Ctrl-C reaches it alone',
  async () => {
    const root = labFolder();
    const kubectl = new FakeKubectl(join(root, 'bin'), healthyCluster({ hangs: 'routes.sh' }));
    const no = start(root, kubectl, ['--only', 'facts,routes'], true);
    await until(() => no.told.out.includes('Go on? [y/N] ') || no.child.exitCode !== null);
    no.child.stdin.write('\r');
    expect(await no.ended).toBe(1);
    expect(no.told.out).toContain('not done: nothing was deployed');
    const yes = start(root, kubectl, ['--only', 'facts,routes'], true);
    await until(() => yes.told.out.includes('Go on? [y/N] ') || yes.child.exitCode !== null);
    yes.child.stdin.write('y\r');
    await until(() => yes.told.out.includes('routes: 0 of 2') || yes.child.exitCode !== null);
    // As the terminal sends it, to every process of its foreground.
    yes.child.stdin.write('\x03');
    expect(await yes.ended).toBe(130);
    expect(yes.told.out).toMatch(/\x1b\[1G\x1b\[2Kfacts: 1 of 2, \d+ s, last (cp|w)-1/);
    expect(kubectl.words().filter((line) => line.startsWith('delete '))).toHaveLength(1);
    expect(
      kubectl
        .words()
        .slice(-2)
        .some((line) => line.startsWith('delete ')),
    ).toBe(true);
  },
);

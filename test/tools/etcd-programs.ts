import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Programs of which Debian 12 has none or an older one: those on PATH, or Debian 13's, whose packages are
// unpacked into a folder and not installed.

const REQUIRED = process.env.GROUNDWORK_REQUIRE_TOOLS === '1';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** A folder with etcd, etcdctl and etcdutl; undefined where they are absent and nobody demands them. */
export function etcdPrograms(): string | undefined {
  return folderWith(['etcd', 'etcdctl', 'etcdutl']);
}

/** A folder with restic 0.17.1 or newer, which tells a missing repository from a wrong password. */
export function resticProgram(): string | undefined {
  return folderWith(['restic'], (dir) => {
    const { stdout } = spawnSync(join(dir, 'restic'), ['version'], { encoding: 'utf8' });
    const [, minor, patch] = /^restic 0\.(\d+)\.(\d+)/.exec(stdout) ?? [];
    return Number(minor) > 17 || (minor === '17' && Number(patch) >= 1);
  });
}

function folderWith(names: string[], isGood = (_dir: string) => true): string | undefined {
  const found = (process.env.PATH ?? '')
    .split(':')
    .find((dir) => names.every((name) => existsSync(join(dir, name))) && isGood(dir));
  return found ?? (REQUIRED ? unpacked() : undefined);
}

function unpacked(): string {
  const dir = join(tmpdir(), 'groundwork-debian-13');
  const programs = join(dir, 'root/usr/bin');
  if (['etcd', 'etcdutl', 'restic'].every((name) => existsSync(join(programs, name)))) {
    return programs;
  }
  for (const name of ['lists/partial', 'cache/archives/partial']) {
    mkdirSync(join(dir, name), { recursive: true });
  }
  const [mirror] = must('apt-get', [
    'indextargets',
    '--format',
    '$(REPO_URI)',
    'Codename: bookworm',
  ]).split('\n');
  writeFileSync(join(dir, 'sources.list'), `deb [signed-by=${KEYRING}] ${mirror} trixie main\n`);
  const options = [
    `Dir::Etc::sourcelist=${dir}/sources.list`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::lists=${dir}/lists`,
    `Dir::Cache=${dir}/cache`,
    'Acquire::Languages=none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false',
  ].flatMap((option) => ['-o', option]);
  must('apt-get', ['-q', ...options, 'update']);
  must('apt-get', ['-q', ...options, 'download', 'etcd-server', 'etcd-client', 'restic'], dir);
  for (const file of readdirSync(dir).filter((name) => name.endsWith('.deb'))) {
    must('dpkg', ['-x', join(dir, file), join(dir, 'root')]);
  }
  return programs;
}

function must(command: string, args: string[], cwd?: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', cwd });
  if (status !== 0) {
    throw new Error(`${command} ${args.join(' ')} failed: ${stdout}${stderr}`);
  }
  return stdout;
}

/** One member on loopback without TLS, with kubeadm's other arguments where they matter. */
export interface LabMember {
  readonly name: string;
  readonly client: string;
  readonly peer: string;
  readonly dataDir: string;
}

/** Members of a lab, all stopped at the end. */
export class EtcdLab {
  private readonly running = new Map<string, ChildProcess>();

  public constructor(private readonly programs: string) {}

  /** Starts a member as a static pod would: what is in its directory counts, the initial cluster does not. */
  public start(member: LabMember, all: readonly LabMember[], more: string[] = []): void {
    const child = spawn(
      join(this.programs, 'etcd'),
      [
        `--name=${member.name}`,
        `--data-dir=${member.dataDir}`,
        `--listen-client-urls=${member.client}`,
        `--advertise-client-urls=${member.client}`,
        `--listen-peer-urls=${member.peer}`,
        `--initial-advertise-peer-urls=${member.peer}`,
        `--initial-cluster=${all.map(({ name, peer }) => `${name}=${peer}`).join(',')}`,
        ...more,
      ],
      { stdio: 'ignore' },
    );
    this.running.set(member.name, child);
  }

  /** Stops a member and waits until it is gone. */
  public async stop(name: string): Promise<void> {
    const child = this.running.get(name);
    this.running.delete(name);
    if (child !== undefined && child.exitCode === null) {
      await new Promise<void>((done) => {
        child.once('exit', () => done());
        child.kill('SIGTERM');
      });
    }
  }

  public async stopAll(): Promise<void> {
    await Promise.all([...this.running.keys()].map((name) => this.stop(name)));
  }

  /** Commands in a shell with the programs on PATH; throws with their output when one of them fails. */
  public shell(script: string): string {
    const { status, stdout, stderr } = spawnSync('bash', ['-euc', script], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: `${this.programs}:${process.env.PATH}` },
    });
    if (status !== 0) {
      throw new Error(`exit ${status}: ${script}\n${stdout}${stderr}`);
    }
    return stdout;
  }

  /** Waits until all of these members answer. */
  public async healthy(members: readonly LabMember[]): Promise<void> {
    const endpoints = members.map(({ client }) => client).join(',');
    for (let i = 0; ; i++) {
      try {
        this.shell(`etcdctl --endpoints=${endpoints} endpoint health`);
        return;
      } catch (error) {
        if (i === 60) {
          throw error;
        }
        await new Promise((done) => setTimeout(done, 500));
      }
    }
  }
}

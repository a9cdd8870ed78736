import { spawn } from 'node:child_process';
import { complaintOf } from './complaints';
import { Failure, mustBe } from '../failure';

/** How one call of kubectl ended. */
export interface Ran {
  /** Exit code; absent where it was stopped. */
  readonly code?: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether it was stopped because it took too long. */
  readonly tooLong: boolean;
}

/** A call that goes on beside others. */
export interface Running {
  /** Waits until it ends by itself, and ends it when that takes too long. */
  readonly finish: (seconds: number) => Promise<Ran>;
}

export interface KubectlOptions {
  readonly program: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Ends every call but those that clean up. */
  readonly interruption?: AbortSignal;
}

/** A program that does not end when it is asked to is ended. */
const GRACE_MS = 3000;
const USUAL_SECONDS = 60;

/**
 * The user's own kubectl: every way to authenticate works, and none of it is ours. No shell is between, and
 * each call has a process group of its own, so that Ctrl-C reaches us alone and we can still clean up.
 */
export class Kubectl {
  public constructor(private readonly options: KubectlOptions) {}

  /** The command as somebody would type it. */
  public typed(args: readonly string[]): string {
    return [this.options.program, ...this.whereTo(), ...args].map(quoted).join(' ');
  }

  /** Calls it and says how it ended, well or not; a kubectl that is not there throws. */
  public async run(args: readonly string[], seconds = USUAL_SECONDS): Promise<Ran> {
    return this.launch(args, seconds, this.options.interruption).ended;
  }

  /** Standard output of a call that has to succeed; otherwise throws, with what to do about it. */
  public async must(what: string, args: readonly string[], seconds?: number): Promise<string> {
    const ran = await this.run(args, seconds);
    if (ran.code !== 0) {
      throw this.failure(what, ran);
    }
    return ran.stdout;
  }

  /** The same, as JSON. */
  public async json<T>(what: string, args: readonly string[]): Promise<T> {
    const text = await this.must(what, [...args, '-o', 'json', '--request-timeout=30s']);
    try {
      return JSON.parse(text) as T;
    } catch {
      throw new Failure(`kubectl ${args.join(' ')} must answer with JSON, got something else`);
    }
  }

  /** A call that has to happen even after an interruption. */
  public async lastly(args: readonly string[], seconds: number): Promise<Ran> {
    return this.launch(args, seconds).ended;
  }

  /** Starts a call that goes on, and waits until it says that it is ready. */
  public async start(
    args: readonly string[],
    ready: RegExp,
    seconds: number,
  ): Promise<Running | Ran> {
    const launched = this.launch(args, seconds, this.options.interruption);
    let told: (value: true) => void;
    const up = new Promise<true>((resolve) => (told = resolve));
    launched.listen((said) => ready.test(said) && told(true));
    const first = await Promise.race([up, launched.ended]);
    return first === true ? { finish: launched.finish } : first;
  }

  /** What a call that failed means. */
  public failure(what: string, ran: Ran): Failure {
    const { got, remedy } = complaintOf(ran);
    return mustBe(what, 'answered by the cluster', got, remedy);
  }

  private whereTo(): string[] {
    const { kubeconfig, context } = this.options;
    return [
      ...(kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`]),
      ...(context === undefined ? [] : [`--context=${context}`]),
    ];
  }

  private launch(args: readonly string[], seconds: number, signal?: AbortSignal) {
    const { program } = this.options;
    const child = spawn(program, [...this.whereTo(), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      // Where somebody's kuberc has kubectl ask before it deletes, it would take silence for no.
      env: { ...process.env, KUBERC: 'off' },
    });
    let [stdout, stderr, tooLong] = ['', '', false];
    let listener = (_said: string): unknown => undefined;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      listener(stdout + stderr);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      listener(stdout + stderr);
    });
    const kill = (how: NodeJS.Signals) => {
      try {
        process.kill(-child.pid!, how);
      } catch {
        // It has ended meanwhile.
      }
    };
    let over = false;
    let hard: NodeJS.Timeout | undefined;
    // Never after its end: its number may be somebody else's by then.
    const end = () => {
      if (!over && hard === undefined) {
        kill('SIGTERM');
        hard = setTimeout(() => kill('SIGKILL'), GRACE_MS);
      }
    };
    const soft = setTimeout(() => {
      tooLong = true;
      end();
    }, seconds * 1000);
    signal?.addEventListener('abort', end);
    const ended = new Promise<Ran>((resolve, reject) => {
      child.on('error', (error: NodeJS.ErrnoException) => reject(notThere(program, error)));
      child.on('close', (code) => {
        resolve({ ...(code === null ? {} : { code }), stdout, stderr, tooLong });
      });
    }).finally(() => {
      over = true;
      clearTimeout(soft);
      clearTimeout(hard);
      signal?.removeEventListener('abort', end);
    });
    if (signal?.aborted && child.pid !== undefined) {
      end();
    }
    return {
      ended,
      listen: (to: typeof listener) => (listener = to),
      finish: async (patience: number) => {
        const impatient = setTimeout(end, patience * 1000);
        return ended.finally(() => clearTimeout(impatient));
      },
    };
  }
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function notThere(program: string, { code, message }: NodeJS.ErrnoException): Failure {
  return mustBe(
    'kubectl',
    'a program that can be started',
    code === 'ENOENT' ? `no ${program}` : message,
    'install kubectl of a release near the cluster, or name it with --kubectl',
  );
}

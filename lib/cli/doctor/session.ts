import { complaintOf } from './complaints';
import type { Kubectl, Ran } from './kubectl';
import { recordingFile, troubleFile, type RecordingFiles } from './recordings';
import { BESIDE, type Hands, type Place, type Step, type Target, type Task } from './step';
import type { MachineExpectation } from '../../doctor/expectations';
import type { RunDocument } from '../../doctor/run-document';

const SERVER_SECONDS = 20;
/** A server whose client does not come leaves after so long, so that the next one finds its port free. */
const IDLE_SECONDS = 12;

/** Pods that can be entered: place → machine → name of the pod. */
export type Entrances = Readonly<Record<Place, ReadonlyMap<string, string>>>;

/** Who is told how far a run is. */
export interface Watcher {
  readonly begin: (step: string, parts: number) => void;
  readonly done: (label: string) => void;
  readonly end: () => void;
}

/** Runs steps in the pods and gathers what they print. */
export class Session implements Hands {
  private readonly files: Record<string, string> = {};
  private readonly trouble = new Map<string, string[]>();
  private readonly lost = new Set<string>();

  public constructor(
    private readonly kubectl: Kubectl,
    private readonly document: RunDocument,
    private readonly entrances: Entrances,
    private readonly interruption?: AbortSignal,
  ) {}

  /** Machines that can still be entered in a place. */
  public machines(place: Place): readonly MachineExpectation[] {
    return this.document.expectations.machines.filter(
      ({ name }) => this.entrances[place].has(name) && !this.lost.has(name),
    );
  }

  /** One step; machines beside each other where it may be so. */
  public async step(step: Step, target: Target, watcher: Watcher): Promise<void> {
    const units = [...step.units(target)];
    watcher.begin(step.name, units.length);
    const worker = async () => {
      for (let next = units.shift(); next !== undefined; next = units.shift()) {
        if (this.interruption?.aborted) {
          return;
        }
        try {
          await next.run(this);
        } catch (error) {
          units.length = 0;
          throw error;
        }
        watcher.done(next.label);
      }
    };
    await Promise.all(Array.from({ length: step.together ? BESIDE : 1 }, worker));
    watcher.end();
  }

  /** Says why something of a machine is not known. */
  public complain(node: string, sentence: string): void {
    const known = this.trouble.get(node) ?? [];
    this.trouble.set(node, known.includes(sentence) ? known : [...known, sentence]);
  }

  /** Everything so far. */
  public recordings(): RecordingFiles {
    const trouble = [...this.trouble].map(([node, lines]) => [
      troubleFile(node),
      `${lines.join('\n')}\n`,
    ]);
    return { ...this.files, ...Object.fromEntries(trouble) };
  }

  public readonly keep = (node: string, name: string, text: string): void => {
    this.files[recordingFile(node, name)] = text;
  };

  public readonly collect = async (task: Task): Promise<string> => {
    const text = await this.look(task);
    if (text !== '') {
      const network = task.place === 'podnet' ? 'pod' : 'host';
      this.keep(task.node, [network, task.collector, task.label ?? []].flat().join('-'), text);
    }
    return text;
  };

  public readonly look = async (task: Task): Promise<string> => {
    if (this.lost.has(task.node)) {
      return '';
    }
    const args = this.exec(task.node, task.place, [
      ...environment(task),
      'sh',
      `${this.document.scripts}/${task.collector}.sh`,
      ...(task.args ?? []),
    ]);
    const ran = await this.kubectl.run(args, task.seconds);
    if (/^collector\t/m.test(ran.stdout)) {
      return ran.stdout;
    }
    this.refused(task, ran);
    return '';
  };

  public readonly listening = async (
    node: string,
    place: Place,
    work: () => Promise<void>,
  ): Promise<void> => {
    const { port, seconds } = this.document.iperf;
    const { address } = this.document.expectations.machines.find(({ name }) => name === node)!;
    // It ends with its one client, and by itself where that never comes or never goes.
    const limit = seconds + SERVER_SECONDS;
    const server = await this.kubectl.start(
      this.exec(node, place, [
        ...['timeout', String(limit), 'iperf3', '-s', '-1', '--idle-timeout', String(IDLE_SECONDS)],
        ...['--forceflush', '-p', String(port)],
        ...(place === 'inspector' ? ['-B', address] : []),
      ]),
      /listening/i,
      limit,
    );
    if ('finish' in server) {
      await work();
      await server.finish(IDLE_SECONDS + 1);
    } else if (!this.interruption?.aborted) {
      this.complain(node, `iperf3 did not come up there: ${complaintOf(server).got}`);
    }
  };

  private exec(node: string, place: Place, command: readonly string[]): string[] {
    const { namespace, container } = this.document;
    const pod = this.entrances[place].get(node)!;
    return ['exec', '-n', namespace, pod, '-c', container, '--', ...command];
  }

  /** A script always says its name first: without that, kubectl did not get as far as the pod. */
  private refused({ node, collector, seconds }: Task, ran: Ran): void {
    if (this.interruption?.aborted) {
      return;
    }
    const { kind, got } = complaintOf(ran);
    if (kind === 'forbidden' || kind === 'login' || kind === 'config') {
      throw this.kubectl.failure('kubectl exec', ran);
    }
    this.complain(
      node,
      ran.tooLong
        ? `${collector} said nothing in ${seconds} s, and the machine was left alone`
        : `${collector} could not be run, and the machine was left alone: ${got}`,
    );
    this.lost.add(node);
  }
}

function environment({ env = {} }: Task): string[] {
  const pairs = Object.entries(env).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? [] : ['env', ...pairs];
}

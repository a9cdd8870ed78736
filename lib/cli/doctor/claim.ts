import { hostname } from 'node:os';
import { complaintOf } from './complaints';
import type { Kubectl } from './kubectl';
import type { ApiPod } from './pods';
import { mustBe, type Failure } from '../failure';

/** On the DaemonSets of a run: whose it is, or that it was left there to be used again. */
const RUN = 'cdk8s-groundwork/doctor-run';
const KEPT = 'kept';

interface Named {
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly deletionTimestamp?: string };
}

/**
 * What a run makes it deletes, the namespace with everything in it: so it makes nothing where somebody
 * else has something already, and not where another run is at work, which would lose its pods.
 */
export class Claim {
  private readonly daemonSets: readonly string[];
  private readonly makesNamespace: boolean;
  private wasKept = false;

  /**
   * @param objects that are about to be applied
   * @param deletion how somebody deletes them by hand
   */
  public constructor(
    private readonly kubectl: Kubectl,
    private readonly namespace: string,
    objects: readonly unknown[],
    private readonly deletion: string,
  ) {
    const named = objects as readonly Named[];
    this.makesNamespace = named.some(({ kind }) => kind === 'Namespace');
    this.daemonSets = named
      .filter(({ kind }) => kind === 'DaemonSet')
      .flatMap(({ metadata }) => metadata?.name ?? []);
  }

  /** Refuses what is not ours, before anything is applied. */
  public async check(): Promise<void> {
    const there = await this.there();
    const runs = there.map(({ metadata }) => metadata.annotations?.[RUN]);
    const other = runs.find((run) => run !== undefined && run !== KEPT);
    if (other !== undefined) {
      throw this.busy(other);
    }
    const [first] = there;
    if (runs.includes(undefined)) {
      throw this.taken(`DaemonSet ${first!.metadata.name} of somebody else`);
    }
    this.wasKept = there.length > 0;
    if (this.makesNamespace && !this.wasKept) {
      await this.refuseNamespace();
    }
  }

  /** Says that this run is at work; false where another one was faster, and what is there is its own. */
  public async take(): Promise<boolean> {
    const ran = await this.kubectl.run(
      this.annotate(`${hostname()}-${process.pid}`, this.wasKept ? ['--overwrite'] : []),
    );
    if (ran.code !== 0 && !/already has a value/.test(ran.stderr)) {
      throw this.kubectl.failure('the mark of this run', ran);
    }
    return ran.code === 0;
  }

  /** Leaves everything for another run. */
  public async release(): Promise<void> {
    await this.kubectl.lastly(this.annotate(KEPT, ['--overwrite']), 30);
  }

  /** Another run is at work, or was killed. */
  public busy(who = 'another one'): Failure {
    return mustBe(
      `namespace ${this.namespace}`,
      'one that no other run of doctor is at work in',
      who,
      `wait until it ends; what is left of one that was killed goes with ${this.deletion}`,
    );
  }

  private taken(got: string): Failure {
    return mustBe(
      `namespace ${this.namespace}`,
      'absent, or left by a run with --keep',
      got,
      `give NetworkDoctor another namespace, or delete that by hand where nobody needs it, for example with ${this.deletion}`,
    );
  }

  private annotate(run: string, flags: readonly string[]): string[] {
    const { namespace, daemonSets } = this;
    return ['annotate', 'daemonsets', ...daemonSets, '-n', namespace, `${RUN}=${run}`, ...flags];
  }

  private async there(): Promise<readonly ApiPod[]> {
    const args = ['get', 'daemonsets', '-n', this.namespace];
    const { items } = await this.kubectl.json<{ readonly items: readonly ApiPod[] }>(
      'the list of DaemonSets',
      args,
    );
    return items.filter(({ metadata }) => this.daemonSets.includes(metadata.name));
  }

  private async refuseNamespace(): Promise<void> {
    const { namespace } = this;
    const args = ['get', 'namespace', namespace, '-o', 'json', '--ignore-not-found'];
    const ran = await this.kubectl.run(args);
    if (ran.code !== 0) {
      throw this.kubectl.failure(`namespace ${namespace}`, ran);
    }
    if (ran.stdout.trim() === '') {
      return;
    }
    const { metadata } = JSON.parse(ran.stdout) as Named;
    if (metadata?.deletionTimestamp !== undefined) {
      const { remedy } = complaintOf({ ...ran, stderr: 'it is being terminated' });
      throw mustBe(`namespace ${namespace}`, 'absent', 'one that is being deleted', remedy);
    }
    throw this.taken('one of somebody else');
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import type { Kubectl } from './kubectl';
import { matches, nodeTrouble, stateOf, type ApiNode, type ApiPod } from './pods';
import type { Place } from './step';
import type { RunDocument } from '../../doctor/run-document';
import { mustBe } from '../failure';

/** Whom fields that we apply belong to. */
const MANAGER = 'cdk8s-groundwork-doctor';
const POLL_MS = 1000;
const DELETE_SECONDS = 90;

interface List<T> {
  readonly items: readonly T[];
}

/** A DaemonSet, as far as it says whether its pods are those of its last change. */
interface ApiDaemonSet extends ApiPod {
  readonly metadata: ApiPod['metadata'] & { readonly generation?: number };
  readonly status?: ApiPod['status'] & {
    readonly observedGeneration?: number;
    readonly updatedNumberScheduled?: number;
    readonly desiredNumberScheduled?: number;
  };
}

/** Pods of one place, and why machines have none. */
export interface Found {
  readonly pods: ReadonlyMap<string, ApiPod>;
  readonly why: ReadonlyMap<string, string>;
}

/** Puts the doctor's pods into a cluster, waits for them, and takes them away again. */
export class Deployment {
  private readonly applied: string[] = [];

  public constructor(
    private readonly kubectl: Kubectl,
    private readonly document: RunDocument,
    private readonly interruption?: AbortSignal,
  ) {}

  /** Nodes of the cluster; refuses one that has none of the machines of the spec. */
  public async nodes(machines: readonly string[]): Promise<ReadonlyMap<string, ApiNode>> {
    const { items } = await this.kubectl.json<List<ApiNode>>('the list of nodes', ['get', 'nodes']);
    const { cluster } = this.document.expectations;
    const nodes = new Map(items.map((node) => [node.metadata.name, node]));
    if (!machines.some((name) => nodes.has(name))) {
      throw mustBe(
        'the cluster that kubectl talks to',
        `${cluster}, with ${few(machines)}`,
        nodes.size === 0 ? 'one without nodes' : `one with ${few([...nodes.keys()])}`,
        'name the right one with --kubeconfig or --context',
      );
    }
    return nodes;
  }

  /** Applies a file; what it makes is deleted by `remove`, also when applying failed halfway. */
  public async apply(file: string): Promise<void> {
    this.applied.unshift(file);
    await this.kubectl.must(`what is in ${file}`, [
      ...['apply', '--server-side', `--field-manager=${MANAGER}`, '-f', file],
    ]);
  }

  /** Waits until the pods of some places can be entered, or cannot be, or time is up. */
  public async ready(
    places: Partial<Record<Place, string>>,
    nodes: ReadonlyMap<string, ApiNode>,
    seconds: number,
    tell: (ready: number, all: number) => void,
  ): Promise<Map<Place, Found>> {
    const until = Date.now() + seconds * 1000;
    for (;;) {
      const seen = await this.seen();
      const settled = seen.filter(isDaemonSet).every(isSettled);
      const found = new Map(
        Object.entries(places).map(([place, selector]) => [
          place as Place,
          this.found(place as Place, selector, seen, nodes),
        ]),
      );
      const all = [...found.values()];
      const ready = all.reduce((sum, { pods }) => sum + pods.size, 0);
      const waiting = all.reduce((sum, one) => sum + one.waiting, 0);
      tell(ready, ready + waiting);
      if ((settled && waiting === 0) || Date.now() >= until || this.interruption?.aborted) {
        return found;
      }
      await pause(POLL_MS);
    }
  }

  /** Address of the doctor's own Service; nothing where it cannot be read. */
  public async serviceAddress(): Promise<string | undefined> {
    const { namespace, service } = this.document;
    const args = [
      'get',
      'service',
      service.name,
      '-n',
      namespace,
      '-o',
      'jsonpath={.spec.clusterIP}',
    ];
    const { code, stdout } = await this.kubectl.run(args);
    return code === 0 && stdout !== '' && stdout !== 'None' ? stdout : undefined;
  }

  /** Whether something was applied that is to be deleted. */
  public get isThere(): boolean {
    return this.applied.length > 0;
  }

  /** Deletes what was applied; says how somebody else can where that fails. */
  public async remove(): Promise<string | undefined> {
    const args = [
      'delete',
      ...this.applied.flatMap((file) => ['-f', file]),
      ...['--ignore-not-found', `--timeout=${DELETE_SECONDS}s`],
    ];
    const ran = await this.kubectl.lastly(args, DELETE_SECONDS + 30);
    return ran.code === 0
      ? undefined
      : this.kubectl.failure(`deleting by ${this.kubectl.typed(args)}`, ran).message;
  }

  /** How what stays can be deleted later. */
  public deletion(): string {
    return this.kubectl.typed(['delete', ...this.applied.flatMap((file) => ['-f', file])]);
  }

  private async seen(): Promise<readonly ApiPod[]> {
    const { namespace } = this.document;
    const args = ['get', 'daemonsets,pods', '-n', namespace];
    return (await this.kubectl.json<List<ApiPod>>('the list of pods', args)).items;
  }

  private found(
    place: Place,
    selector: string,
    seen: readonly ApiPod[],
    nodes: ReadonlyMap<string, ApiNode>,
  ): Found & { readonly waiting: number } {
    const ours = seen.filter((one) => one.kind === 'Pod' && matches(selector, one));
    const living = ours.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    const pods = new Map<string, ApiPod>();
    const why = new Map<string, string>();
    let waiting = 0;
    for (const { name, controlPlane } of this.document.expectations.machines) {
      if (place === 'disk' && !controlPlane) {
        continue;
      }
      const node = nodes.get(name);
      const trouble =
        node === undefined ? 'the cluster has no node of this name' : nodeTrouble(node);
      const there = living.filter(({ spec }) => spec.nodeName === name);
      const states = there.map((pod) => ({ pod, state: stateOf(pod) }));
      const ready = states.find(({ state }) => state.ready);
      if (ready !== undefined && trouble === undefined) {
        pods.set(name, ready.pod);
        continue;
      }
      const [first] = states;
      const state = first?.state;
      why.set(
        name,
        trouble ??
          (state === undefined || state.ready
            ? `no pod of ${place} was made there: see kubectl describe daemonset -n ${this.document.namespace}`
            : `the pod of ${place} is not ready there: ${state.why}`),
      );
      const hopeless =
        trouble !== undefined || (state !== undefined && !state.ready && state.final);
      waiting += hopeless ? 0 : 1;
    }
    return { pods, why, waiting };
  }
}

function isDaemonSet({ kind }: ApiPod): boolean {
  return kind === 'DaemonSet';
}

/** Pods of an earlier run may be ready and about to be replaced. */
function isSettled({ metadata, status }: ApiDaemonSet): boolean {
  return (
    status?.observedGeneration === metadata.generation &&
    (status?.updatedNumberScheduled ?? 0) === status?.desiredNumberScheduled
  );
}

function few(names: readonly string[]): string {
  return names.length <= 4
    ? names.join(', ')
    : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}

import { setTimeout as pause } from 'node:timers/promises';
import { complaintOf } from './complaints';
import type { Kubectl } from './kubectl';
import {
  hasAddress,
  isSilent,
  matches,
  nodeTrouble,
  stateOf,
  type ApiNode,
  type ApiPod,
} from './pods';
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
    const { cluster, machines: measured } = this.document.expectations;
    const nodes = new Map(items.map((node) => [node.metadata.name, node]));
    const known = measured.flatMap(({ name, address }) => {
      const node = nodes.get(name);
      const has = node && hasAddress(node, address);
      return has === undefined ? [] : [{ name, address, node: node!, has }];
    });
    if (known.length > 0 && known.every(({ has }) => !has)) {
      // Names such as cp-1 are the same in many clusters.
      const [{ name, address, node }] = known as [(typeof known)[number]];
      const told = (node.status?.addresses ?? []).map((one) => one.address);
      throw mustBe(
        'the cluster that kubectl talks to',
        `${cluster}, with ${name} at ${address}`,
        `one with ${name} at ${told.join(', ')}`,
        'name the right one with --kubeconfig or --context, or correct the addresses of the spec',
      );
    }
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
      const seen = await this.seen(until);
      const settled = seen.filter((one) => this.isOurs(one)).every(isSettled);
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

  /** What was applied is somebody else's after all. */
  public disown(): void {
    this.applied.length = 0;
  }

  /** Deletes what was applied; says how somebody else can where that fails. */
  public async remove(): Promise<string | undefined> {
    const args = [
      'delete',
      ...this.applied.flatMap((file) => ['-f', file]),
      ...['--ignore-not-found', `--timeout=${DELETE_SECONDS}s`],
    ];
    let over = false;
    const deleting = this.kubectl.lastly(args, DELETE_SECONDS + 30).finally(() => (over = true));
    const [ran] = await Promise.all([deleting, this.forget(() => over)]);
    return ran.code === 0
      ? undefined
      : this.kubectl.failure(`deleting by ${this.kubectl.typed(args)}`, ran).message;
  }

  /** How what is in these files can be deleted by hand. */
  public deletion(files: readonly string[]): string {
    // The last one first: it may be in a namespace of the first.
    const flags = [...files].reverse().flatMap((file) => ['-f', file]);
    return this.kubectl.typed(['delete', ...flags]);
  }

  /** A cluster that does not answer for a moment is asked again: such clusters are what we are here for. */
  private async seen(until: number): Promise<readonly ApiPod[]> {
    const { namespace } = this.document;
    const args = ['get', 'daemonsets,pods', '-n', namespace, '-o', 'json', '--request-timeout=30s'];
    for (;;) {
      const ran = await this.kubectl.run(args);
      if (ran.code === 0) {
        return (JSON.parse(ran.stdout) as List<ApiPod>).items;
      }
      const passes = ran.tooLong || complaintOf(ran).kind === 'unreachable';
      if (!passes || Date.now() >= until || this.interruption?.aborted) {
        throw this.kubectl.failure('the list of pods', ran);
      }
      await pause(POLL_MS);
    }
  }

  /**
   * Takes our pods on silent machines from the list while all is deleted: nobody there confirms that they
   * have ended, and the namespace would wait for that for as long as the machine is away.
   */
  private async forget(isOver: () => boolean): Promise<void> {
    const { namespace, selector, fsync } = this.document;
    const list = async <T>(args: readonly string[]): Promise<readonly T[]> => {
      const { code, stdout } = await this.kubectl.lastly(
        [...args, '-o', 'json', '--request-timeout=30s'],
        30,
      );
      return code === 0 ? (JSON.parse(stdout) as List<T>).items : [];
    };
    const nodes = await list<ApiNode>(['get', 'nodes']);
    const silent = new Set(nodes.filter(isSilent).map(({ metadata }) => metadata.name));
    const selectors = [selector.inspector, selector.podnet, fsync?.selector ?? []].flat();
    while (silent.size > 0 && !isOver()) {
      const pods = await list<ApiPod>(['get', 'pods', '-n', namespace]);
      const stuck = pods
        .filter(({ spec }) => silent.has(spec.nodeName ?? ''))
        // Those of a doctor that stays would only be made again.
        .filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
        .filter((pod) => selectors.some((one) => matches(one, pod)))
        .map(({ metadata }) => metadata.name);
      if (stuck.length > 0) {
        const flags = ['--force', '--grace-period=0', '--ignore-not-found', '--wait=false'];
        await this.kubectl.lastly(['delete', 'pods', ...stuck, '-n', namespace, ...flags], 30);
      }
      await pause(POLL_MS);
    }
  }

  /** Others may have DaemonSets beside ours. */
  private isOurs({ kind, metadata: { name } }: ApiPod): boolean {
    const { daemonSets, fsync } = this.document;
    return (
      kind === 'DaemonSet' &&
      [daemonSets.inspector, daemonSets.podnet, fsync?.daemonSet].includes(name)
    );
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
      const silent = node === undefined || isSilent(node);
      if (ready !== undefined && !silent) {
        pods.set(name, ready.pod);
        if (trouble !== undefined) {
          why.set(name, trouble);
        }
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
      // A node without a working network plugin runs pods on its own network, and no others.
      const hopeless =
        silent ||
        (trouble !== undefined && place !== 'inspector') ||
        (state !== undefined && !state.ready && state.final);
      waiting += hopeless ? 0 : 1;
    }
    return { pods, why, waiting };
  }
}

/** Pods of an earlier run may be ready and about to be replaced. */
function isSettled({ metadata, status }: ApiDaemonSet): boolean {
  return (
    status?.observedGeneration === metadata.generation &&
    (status?.updatedNumberScheduled ?? 0) === (status?.desiredNumberScheduled ?? 0)
  );
}

function few(names: readonly string[]): string {
  return names.length <= 4
    ? names.join(', ')
    : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}

// What the API says of machines and pods, as far as a run depends on it.

export interface ApiNode {
  readonly metadata: { readonly name: string };
  readonly status?: { readonly conditions?: readonly ApiCondition[] };
}

export interface ApiCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface ApiPod {
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly spec: { readonly nodeName?: string };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly podIP?: string;
    readonly conditions?: readonly ApiCondition[];
    readonly containerStatuses?: ReadonlyArray<{
      readonly ready?: boolean;
      readonly state?: {
        readonly waiting?: { readonly reason?: string; readonly message?: string };
      };
    }>;
  };
}

/** Reasons that waiting longer does not change. */
const FINAL = [
  'CrashLoopBackOff',
  'CreateContainerConfigError',
  'CreateContainerError',
  'ErrImageNeverPull',
  'ImageInspectError',
  'ImagePullBackOff',
  'InvalidImageName',
];

/** Whether a pod can be entered, or why not. */
export type PodState =
  { readonly ready: true } | { readonly ready: false; readonly why: string; final: boolean };

export function stateOf({ status }: ApiPod): PodState {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
  if (ready) {
    return { ready: true };
  }
  const waiting = status?.containerStatuses?.find(({ state }) => state?.waiting)?.state?.waiting;
  if (waiting?.reason !== undefined) {
    const { reason, message } = waiting;
    return { ready: false, why: sentence(reason, message), final: FINAL.includes(reason) };
  }
  if (status?.phase === 'Failed') {
    return { ready: false, why: sentence(status.reason ?? 'failed', status.message), final: true };
  }
  const scheduled = status?.conditions?.find(({ type }) => type === 'PodScheduled');
  return {
    ready: false,
    why:
      scheduled?.status === 'False'
        ? sentence(scheduled.reason ?? 'not scheduled', scheduled.message)
        : `it is ${status?.phase ?? 'Pending'}, and not ready`,
    final: false,
  };
}

/** Why the kubelet of a node is not heard of; nothing where it is well. */
export function nodeTrouble({ status }: ApiNode): string | undefined {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === 'True'
    ? undefined
    : `its node is not ready: ${sentence(ready?.reason ?? 'no condition', ready?.message)}`;
}

/** Whether labels are those that a selector of `key=value` pairs asks for. */
export function matches(selector: string, { metadata: { labels = {} } }: ApiPod): boolean {
  return selector.split(',').every((pair) => {
    const [key = '', value] = pair.split('=');
    return labels[key] === value;
  });
}

function sentence(reason: string, message?: string): string {
  const [line] = (message ?? '').split('\n');
  return line === undefined || line === '' ? reason : `${reason}: ${line}`;
}

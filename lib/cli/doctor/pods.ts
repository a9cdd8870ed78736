import { isIPv6, SocketAddress } from 'node:net';

// What the API says of machines and pods, as far as a run depends on it.

export interface ApiNode {
  readonly metadata: { readonly name: string };
  readonly status?: {
    readonly conditions?: readonly ApiCondition[];
    readonly addresses?: ReadonlyArray<{ readonly type: string; readonly address: string }>;
  };
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
    readonly annotations?: Readonly<Record<string, string>>;
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

/** Why a node is not ready; nothing where it is. */
export function nodeTrouble({ status }: ApiNode): string | undefined {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === 'True'
    ? undefined
    : `its node is not ready: ${sentence(ready?.reason ?? 'no condition', ready?.message)}`;
}

/**
 * Whether the kubelet of a node is not heard of any more: nothing can be run there, and nothing that is
 * deleted there ever ends. One that says by itself that it is not ready, such as for want of a network
 * plugin, can be entered.
 */
export function isSilent({ status }: ApiNode): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status !== 'True' && ready?.status !== 'False';
}

/** Whether a node has an address of the spec; nothing where it does not tell any. */
export function hasAddress({ status }: ApiNode, address: string): boolean | undefined {
  const told = (status?.addresses ?? []).filter(({ type }) => /^(Internal|External)IP$/.test(type));
  return told.length === 0
    ? undefined
    : told.some((one) => canonical(one.address) === canonical(address));
}

/** An IPv6 address has several spellings. */
function canonical(address: string): string {
  return isIPv6(address) ? new SocketAddress({ address, family: 'ipv6' }).address : address;
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

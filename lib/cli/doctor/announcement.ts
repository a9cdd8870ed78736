import type { Step } from './step';
import { pairSeconds, worstOfStep } from './steps';
import type { RunDocument } from '../../doctor/run-document';

/** From here on somebody may want to measure less. */
const LONG_MINUTES = 10;

interface Container {
  readonly image?: string;
  readonly volumeMounts?: ReadonlyArray<{ readonly name?: string; readonly readOnly?: boolean }>;
  readonly securityContext?: { readonly capabilities?: { readonly add?: readonly string[] } };
}

interface Deployed {
  readonly kind?: string;
  readonly metadata?: { readonly name?: string };
  readonly spec?: {
    readonly template?: {
      readonly spec?: {
        readonly hostNetwork?: boolean;
        readonly nodeSelector?: Readonly<Record<string, string>>;
        readonly containers?: readonly Container[];
        readonly volumes?: ReadonlyArray<{
          readonly name?: string;
          readonly hostPath?: { readonly path?: string };
        }>;
      };
    };
  };
}

/** What a run is about to do, before it does anything. */
export interface Announced {
  readonly document: RunDocument;
  /** Name of the context and address of the API, as kubectl tells them. */
  readonly whereTo?: string;
  /** Objects of each file that will be applied. */
  readonly deployed: ReadonlyArray<{ readonly file: string; readonly objects: readonly unknown[] }>;
  readonly steps: readonly Step[];
  readonly keep: boolean;
}

/** The lines that are shown before anything is touched: from the objects themselves, not from what we remember of them. */
export function announcement(announced: Announced): string[] {
  const { document, whereTo, deployed, steps, keep } = announced;
  const { cluster, machines } = document.expectations;
  const minutes = Math.round(pairSeconds(steps, document) / 60);
  const afterwards = keep ? 'left there, as --keep says' : 'deleted at the end';
  return [
    `doctor of ${cluster}: ${machines.length} machines, ${machines.length * (machines.length - 1)} ordered pairs`,
    ...(whereTo === undefined ? [] : [`cluster: ${whereTo}`]),
    ...(deployed.length === 0
      ? [`uses the pods that are in namespace ${document.namespace} already`]
      : [`deploys into namespace ${document.namespace}, ${afterwards}:`]),
    ...deployed.flatMap(({ objects }) => objects.flatMap(objectLine)),
    'measures, one step after the other, each at worst:',
    ...steps.map((step) => `  ${step.name.padEnd(12)}  ${worstOfStep(step)}`),
    ...(minutes < LONG_MINUTES
      ? []
      : [
          `the steps between pairs take about ${minutes} minutes; --machines takes some of the machines`,
        ]),
  ];
}

function objectLine(object: unknown): string[] {
  const { kind = '?', metadata, spec } = object as Deployed;
  const pod = spec?.template?.spec;
  const name = `  ${kind} ${metadata?.name ?? '?'}`;
  if (pod === undefined) {
    return [name];
  }
  const capabilities = [
    ...new Set(
      (pod.containers ?? []).flatMap((one) => one.securityContext?.capabilities?.add ?? []),
    ),
  ];
  const writable = (pod.containers ?? [])
    .flatMap(({ volumeMounts = [] }) => volumeMounts)
    .filter(({ readOnly }) => readOnly !== true)
    .map((mount) => mount.name);
  const paths = (isWritable: boolean) =>
    (pod.volumes ?? [])
      .filter((volume) => writable.includes(volume.name) === isWritable)
      .flatMap(({ hostPath }) => hostPath?.path ?? []);
  const where = Object.keys(pod.nodeSelector ?? {}).some((key) => key.endsWith('/control-plane'))
    ? 'each control plane'
    : 'each machine';
  return [
    [
      `${name}: a pod on ${where}`,
      pod.hostNetwork === true ? 'network of the machine' : 'network of pods',
      capabilities.length > 0 ? capabilities.join(' and ') : 'no capabilities',
      ...(paths(false).length > 0 ? [`reads ${paths(false).join(' ')}`] : []),
      ...(paths(true).length > 0 ? [`writes to ${paths(true).join(' ')}`] : []),
      ...(pod.containers ?? []).flatMap(({ image }) => image ?? []),
    ].join(', '),
  ];
}

import type { Step } from './step';
import { worstOfStep } from './steps';
import type { RunDocument } from '../../doctor/run-document';

interface Container {
  readonly image?: string;
  readonly securityContext?: { readonly capabilities?: { readonly add?: readonly string[] } };
}

interface Deployed {
  readonly kind?: string;
  readonly metadata?: { readonly name?: string };
  readonly spec?: {
    readonly template?: {
      readonly spec?: {
        readonly hostNetwork?: boolean;
        readonly containers?: readonly Container[];
        readonly volumes?: ReadonlyArray<{ readonly hostPath?: { readonly path?: string } }>;
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
  const paths = (pod.volumes ?? []).flatMap(({ hostPath }) => hostPath?.path ?? []);
  return [
    [
      `${name}: a pod on each machine`,
      pod.hostNetwork === true ? 'network of the machine' : 'network of pods',
      capabilities.length > 0 ? capabilities.join(' and ') : 'no capabilities',
      ...(paths.length > 0 ? [`paths ${paths.join(' ')}`] : []),
      ...(pod.containers ?? []).flatMap(({ image }) => image ?? []),
    ].join(', '),
  ];
}

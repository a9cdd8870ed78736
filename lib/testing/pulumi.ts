import * as pulumi from '@pulumi/pulumi';
import { answerOf } from './pulumi-answers';
import {
  PulumiRecording,
  type RecordedOptions,
  type RecordedResource,
  type VisibleText,
} from './pulumi-recording';

export { PulumiRecording, type RecordedOptions, type RecordedResource } from './pulumi-recording';

/** How a program is run. */
export interface RecordOptions {
  /**
   * What creates resources and answers calls instead of providers.
   *
   * @default - a resource answers with its inputs, those of @pulumi/tls and @pulumi/random with real keys,
   * certificates and random text, and a call answers nothing
   */
  readonly mocks?: Partial<pulumi.runtime.Mocks>;
  /**
   * Configuration of the stack, `project:key` → value.
   *
   * @default - none
   */
  readonly config?: Record<string, string>;
  /**
   * Keys of the configuration that are secret.
   *
   * @default - none
   */
  readonly secretConfig?: readonly string[];
  /**
   * Whether the program believes that it is previewed. Mocks answer then as well; return only what would
   * be known.
   *
   * @default false
   */
  readonly preview?: boolean;
  /** @default 'project' */
  readonly project?: string;
  /** @default 'stack' */
  readonly stack?: string;
}

/**
 * Runs a program of Pulumi without Pulumi, and returns everything that it registered: what Pulumi's mocks
 * see, and dependencies, options and secrets besides. It waits until nothing is registered any more.
 *
 * Resources have to be created inside of the program, not when a module is imported. What Pulumi refuses
 * to do with mocks stays refused: transforms and hooks do not run. An error inside of `apply` reaches the
 * test runner as an unhandled rejection. One program at a time: mocks are global.
 *
 * @param program creates resources; what it returns is in `result`
 * @param options how it is run
 *
 * @example
 * // fragment
 * const recording = await recordPulumi(() => new Cdk8sStack('oslo', { app }));
 * const daemonSet = recording.find('DaemonSet', 'kube-proxy', 'kube-system');
 * recording.expectNoPlaintext(['the password']);
 */
export async function recordPulumi<T>(
  program: () => T | Promise<T>,
  options: RecordOptions = {},
): Promise<PulumiRecording<T>> {
  const { mocks = {}, project = 'project', stack = 'stack', preview = false } = options;
  const recorder = new Recorder();
  pulumi.runtime.setAllConfig(options.config ?? {}, [...(options.secretConfig ?? [])]);
  await pulumi.runtime.setMocks(
    {
      call: (args) => mocks.call?.(args) ?? {},
      newResource: (args) => mocks.newResource?.(args) ?? recorder.answer(args),
    },
    project,
    stack,
    preview,
  );
  // What mocks are told lacks dependencies and options: those stand in the request.
  recorder.listen(pulumi.runtime.getMonitor());
  const result = await program();
  let registered: number;
  do {
    registered = recorder.registered;
    await pulumi.runtime.disconnect();
    await new Promise(setImmediate);
  } while (recorder.registered !== registered);
  return recorder.recording(result);
}

type Json = any;
type Answered = (error: Json, response: Json) => void;

/** Where in a value something is, in the order of its keys. */
interface Found {
  readonly secrets: string[];
  readonly unknown: string[];
}

/** Stands before Pulumi's own mock monitor and writes down what passes. */
class Recorder {
  private readonly requests: Array<{ urn: string; request: Json }> = [];
  private readonly outputs = new Map<string, Json>();
  private readonly issued: string[] = [];

  get registered(): number {
    return this.requests.length;
  }

  async answer(args: pulumi.runtime.MockResourceArgs): Promise<pulumi.runtime.MockResourceResult> {
    const { name, type, inputs, custom } = args;
    const state = { ...inputs, ...(await answerOf(type, plain(inputs))) };
    return { id: custom === false ? undefined : args.id || `${name}-id`, state };
  }

  listen(monitor: Json): void {
    const { registerResource, registerResourceOutputs } = monitor;
    monitor.registerResource = (request: Json, answered: Answered) => {
      // Held in the order of asking; the URN comes with the answer.
      const entry = { urn: '', request };
      this.requests.push(entry);
      return registerResource.call(monitor, request, (error: Json, response: Json) => {
        entry.urn = response?.getUrn() ?? '';
        this.keepSecret(request, response);
        answered(error, response);
      });
    };
    monitor.registerResourceOutputs = (request: Json, answered: Answered) => {
      this.outputs.set(request.getUrn(), request.getOutputs()?.toJavaScript() ?? {});
      return registerResourceOutputs.call(monitor, request, answered);
    };
  }

  /** Outputs that a class declares as secret: the engine makes them so, mocks do not. */
  private keepSecret(request: Json, response: Json): void {
    const declared: string[] = request.getAdditionalsecretoutputsList();
    const struct = response?.getObject();
    if (declared.length === 0 || struct === undefined) {
      return;
    }
    const outputs = struct.toJavaScript();
    for (const key of declared.filter((one) => outputs[one] !== undefined)) {
      const value = plain(outputs[key]);
      outputs[key] = { [pulumi.runtime.specialSigKey]: pulumi.runtime.specialSecretSig, value };
      if (typeof value === 'string' && value.length >= 6) {
        this.issued.push(value);
      }
    }
    response.setObject(struct.constructor.fromJavaScript(outputs));
  }

  recording<T>(result: T): PulumiRecording<T> {
    const visible: VisibleText[] = [];
    const resources = this.requests.map(({ urn, request }): RecordedResource => {
      const [type, name] = [request.getType(), request.getName()];
      const inputs = request.getObject()?.toJavaScript() ?? {};
      const outputs = this.outputs.get(urn) ?? {};
      const options = optionsOf(request);
      const place = `${type} ${name}`;
      visible.push(
        { place, text: textOf(redacted(inputs)) },
        { place: `the options of ${place}`, text: textOf(options) },
        { place: `the outputs of ${place}`, text: textOf(redacted(outputs)) },
      );
      return {
        ...{ urn, type, name, parent: request.getParent(), custom: request.getCustom() },
        ...{ inputs: plain(inputs), ...pathsIn(inputs), options },
        dependencies: request.getDependenciesList(),
        ...{ outputs: plain(outputs), secretOutputs: pathsIn(outputs).secrets },
      };
    });
    return new PulumiRecording(result, resources, visible, this.issued);
  }
}

function optionsOf(request: Json): RecordedOptions {
  const timeouts: Record<string, string> = request.getCustomtimeouts()?.toObject() ?? {};
  const set = Object.entries(timeouts).filter(([, value]) => value !== '');
  return {
    provider: request.getProvider(),
    version: request.getVersion(),
    protect: request.hasProtect() ? request.getProtect() : undefined,
    retainOnDelete: request.hasRetainondelete() ? request.getRetainondelete() : undefined,
    deletedWith: request.getDeletedwith(),
    deleteBeforeReplace: request.getDeletebeforereplacedefined()
      ? request.getDeletebeforereplace()
      : undefined,
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    importId: request.getImportid(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    customTimeouts: Object.fromEntries(set),
  };
}

const isSecret = (value: Json) => pulumi.runtime.isRpcSecret(value);

/** Strings as they are, so that what is looked for is not escaped. */
function textOf(value: Json): string {
  return typeof value === 'object' && value !== null
    ? Object.entries(value)
        .map(([key, item]) => `${key}: ${textOf(item)}`)
        .join('\n')
    : String(value);
}

/** Without the wrappers of secrets. */
function plain(value: Json): Json {
  return rewritten(value, (wrapper) => plain(wrapper.value));
}

/** Without secrets. */
function redacted(value: Json): Json {
  return rewritten(value, () => '[secret]');
}

function rewritten(value: Json, ofSecret: (wrapper: Json) => Json): Json {
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  if (isSecret(value)) {
    return ofSecret(value);
  }
  return Array.isArray(value)
    ? value.map((item) => rewritten(item, ofSecret))
    : Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, rewritten(item, ofSecret)]),
      );
}

function pathsIn(value: Json, at: readonly string[] = []): Found {
  if (isSecret(value)) {
    return { secrets: [at.join('.')], unknown: pathsIn(value.value, at).unknown };
  }
  if (value === pulumi.runtime.unknownValue) {
    return { secrets: [], unknown: [at.join('.')] };
  }
  const inner =
    typeof value === 'object' && value !== null
      ? Object.entries(value).map(([key, item]) => pathsIn(item, [...at, key]))
      : [];
  return {
    secrets: inner.flatMap(({ secrets }) => secrets),
    unknown: inner.flatMap(({ unknown }) => unknown),
  };
}

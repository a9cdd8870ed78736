import { ObjectSet } from './objects';
import { searcherFor } from './plaintext';

/** One resource that a program registered. */
export interface RecordedResource {
  /** As Pulumi's mocks build it: `urn:pulumi:<stack>::<project>::<type>::<name>`. */
  readonly urn: string;
  /** Type token, for example `kubernetes:apps/v1:DaemonSet`. */
  readonly type: string;
  readonly name: string;
  /** URN of the parent; empty when there is none. */
  readonly parent: string;
  /** False for a component. */
  readonly custom: boolean;
  /** True for a component whose resources its provider makes: they are not in the recording. */
  readonly remote: boolean;
  /** The inputs, secrets among them as plain values; `secrets` says which they are. */
  readonly inputs: Record<string, any>;
  /** Paths below `inputs` that are secret, for example `data.password` or `data`. */
  readonly secrets: readonly string[];
  /** Paths below `inputs` that are not known yet: in a preview only. */
  readonly unknown: readonly string[];
  /** URNs: what is named by `dependsOn`, and the resources whose outputs are inputs here. */
  readonly dependencies: readonly string[];
  /** Options of the resource, as the engine would get them. */
  readonly options: RecordedOptions;
  /** What a component registered as its outputs. */
  readonly outputs: Record<string, any>;
  /** Paths below `outputs` that are secret. */
  readonly secretOutputs: readonly string[];
}

/** Options of one resource. What the engine passes on from a parent to its children is seen at the parent. */
export interface RecordedOptions {
  /** URN and id of the provider; empty for the default provider. */
  readonly provider: string;
  /** Version of the provider's plugin; empty for any. */
  readonly version: string;
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  /** URN of the resource whose deletion deletes this one, too; empty when there is none. */
  readonly deletedWith: string;
  readonly deleteBeforeReplace?: boolean;
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  /** Id of what is imported; empty when it is created. */
  readonly importId: string;
  readonly additionalSecretOutputs: readonly string[];
  /** `create`, `update`, `delete` → a duration such as `15m`. */
  readonly customTimeouts: Record<string, string>;
}

/** What anyone may see of a resource, as text, and where it is from. */
export interface VisibleText {
  readonly place: string;
  readonly text: string;
}

/** All that a program registered, in the order in which Pulumi was told. */
export class PulumiRecording<T> {
  /**
   * @param result what the program returned
   * @param resources in the order of registration
   * @param visible what is visible without the stack's key
   * @param issued the secrets that mocks gave to the program
   */
  constructor(
    public readonly result: T,
    public readonly resources: readonly RecordedResource[],
    private readonly visible: readonly VisibleText[],
    private readonly issued: readonly string[],
  ) {}

  /** The Kubernetes objects among the resources, as their inputs, to be found by a part of them. */
  public get objects(): ObjectSet {
    return new ObjectSet(
      this.resources
        .filter(({ type, inputs }) => type.startsWith('kubernetes:') && inputs.kind !== undefined)
        .map(({ inputs }) => inputs),
    );
  }

  /** The resources of a type, for example `tls:index/privateKey:PrivateKey`. */
  public ofType(type: string): RecordedResource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /**
   * The one resource of this name. Throws when there is none, or more than one, and lists the types there are
   * of that name.
   *
   * @param name the name in the program, for example `oslo-cp-1`
   * @param type the type, where resources of several types share the name
   */
  public named(name: string, type?: string): RecordedResource {
    const ofName = this.resources.filter((resource) => resource.name === name);
    const found = ofName.filter((resource) => type === undefined || resource.type === type);
    if (found.length !== 1) {
      const there = ofName.map((resource) => resource.type).sort();
      throw new Error(
        `${found.length} resources are ${type === undefined ? '' : `${type} `}${name}; ` +
          `there ${there.length === 0 ? 'is none' : `are ${there.join(', ')}`} of that name`,
      );
    }
    return found[0]!;
  }

  /**
   * The one Kubernetes object of this kind and name. Throws when there is none, or more than one, and lists
   * the objects of that kind.
   *
   * @param kind for example `DaemonSet`
   * @param name `metadata.name`
   * @param namespace `metadata.namespace`; only objects of the whole cluster have none
   */
  public find(kind: string, name: string, namespace?: string): RecordedResource {
    const ofKind = this.resources.filter(
      ({ type, inputs }) => type.startsWith('kubernetes:') && inputs.kind === kind,
    );
    const found = ofKind.filter(
      ({ inputs: { metadata } }) => metadata?.name === name && metadata?.namespace === namespace,
    );
    if (found.length !== 1) {
      const there = ofKind.map(({ inputs: { metadata } }) =>
        [metadata?.namespace, metadata?.name].filter(Boolean).join('/'),
      );
      throw new Error(
        `${found.length} objects are ${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}; ` +
          `there ${there.length === 0 ? 'is none' : `are ${there.sort().join(', ')}`} of that kind`,
      );
    }
    return found[0]!;
  }

  /**
   * Whether Pulumi creates the one only after the other: over any number of edges, the one from an object
   * to its provider included.
   */
  public comesAfter(later: RecordedResource, earlier: RecordedResource): boolean {
    const byUrn = new Map(this.resources.map((resource) => [resource.urn, resource]));
    const seen = new Set<string>();
    const queue = near(later);
    while (queue.length > 0) {
      const urn = queue.pop()!;
      if (urn === earlier.urn) {
        return true;
      }
      if (!seen.has(urn)) {
        seen.add(urn);
        queue.push(...near(byUrn.get(urn)));
      }
    }
    return false;
  }

  /**
   * Throws when one of the values stands in a place where it is not encrypted: in inputs that are not
   * secret, in options, in outputs of components, also as base64 or in gzip. The error names the places,
   * not the values. Also throws when there is no value to look for.
   *
   * @param secretValues values to look for, at least one, each at least six characters long
   * @default - all outputs that a class declares as secret: private keys, passwords, random bytes
   */
  public expectNoPlaintext(secretValues: readonly string[] = this.issued): void {
    if (secretValues.length === 0) {
      throw new Error(
        'secretValues must have at least one value, got none; the default mocks made none here, so name what is secret',
      );
    }
    const short = secretValues.filter((value) => value.length < 6);
    if (short.length > 0) {
      throw new Error(
        `secretValues must have at least six characters, ${short.length} have less: they would be found everywhere`,
      );
    }
    const holds = searcherFor(secretValues);
    const places = this.visible.filter(({ text }) => holds(text)).map(({ place }) => place);
    if (places.length > 0) {
      throw new Error(`a secret stands in clear in ${[...new Set(places)].join(', ')}`);
    }
  }
}

function near(resource: RecordedResource | undefined): string[] {
  return resource === undefined
    ? []
    : [...resource.dependencies, resource.options.provider.split('::').slice(0, 4).join('::')];
}

import { runtime } from '@pulumi/pulumi';
import type { RegisterResourceRequest } from '@pulumi/pulumi/proto/resource_pb';
import type * as jspb from 'google-protobuf';
import type { Struct } from 'google-protobuf/google/protobuf/struct_pb';

// What a program says about a resource, read from the request that crossed the wire.

export type Json = any;
export type Inputs = Record<string, Json>;

/** One registerResource request, with the URN that the engine gave it. */
export interface Registration {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly parent: string;
  readonly custom: boolean;
  readonly remote: boolean;
  /** As they were sent: secrets in their wrapper, unknown values as their mark. */
  readonly inputs: Inputs;
  readonly dependencies: string[];
  readonly propertyDependencies: Record<string, string[]>;
  /** `urn::id` of the provider, or nothing. */
  readonly provider: string;
  readonly providers: Record<string, string>;
  readonly version: string;
  readonly protect: boolean | undefined;
  readonly retainOnDelete: boolean | undefined;
  readonly deletedWith: string;
  readonly deleteBeforeReplace: boolean | undefined;
  readonly ignoreChanges: string[];
  readonly replaceOnChanges: string[];
  readonly importId: string;
  readonly aliases: Json[];
  readonly additionalSecretOutputs: string[];
  readonly customTimeouts: { create?: string; update?: string; delete?: string };
  /** What the engine would do, judged by what the previous run left in its state. */
  readonly step: 'create' | 'update' | 'same';
  /** The request itself, for those who walk its bytes. */
  readonly request: RegisterResourceRequest;
}

export function read(
  request: RegisterResourceRequest,
  { urn, step }: Pick<Registration, 'urn' | 'step'>,
): Registration {
  const timeouts = request.getCustomtimeouts()?.toObject();
  return {
    urn,
    step,
    request,
    type: request.getType(),
    name: request.getName(),
    parent: request.getParent(),
    custom: request.getCustom(),
    remote: request.getRemote(),
    inputs: fromStruct(request.getObject()),
    dependencies: request.getDependenciesList(),
    propertyDependencies: fromMap(request.getPropertydependenciesMap(), (each) =>
      each.getUrnsList(),
    ),
    provider: request.getProvider(),
    providers: fromMap(request.getProvidersMap(), (each) => each),
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
    aliases: request.getAliasesList().map((alias) => alias.toObject()),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    customTimeouts: Object.fromEntries(
      Object.entries(timeouts ?? {}).filter(([, value]) => value !== ''),
    ),
  };
}

function fromMap<From, To>(map: jspb.Map<string, From>, of: (value: From) => To) {
  const result: Record<string, To> = {};
  map.forEach((value, key) => (result[key] = of(value)));
  return result;
}

export function fromStruct(struct: Struct | undefined): Inputs {
  return struct?.toJavaScript() ?? {};
}

/** A value in the wrapper that keeps it secret. */
export function secret(value: Json): Json {
  return { [runtime.specialSigKey]: runtime.specialSecretSig, value };
}

/** Whether this is the wrapper of a secret, or of an output value that is one. */
export function isSecret(value: Json): boolean {
  const mark = value?.[runtime.specialSigKey];
  return (
    mark === runtime.specialSecretSig ||
    (mark === runtime.specialOutputValueSig && value.secret === true)
  );
}

export function isUnknown(value: Json): boolean {
  return value === runtime.unknownValue;
}

/** The value as a provider sees it: without any wrapper. */
export function plain(value: Json): Json {
  return rewrite(value, (wrapper) => plain(wrapper.value));
}

/** The value as anyone may see it: nothing of a secret is left. */
export function redacted(value: Json): Json {
  return rewrite(value, (wrapper) => (isSecret(wrapper) ? '[secret]' : redacted(wrapper.value)));
}

function rewrite(value: Json, unwrap: (wrapper: Json) => Json): Json {
  if (Array.isArray(value)) {
    return value.map((item) => rewrite(item, unwrap));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  if (isSecret(value) || value[runtime.specialSigKey] === runtime.specialOutputValueSig) {
    return unwrap(value);
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, rewrite(item, unwrap)]),
  );
}

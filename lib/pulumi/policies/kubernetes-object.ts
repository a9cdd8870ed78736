import type { ResourceValidationArgs, ResourceValidationPolicy } from '@pulumi/policy';
import { problemText, type Problem } from '../../cluster';

/** An object of Kubernetes as a policy sees it. */
export interface JudgedObject {
  /** API group; nothing for the core. */
  readonly group: string;
  readonly kind: string;
  /** `namespace/name`, or the name. */
  readonly name: string;
  /** All of it. In a preview, reading what is not known yet ends the policy with a note of Pulumi's. */
  readonly fields: Record<string, any>;
}

const TYPE = /^kubernetes:(?<group>[^:/]+)\/v[a-z0-9]+:(?<kind>\w+?)(?:Patch)?$/;
/** Resources of the SDK that are no objects but bring some; those are judged one by one. */
const BUNDLES = ['yaml', 'helm.sh', 'kustomize'];

/** The object that a resource is, whether a typed class, this library or a group registered it. */
export function kubernetesObject({
  type,
  props,
  name,
}: Pick<ResourceValidationArgs, 'type' | 'props' | 'name'>): JudgedObject | undefined {
  const { group, kind } = TYPE.exec(type)?.groups ?? {};
  if (group === undefined || kind === undefined || BUNDLES.includes(group)) {
    return undefined;
  }
  const { metadata } = props;
  const own: string = metadata?.name ?? name;
  return {
    group: group === 'core' ? '' : group,
    kind,
    name: metadata?.namespace === undefined ? own : `${metadata.namespace}/${own}`,
    fields: props,
  };
}

/** The pods that an object runs; undefined when it runs none. */
export function podOf({ kind, fields }: JudgedObject): Record<string, any> | undefined {
  const { spec } = fields;
  switch (kind) {
    case 'Pod':
      return spec;
    case 'PodTemplate':
      return fields.template?.spec;
    case 'CronJob':
      return spec?.jobTemplate?.spec?.template?.spec;
    case 'DaemonSet':
    case 'Deployment':
    case 'Job':
    case 'ReplicaSet':
    case 'ReplicationController':
    case 'StatefulSet':
      return spec?.template?.spec;
    default:
      return undefined;
  }
}

/** The images that an object runs. */
export function imagesOf(object: JudgedObject): string[] {
  const pod = podOf(object);
  const containers: any[] = [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])];
  return containers.map(({ image }) => image).filter((image) => typeof image === 'string');
}

/** A field, or nothing while a preview does not know it: what is wrong with it is said when it is known. */
export function known(fields: object, key: string): unknown {
  try {
    return (fields as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

/** A policy about objects of Kubernetes. */
export function objectPolicy(
  about: Omit<ResourceValidationPolicy, 'validateResource' | 'remediateResource'>,
  check: (object: JudgedObject) => Problem[],
): ResourceValidationPolicy {
  return resourcePolicy(about, (args) => {
    const object = kubernetesObject(args);
    return object === undefined
      ? []
      : check(object).map((problem) => ({ ...problem, prop: `${object.name} ${problem.prop}` }));
  });
}

/** A policy about resources; each problem is one violation. */
export function resourcePolicy(
  about: Omit<ResourceValidationPolicy, 'validateResource' | 'remediateResource'>,
  check: (args: ResourceValidationArgs) => Problem[],
): ResourceValidationPolicy {
  return {
    ...about,
    validateResource: (args, report) => check(args).forEach((found) => report(problemText(found))),
  };
}

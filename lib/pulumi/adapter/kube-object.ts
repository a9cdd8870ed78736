import { getVersion } from '@pulumi/kubernetes/utilities';
import * as pulumi from '@pulumi/pulumi';
import type { KubeManifest } from './identity';

/**
 * Any object of the API, as a resource of the same type as the class that @pulumi/kubernetes has for its
 * kind: policies, aliases and imports that name `kubernetes:apps/v1:DaemonSet` mean this one too.
 */
export class KubeObject extends pulumi.CustomResource {
  /** As registered. */
  declare public readonly apiVersion: pulumi.Output<string>;
  /** As registered. */
  declare public readonly kind: pulumi.Output<string>;
  /** Metadata, with what the API server adds. */
  declare public readonly metadata: pulumi.Output<any>;
  /** What the cluster says of the object, for example the address of a Service; may be nothing. */
  declare public readonly status: pulumi.Output<any>;

  /**
   * @param name name of the resource
   * @param manifest the object; a status in it is left out
   * @param opts options of the resource
   * @param patch whether it only patches what is there
   */
  constructor(
    name: string,
    manifest: KubeManifest,
    opts: pulumi.CustomResourceOptions = {},
    patch: boolean = false,
  ) {
    const [apiVersion, kind] = [String(manifest.apiVersion), String(manifest.kind)];
    super(
      kubeType(apiVersion, kind, patch),
      name,
      { ...manifest, status: undefined },
      pulumi.mergeOptions(
        {
          // The version of the provider is that of the package that is installed, as its own classes say it.
          version: getVersion(),
          additionalSecretOutputs:
            apiVersion === 'v1' && kind === 'Secret' ? ['data', 'stringData'] : [],
          aliases: earlierVersions(apiVersion).map((one) => ({ type: kubeType(one, kind, patch) })),
        },
        opts,
      ),
    );
  }
}

/**
 * The type of the resource: `kubernetes:core/v1:ConfigMap`, `kubernetes:apps/v1:DaemonSet`,
 * `kubernetes:apps/v1:DaemonSetPatch`.
 */
export function kubeType(apiVersion: string, kind: string, patch: boolean): string {
  const groupVersion = apiVersion.includes('/') ? apiVersion : `core/${apiVersion}`;
  return `kubernetes:${groupVersion}:${kind}${patch ? 'Patch' : ''}`;
}

/**
 * What an object may have been written in before. The version is part of the type, and so of the URN: an object
 * of a newer one would be another resource, whose creation fails because it exists. Groups without a dot have
 * no other versions any more.
 */
export function earlierVersions(apiVersion: string): string[] {
  const [, group, major, stage, minor] =
    /^([^/]*[.][^/]*)[/]v(\d+)(?:(alpha|beta)(\d+))?$/.exec(apiVersion) ?? [];
  if (group === undefined) {
    return [];
  }
  const upTo = (count: number, prefix: string) =>
    Array.from({ length: count }, (_, index) => `${group}/${prefix}${index + 1}`);
  const [own, before] = [`v${major}`, Number(minor) - 1];
  switch (stage) {
    case 'alpha':
      return upTo(before, `${own}alpha`);
    case 'beta':
      return [...upTo(2, `${own}alpha`), ...upTo(before, `${own}beta`)];
    default:
      return [...upTo(Number(major) - 1, 'v'), ...upTo(2, `${own}alpha`), ...upTo(3, `${own}beta`)];
  }
}

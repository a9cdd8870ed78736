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
    super(
      kubeType(String(manifest.apiVersion), String(manifest.kind), patch),
      name,
      { ...manifest, status: undefined },
      pulumi.mergeOptions(defaults(manifest), opts),
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

/** The version of the provider is that of the package that is installed, as the package's own classes say it. */
function defaults({ apiVersion, kind }: KubeManifest): pulumi.CustomResourceOptions {
  return apiVersion === 'v1' && kind === 'Secret'
    ? { version: getVersion(), additionalSecretOutputs: ['data', 'stringData'] }
    : { version: getVersion() };
}

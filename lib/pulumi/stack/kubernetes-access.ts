import type * as kubernetes from '@pulumi/kubernetes';
import { Provider } from '@pulumi/kubernetes/provider';
import * as pulumi from '@pulumi/pulumi';

/** How the Kubernetes provider talks to the API server. */
export interface KubernetesAccessOptions {
  /**
   * What the provider takes for the cluster's identity: two kubeconfigs with the same identifier are
   * the same cluster, and anything else replaces every object. Never change it.
   *
   * @default - the name of the cluster
   */
  readonly clusterIdentifier?: string;
  /**
   * Limits of the provider's client.
   *
   * @default - 50 requests a second, 120 at once
   */
  readonly kubeClientSettings?: kubernetes.types.input.KubeClientSettings;
}

/** How a cluster is reached. */
export interface KubernetesAccessArgs extends KubernetesAccessOptions {
  /** Kubeconfig as text. Becomes secret if it is not. */
  readonly kubeconfig: pulumi.Input<string>;
  /** What the provider takes for the cluster's identity; stable for ever. */
  readonly clusterIdentifier: string;
}

/**
 * The Kubernetes provider as this library needs it. Objects have fixed names, so ConfigMaps and Secrets are
 * changed in place and not replaced, which would delete what runs with them first. Put what proves the
 * API ready into `dependsOn`: the provider decides once whether the cluster can be reached.
 *
 * @example
 * // fragment
 * const access = new KubernetesAccess('oslo', { kubeconfig, clusterIdentifier: 'oslo' });
 * new Cdk8sStack('oslo', { chart }, { provider: access.provider });
 */
export class KubernetesAccess extends pulumi.ComponentResource {
  /** The provider. */
  public readonly provider: kubernetes.Provider;
  private readonly providerArgs: kubernetes.ProviderArgs;
  private readonly childOptions: pulumi.ResourceOptions;
  private upserting?: kubernetes.Provider;

  /**
   * @param name name of the component and of the provider
   * @param args kubeconfig and identity
   * @param opts options; `dependsOn` is handed on to the provider
   */
  constructor(
    private readonly name: string,
    args: KubernetesAccessArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('cdk8s-groundwork:index:KubernetesAccess', name, {}, opts);
    // What a component depends on, its children do not: it has to be said again.
    this.childOptions = { parent: this, dependsOn: opts?.dependsOn };
    this.providerArgs = {
      kubeconfig: pulumi.secret(args.kubeconfig),
      clusterIdentifier: args.clusterIdentifier,
      enableConfigMapMutable: true,
      enableSecretMutable: true,
      ...(args.kubeClientSettings === undefined
        ? {}
        : { kubeClientSettings: args.kubeClientSettings }),
    };
    this.provider = new Provider(name, this.providerArgs, this.childOptions);
    this.registerOutputs({});
  }

  /**
   * A second provider for the same cluster that takes over objects which exist already, instead of an
   * error that says so. Registered when it is first asked for.
   */
  public upsertProvider(): kubernetes.Provider {
    this.upserting ??= new Provider(
      `${this.name}-upsert`,
      { ...this.providerArgs, upsertExistingObjects: true },
      this.childOptions,
    );
    return this.upserting;
  }
}

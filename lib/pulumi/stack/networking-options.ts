import type * as pulumi from '@pulumi/pulumi';
import type { App } from 'cdk8s';
import { Cdk8sStack, type Cdk8sStackArgs } from '../adapter';
import { prepare, type Prepared } from '../adapter/prepare';

/** What becomes of objects in the cluster when Pulumi lets go of them. */
export enum OnDestroy {
  /**
   * They are deleted one by one, except when the whole component goes: then the cluster goes with it, and
   * no delete is sent to an API that is being taken down. For clusters of which the component makes the
   * machines.
   */
  WITH_CLUSTER = 'with-cluster',
  /**
   * They stay: Pulumi forgets them. An object that has to be replaced, such as a DaemonSet with another
   * selector, then meets the old one, and the update says that it exists already.
   */
  RETAIN = 'retain',
  /** They are deleted, those of the pod network too. */
  DELETE = 'delete',
}

/** How objects are put into the cluster, as `Cdk8sStack` takes it, and how they leave. */
export interface NetworkingOptions extends Omit<Cdk8sStackArgs, 'app' | 'chart'> {
  /**
   * What becomes of them when Pulumi lets go of them. Those in `retain`, by default the pod network, stay
   * except with OnDestroy.DELETE.
   *
   * @default - OnDestroy.WITH_CLUSTER where the component makes the machines; on an existing cluster
   * OnDestroy.RETAIN where network plugin, service proxy or DNS cache are among them, without which its
   * machines lose each other, or storage, whose volumes may be in use, else OnDestroy.DELETE
   */
  readonly onDestroy?: OnDestroy;
}

/** What a component puts into the cluster, and what becomes of it. */
export interface Networking {
  readonly prepared: Prepared;
  readonly onDestroy: OnDestroy;
}

/** Decides everything about the objects of an app, before anything is registered. */
export function prepareNetworking(
  name: string,
  app: App,
  options: NetworkingOptions,
  defaults: { readonly onDestroy: OnDestroy; readonly hasUpsertProvider: boolean },
): Networking {
  const onDestroy = options.onDestroy ?? defaults.onDestroy;
  const retain = options.retain ?? (onDestroy === OnDestroy.DELETE ? [] : undefined);
  return {
    prepared: prepare(name, { ...options, app, retain }, defaults.hasUpsertProvider),
    onDestroy,
  };
}

/**
 * Registers the objects with the options that `onDestroy` stands for; the engine hands those of the component
 * down to every object. Deleted with the component, and not with a machine: newer engines replace what is
 * deleted with a machine when the machine is replaced, and one new control plane must not cost the
 * others their network plugin.
 */
export function registerNetworking(
  name: string,
  { prepared, onDestroy }: Networking,
  providers: {
    readonly provider?: pulumi.ProviderResource;
    readonly upsertProvider?: pulumi.ProviderResource;
  },
  parent: pulumi.ComponentResource,
): Cdk8sStack {
  const { provider, upsertProvider } = providers;
  return new Cdk8sStack(
    name,
    { prepared, upsertProvider },
    {
      parent,
      ...(provider === undefined ? {} : { providers: { kubernetes: provider } }),
      ...(onDestroy === OnDestroy.WITH_CLUSTER ? { deletedWith: parent } : {}),
      ...(onDestroy === OnDestroy.RETAIN ? { retainOnDelete: true } : {}),
    },
  );
}

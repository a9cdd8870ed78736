import type * as pulumi from '@pulumi/pulumi';
import type { App, Chart } from 'cdk8s';
import type { AdoptionRule } from './adoption';
import type { AwaitRule } from './await-policy';
import type { ObjectSelector } from './selector';

/** How objects are registered. */
export enum RegistrationMode {
  /** Every object is a resource: previewed, protected, awaited and adopted for itself. */
  INDIVIDUAL = 'individual',
  /**
   * One `ConfigGroup` of @pulumi/kubernetes for every phase, and one for every chart without phases; the
   * provider registers the objects inside. For charts of more than some 1500 objects. It costs:
   * a preview lists nothing as long as the kubeconfig is not known, or one value in a group is not;
   * values that are not known yet are refused outside of Secrets, for they would stand in the state in
   * clear; objects cannot be adopted; `retainOnDelete` is for a whole group; and unit tests see no
   * object. Order and waiting stay as they are. The mode is part of every URN: choose it before the first
   * `pulumi up`.
   */
  GROUP = 'group',
}

/** What a `Cdk8sStack` registers, and how. */
export interface Cdk8sStackArgs {
  /**
   * Every chart of this app. Exactly one of `app` and `chart` is given.
   *
   * @default - `chart`
   */
  readonly app?: App;
  /**
   * This chart, and charts inside it. What it depends on in other charts is given by `dependsOn`.
   *
   * @default - `app`
   */
  readonly chart?: Chart;
  /**
   * How objects are registered.
   *
   * @default RegistrationMode.INDIVIDUAL
   */
  readonly mode?: RegistrationMode;
  /**
   * How Pulumi comes to own objects that are there already, such as those of kubeadm; the first rule that
   * means an object counts. The annotation `cdk8s-groundwork/adopt` of an object goes first. A rule that
   * means no object throws.
   *
   * @default - every object is created
   */
  readonly adopt?: AdoptionRule[];
  /**
   * The provider for objects with `Adoption.UPSERT`: one of @pulumi/kubernetes with
   * `upsertExistingObjects: true`.
   *
   * @default - none; upserting throws
   */
  readonly upsertProvider?: pulumi.ProviderResource;
  /**
   * How Pulumi waits for objects, instead of the policies of this package; the first rule that means an
   * object counts. The annotation `cdk8s-groundwork/await` of an object goes first: `skip`, `default` (as
   * the provider does), one expression of `pulumi.com/waitFor`, or a JSON list of them; and
   * `cdk8s-groundwork/await-timeout`, in seconds. A rule that means no object throws.
   *
   * @default - definitions until they are Established; what constructs of this package wait for between
   * phases; 15 minutes for their pods; no Service for its pods, no LoadBalancer and no Ingress for an
   * address that nothing gives
   */
  readonly awaits?: AwaitRule[];
  /**
   * Objects that stay in the cluster when they leave the program or the stack is destroyed. A selector
   * that means no object throws. An object that stays cannot be replaced either: take it off this list
   * first.
   *
   * @default - those of the pod network (phases `10-cni-operator` and `20-cni`): without it a cluster
   * cannot even be emptied
   */
  readonly retain?: ObjectSelector[];
  /**
   * Folder with the manifests that others publish and phases need; `report/fetched.txt` lists them. Each
   * is compared with its sha256, and its objects are registered like all others. Nothing is downloaded.
   *
   * @default - none; a cluster that needs one throws and names its URL and sha256
   */
  readonly fetched?: string;
}

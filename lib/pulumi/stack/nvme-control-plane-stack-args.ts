import type { NvmeControlPlane, NvmeControlPlaneProps } from '../../control-plane';
import type { BootstrapTokensArgs, ClusterPkiArgs, ClusterSecrets } from '../secrets';
import type { ApiReadyOptions } from './api-ready';
import type { KubernetesAccessOptions } from './kubernetes-access';
import type { MachineFactory, MachineOptions } from './machine-factory';
import type { NetworkingOptions } from './networking-options';
import type { NodeConfigSyncOptions } from './node-config-sync';
import type { SshAccess } from './ssh-access';

/** A whole cluster, from its spec to its networking. */
export interface NvmeControlPlaneStackArgs {
  /**
   * The spec, as `NvmeControlPlane` takes it. Plain: it decides how many machines and objects there are, and
   * it is reviewed before anything is registered. `clusterName` is the component's name by default.
   */
  readonly spec: NvmeControlPlaneProps;
  /** What makes one machine on your platform. */
  readonly machines: MachineFactory;
  /**
   * How machines are kept: protection, ignored properties, one after the other.
   *
   * @default - control planes protected, `userData` ignored once a machine exists
   */
  readonly machineOptions?: MachineOptions;
  /**
   * Authorities, keys and tokens; `clusterSecretsOf` reads them out of a file.
   *
   * @default - made and kept in the state of the stack: `ClusterPki` and `BootstrapTokens`
   */
  readonly secrets?: ClusterSecrets;
  /**
   * How authorities are made. With `secrets` it throws.
   *
   * @default - the defaults of `ClusterPki`
   */
  readonly pki?: ClusterPkiArgs;
  /**
   * How tokens are made. With `secrets` it throws.
   *
   * @default - the defaults of `BootstrapTokens`
   */
  readonly tokens?: BootstrapTokensArgs;
  /**
   * Adds to the spec before it is reviewed: constructs of your own, rules, requirements of machines.
   *
   * @default - nothing
   */
  readonly extend?: (control: NvmeControlPlane) => void;
  /**
   * Warnings and notes that are acceptable here: id → why. An empty reason throws; errors cannot
   * be accepted.
   *
   * @default - none
   */
  readonly acknowledge?: Record<string, string>;
  /**
   * How machines are reached by SSH, for what needs it: `ApiProbe.SSH`, `nodeConfigSync`, `admission`, and
   * keys that the spec keeps out of user-data (`keysBySsh`), which are then brought after a machine is made.
   *
   * @default - not at all
   */
  readonly ssh?: SshAccess;
  /**
   * How the cluster is waited for.
   *
   * @default - Pulumi asks the API itself, for up to 30 minutes
   */
  readonly apiReady?: ApiReadyOptions;
  /**
   * How the Kubernetes provider talks to the API.
   *
   * @default - the cluster's name is its identity
   */
  readonly access?: KubernetesAccessOptions;
  /**
   * How objects are put into the cluster.
   *
   * @default - one by one, created by us, gone with the cluster
   */
  readonly networking?: NetworkingOptions;
  /**
   * Brings changed files to machines that run; `{}` switches it on.
   *
   * @default - off: machines keep what they booted with until somebody brings them files
   */
  readonly nodeConfigSync?: NodeConfigSyncOptions;
  /**
   * Whether the first control plane is told to let machines join whenever there are other machines or
   * other tokens: what a machine joins with is gone after a day, and for control planes after two hours.
   *
   * @default - true with `ssh`, else false: run `bootstrap --only admit` before you add a machine
   */
  readonly admission?: boolean;
}

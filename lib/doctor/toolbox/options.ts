import type { Cluster } from '../../cluster';

/** Where the tools are. */
export enum ToolboxPlacement {
  /** In one pod. */
  ONE = 'one',
  /** In a pod on every machine. */
  EVERY_MACHINE = 'every-machine',
}

/** Whose packets the tools see. */
export enum ToolboxNetwork {
  /** Those of a pod. */
  POD = 'pod',
  /** Those of the machine: every interface, every rule, every connection. */
  MACHINE = 'machine',
}

/** Tools that stay in the cluster for whoever is on call. */
export interface NetshootToolboxProps {
  /** The cluster. */
  readonly cluster: Cluster;
  /**
   * In one pod, or on every machine.
   *
   * @default ToolboxPlacement.ONE
   */
  readonly placement?: ToolboxPlacement;
  /**
   * On the network of pods, or on that of the machine.
   *
   * @default ToolboxNetwork.POD
   */
  readonly network?: ToolboxNetwork;
  /**
   * Name of the machine that the one pod is on. One that the spec does not have throws, as does one given
   * with `ToolboxPlacement.EVERY_MACHINE`.
   *
   * @default - any
   */
  readonly machine?: string;
  /**
   * Namespace, an RFC 1123 label, and nobody else's. `default` and `kube-…` throw. Where an object of this
   * App declares it already, that one stands.
   *
   * @default 'groundwork-doctor'
   */
  readonly namespace?: string;
  /**
   * Full reference of the image, with tag or digest; it needs `/bin/sh`.
   *
   * @default - netshoot of the catalogue, from `cluster.imageRegistry` if there is one
   */
  readonly image?: string;
}

import * as pulumi from '@pulumi/pulumi';
import type { Machine, MachineRole } from '../../cluster';

/** What one machine is made from. Everything that decides how many machines there are is plain. */
export interface MachineRequest {
  /** Its name in the spec, which becomes host name and node name: `cp-1`. */
  readonly name: string;
  /**
   * Name for the Pulumi resource: `oslo-cp-1`, the name of the stack component and that of the machine, so
   * that two clusters fit into one Pulumi stack.
   */
  readonly resourceName: string;
  /** Position in `machines` of the spec, counted from 0. */
  readonly index: number;
  /** What it is for. */
  readonly role: MachineRole;
  /** Its address on the cluster network. The platform must give it exactly this one. */
  readonly address: string;
  /** All that the spec says of it: zone, cores, memory, NIC, architecture, disks. */
  readonly machine: Machine;
  /**
   * Sealed user-data, always secret: it holds the tokens with which machines join, and on the first control
   * plane the keys of the authorities.
   */
  readonly userData: pulumi.Output<string>;
  /**
   * SHA-256 of the user-data as it is before secrets are put in, 64 hexadecimal digits, not secret. It
   * says which spec a machine was booted with. Platforms that limit labels to 63 characters take
   * a part of it.
   */
  readonly userDataSha256: pulumi.Output<string>;
  /** Meta-data for NoCloud: instance-id and host name. */
  readonly metaData: pulumi.Output<string>;
  /**
   * Network configuration for NoCloud.
   *
   * @default - none: the machine declares no NIC, gateway and resolvers, and the image decides
   */
  readonly networkConfig?: string;
  /**
   * What cloud-init would write, for machines without it: absolute path on the machine → content. The
   * modes are in `/etc/groundwork/files.list` of it.
   */
  readonly files: Record<string, string>;
  /** The machine's secrets, path below `/etc/groundwork/secrets` → content; secret. For machines without cloud-init. */
  readonly secretFiles: Readonly<Record<string, pulumi.Output<string>>>;
  /** `cluster`, `machine`, `role`, `zone` and `managed-by`, in characters that every platform takes. */
  readonly labels: Record<string, string>;
}

/** A machine that a factory made. */
export interface ProvisionedMachine {
  /** What stands for the machine: what comes later waits for it. */
  readonly resource: pulumi.Resource;
  /**
   * Where SSH reaches it from where Pulumi runs.
   *
   * @default - its address on the cluster network
   */
  readonly sshHost?: pulumi.Input<string>;
}

/**
 * Makes one machine on any platform. Pass `opts` on to the resource: they carry the parent, protection of
 * control planes, and that changed user-data does not replace a machine.
 *
 * @param request what it is made from
 * @param opts options for its resource
 */
export type MachineFactory = (
  request: MachineRequest,
  opts: pulumi.CustomResourceOptions,
) => ProvisionedMachine;

/** How machines are kept. */
export interface MachineOptions {
  /**
   * Properties of the factory's resource whose changes are ignored once a machine exists: user-data is
   * read at the first boot only, and on most platforms another one replaces the machine, for a comment in
   * a file of etcd's member. `NodeConfigSync` brings changes to machines that run. Name all that carry
   * user-data, meta-data or network configuration on your platform; an empty list replaces machines.
   *
   * @default ['userData']
   */
  readonly userDataProps?: string[];
  /**
   * Machines, by name, that get the user-data of today in this update, which replaces them on most platforms.
   * The first control plane is told to admit them, where `admission` is on. Name one at a time, and take it
   * out again afterwards. `pulumi up --replace` is not the same: it boots a machine with what it had at first,
   * because ignored properties come out of the state. A name that no machine has throws.
   *
   * @default - none
   */
  readonly replace?: string[];
  /**
   * Whether control planes are protected: an update that would delete or replace one is refused, and
   * so is destroy, until `pulumi state unprotect`. Each holds a member of etcd, and two at once are the
   * end of the cluster.
   *
   * @default true
   */
  readonly protectControlPlanes?: boolean;
  /**
   * Whether each control plane is made after the one before it. First boots are slower by the time that
   * the platform takes for each; machines wait for each other by themselves when they join. Worth it
   * where control planes are not protected, so that the platform never works on two at once. It does not
   * wait until etcd has taken the new member in: replace one machine in an update.
   *
   * @default false
   */
  readonly serial?: boolean;
}

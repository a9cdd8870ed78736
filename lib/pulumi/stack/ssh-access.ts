import { remote, type types } from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';
import type { ProvisionedMachine } from './machine-factory';
import type { Cluster } from '../../cluster';

/** How Pulumi reaches machines by SSH; each at its own `sshHost`. */
export interface SshAccess {
  /**
   * The user, who is root or may use sudo without a password.
   *
   * @default 'root'
   */
  readonly user?: pulumi.Input<string>;
  /**
   * Private key, in PEM or OpenSSH's form. Becomes secret if it is not.
   *
   * @default - the agent
   */
  readonly privateKey?: pulumi.Input<string>;
  /**
   * What decrypts the private key. Becomes secret if it is not.
   *
   * @default - the key is not encrypted
   */
  readonly privateKeyPassword?: pulumi.Input<string>;
  /**
   * Socket of an SSH agent.
   *
   * @default - the environment variable SSH_AUTH_SOCK
   */
  readonly agentSocketPath?: pulumi.Input<string>;
  /**
   * TCP port.
   *
   * @default 22
   */
  readonly port?: pulumi.Input<number>;
  /**
   * Host keys by name of the machine, as in `known_hosts` without the host. A machine that is not named
   * is taken at its word.
   *
   * @default - none
   */
  readonly hostKeys?: Record<string, pulumi.Input<string>>;
  /**
   * A host in between.
   *
   * @default - none
   */
  readonly bastion?: types.input.remote.ProxyConnectionArgs;
}

/** A machine as SSH sees it. */
export interface SshTarget {
  /** Its name in the spec. */
  readonly name: string;
  /** Where it is reached. */
  readonly host: pulumi.Input<string>;
  /**
   * What must be there before.
   *
   * @default - nothing
   */
  readonly resource?: pulumi.Resource;
}

/** The machines of a cluster as SSH sees them, in the order in which they join. */
export function sshTargets(
  cluster: Cluster,
  machines: Readonly<Record<string, ProvisionedMachine>> = {},
): SshTarget[] {
  return [...cluster.controlPlanes, ...cluster.workers].map(({ name, address }) => ({
    name,
    host: machines[name]?.sshHost ?? address,
    resource: machines[name]?.resource,
  }));
}

/** What is done on one machine. */
export interface RemoteRun {
  readonly ssh: SshAccess;
  readonly target: SshTarget;
  /** A script for bash, which runs as root. */
  readonly script: pulumi.Input<string>;
  /** Longest time, from the first dial on. */
  readonly seconds: number;
  readonly opts: pulumi.CustomResourceOptions;
}

/**
 * Runs a script on a machine once, and again when the script or the machine is another one. The script goes
 * by standard input: a process list shows arguments to everybody.
 */
export function runOnMachine(name: string, run: RemoteRun): remote.Command {
  const { resource } = run.target;
  return new remote.Command(
    name,
    {
      connection: connectionTo(run.ssh, run.target),
      create: AS_ROOT,
      stdin: run.script,
      // Another machine of the same name knows nothing of what was done on the one before.
      triggers: resource instanceof pulumi.CustomResource ? [resource.id] : [],
      addPreviousOutputInEnv: false,
    },
    pulumi.mergeOptions(
      {
        dependsOn: resource === undefined ? [] : [resource],
        customTimeouts: timeouts(run.seconds),
      },
      run.opts,
    ),
  );
}

/** The same for both ways in which a resource comes to be as it should. */
export function timeouts(seconds: number): pulumi.CustomTimeouts {
  return { create: `${seconds}s`, update: `${seconds}s` };
}

/** The script runs as root; sudo must not ask. */
const AS_ROOT = 'if [ "$(id -u)" -eq 0 ]; then exec bash -s; else exec sudo -n bash -s; fi';

/** Dialling goes on until time is up: a machine that was made a moment ago refuses connections for minutes. */
function connectionTo(
  access: SshAccess,
  target: SshTarget,
): pulumi.Output<types.input.remote.ConnectionArgs> {
  const { privateKey, privateKeyPassword, agentSocketPath, hostKeys, bastion } = access;
  const hostKey = hostKeys?.[target.name];
  return pulumi.secret<types.input.remote.ConnectionArgs>({
    host: target.host,
    user: access.user ?? 'root',
    port: access.port ?? 22,
    ...(privateKey === undefined ? {} : { privateKey }),
    ...(privateKeyPassword === undefined ? {} : { privateKeyPassword }),
    ...(agentSocketPath === undefined ? {} : { agentSocketPath }),
    ...(hostKey === undefined ? {} : { hostKey }),
    ...(bastion === undefined ? {} : { proxy: bastion }),
    dialErrorLimit: -1,
    perDialTimeout: 15,
  }) as pulumi.Output<types.input.remote.ConnectionArgs>;
}

import * as pulumi from '@pulumi/pulumi';
import { Duration } from 'cdk8s';
import { durationProblems, secondsOf } from './durations';
import type { ProvisionedMachine } from './machine-factory';
import { filesByMachine } from './machine-tree';
import { syncFiles } from './remote-scripts';
import { runOnMachine, sshTargets, type SshAccess } from './ssh-access';
import { throwProblems, type Problem } from '../../cluster';
import type { NvmeControlPlane } from '../../control-plane';

/** How files are brought to machines that run. */
export interface NodeConfigSyncOptions {
  /**
   * Longest time for one machine, 1 minute to 1 day. A machine that still boots is waited for.
   *
   * @default Duration.minutes(30)
   */
  readonly timeout?: Duration;
}

/** What is brought, and where. */
export interface NodeConfigSyncArgs extends NodeConfigSyncOptions {
  /** The spec whose files the machines are to have. */
  readonly control: NvmeControlPlane;
  /** How machines are reached. */
  readonly ssh: SshAccess;
  /**
   * The machines as they were made, by name.
   *
   * @default - each at its address on the cluster network
   */
  readonly machines?: Record<string, ProvisionedMachine>;
}

/**
 * Day two: brings changed modules, kernel parameters, units and configurations to machines that run, without
 * replacing them. The machine's own bootstrap compares, applies what differs, and restarts only what reads
 * it (`bootstrap --only config --from`). Control planes come one after the other, each with its API
 * server ready before the next; workers after them. An error stops the rest.
 *
 * A preview shows the lines that change. Versions of Kubernetes and flags of the API server are not applied
 * by it: `report/upgrade.md` has their order. Secrets are never sent.
 */
export class NodeConfigSync extends pulumi.ComponentResource {
  /** What to depend on: one for each machine. */
  public readonly ready: pulumi.Resource[];

  /**
   * @param name name of the component
   * @param args what is brought, and where; wrong values throw before anything is registered
   * @param opts options; `dependsOn` is handed on to the commands
   */
  constructor(name: string, args: NodeConfigSyncArgs, opts?: pulumi.ComponentResourceOptions) {
    throwProblems(name, nodeConfigSyncProblems(args));
    super('cdk8s-groundwork:index:NodeConfigSync', name, {}, opts);
    const { control, ssh, machines } = args;
    const seconds = secondsOf(args.timeout ?? Duration.minutes(30));
    const files = filesByMachine(control.nodeFiles());
    const controlPlanes = control.cluster.controlPlanes.map((machine) => machine.name);
    let last: pulumi.Resource[] = [];
    this.ready = sshTargets(control.cluster, machines).map((target) => {
      const isControlPlane = controlPlanes.includes(target.name);
      const done = runOnMachine(`${name}-${target.name}`, {
        ssh,
        target,
        script: syncFiles(files.get(target.name) ?? {}, seconds, isControlPlane),
        seconds,
        opts: pulumi.mergeOptions(
          { parent: this, dependsOn: opts?.dependsOn },
          { dependsOn: last },
        ),
      });
      last = isControlPlane ? [done] : last;
      return done;
    });
    this.registerOutputs({});
  }
}

/** Everything wrong with the options. */
export function nodeConfigSyncProblems({ timeout }: NodeConfigSyncOptions): Problem[] {
  return durationProblems('timeout', timeout, {
    min: Duration.minutes(1),
    max: Duration.days(1),
  });
}

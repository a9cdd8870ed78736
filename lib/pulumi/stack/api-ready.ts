import * as pulumi from '@pulumi/pulumi';
import { Duration } from 'cdk8s';
import { apiProbe, type ProbeInputs } from './api-probe';
import { durationProblems, secondsOf } from './durations';
import { kubeconfigFacts } from './kubeconfig-facts';
import { waitForNode } from './remote-scripts';
import { runOnMachine, timeouts, type SshAccess, type SshTarget } from './ssh-access';
import { throwProblems, type Problem } from '../../cluster';

/** Machines fetch archives, measure their disk, and join one after the other. */
export const DEFAULT_TIMEOUT = Duration.minutes(30);

/** How it is found out that a new cluster is there. */
export enum ApiProbe {
  /** Pulumi asks the API server itself. */
  HTTPS = 'https',
  /**
   * Every machine is asked by SSH how far its bootstrap is. A machine that needs a person ends
   * the update at once, with its own words.
   */
  SSH = 'ssh',
}

/** How long and how the cluster is waited for. */
export interface ApiReadyOptions {
  /**
   * How.
   *
   * @default ApiProbe.HTTPS
   */
  readonly probe?: ApiProbe;
  /**
   * Longest wait, 1 minute to 1 day. Machines fetch release archives, measure their disk, and join one
   * after the other.
   *
   * @default Duration.minutes(30)
   */
  readonly timeout?: Duration;
  /**
   * Pause between two questions, 1 to 60 seconds. ApiProbe.HTTPS only.
   *
   * @default Duration.seconds(5)
   */
  readonly interval?: Duration;
}

/** What is waited for. */
export interface ApiReadyArgs extends ApiReadyOptions {
  /** Kubeconfig of somebody who may list Nodes, with its credentials in it. Becomes secret if it is not. */
  readonly kubeconfig: pulumi.Input<string>;
  /** Names of the Nodes that must be registered. They need not be Ready: that takes the network plugin. */
  readonly nodes: string[];
  /**
   * The machines, for ApiProbe.SSH.
   *
   * @default - none
   */
  readonly machines?: SshTarget[];
  /**
   * How they are reached, for ApiProbe.SSH.
   *
   * @default - not at all
   */
  readonly ssh?: SshAccess;
}

/**
 * Waits until the API answers and all Nodes are registered. What needs the cluster depends on `ready`. A
 * preview waits for nothing; an update waits again when the Nodes or the credentials are other ones.
 */
export class ApiReady extends pulumi.ComponentResource {
  /** What to depend on. */
  public readonly ready: pulumi.Resource[];

  /**
   * @param name name of the component
   * @param args what is waited for; wrong values throw before anything is registered
   * @param opts options; `dependsOn` should name the machines
   */
  constructor(name: string, args: ApiReadyArgs, opts?: pulumi.ComponentResourceOptions) {
    throwProblems(name, [...apiReadyProblems(args), ...sshProblems(args)]);
    super('cdk8s-groundwork:index:ApiReady', name, {}, opts);
    const seconds = secondsOf(args.timeout ?? DEFAULT_TIMEOUT);
    const childOptions = { parent: this, dependsOn: opts?.dependsOn };
    this.ready =
      args.probe === ApiProbe.SSH
        ? (args.machines ?? []).map((target) =>
            runOnMachine(`${name}-${target.name}`, {
              ssh: args.ssh!,
              target,
              script: waitForNode(seconds),
              seconds,
              opts: childOptions,
            }),
          )
        : [
            new Probe(name, probeInputs(name, args, seconds), {
              ...childOptions,
              customTimeouts: timeouts(seconds),
            }),
          ];
    this.registerOutputs({});
  }
}

/** Everything wrong with the options. */
export function apiReadyProblems(args: ApiReadyOptions): Problem[] {
  return [
    ...durationProblems('timeout', args.timeout, {
      min: Duration.minutes(1),
      max: Duration.days(1),
    }),
    ...durationProblems('interval', args.interval, {
      min: Duration.seconds(1),
      max: Duration.seconds(60),
    }),
  ];
}

function sshProblems({ probe, ssh }: ApiReadyArgs): Problem[] {
  return probe === ApiProbe.SSH && ssh === undefined
    ? [
        {
          prop: 'ssh',
          allowed: 'given for ApiProbe.SSH',
          got: undefined,
          remedy: 'say how machines are reached, or leave probe out',
        },
      ]
    : [];
}

class Probe extends pulumi.dynamic.Resource {
  public constructor(
    name: string,
    inputs: Record<keyof ProbeInputs, pulumi.Input<unknown>>,
    opts: pulumi.CustomResourceOptions,
  ) {
    super(apiProbe, name, inputs, opts, 'groundwork', 'ApiReady');
  }
}

function probeInputs(
  name: string,
  args: ApiReadyArgs,
  timeoutSeconds: number,
): Record<keyof ProbeInputs, pulumi.Input<unknown>> {
  const facts = pulumi.secret(args.kubeconfig).apply((text) => kubeconfigFacts(name, text));
  return {
    // Address and authority are no secrets, and a preview should show them.
    server: pulumi.unsecret(facts.server),
    certificateAuthority: pulumi.unsecret(facts.certificateAuthority),
    clientCertificate: facts.clientCertificate,
    clientKey: facts.clientKey,
    token: facts.token,
    nodes: args.nodes,
    timeoutSeconds,
    intervalSeconds: secondsOf(args.interval ?? Duration.seconds(5)),
    remedy:
      'look at /var/lib/groundwork/status on the machines that are missing, or on the first control plane when nothing answers; a control plane that joins later than 2 hours after the first one, and a worker later than a day, needs "bootstrap --only admit" on a running control plane',
  };
}

import * as pulumi from '@pulumi/pulumi';
import { throwProblems, type Finding, type Problem } from '../../cluster';
import type { NvmeControlPlane } from '../../control-plane';
import { Adoption, type Cdk8sStack } from '../adapter';
import {
  BootstrapTokens,
  ClusterPki,
  kubeconfigOf,
  sealedBootData,
  type ClusterSecrets,
} from '../secrets';
import { ApiProbe, ApiReady, apiReadyProblems, DEFAULT_TIMEOUT } from './api-ready';
import { admitMachines, deliverKeys } from './deliveries';
import { secondsOf } from './durations';
import { KubernetesAccess } from './kubernetes-access';
import type { ProvisionedMachine } from './machine-factory';
import { OnDestroy, registerNetworking } from './networking-options';
import { NodeConfigSync, nodeConfigSyncProblems } from './node-config-sync';
import type { NvmeControlPlaneStackArgs } from './nvme-control-plane-stack-args';
import { onDemand } from './on-demand';
import { provision } from './provision';
import { reviewed } from './review';
import { hostKeyProblems, sshTargets } from './ssh-access';

/**
 * A whole cluster under `pulumi up`: authorities and tokens, sealed user-data, machines of any platform, the
 * wait for the API, the Kubernetes provider, and the networking, in this order. The spec is reviewed
 * first: an error in it throws before anything is registered, and warnings are shown with their ids.
 *
 * @example
 * // fragment
 * const oslo = new NvmeControlPlaneStack('oslo', { spec, machines });
 * export const kubeconfig = oslo.kubeconfig;
 */
export class NvmeControlPlaneStack extends pulumi.ComponentResource {
  /** The spec as it was built and reviewed: facts, decisions, findings, node files. */
  public readonly control: NvmeControlPlane;
  /** Warnings and notes of the review. */
  public readonly findings: Finding[];
  /** Authorities, keys and tokens. */
  public readonly secrets: ClusterSecrets;
  /** The machines, by name. */
  public readonly machines: Record<string, ProvisionedMachine>;
  /** Kubeconfig of the administrator, secret. It works as soon as the first control plane stands. */
  public readonly kubeconfig: pulumi.Output<string>;
  /** The wait for the API. */
  public readonly apiReady: ApiReady;
  /** The Kubernetes provider of the cluster, for objects of your own. */
  public readonly access: KubernetesAccess;
  /** The objects of the spec. */
  public readonly networking: Cdk8sStack;
  /**
   * What objects of your own depend on: networking is there. A handful of resources, where the component
   * itself would stand for every one below it.
   */
  public readonly ready: pulumi.Resource[];

  /**
   * @param name name of the component, and of the cluster where the spec gives none
   * @param args spec, machines, and what differs from the defaults; wrong values throw before anything is
   * registered
   * @param opts options
   */
  constructor(
    name: string,
    args: NvmeControlPlaneStackArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const { built, networking, findings } = reviewed(
      name,
      (scope) => {
        const control = new (onDemand.controlPlane().NvmeControlPlane)(scope, name, args.spec);
        args.extend?.(control);
        return { built: control, cluster: control.cluster };
      },
      {
        networking: args.networking,
        onDestroy: OnDestroy.WITH_CLUSTER,
        acknowledge: args.acknowledge,
        hasUpsertProvider: true,
      },
    );
    throwProblems(name, argProblems(args, built));
    // What machines boot with, and secrets of your own, are looked at before anything is registered too.
    const files = built.nodeFiles();
    const source = { nodeFiles: () => files };
    const given = args.secrets && sealedBootData(source, args.secrets);
    super('cdk8s-groundwork:index:NvmeControlPlaneStack', name, {}, opts);
    this.control = built;
    this.findings = findings;
    const { cluster } = built;
    this.secrets = args.secrets ?? this.ownSecrets(name, args);
    this.kubeconfig = kubeconfigOf(built, this.secrets);
    const bootData = given ?? sealedBootData(source, this.secrets);
    const { ssh, machines: factory, machineOptions: options = {} } = args;
    this.machines = provision(name, { cluster, files, bootData, factory, options }, this);
    const targets = sshTargets(cluster, this.machines);
    const before = targets.map((target) => target.resource!);
    if (ssh !== undefined) {
      const seconds = secondsOf(args.apiReady?.timeout ?? DEFAULT_TIMEOUT);
      const replaced = options.replace ?? [];
      const delivery = { cluster, bootData, ssh, targets, seconds, replaced };
      before.push(...deliverKeys(name, delivery, this));
      if (args.admission ?? true) {
        before.push(admitMachines(name, delivery, this));
      }
    }
    this.apiReady = new ApiReady(
      `${name}-api`,
      {
        ...args.apiReady,
        kubeconfig: this.kubeconfig,
        nodes: cluster.machines.map((machine) => machine.name),
        machines: targets,
        ssh,
      },
      { parent: this, dependsOn: before },
    );
    const reachable = [...this.apiReady.ready];
    if (args.nodeConfigSync !== undefined) {
      const sync = new NodeConfigSync(
        `${name}-config`,
        { ...args.nodeConfigSync, control: built, ssh: ssh!, machines: this.machines },
        { parent: this, dependsOn: this.apiReady.ready },
      );
      // A newer kube-proxy needs the newer modules.
      reachable.push(...sync.ready);
    }
    this.access = new KubernetesAccess(
      name,
      {
        ...args.access,
        clusterIdentifier: args.access?.clusterIdentifier ?? cluster.clusterName,
        kubeconfig: this.kubeconfig,
      },
      { parent: this, dependsOn: reachable },
    );
    const { objects } = networking.prepared.plan;
    const upserts = objects.some(({ adoption }) => adoption === Adoption.UPSERT);
    this.networking = registerNetworking(
      name,
      networking,
      {
        provider: this.access.provider,
        upsertProvider:
          args.networking?.upsertProvider ?? (upserts ? this.access.upsertProvider() : undefined),
      },
      this,
    );
    this.ready = this.networking.ready;
    this.registerOutputs({ kubeconfig: this.kubeconfig });
  }

  private ownSecrets(name: string, { pki, tokens }: NvmeControlPlaneStackArgs): ClusterSecrets {
    const made = new ClusterPki(name, pki, { parent: this });
    const { files } = new BootstrapTokens(name, tokens, { parent: this });
    return { files: { ...made.files, ...files }, admin: made.admin };
  }
}

/** What contradicts the spec, or something else in the arguments. */
function argProblems(args: NvmeControlPlaneStackArgs, control: NvmeControlPlane): Problem[] {
  const { ssh, nodeConfigSync, admission, secrets, pki, tokens } = args;
  const keysBySsh = control.cluster._summary('nodes')?.keysInUserData().length === 0;
  const wantsSsh = [
    ...(nodeConfigSync === undefined ? [] : ['nodeConfigSync']),
    ...(admission ? ['admission'] : []),
    ...(args.apiReady?.probe === ApiProbe.SSH ? ['ApiProbe.SSH'] : []),
    ...(keysBySsh ? ['keysBySsh of the spec'] : []),
  ];
  return [
    ...apiReadyProblems(args.apiReady ?? {}),
    ...nodeConfigSyncProblems(nodeConfigSync ?? {}),
    ...hostKeyProblems(ssh, control.cluster),
    ...replaceProblems(args, control),
    ...(secrets !== undefined && (pki ?? tokens) !== undefined
      ? [
          {
            prop: 'secrets',
            allowed: 'given without pki and tokens',
            got: 'both',
            remedy: 'they are about secrets that are made here',
          },
        ]
      : []),
    ...(ssh === undefined && wantsSsh.length > 0
      ? [
          {
            prop: 'ssh',
            allowed: `given for ${wantsSsh.join(' and ')}`,
            got: undefined,
            remedy: 'say how machines are reached, or leave out what needs it',
          },
        ]
      : []),
  ];
}

/** A problem for each machine to replace that is not there. */
function replaceProblems(
  { machineOptions }: NvmeControlPlaneStackArgs,
  { cluster }: NvmeControlPlane,
): Problem[] {
  const names = cluster.machines.map(({ name }) => name);
  return (machineOptions?.replace ?? [])
    .filter((name) => !names.includes(name))
    .map((got) => ({
      prop: 'replace of machineOptions',
      allowed: `the name of a machine, one of ${names.join(', ')}`,
      got,
      remedy: 'correct it, or take it out',
    }));
}

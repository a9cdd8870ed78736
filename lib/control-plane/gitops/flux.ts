import { Yaml } from 'cdk8s';
import { CLUSTER_LABEL, MANAGED_BY, throwProblems, type Cluster, type Wait } from '../../cluster';
import type { AppliedObject, ApplyPhase } from '../apply-phase';
import type { FluxSettings } from './gitops';
import { KEPT_KINDS, mayDelete, OWN_CHARTS } from './keep';

/** Folder of the Kustomizations. */
export const FLUX_FOLDER = 'flux';
// As apply.sh waits for a rollout.
const ROLLOUT_MINUTES = 15;
// For dry run and apply alone.
const LEAST_MINUTES = 5;
/** Longest value of a label. */
const LABEL = 63;
const NOTHING = { objects: [], waits: [] };

/** One folder that Flux applies after another. */
interface Step {
  readonly name: string;
  readonly files: readonly string[];
  /** Kinds in it that Flux must not delete, though it may delete the others. */
  readonly kept: readonly string[];
  readonly health: Health;
}

/** What must be well before the next step, and how long that may take. */
interface Health {
  readonly checks: readonly object[];
  readonly expressions: readonly object[];
  readonly minutes: number;
}

/** The kustomization.yaml of every folder, and the Kustomizations that apply the folders in order. */
export function fluxFiles(
  settings: FluxSettings,
  cluster: Cluster | undefined,
  phases: readonly ApplyPhase[],
  others: readonly string[],
): Record<string, string> {
  const steps = stepsOf(phases, others);
  const kustomizations = kustomizationsOf(settings, cluster, phases, others);
  return Object.fromEntries([
    ...steps.map(({ name, files, kept }) => [`${name}/kustomization.yaml`, listOf(files, kept)]),
    ...steps.map(({ name }, n) => [
      `${FLUX_FOLDER}/${name}.yaml`,
      Yaml.stringify(kustomizations[n]!),
    ]),
    [`${FLUX_FOLDER}/kustomization.yaml`, listOf(steps.map(({ name }) => `${name}.yaml`))],
  ]);
}

/** The Kustomizations, each after the one before. */
export function kustomizationsOf(
  settings: FluxSettings,
  cluster: Cluster | undefined,
  phases: readonly ApplyPhase[],
  others: readonly string[],
): AppliedObject[] {
  const steps = stepsOf(phases, others);
  const all = steps.map((step, n) => kustomization(settings, cluster, step, steps[n - 1]));
  // Flux writes its name on everything it applies, as a label.
  const [longest = ''] = all
    .map(({ metadata }) => metadata.name)
    .sort((a, b) => b.length - a.length);
  throwProblems(
    cluster?.node.path ?? 'GitOps.flux',
    longest.length <= LABEL
      ? []
      : [
          {
            prop: 'clusterName',
            allowed: `short enough for names of Kustomizations, which have ${LABEL} characters at most`,
            got: `${longest} (${longest.length})`,
            remedy: `leave out ${longest.length - LABEL} or more`,
          },
        ],
  );
  return all;
}

function stepsOf(phases: readonly ApplyPhase[], others: readonly string[]): Step[] {
  const base = (path: string) => path.slice(path.lastIndexOf('/') + 1);
  const steps = phases.map((phase) => ({
    name: phase.phase as string,
    files: [base(phase.file)],
    kept: mayDelete(phase.phase)
      ? KEPT_KINDS.filter((kept) => phase.objects.some(({ kind }) => kind === kept))
      : [],
    health: healthOf(phase),
  }));
  const own = { name: OWN_CHARTS, files: others.map(base), kept: [], health: healthOf(NOTHING) };
  return [...steps, ...(others.length === 0 ? [] : [own])].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}

/** What kustomize takes for a list of files. It changes nothing in them but what Flux has to know. */
function listOf(resources: readonly string[], kept: readonly string[] = []): string {
  return Yaml.stringify({
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    ...(kept.length === 0 ? {} : { patches: kept.map(notPruned) }),
    resources,
  });
}

/** For every object of the kind: with a target, name and version in a patch mean nothing. */
function notPruned(kind: string): object {
  const metadata = {
    annotations: { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' },
    name: 'each',
  };
  return { patch: Yaml.stringify({ apiVersion: 'v1', kind, metadata }), target: { kind } };
}

function kustomization(
  { path, source, namespace, interval }: FluxSettings,
  cluster: Cluster | undefined,
  { name, health }: Step,
  before: Step | undefined,
): AppliedObject & { readonly spec: object } {
  const prefix = cluster === undefined ? '' : `${cluster.clusterName}-`;
  const labels =
    cluster === undefined
      ? {}
      : {
          labels: {
            'app.kubernetes.io/managed-by': MANAGED_BY,
            [CLUSTER_LABEL]: cluster.clusterName,
          },
        };
  const { checks, expressions, minutes } = health;
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { ...labels, name: prefix + name, namespace },
    spec: {
      ...(before === undefined ? {} : { dependsOn: [{ name: prefix + before.name }] }),
      // A field that cannot be changed stops here; replacing the object is a person's decision.
      force: false,
      ...(expressions.length === 0 ? {} : { healthCheckExprs: expressions }),
      ...(checks.length === 0 ? {} : { healthChecks: checks }),
      interval,
      path: path === '.' ? `./${name}` : `./${path}/${name}`,
      prune: mayDelete(name),
      retryInterval: '1m',
      sourceRef: source,
      timeout: `${minutes}m`,
    },
  };
}

/**
 * What apply.sh waits for, in the words of Flux. A list of its own instead of `wait`, because definitions
 * that an operator makes are no part of the folder, and because an edge may wait for an address for ever. What
 * somebody else must have brought before a phase is not waited for: Flux tries again every minute.
 */
function healthOf({ objects, waits }: Pick<ApplyPhase, 'objects' | 'waits'>): Health {
  const workloads = objects.filter(({ kind }) => kind === 'DaemonSet' || kind === 'Deployment');
  const said = waits.flatMap((wait) => saidBy(wait, objects) ?? []);
  const rollouts = workloads.length === 0 ? 0 : ROLLOUT_MINUTES;
  // apply.sh waits for one after the other; here all of it has to fit.
  const minutes = waits.reduce((sum, wait) => sum + wait.minutes, rollouts);
  const kinds = new Map(
    said.flatMap(({ object, condition }) =>
      condition === undefined
        ? []
        : [[`${object.apiVersion} ${object.kind}`, expression(object, condition)]],
    ),
  );
  return {
    checks: [...workloads, ...said.map(({ object }) => object)].map(reference),
    expressions: [...kinds.values()],
    minutes: Math.max(minutes, LEAST_MINUTES),
  };
}

/** Who says in its status that a wait is over; Flux looks at a definition without being told how. */
function saidBy(
  wait: Wait,
  objects: readonly AppliedObject[],
): { object: AppliedObject; condition?: string } | undefined {
  const { resource, follows, namespace, condition, followedCondition } = wait;
  const [kind, name] = resource.split('/') as [string, string];
  if (kind === 'crd') {
    const apiVersion = 'apiextensions.k8s.io/v1';
    return { object: { apiVersion, kind: 'CustomResourceDefinition', metadata: { name } } };
  }
  const find = (wanted: string | undefined) =>
    objects.find(
      (object) =>
        object.metadata.namespace === namespace &&
        `${object.kind.toLowerCase()}/${object.metadata.name}` === wanted,
    );
  const itself = find(resource);
  const followed = followedCondition === undefined ? undefined : find(follows);
  return itself !== undefined
    ? { object: itself, condition }
    : followed && { object: followed, condition: followedCondition };
}

function reference({ apiVersion, kind, metadata: { name, namespace } }: AppliedObject): object {
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

/** True of the newest generation only: of an older one it is true long before anything has happened. */
function expression({ apiVersion, kind }: AppliedObject, condition: string): object {
  return {
    apiVersion,
    current:
      `status.conditions.exists(c, c.type == '${condition}' && c.status == 'True' && ` +
      '(!has(c.observedGeneration) || c.observedGeneration == metadata.generation))',
    kind,
  };
}

import { ApiObject, Chart, DependencyGraph, Names, Yaml, type App } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { mirroredUrl } from '../catalog';
import {
  Cluster,
  DEPLOY_WITH_PULUMI,
  Phase,
  phaseOf,
  placeholderProblems,
  throwProblems,
  type FetchedManifest,
} from '../cluster';
import { reportFiles } from '../report';
import { fetchedList } from './apply-fetched';
import type { AppliedObject, ApplyPhase } from './apply-phase';
import { applyScript } from './apply-script';
import type { GitOps } from './gitops/gitops';
import { OWN_CHARTS } from './gitops/keep';
import { layoutOf } from './gitops/layout';
import { addGitOpsRules } from './gitops/rules';
import { staysInside } from './write-tree';

/**
 * Everything an app writes, path below the output folder → content. Throws when it does not validate.
 *
 * @param gitops who applies it from git, if anybody does
 */
export function renderApp(app: App, gitops?: GitOps): Record<string, string> {
  const layout = layoutOf(gitops);
  const cluster = clusterOf(app);
  addGitOpsRules(cluster, gitops);
  validateTree(app, 'nothing was written');
  const phased = phasedObjects(app);
  const files = new Files();
  const phases: ApplyPhase[] = [];
  for (const phase of Object.values(Phase).sort()) {
    const objects = phased.get(phase)?.map((object) => layout.object(object, phase));
    if (objects !== undefined) {
      const file = layout.place(`${phase}.k8s.yaml`, phase);
      files.add(file, Yaml.stringify(...objects));
      phases.push({
        phase,
        file,
        objects,
        fetched: cluster && fetchedOf(cluster, phase),
        preconditions: cluster?._waits('before', phase) ?? [],
        waits: cluster?._waits('after', phase) ?? [],
      });
    }
  }
  const others = otherCharts(app).map(
    ([file, objects]) => [layout.place(file, OWN_CHARTS), objects.map(layout.ownObject)] as const,
  );
  others.forEach(([file, objects]) => files.add(file, Yaml.stringify(...objects)));
  const names = others.map(([file]) => file);
  Object.entries(layout.files(cluster, phases, names)).forEach(([file, content]) =>
    files.add(file, content),
  );
  if (cluster !== undefined) {
    files.add(
      'apply.sh',
      applyScript(
        cluster,
        phases,
        names,
        layout.fieldManager,
        layout.engineObjects(cluster, phases, names),
      ),
    );
    Object.entries(cluster._summary('nodes')?.files() ?? {}).forEach(([file, content]) =>
      files.add(file, content),
    );
    Object.entries(cluster._summary('doctor')?.files() ?? {}).forEach(([file, content]) =>
      files.add(file, content),
    );
    reportFiles(cluster).forEach(([name, content]) => files.add(`report/${name}`, content));
    const fetched = fetchedList(phases);
    if (fetched !== undefined) {
      files.add('report/fetched.txt', fetched);
    }
  }
  refusePlaceholders(files.all);
  return files.all;
}

/** A last look: whatever wrote it, a value that is not known yet goes into no file. */
function refusePlaceholders(files: Readonly<Record<string, string>>): void {
  throwProblems(
    'app',
    Object.entries(files).flatMap(([file, content]) =>
      placeholderProblems(file, content, DEPLOY_WITH_PULUMI),
    ),
  );
}

/** What is fetched before a phase, from the mirror where there is one. */
export function fetchedOf(cluster: Cluster, phase: Phase): FetchedManifest[] {
  return cluster
    ._fetched(phase)
    .map((one) => ({ ...one, url: mirroredUrl(one.url, cluster.downloadBaseUrl) }));
}

/** The one cluster of an app, or none. Two would write to the same files. */
export function clusterOf(app: IConstruct): Cluster | undefined {
  const clusters = app.node.findAll().filter((node): node is Cluster => node instanceof Cluster);
  if (clusters.length > 1) {
    throw new Error(
      `[app] GroundworkApp must be given one cluster, got ${clusters.map((c) => c.node.path).join(', ')}; ` +
        'give every cluster an app with an outdir of its own',
    );
  }
  return clusters[0];
}

/**
 * All validations of the tree, in one error, before anything is rendered.
 *
 * @param app the root of the tree
 * @param outcome what did not happen because of them
 */
export function validateTree(app: IConstruct, outcome: string): void {
  const errors = app.node.findAll().flatMap((node) => {
    const found = node.node.validate();
    // The sentences of a cluster already name the construct they are about.
    return node instanceof Cluster ? found : found.map((error) => `[${node.node.path}] ${error}`);
  });
  if (errors.length > 0) {
    throw new Error(
      `validation found ${count(errors.length)}, ${outcome}:\n  ${errors.join('\n  ')}`,
    );
  }
}

function count(errors: number): string {
  return errors === 1 ? '1 error' : `${errors} errors`;
}

function phasedObjects(app: App): Map<Phase, AppliedObject[]> {
  const byPhase = new Map<Phase, AppliedObject[]>();
  for (const chart of app.charts) {
    for (const object of objectsOf(chart)) {
      const phase = phaseOf(object);
      if (phase !== undefined) {
        byPhase.set(phase, [...(byPhase.get(phase) ?? []), object.toJson()]);
      }
    }
  }
  return byPhase;
}

/** Objects that carry no phase are a user's own: named and ordered as cdk8s does it. */
function otherCharts(app: App): Array<[file: string, objects: object[]]> {
  const { charts } = app;
  // Rendering a chart is what makes cdk8s resolve dependencies between charts; only then is it
  // known whether it would number the files.
  const rendered = charts.map((chart) =>
    objectsOf(chart).some((object) => phaseOf(object) !== undefined)
      ? unphased(chart)
      : chart.toJson(),
  );
  const ordered = app.charts;
  const numbered = charts.some((chart) => chart.node.dependencies.some((d) => d instanceof Chart));
  return charts.flatMap((chart, index): Array<[string, object[]]> => {
    if (rendered[index]!.length === 0) {
      return [];
    }
    const number = numbered ? `${String(ordered.indexOf(chart)).padStart(4, '0')}-` : '';
    return [[`${number}${Names.toDnsLabel(chart)}.k8s.yaml`, rendered[index]!]];
  });
}

function unphased(chart: Chart): object[] {
  return objectsOf(chart)
    .filter((object) => phaseOf(object) === undefined)
    .map((object) => object.toJson());
}

/** The objects of a chart in dependency order; those of a chart inside it are that chart's own. */
export function objectsOf(chart: Chart): ApiObject[] {
  return new DependencyGraph(chart.node)
    .topology()
    .filter((node): node is ApiObject => node instanceof ApiObject && Chart.of(node) === chart);
}

class Files {
  public readonly all: Record<string, string> = {};

  public add(path: string, content: string): void {
    if (!staysInside(path)) {
      throw new Error(
        `[app] output file ${path} must be below the output folder; correct the construct that renders it`,
      );
    }
    if (path in this.all) {
      throw new Error(
        `[app] output file ${path} must be rendered once, got it twice; rename the chart that renders it too`,
      );
    }
    this.all[path] = content;
  }
}

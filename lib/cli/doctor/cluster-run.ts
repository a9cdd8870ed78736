import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { announcement } from './announcement';
import { Claim } from './claim';
import { Deployment, type Found } from './deployment';
import { Kubectl } from './kubectl';
import type { ApiNode } from './pods';
import { progress } from './progress';
import type { RecordingFiles } from './recordings';
import { Session, type Watcher } from './session';
import type { Place, Step, Target } from './step';
import { doctorFiles, type RunDocument } from '../../doctor/run-document';
import type { Surroundings } from '../command';
import { Failure, mustBe } from '../failure';
import { readManifests } from '../manifest-files';

/** One run in a cluster. */
export interface ClusterRun {
  readonly outdir: string;
  /** With the machines that are to be measured. */
  readonly document: RunDocument;
  /** All machines of the spec. */
  readonly machines: readonly string[];
  readonly steps: readonly Step[];
  readonly program: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly waitSeconds: number;
  readonly keep: boolean;
  /** Whether nobody is to be asked. */
  readonly sure: boolean;
}

/** How a run in a cluster ended. */
export interface Ended {
  /** What was recorded; absent when somebody interrupted it. */
  readonly recordings?: RecordingFiles;
  /** Whether pods were left that should have been deleted. */
  readonly leftOver: boolean;
}

/** Deploys, measures and deletes again, however it ends. */
export async function cleanly(around: Surroundings, run: ClusterRun): Promise<Ended> {
  const interruption = around.interruption?.();
  const kubectl = new Kubectl({ ...run, interruption });
  const deployment = new Deployment(kubectl, run.document, interruption);
  const files = filesOf(run);
  const { namespace } = run.document;
  const claim = new Claim(kubectl, namespace, readManifests(files), deployment.deletion(files));
  const means = { kubectl, deployment, claim, files, interruption };
  let recordings: RecordingFiles | undefined;
  let leftOver = false;
  // Who has everything and gets impatient while it is deleted does not lose it.
  let interrupted = false;
  try {
    recordings = await measure(around, run, means);
  } catch (error) {
    // What was stopped complains of that; it is no failure of its own.
    if (!interruption?.aborted) {
      throw error;
    }
  } finally {
    interrupted = interruption?.aborted === true;
    leftOver = await leave(around, run, means, interrupted);
  }
  return interrupted || recordings === undefined ? { leftOver } : { recordings, leftOver };
}

interface Means {
  readonly kubectl: Kubectl;
  readonly deployment: Deployment;
  readonly claim: Claim;
  /** What is applied. */
  readonly files: readonly string[];
  readonly interruption?: AbortSignal;
}

async function measure(
  around: Surroundings,
  run: ClusterRun,
  means: Means,
): Promise<RecordingFiles> {
  const { document, steps, keep } = run;
  const { kubectl, deployment, files, interruption } = means;
  const nodes = await deployment.nodes(run.machines);
  const strangers = [...nodes.keys()].filter((name) => !run.machines.includes(name));
  announcement({
    document,
    whereTo: await whereTo(kubectl),
    deployed: files.map((file) => ({ file, objects: readManifests([file]) })),
    steps,
    keep,
  }).forEach((line) => around.out(line));
  if (strangers.length > 0) {
    around.error(`not measured, since the spec does not have them: ${strangers.join(', ')}`);
  }
  await agree(around, run, interruption);
  if (files.length > 0) {
    await deploy(means);
  }
  const watcher = progress(around.terminal, around.error);
  try {
    const found = await enter(run, deployment, nodes, watcher);
    const session = new Session(kubectl, document, entrances(found), interruption);
    for (const { why } of found.values()) {
      why.forEach((sentence, node) => session.complain(node, sentence));
    }
    const serviceAddress = await deployment.serviceAddress();
    if (serviceAddress === undefined && steps.some(({ name }) => name === 'connect')) {
      around.error('the Service of the doctor could not be read: connections are not timed');
    }
    const target: Target = {
      document,
      size: run.machines.length,
      machines: (place) => session.machines(place),
      podAddresses: podAddresses(found.get('podnet')!),
      serviceAddress,
    };
    for (const step of steps) {
      if (!interruption?.aborted) {
        await session.step(step, target, watcher);
      }
    }
    return session.recordings();
  } finally {
    watcher.close();
  }
}

async function deploy({ deployment, claim, files }: Means): Promise<void> {
  await claim.check();
  for (const file of files) {
    await deployment.apply(file);
  }
  if (!(await claim.take())) {
    deployment.disown();
    throw claim.busy();
  }
}

/** Waits for the pods; a run without any is none. */
async function enter(
  run: ClusterRun,
  deployment: Deployment,
  nodes: ReadonlyMap<string, ApiNode>,
  watcher: Watcher,
): Promise<ReadonlyMap<Place, Found>> {
  const { selector, fsync } = run.document;
  const places = { ...selector, ...(diskIsWanted(run) ? { disk: fsync!.selector } : {}) };
  let known = -1;
  const found = await deployment.ready(places, nodes, run.waitSeconds, (ready, all) => {
    if (known === -1) {
      watcher.begin('pods', all);
      known = 0;
    }
    for (; known < ready; known += 1) {
      watcher.done('');
    }
  });
  watcher.end();
  const all = [...found.values()];
  if (all.every(({ pods }) => pods.size === 0)) {
    const [first] = all.flatMap(({ why }) => [...why]);
    throw mustBe(
      'pods of the doctor',
      'ready on some machine',
      `none: on ${first?.join(' ')}`,
      'see to that first',
    );
  }
  return found;
}

/** Deletes what was deployed; says whether something was left that may enter machines. */
async function leave(
  { error }: Surroundings,
  { keep }: ClusterRun,
  { deployment, claim, files }: Means,
  interrupted: boolean,
): Promise<boolean> {
  if (!deployment.isThere) {
    return false;
  }
  if (keep && !interrupted) {
    await claim.release();
    error(`left in the cluster; delete it with ${deployment.deletion(files)}`);
    return false;
  }
  if (interrupted) {
    error('interrupted: what was deployed is deleted now, and nothing is written');
  }
  const trouble = await deployment.remove();
  if (trouble !== undefined) {
    error(`cdk8s-groundwork: ${trouble}`);
  }
  return trouble !== undefined;
}

function filesOf(run: ClusterRun): string[] {
  const { outdir, document } = run;
  return [
    ...(document.stays ? [] : [doctorFiles.objects]),
    ...(diskIsWanted(run) ? [doctorFiles.disk] : []),
  ].map((file) => {
    const path = join(outdir, file);
    if (!existsSync(path)) {
      throw mustBe(path, 'a file that a synth wrote', 'none', 'synthesize again with this release');
    }
    return path;
  });
}

/** Where the spec does not know the disk of etcd, there is nothing to write on. */
function diskIsWanted({ steps, document }: ClusterRun): boolean {
  return document.fsync !== undefined && steps.some(({ load }) => load === 'disk');
}

async function agree(
  { terminal }: Surroundings,
  { sure }: ClusterRun,
  interruption?: AbortSignal,
): Promise<void> {
  if (sure) {
    return;
  }
  if (terminal === undefined) {
    throw mustBe('--yes', 'given where nobody can be asked', 'nothing', 'nothing was deployed');
  }
  if (!(await terminal.ask('Go on?', interruption))) {
    throw new Failure('not done: nothing was deployed');
  }
}

async function whereTo(kubectl: Kubectl): Promise<string | undefined> {
  const ran = await kubectl.run([
    ...['config', 'view', '--minify'],
    ...['-o', 'jsonpath={.current-context} {.clusters[0].cluster.server}'],
  ]);
  // The name of a context may have spaces in it.
  const [, context, server] = /^(.*) (\S+)$/.exec(ran.stdout.trim()) ?? [];
  return ran.code === 0 && server !== undefined ? `context ${context}, ${server}` : undefined;
}

function entrances(found: ReadonlyMap<Place, Found>): Record<Place, ReadonlyMap<string, string>> {
  const of = (place: Place) =>
    new Map([...(found.get(place)?.pods ?? [])].map(([node, pod]) => [node, pod.metadata.name]));
  return { inspector: of('inspector'), podnet: of('podnet'), disk: of('disk') };
}

function podAddresses({ pods }: Found): Record<string, string> {
  return Object.fromEntries(
    [...pods].flatMap(([node, { status }]) =>
      status?.podIP === undefined ? [] : [[node, status.podIP]],
    ),
  );
}

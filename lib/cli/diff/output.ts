import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Phase, type Decision } from '../../cluster';
import { Failure, mustBe } from '../failure';
import { yaml } from '../yaml';

/** One object of a manifest file. */
export interface RenderedObject {
  /** API group, empty for the core one: two groups may have kinds of one name. */
  readonly group: string;
  /** `DaemonSet kube-system/kube-proxy`. */
  readonly subject: string;
  readonly value: unknown;
  readonly file: string;
  /** Absent for a user's own chart. */
  readonly phase?: string;
}

/** What one machine boots with. */
export interface RenderedMachine {
  readonly name: string;
  readonly role: 'init' | 'control-plane' | 'worker';
  /** Path on the machine → content; without a slash in front what only cloud-init reads. */
  readonly files: ReadonlyMap<string, string>;
}

/** What a synth wrote, as far as a running cluster cares. */
export interface Output {
  readonly folder: string;
  /** By API group and subject, whatever version they are written in. */
  readonly objects: ReadonlyMap<string, RenderedObject>;
  /** The founding control plane, the other control planes, workers. */
  readonly machines: readonly RenderedMachine[];
  readonly decisions: ReadonlyMap<string, Decision>;
  /** Whether an engine applies it from git. */
  readonly gitops: boolean;
  /** Whether an engine deletes by itself what this file no longer has. */
  readonly prunes: (file: string) => boolean;
}

const PHASES: readonly string[] = Object.values(Phase);
const ROLES = ['init', 'control-plane', 'worker'] as const;

/** Reads an output folder. It may have been written by any release that has the same layout. */
export function readOutput(path: string): Output {
  const folder = path.replace(/(?<=.)\/+$/, '');
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw mustBe('folder', 'one that synth wrote', folder, 'name the output folder of a synth');
  }
  const files = filesBelow(folder);
  const manifests = files.filter(isManifest);
  if (manifests.length === 0 && !files.some((file) => file.startsWith('nodes/'))) {
    throw mustBe(
      folder,
      'a folder that synth wrote',
      'one without *.k8s.yaml and nodes/',
      'name the output folder itself, such as dist',
    );
  }
  const objects = manifests.flatMap((file) => objectsOf(folder, file));
  const pruned = new Set(objects.flatMap(prunedFolder));
  return {
    folder,
    objects: new Map(objects.map((object) => [`${object.group} ${object.subject}`, object])),
    machines: machinesOf(folder, files),
    decisions: decisionsOf(folder),
    gitops: files.includes('flux/kustomization.yaml') || isForArgo(objects),
    prunes: (file) => pruned.has(file.split('/')[0]!),
  };
}

/** A user's own charts may have waves whoever applies the rest. */
function isForArgo(objects: readonly RenderedObject[]): boolean {
  const phased = objects.filter(({ phase }) => phase !== undefined);
  return (phased.length > 0 ? phased : objects).some(({ value }) =>
    JSON.stringify(value).includes('argocd.argoproj.io/sync-wave'),
  );
}

/** The folder of which a Kustomization of Flux deletes what is no longer in it. */
function prunedFolder({ file, value }: RenderedObject): string[] {
  const { spec } = value as { spec?: { prune?: boolean; path?: string } };
  return file.startsWith('flux/') && spec?.prune === true ? [basename(spec.path ?? '')] : [];
}

/** Manifests that somebody applies, and what an engine reads of them; the doctor's are a tool's own. */
function isManifest(file: string): boolean {
  return (
    (file.endsWith('.k8s.yaml') && !/^(nodes|report|doctor)\//.test(file)) ||
    /^flux\/\d\d-[^/]+\.yaml$/.test(file)
  );
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => statSync(join(folder, file), { throwIfNoEntry: false })?.isFile())
    .sort();
}

function objectsOf(folder: string, file: string): RenderedObject[] {
  const phase = PHASES.find((one) => basename(file) === `${one}.k8s.yaml`);
  return [...yaml().parseAllDocuments(readFileSync(join(folder, file), 'utf8'))].flatMap(
    (document) => {
      if (document.errors.length > 0) {
        throw new Failure(`${join(folder, file)} must be YAML: ${document.errors[0]!.message}`);
      }
      const value = document.toJS() as {
        apiVersion?: string;
        kind?: string;
        metadata?: { name?: string; namespace?: string };
      } | null;
      if (value === null) {
        return [];
      }
      if (typeof value.kind !== 'string') {
        throw new Failure(`${join(folder, file)} must hold objects, got one without a kind`);
      }
      const { name, namespace } = value.metadata ?? {};
      const group = /^(.+)\//.exec(value.apiVersion ?? '')?.[1] ?? '';
      const where = [namespace, name].filter((part) => part !== undefined).join('/');
      return [{ group, subject: `${value.kind} ${where}`, value, file, phase }];
    },
  );
}

function machinesOf(folder: string, files: readonly string[]): RenderedMachine[] {
  const machines = new Map<string, Map<string, string>>();
  for (const file of files) {
    const [, name, path] =
      /^nodes\/([^/]+)\/(?:files(?=\/))?(\/.+|network-config|user-data)$/.exec(file) ?? [];
    if (name !== undefined && path !== undefined) {
      machines.set(name, machines.get(name) ?? new Map());
      const text = readFileSync(join(folder, file));
      machines.get(name)!.set(path, path === 'user-data' ? aside(text) : text.toString());
    }
  }
  return [...machines]
    .map(([name, own]) => {
      const env = own.get('/etc/groundwork/machine.env') ?? '';
      const said = /^NODE_ROLE='(.*)'$/m.exec(env)?.[1];
      return { name, role: ROLES.find((role) => role === said) ?? 'worker', files: own };
    })
    .sort((a, b) => ROLES.indexOf(a.role) - ROLES.indexOf(b.role));
}

/** What user-data says besides the files, which are compared one by one. */
function aside(userData: Buffer): string {
  return userData.toString('utf8', 0, Math.max(userData.indexOf('\nwrite_files:'), 0));
}

function decisionsOf(folder: string): Map<string, Decision> {
  const file = join(folder, 'report/explain.ndjson');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return new Map(
    lines
      .filter((line) => line !== '')
      .map((line) => decisionIn(file, line))
      .map((decision) => [`${decision.path} ${decision.key}`, decision]),
  );
}

function decisionIn(file: string, line: string): Decision {
  try {
    return JSON.parse(line) as Decision;
  } catch (error) {
    throw new Failure(`${file} must have one JSON object a line: ${(error as Error).message}`);
  }
}

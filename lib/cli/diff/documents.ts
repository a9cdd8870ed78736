import { Failure } from '../failure';
import { yaml } from '../yaml';

/** A part of a machine's files that is compared by its values. */
export interface Document {
  /** What it is, in upstream's own words, or the path of the file. */
  readonly subject: string;
  readonly file: string;
  readonly value: unknown;
}

type Read = (text: string) => unknown;

interface Readable {
  readonly kind?: string;
  readonly metadata?: { readonly annotations?: object };
  readonly data?: Readonly<Record<string, string>> | null;
}

const SHELL = /^(\w+)='(.*)'$/;
const KUBEADM = /^\/etc\/groundwork\/(kubeadm(-init|-join|-upgrade)?|images)\.conf$/;

/** How the files that are more than text are read. */
const readers: ReadonlyArray<readonly [RegExp, Read]> = [
  [/^\/etc\/sysctl\.d\//, (text) => pairs(text, /^(\S+) = (.*)$/)],
  [/^\/etc\/(modules-load|modprobe)\.d\//, entries],
  [/^\/etc\/groundwork\/(packages|units)\.list$/, entries],
  [/^\/etc\/keepalived\/keepalived\.conf$/, entries],
  [/^(network-config|user-data)$/, (text) => yaml().parse(text)],
  [/^\/etc\/groundwork\/archives\.list$/, archives],
  [/^\/etc\/groundwork\/machine\.env$/, machineFacts],
  [/^\/etc\/groundwork\/preflight\.env$/, (text) => pairs(text, SHELL)],
  [/^\/usr\/local\/lib\/groundwork\/etcd-disk-prepare$/, diskFacts],
  [/\.(mount|service|timer)$|\.service\.d\/.*\.conf$/, (text) => pairs(text, /^(\w+)=(.*)$/)],
  [/\/(kubelet\.conf\.d|patches)\/.*\.conf$/, (text) => yaml().parse(text)],
  [/\/(kube-vip\.manifest|encryption\.conf)$/, (text) => yaml().parse(text)],
  [/^\/etc\/kubernetes\/.*\.conf$/, (text) => yaml().parse(text)],
];

/**
 * The files of a machine as documents. What kubeadm reads is one document for each kind, whatever file
 * it is in: which file a machine has follows from how it joined.
 */
export function documentsOf(files: ReadonlyMap<string, string>): Map<string, Document> {
  const documents = new Map<string, Document>();
  for (const [file, text] of files) {
    for (const document of KUBEADM.test(file) ? kubeadm(file, text) : [single(file, text)]) {
      if (!documents.has(document.subject)) {
        documents.set(document.subject, document);
      }
    }
  }
  return documents;
}

/**
 * An object as it is compared: text in a ConfigMap that a program reads as YAML or JSON is what that program
 * sees, and annotations are compared one by one, also where there were none.
 */
export function unfolded(object: unknown): unknown {
  const { metadata, ...rest } = object as Readable;
  const { kind, data } = rest;
  const whole = {
    ...rest,
    metadata: { ...metadata, annotations: metadata?.annotations ?? {} },
  };
  if (kind !== 'ConfigMap' || typeof data !== 'object' || data === null) {
    return whole;
  }
  const read = Object.entries(data).map(([key, text]) => [key, structured(text)]);
  return { ...whole, data: Object.fromEntries(read) };
}

function structured(text: string): unknown {
  if (!/^\s*\{|^(apiVersion|kind): /m.test(text)) {
    return text;
  }
  const [document, ...more] = [...yaml().parseAllDocuments(text)];
  const value = document?.errors.length === 0 && more.length === 0 ? document.toJS() : undefined;
  return value !== null && typeof value === 'object' ? value : text;
}

function kubeadm(file: string, text: string): Document[] {
  return [...yaml().parseAllDocuments(text)]
    .map((document) => {
      if (document.errors.length > 0) {
        throw notYaml(file, document.errors[0]!);
      }
      return document.toJS() as { kind?: string } | null;
    })
    .flatMap((value) => (value === null ? [] : [{ subject: String(value.kind), file, value }]));
}

function single(file: string, text: string): Document {
  const read = readers.find(([pattern]) => pattern.test(file))?.[1];
  try {
    return { subject: file, file, value: read === undefined ? text : read(text) };
  } catch (error) {
    throw notYaml(file, error as Error);
  }
}

function notYaml(file: string, { message }: Error): Failure {
  return new Failure(`${file} of a machine must be YAML: ${message}`);
}

/** Lines of the form `key = value`; a key that stands more than once has all its values. */
function pairs(text: string, form: RegExp): Record<string, string> {
  const found: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const [, key, value] = form.exec(line) ?? [];
    if (key !== undefined && value !== undefined) {
      found[key] = key in found ? `${found[key]}\n${value}` : value;
    }
  }
  return found;
}

/** Lines that are not comments, whatever their order. */
function entries(text: string): string[] {
  return [...new Set(linesOf(text).map((line) => line.trim()))].sort();
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
}

/** Name of the program → where this release of it is fetched from; the mirror does not matter. */
function archives(text: string): Record<string, string> {
  return Object.fromEntries(
    linesOf(text).map((line) => {
      const [name, digest, url = ''] = line.split(' ');
      const release = /\/(v\d[^/]*)\//.exec(url)?.[1] ?? digest;
      return [name, release];
    }),
  );
}

/** Which control plane founded the cluster does not matter any more when it runs. */
function machineFacts(text: string): Record<string, string> {
  const { NODE_ROLE: role, ...facts } = pairs(text, SHELL);
  return { ...facts, NODE_ROLE: role === 'init' ? 'control-plane' : String(role) };
}

/** Only what says which disk it is and how large it may be; the rest is the procedure. */
function diskFacts(text: string): Record<string, string> {
  return pairs(text, /^(mount_point|uuid|identity|min|max)='?(.*?)'?$/);
}

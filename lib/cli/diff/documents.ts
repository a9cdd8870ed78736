import { yaml } from '../yaml';

/** A part of a machine's files that is compared by its values. */
export interface Document {
  /** What it is, in upstream's own words, or the path of the file. */
  readonly subject: string;
  readonly file: string;
  readonly value: unknown;
}

type Read = (text: string) => unknown;

const KUBEADM = /^\/etc\/groundwork\/(kubeadm(-init|-join|-upgrade)?|images)\.conf$/;

/** How the files that are more than text are read. */
const readers: ReadonlyArray<readonly [RegExp, Read]> = [
  [/^\/etc\/sysctl\.d\//, (text) => pairs(text, /^(\S+) = (.*)$/)],
  [/^\/etc\/(modules-load|modprobe)\.d\//, entries],
  [/^\/etc\/groundwork\/(packages|units)\.list$/, entries],
  [/^\/etc\/groundwork\/archives\.list$/, archives],
  [/^\/etc\/groundwork\/(machine|preflight)\.env$/, (text) => pairs(text, /^(\w+)='(.*)'$/)],
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

/** Text in a ConfigMap that a program reads as YAML or JSON, as what that program sees. */
export function unfolded(object: unknown): unknown {
  const { kind, data } = object as { kind?: string; data?: Record<string, string> };
  if (kind !== 'ConfigMap' || data === undefined) {
    return object;
  }
  const read = Object.entries(data).map(([key, text]) => [key, structured(text)]);
  return { ...(object as object), data: Object.fromEntries(read) };
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
    .map((document) => document.toJS() as { kind?: string } | null)
    .flatMap((value) => (value === null ? [] : [{ subject: String(value.kind), file, value }]));
}

function single(file: string, text: string): Document {
  const read = readers.find(([pattern]) => pattern.test(file))?.[1];
  return { subject: file, file, value: read === undefined ? text : read(text) };
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
  return [...new Set(linesOf(text))].sort();
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

/** Only what says which disk it is and how large it may be; the rest is the procedure. */
function diskFacts(text: string): Record<string, string> {
  return pairs(text, /^(mount_point|uuid|identity|min|max)='?(.*?)'?$/);
}

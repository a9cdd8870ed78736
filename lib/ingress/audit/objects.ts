/** Anything that YAML can hold. Nothing below believes in its shape. */
export type Unknown = unknown;

/** A value as a record; an empty one for everything else. */
export function record(value: Unknown): Readonly<Record<string, Unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, Unknown>)
    : {};
}

/** A value as a list; an empty one for everything else. */
export function list(value: Unknown): readonly Unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A value as text: numbers and switches as they would be written, nothing for all else. */
export function text(value: Unknown): string {
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : '';
}

/** One path of a rule. */
export interface IngressPath {
  /** Where it stands, for example `spec.rules[0].http.paths[1].path`. */
  readonly field: string;
  readonly path: string;
  readonly pathType: string;
  readonly backend: Readonly<Record<string, Unknown>>;
}

/** One rule of an Ingress. */
export interface IngressRule {
  readonly field: string;
  readonly host: string;
  readonly paths: readonly IngressPath[];
}

/** What the checks read of an object. */
export interface Manifest {
  readonly kind: string;
  readonly apiVersion: string;
  readonly namespace: string;
  readonly name: string;
  /** Kind, namespace and name, for people. */
  readonly title: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: Readonly<Record<string, Unknown>>;
  readonly data: Readonly<Record<string, string>>;
}

/** An Ingress that ingress-nginx serves. */
export interface Ingress extends Manifest {
  readonly className: string;
  readonly rules: readonly IngressRule[];
}

const CLUSTER_WIDE = ['IngressClass', 'ClusterIssuer'];

/** Every object, those inside of lists too, and without what is none. */
export function manifests(objects: readonly Unknown[], depth = 3): Manifest[] {
  return objects.flatMap((object) => {
    const { kind, items } = record(object);
    if (text(kind).endsWith('List') && Array.isArray(items)) {
      return depth > 0 ? manifests(items, depth - 1) : [];
    }
    return text(kind) === '' ? [] : [manifest(record(object))];
  });
}

function manifest(object: Readonly<Record<string, Unknown>>): Manifest {
  const metadata = record(object.metadata);
  const kind = text(object.kind);
  const name = text(metadata.name) || '(no name)';
  const namespace = CLUSTER_WIDE.includes(kind) ? '' : text(metadata.namespace) || 'default';
  return {
    kind,
    apiVersion: text(object.apiVersion),
    namespace,
    name,
    title: `${kind} ${namespace === '' ? name : `${namespace}/${name}`}`,
    annotations: texts(metadata.annotations),
    labels: texts(metadata.labels),
    spec: record(object.spec),
    data: texts(object.data),
  };
}

function texts(value: Unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(record(value)).map(([key, v]) => [key, text(v)]));
}

/** The class an Ingress names, by its field or by the annotation of old. */
export const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';

/** An object as an Ingress, with its rules. */
export function ingress(object: Manifest): Ingress {
  const rules = list(object.spec.rules).map((rule, r) => {
    const field = `spec.rules[${r}]`;
    const { host, http } = record(rule);
    const paths = list(record(http).paths).map((entry, p) => {
      const { path, pathType, backend } = record(entry);
      return {
        field: `${field}.http.paths[${p}].path`,
        path: text(path) || '/',
        pathType: text(pathType) || 'ImplementationSpecific',
        backend: record(backend),
      };
    });
    return { field, host: text(host).toLowerCase(), paths };
  });
  const className =
    text(object.spec.ingressClassName) || (object.annotations[CLASS_ANNOTATION] ?? '');
  return { ...object, className, rules };
}

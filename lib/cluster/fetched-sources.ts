import { objectsOf } from './app-objects';
import type { Cluster } from './cluster';

/** One image or address that the cluster fetches, and who does. */
export interface FetchedSource {
  /** The image's full reference, or the URL without its scheme. */
  readonly reference: string;
  /** The same with the host that a runtime adds where the reference has none; its country is that of this. */
  readonly place: string;
  /** The host alone. */
  readonly host: string;
  readonly isImage: boolean;
  /** The construct or object that names it, or `machines`. */
  readonly by: string;
  /** Namespace of the pods that run it; absent where no pod does. */
  readonly namespace?: string;
}

/**
 * Every image in the objects of the App, on the machines and of the doctor, and every address that machines
 * fetch from.
 * Images that an application names when it runs are not among them.
 */
export function fetchedSources(cluster: Cluster): FetchedSource[] {
  const fetched = cluster._summary('nodes')?.fetched();
  const doctor = cluster._summary('doctor');
  return [
    ...(fetched?.images ?? []).map((image) => imageSource(image, 'machines', 'kube-system')),
    ...(fetched?.urls ?? []).map((url) => {
      const { host, pathname } = new URL(url);
      const reference = `${host}${pathname}`;
      return { reference, place: reference, host, isImage: false, by: 'machines' };
    }),
    ...(doctor?.images() ?? []).map((image) => imageSource(image, doctor!.path, doctor!.namespace)),
    ...objectsOf(cluster).flatMap(({ path, object }) =>
      imagesIn(object).map((image) => imageSource(image, path, namespaceOf(object))),
    ),
  ];
}

/** Where the operator takes Calico from when its Installation names no registry. */
const CALICO_DEFAULT = 'quay.io/';

function imagesIn(object: any): string[] {
  if (object.kind === 'CustomResourceDefinition') {
    return [];
  }
  if (object.kind === 'Installation' && `${object.apiVersion}`.startsWith('operator.tigera.io/')) {
    return [`${object.spec?.registry ?? CALICO_DEFAULT}calico/node`];
  }
  return [...new Set(namedImages(object))];
}

/** What stands under `image`: a reference, or a repository with a tag beside it. */
function namedImages(value: any): string[] {
  if (Array.isArray(value)) {
    return value.flatMap(namedImages);
  }
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries<any>(value).flatMap(([key, inner]) => {
    if (key !== 'image') {
      return namedImages(inner);
    }
    const image = inner?.repository ?? inner?.reference ?? inner;
    return typeof image === 'string' ? [image] : [];
  });
}

/** The operator of Calico runs what an Installation names in a namespace of its own. */
function namespaceOf(object: any): string {
  return object.kind === 'Installation'
    ? 'calico-system'
    : (object.metadata?.namespace ?? 'default');
}

function imageSource(reference: string, by: string, namespace: string): FetchedSource {
  const [first = ''] = reference.split('/');
  // As runtimes read it: what has neither a dot nor a port is no host.
  const named = /[.:]|^localhost$/.test(first) && reference.includes('/');
  const [host, path] = named
    ? [first, reference]
    : ['docker.io', `docker.io/${reference.includes('/') ? '' : 'library/'}${reference}`];
  return { reference, place: path, host, isImage: true, by, namespace };
}

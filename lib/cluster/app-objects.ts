import { ApiObject } from 'cdk8s';
import type { Cluster } from './cluster';
import { allowPlaceholders } from './placeholder';

/** One object of the App, and the construct that it is. */
export interface AppObject {
  readonly path: string;
  /** As it will be applied. */
  readonly object: any;
}

const rendered = new WeakMap<Cluster, { objects?: AppObject[] }>();

/** Every object of the App, as it will be applied. */
export function objectsOf(cluster: Cluster): readonly AppObject[] {
  const memory = rendered.get(cluster);
  return memory === undefined ? render(cluster) : (memory.objects ??= render(cluster));
}

/** Renders objects once for all who ask meanwhile: several rules look at each of them. */
export function renderedOnce<T>(cluster: Cluster, look: () => T): T {
  if (rendered.has(cluster)) {
    return look();
  }
  rendered.set(cluster, {});
  try {
    return look();
  } finally {
    rendered.delete(cluster);
  }
}

function render(cluster: Cluster): AppObject[] {
  return apiObjectsOf(cluster).map((node) => ({
    path: node.node.path,
    object: allowPlaceholders(() => node.toJson()),
  }));
}

/** The constructs of all objects of the App, for those who need not see what will be applied. */
export function apiObjectsOf(cluster: Cluster): ApiObject[] {
  return cluster.node.root.node.findAll().filter((node) => ApiObject.isApiObject(node));
}

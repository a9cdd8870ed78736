import { Phase } from '../../cluster';

/** Number of a phase: the apply step, the wave, the place in the order. */
export function numberOf(phase: string): number {
  return Number.parseInt(phase, 10);
}

/**
 * What a user's own charts come as: after everything that pods need, and before alerts and dashboards, whose
 * kinds may come from one of these charts.
 */
export const OWN_CHARTS = '65-own-charts';

/**
 * Whether an engine may delete objects of this phase by itself, because they are no longer rendered or because
 * its own Application or Kustomization went away. Up to the load balancer's addresses nothing in the cluster
 * survives their loss, the engine's own way to git included.
 */
export function mayDelete(phase: string): boolean {
  return numberOf(phase) >= numberOf(Phase.INGRESS);
}

/** Kinds that no engine deletes in any phase: with them goes what others made, such as Secrets, routes or data. */
export const KEPT_KINDS: readonly string[] = [
  'CustomResourceDefinition',
  'Namespace',
  'PersistentVolume',
  'PersistentVolumeClaim',
];

import { MANAGED_BY, type Cluster, type Manifest } from '../../cluster';
import type { AppliedObject, ApplyPhase } from '../apply-phase';
import { forArgo, ownForArgo } from './argo';
import { fluxFiles, kustomizationsOf } from './flux';
import { GitOpsEngine, type FluxSettings, type GitOps } from './gitops';
import { OWN_CHARTS } from './keep';

/** How and where manifests are written, which depends on who applies them. */
export interface Layout {
  /** Path of a manifest file below the output folder. */
  readonly place: (file: string, phase: string) => string;
  /** An object of a phase as it is written. */
  readonly object: <T extends Manifest>(object: T, phase: string) => T;
  /** An object of a user's own chart as it is written. */
  readonly ownObject: <T extends Manifest>(object: T) => T;
  /** Files for the engine itself. */
  readonly files: (
    cluster: Cluster | undefined,
    phases: readonly ApplyPhase[],
    others: readonly string[],
  ) => Record<string, string>;
  /** Objects for the engine itself: they are applied, too. */
  readonly engineObjects: (
    cluster: Cluster,
    phases: readonly ApplyPhase[],
    others: readonly string[],
  ) => readonly AppliedObject[];
  /**
   * Whose fields they are when apply.sh has applied them. With an engine it is the engine's own name: of two
   * owners each would keep a field that the other no longer renders.
   */
  readonly fieldManager: string;
}

const plain: Layout = {
  place: (file) => file,
  object: (object) => object,
  ownObject: (object) => object,
  files: () => ({}),
  engineObjects: () => [],
  fieldManager: MANAGED_BY,
};

const argo: Layout = {
  ...plain,
  object: forArgo,
  ownObject: (object) => ownForArgo(object, OWN_CHARTS),
  fieldManager: 'argocd-controller',
};

const flux = (settings: FluxSettings): Layout => ({
  ...plain,
  place: (file, phase) => `${phase}/${file}`,
  files: (cluster, phases, others) => fluxFiles(settings, cluster, phases, others),
  engineObjects: (cluster, phases, others) => kustomizationsOf(settings, cluster, phases, others),
  fieldManager: 'kustomize-controller',
});

/** The layout for an engine, or for nobody in particular. */
export function layoutOf(gitops: GitOps | undefined): Layout {
  const settings = gitops?._flux;
  return settings !== undefined
    ? flux(settings)
    : gitops?.engine === GitOpsEngine.ARGO
      ? argo
      : plain;
}

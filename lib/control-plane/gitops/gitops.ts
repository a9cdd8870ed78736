import { Duration } from 'cdk8s';
import { isDnsLabel, isDnsName, throwProblems, type Problem } from '../../cluster';

/** Who applies what lies in git. */
export enum GitOpsEngine {
  /** Argo CD. */
  ARGO = 'argo',
  /** Flux. */
  FLUX = 'flux',
}

/** What Flux reads the manifests from, in its own words. */
export enum FluxSourceKind {
  /** A repository. */
  GIT_REPOSITORY = 'GitRepository',
  /** An artefact in a registry. */
  OCI_REPOSITORY = 'OCIRepository',
  /** A bucket. */
  BUCKET = 'Bucket',
}

/** Where Flux finds the output, and how often it looks. */
export interface FluxOptions {
  /**
   * The output folder as it is called inside of the source, for example `clusters/oslo`; `.` when the source holds
   * nothing else. A path that starts with a slash or leaves the source throws.
   */
  readonly path: string;
  /**
   * Kind of the source.
   *
   * @default FluxSourceKind.GIT_REPOSITORY
   */
  readonly sourceKind?: FluxSourceKind;
  /**
   * Name of the source. Another form than a DNS name throws.
   *
   * @default 'flux-system', which `flux bootstrap` makes
   */
  readonly sourceName?: string;
  /**
   * Namespace of the source and of the Kustomizations. Another form than a DNS label throws.
   *
   * @default 'flux-system'
   */
  readonly namespace?: string;
  /**
   * How often Flux compares the cluster with the source when nothing has changed there. Less than a minute,
   * which is Flux's own minimum, or parts of a second throw.
   *
   * @default Duration.minutes(10)
   */
  readonly interval?: Duration;
}

/**
 * How the manifests are written for an engine that applies them from git. Every object stays as it is without
 * one, except for annotations that only Argo CD reads.
 */
export class GitOps {
  /**
   * For Argo CD: every object says its sync wave, which is the number of its phase, and how it is synced. The
   * files stay where they are.
   */
  public static argo(): GitOps {
    return new GitOps(GitOpsEngine.ARGO);
  }

  /**
   * For Flux: every phase gets a folder, and `flux/` holds one Kustomization for each, which waits for the one before.
   * Flux writes their names on all objects as a label: a name of a cluster that makes one longer than 63 characters
   * throws when the output is rendered.
   *
   * @param options where Flux finds them
   */
  public static flux(options: FluxOptions): GitOps {
    throwProblems('GitOps.flux', fluxProblems(options));
    return new GitOps(GitOpsEngine.FLUX, options);
  }

  private constructor(
    /** Who applies them. */
    public readonly engine: GitOpsEngine,
    private readonly options?: FluxOptions,
  ) {}

  /**
   * What Flux was told, with defaults; absent for other engines.
   *
   * @internal
   */
  public get _flux(): FluxSettings | undefined {
    return this.options && settingsOf(this.options);
  }
}

/** Options of Flux, all of them. */
export interface FluxSettings {
  /** The output folder inside of the source, `.` for the source itself. */
  readonly path: string;
  readonly source: { readonly kind: string; readonly name: string };
  readonly namespace: string;
  readonly interval: string;
}

function settingsOf(options: FluxOptions): FluxSettings {
  const seconds = (options.interval ?? Duration.minutes(10)).toSeconds();
  return {
    path: options.path.replace(/^\.\/(?=.)/, '').replace(/\/+$/, ''),
    source: {
      kind: options.sourceKind ?? FluxSourceKind.GIT_REPOSITORY,
      name: options.sourceName ?? 'flux-system',
    },
    namespace: options.namespace ?? 'flux-system',
    interval: seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`,
  };
}

function fluxProblems(options: FluxOptions): Problem[] {
  const { path, sourceName = 'flux-system', namespace = 'flux-system', interval } = options;
  const seconds = interval?.toSeconds({ integral: false }) ?? 60;
  const parts = path.split('/');
  const wrong: Array<[boolean, Problem]> = [
    [
      path === '' || path.startsWith('/') || parts.includes('..') || /\s/.test(path),
      {
        prop: 'path',
        allowed: 'a folder inside of the source',
        got: path,
        remedy: 'name it as the repository does, without a slash in front',
      },
    ],
    [
      !isDnsName(sourceName),
      {
        prop: 'sourceName',
        allowed: 'a DNS name in lower case',
        got: sourceName,
        remedy: 'name the source as `flux get sources all` shows it',
      },
    ],
    [
      !isDnsLabel(namespace),
      {
        prop: 'namespace',
        allowed: 'a DNS label in lower case',
        got: namespace,
        remedy: 'name the namespace that the source is in',
      },
    ],
    [
      seconds < 60 || !Number.isInteger(seconds),
      {
        prop: 'interval',
        allowed: 'whole seconds, 60 or more',
        got: `${seconds} s`,
        remedy: 'changes in the source are applied at once, whatever the interval',
      },
    ],
  ];
  return wrong.filter(([is]) => is).map(([, problem]) => problem);
}

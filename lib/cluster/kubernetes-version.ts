import { defaultKubernetesMinor, kubernetesMinor } from '../catalog';
import { problemAt } from './problem';

/**
 * A Kubernetes release the catalogue knows. A minor stands for the newest patch whose archives are
 * pinned; `of` names another patch of the same minors.
 */
export class KubernetesVersion {
  /** Kubernetes 1.35. */
  public static readonly V1_35 = KubernetesVersion.minorOf('1.35');
  /** Kubernetes 1.36, the default. */
  public static readonly V1_36 = KubernetesVersion.minorOf('1.36');
  /** Kubernetes 1.37, a preview: accepted with finding GW-CLUSTER-001. */
  public static readonly V1_37 = KubernetesVersion.minorOf('1.37');

  /**
   * One exact patch release.
   *
   * @param patch the release without a leading `v`, for example `1.36.4`. A text of another form, or
   * a minor outside the catalogue, is an error that names what is supported
   */
  public static of(patch: string): KubernetesVersion {
    const match = /^((?:0|[1-9]\d*)\.(?:0|[1-9]\d*))\.(?:0|[1-9]\d*)$/.exec(patch);
    if (match === null) {
      throw problemAt('KubernetesVersion', {
        prop: 'version',
        allowed: 'a release such as 1.36.4',
        got: patch,
        remedy: `leave out the v and name the patch, or use KubernetesVersion.V${defaultKubernetesMinor.replace('.', '_')}`,
      });
    }
    return new KubernetesVersion(catalogued(match[1]!).minor, patch);
  }

  private static minorOf(minor: string): KubernetesVersion {
    return new KubernetesVersion(minor, catalogued(minor).defaultPatch.value);
  }

  private constructor(
    /** The minor release, for example `1.36`. */
    public readonly minor: string,
    /** The full release, for example `1.36.4`. */
    public readonly patch: string,
  ) {}

  /** Whether the minor is accepted only as a preview. */
  public get isPreview(): boolean {
    return kubernetesMinor(this.minor).status.value === 'preview';
  }

  /** The release as Kubernetes writes it, for example `v1.36.4`. */
  public toString(): string {
    return `v${this.patch}`;
  }
}

function catalogued(minor: string) {
  try {
    return kubernetesMinor(minor);
  } catch (error) {
    throw new Error(`[KubernetesVersion] ${(error as Error).message}`);
  }
}

import { throwProblems, type Problem } from '../../cluster';

/** Where a package repository is, and by which key it is known. */
export interface AptRepositoryOptions {
  /**
   * The public key that signs the repository, as ASCII armour: the text of `Release.key` beside it,
   * from `-----BEGIN PGP PUBLIC KEY BLOCK-----` on. The library never fetches it: whoever gives the
   * key vouches for it. A private key, or anything else, throws.
   */
  readonly key: string;
  /**
   * URL of the repository of this Kubernetes minor, with `http:` or `https:`, without credentials. It
   * must have the form of the community's: one flat suite for a minor. Another one throws.
   *
   * @default - the community's repository, from the cluster's downloadBaseUrl if there is one
   */
  readonly repository?: string;
}

/** Where machines get kubelet, kubeadm, kubectl, crictl and the network plugins' basic binaries. */
export class BinarySource {
  /** Release archives with the checksums of the catalogue. Needs no key, and works from any mirror. */
  public static archives(): BinarySource {
    return new BinarySource();
  }

  /**
   * The community's deb repository of the minor. kubelet, kubeadm and kubectl are held at exactly the
   * version of the spec; cri-tools and kubernetes-cni are what the repository has. containerd and
   * runc stay release archives.
   *
   * @param options the key, and where the repository is
   */
  public static apt(options: AptRepositoryOptions): BinarySource {
    return new BinarySource(options);
  }

  private constructor(
    /**
     * The repository, if it is one.
     *
     * @internal
     */
    public readonly _apt?: AptRepositoryOptions,
  ) {
    throwProblems('BinarySource', _apt === undefined ? [] : aptProblems(_apt));
  }
}

const ARMOUR =
  /^-----BEGIN PGP PUBLIC KEY BLOCK-----\n(?:[A-Za-z]+: [^\n]*\n)*\n?(?:[A-Za-z0-9+/=]{1,76}\n)+-----END PGP PUBLIC KEY BLOCK-----$/;

function aptProblems({ key, repository }: AptRepositoryOptions): Problem[] {
  const problems: Problem[] = [];
  if (!ARMOUR.test(key.replace(/\r/g, '').trim())) {
    problems.push({
      prop: 'key',
      allowed: 'one public key as ASCII armour',
      // Never the text itself: it may be the private half.
      got: /PRIVATE KEY/.test(key) ? 'a private key' : `text of ${key.length} characters`,
      remedy: 'paste the content of Release.key, which lies beside the repository',
    });
  }
  if (repository !== undefined && !/^https?:\/\/[A-Za-z0-9.:[\]-]+\/[^\s@'"]*$/.test(repository)) {
    problems.push({
      prop: 'repository',
      allowed: 'a URL with http: or https:, and without credentials',
      got: repository.replace(/\/\/[^/]*@/, '//…@'),
      remedy: 'write it up to the folder in which InRelease lies',
    });
  }
  return problems;
}

import { countryProblems, isDnsName, SecretRef, throwProblems, type Problem } from '../../cluster';

/** An object store that speaks S3. */
export interface S3BackupOptions {
  /**
   * Its address, `https://` with host and port if that is not 443, without a path. Plain http, a name
   * of the cluster itself and another form throw.
   */
  readonly endpoint: string;
  /** The bucket: 3 to 63 lower-case letters, digits, dots and hyphens. Another form throws. */
  readonly bucket: string;
  /** Region of the bucket in the words of the store, for example `eu-north-1`. */
  readonly region: string;
  /** Country in which the store keeps the data, ISO 3166-1 alpha-2, for example `NO`. Another form throws. */
  readonly country: string;
  /**
   * Path below the bucket, without slashes at its ends.
   *
   * @default - the name of the cluster
   */
  readonly prefix?: string;
  /**
   * The access key's id, in a Secret in kube-system.
   *
   * @default - key `access-key-id` of the Secret `etcd-backup`
   */
  readonly accessKeyId?: SecretRef;
  /**
   * The access key itself, in a Secret in kube-system.
   *
   * @default - key `secret-access-key` of the Secret `etcd-backup`
   */
  readonly secretAccessKey?: SecretRef;
  /**
   * Certificate, in PEM, of the authority that signed the store's own, in a Secret in kube-system.
   *
   * @default - the public authorities that restic's image knows
   */
  readonly caCertificate?: SecretRef;
}

/** A directory of the control planes that is not on the disk of etcd. */
export interface HostDirectoryBackupOptions {
  /**
   * The control plane whose directory it is. Given together with `shared` it throws.
   *
   * @default - the first control plane
   */
  readonly machine?: string;
  /**
   * Whether every control plane has the same directory there: a network file system that the machines
   * mount. Then `country` must be given.
   *
   * @default false
   */
  readonly shared?: boolean;
  /**
   * Country in which the data is kept, ISO 3166-1 alpha-2.
   *
   * @default - the country of the machine's zone
   */
  readonly country?: string;
}

/** The Secret that holds keys and password unless other references are given. */
export const DEFAULT_SECRET = 'etcd-backup';

/** Directories that hold etcd itself, are gone with a boot, or belong to somebody else. */
const REFUSED = [
  ['/var/lib/etcd', 'the disk that the backup is for'],
  ['/etc/kubernetes', 'the keys that the backup is for'],
  ['/proc', 'no disk'],
  ['/sys', 'no disk'],
  ['/dev', 'no disk'],
  ['/run', 'gone with the next boot'],
  ['/tmp', 'gone with the next boot'],
  ['/var/lib/kubelet', "the kubelet's own"],
  ['/var/lib/containerd', "containerd's own"],
] as const;

/** Where backups of etcd go. They are encrypted before they leave the machine, wherever that is. */
export class EtcdBackupTarget {
  /**
   * A bucket of an object store. The key needs to list, read, write and, unless `prune` is off, delete.
   *
   * @param options which bucket, and where in the world it is
   */
  public static s3(options: S3BackupOptions): EtcdBackupTarget {
    throwProblems('EtcdBackupTarget.s3', s3Problems(options));
    return new EtcdBackupTarget(options.country, options, undefined, undefined);
  }

  /**
   * A directory on another disk of a control plane, or on a network file system. It must exist and
   * belong to root: give a directory below the mount point, so that the backup fails while the disk is
   * not mounted instead of filling the root disk.
   *
   * @param path absolute, canonical. One at or below /var/lib/etcd throws; a directory that turns out to
   * be on etcd's disk all the same makes every run fail
   * @param options whose directory it is
   */
  public static hostDirectory(
    path: string,
    options: HostDirectoryBackupOptions = {},
  ): EtcdBackupTarget {
    throwProblems('EtcdBackupTarget.hostDirectory', directoryProblems(path, options));
    return new EtcdBackupTarget(options.country, undefined, path, options);
  }

  private constructor(
    /** Country of the data, if it was given. */
    public readonly country: string | undefined,
    /**
     * The bucket, if it is one.
     *
     * @internal
     */
    public readonly _s3: S3BackupOptions | undefined,
    /**
     * The directory, if it is one.
     *
     * @internal
     */
    public readonly _path: string | undefined,
    /**
     * Whose directory it is.
     *
     * @internal
     */
    public readonly _directory: HostDirectoryBackupOptions | undefined,
  ) {}
}

function s3Problems(options: S3BackupOptions): Problem[] {
  const { endpoint, bucket, region, country, prefix } = options;
  const host = /^https:\/\/([^/:@?#\s]+)(:\d{1,5})?$/.exec(endpoint)?.[1];
  return [
    ...countryProblems('country', country),
    ...(host !== undefined && isDnsName(host) && !/\.svc(\.|$)/.test(host)
      ? []
      : [
          {
            prop: 'endpoint',
            allowed: 'https:// and the host name of a store outside of the cluster',
            got: endpoint,
            remedy:
              'write for example https://s3.example.no; a store inside the cluster is lost with it',
          },
        ]),
    ...formProblems('bucket', bucket, /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'the name of a bucket'),
    ...formProblems('region', region, /^[a-z0-9][a-z0-9-]{0,62}$/, 'the name of a region'),
    ...(prefix === undefined
      ? []
      : formProblems(
          'prefix',
          prefix,
          /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/,
          'a path without slashes at its ends',
        )),
  ];
}

function directoryProblems(path: string, options: HostDirectoryBackupOptions): Problem[] {
  const { machine, shared = false, country } = options;
  const problems = country === undefined ? [] : countryProblems('country', country);
  if (!/^(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/.test(path)) {
    problems.push({
      prop: 'path',
      allowed: 'an absolute path of letters, digits and . _ - without a slash at its end',
      got: path,
      remedy: 'write for example /srv/backup/etcd',
    });
  }
  const refused = REFUSED.find(([dir]) => path === dir || path.startsWith(dir + '/'));
  if (refused !== undefined || path.startsWith('/var/lib/etcd')) {
    const [dir, why] = refused ?? REFUSED[0];
    problems.push({
      prop: 'path',
      allowed: `outside of ${dir}`,
      got: path,
      remedy: `that is ${why}; give a directory on another disk`,
    });
  }
  if (shared && machine !== undefined) {
    problems.push({
      prop: 'machine',
      allowed: 'left out with shared',
      got: machine,
      remedy: 'a directory that all control planes share is read and written from any of them',
    });
  }
  if (shared && country === undefined) {
    problems.push({
      prop: 'country',
      allowed: 'given with shared',
      got: undefined,
      remedy: 'say where the file server keeps its data',
    });
  }
  return problems;
}

function formProblems(prop: string, got: string, form: RegExp, allowed: string): Problem[] {
  return form.test(got)
    ? []
    : [{ prop, allowed, got, remedy: 'copy it from the page of the store' }];
}

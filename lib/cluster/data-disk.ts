import { Size } from 'cdk8s';
import { identityProblems, maxSizeProblems, modelProblems } from './disk-identity';
import type { EtcdDisk } from './etcd-disk';
import { throwProblems, type Problem } from './problem';
import { bytesOf } from './units';

/** How a disk for volumes is told from all others. */
export enum DataDiskKind {
  /** By the serial number in the NVMe controller. */
  NVME_SERIAL = 'nvme-serial',
  /** By a link below /dev/disk/by-id, as on virtio or SCSI disks of a VPS. */
  BY_ID = 'by-id',
  /** A directory of a filesystem that somebody else mounts. */
  DIRECTORY = 'directory',
}

/** How large a volume is. */
export interface VolumeOptions {
  /**
   * Size that the PersistentVolume offers, 1 GiB or more; less throws. A claim for more does not get it.
   * Nothing on a machine holds a pod to it: a pod can fill the whole filesystem.
   */
  readonly capacity: Size;
}

/** What else must be true of the disk before anything is written to it; one smaller than `capacity` never is. */
export interface DataDiskOptions extends VolumeOptions {
  /**
   * Largest size that is accepted; a much larger disk is probably another one. Less than `capacity`
   * throws.
   *
   * @default - no upper limit
   */
  readonly maxSize?: Size;
  /**
   * Shell pattern that the disk's model must match, for example `SAMSUNG MZVL*`.
   *
   * @default - any model
   */
  readonly model?: string;
}

/**
 * A disk of one machine that becomes one local volume for pods. Only a disk with this identity, within
 * these bounds and blank, is ever formatted; a disk of etcd and one that the machine runs on never are.
 */
export class DataDisk {
  /**
   * The NVMe disk with this serial number, as `nvme list` or `lsblk -o SERIAL` print it.
   *
   * @param serial letters, digits and `. _ : + -`. A path or kernel name throws
   * @param options capacity, largest size and model
   */
  public static nvmeSerial(serial: string, options: DataDiskOptions): DataDisk {
    return new DataDisk(DataDiskKind.NVME_SERIAL, serial, options);
  }

  /**
   * The disk with this link below /dev/disk/by-id.
   *
   * @param link the link's name, for example `virtio-data`. A path, a partition or a kernel name throws
   * @param options capacity, largest size and model
   */
  public static byId(link: string, options: DataDiskOptions): DataDisk {
    return new DataDisk(DataDiskKind.BY_ID, link, options);
  }

  /**
   * A directory that is there already, on a disk that somebody else formats and mounts. Nothing on the
   * machine is touched. Give a directory below the mount point, so that pods do not start on the root
   * disk while the disk is not mounted.
   *
   * @param path absolute, of letters, digits and `. _ -`; one that belongs to etcd, Kubernetes or the
   * system throws
   * @param options capacity
   */
  public static directory(path: string, options: VolumeOptions): DataDisk {
    return new DataDisk(DataDiskKind.DIRECTORY, path, options);
  }

  /** Size that the volume offers. */
  public readonly capacity: Size;
  /** Largest accepted size, if there is one. */
  public readonly maxSize?: Size;
  /** Shell pattern for the model, if there is one. */
  public readonly model?: string;

  private constructor(
    /** How the disk is identified. */
    public readonly kind: DataDiskKind,
    /** The serial, the by-id link, or the directory. */
    public readonly identity: string,
    options: DataDiskOptions,
  ) {
    this.capacity = options.capacity;
    this.maxSize = options.maxSize;
    this.model = options.model;
    throwProblems('DataDisk', this.problems());
  }

  /**
   * What the volume is called after its machine, and its directory on the machine: the identity without
   * what names cannot have.
   *
   * @internal
   */
  public get _slug(): string {
    return this.identity
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '');
  }

  private problems(): Problem[] {
    const own: Problem[] =
      this.kind === DataDiskKind.DIRECTORY
        ? directoryProblems(this.identity)
        : identityProblems(
            this.kind === DataDiskKind.BY_ID ? 'link' : 'serial',
            this.identity,
            'a volume',
          );
    return [
      ...own,
      ...this.lengthProblems(),
      ...(bytesOf(this.capacity) >= bytesOf(Size.gibibytes(1))
        ? []
        : [
            {
              prop: 'capacity',
              allowed: 'at least 1Gi',
              got: this.capacity.asString(),
              remedy: 'a whole disk becomes one volume; give its size, a little less is fine',
            },
          ]),
      ...maxSizeProblems('capacity', this.capacity, this.maxSize),
      ...modelProblems(this.model),
    ];
  }

  private lengthProblems(): Problem[] {
    const kinds = {
      [DataDiskKind.NVME_SERIAL]: ['serial', 'name the disk with DataDisk.byId'],
      [DataDiskKind.BY_ID]: ['link', 'take another link of the disk'],
      [DataDiskKind.DIRECTORY]: ['path', 'mount it under a shorter path'],
    } as const;
    const [prop, remedy] = kinds[this.kind];
    return this._slug.length <= LONGEST_SLUG
      ? []
      : [
          {
            prop,
            allowed: `at most ${LONGEST_SLUG} characters, since a volume is named after its machine and its disk`,
            got: this.identity,
            remedy,
          },
        ];
  }
}

/** An object has a name of 253 characters at most; the machine takes 63 of them, and a dot. */
const LONGEST_SLUG = 189;

/** What a pod must never get as its volume. */
const REFUSED = [
  ...['/bin', '/boot', '/dev', '/etc', '/lib', '/lib32', '/lib64', '/libx32', '/proc', '/root'],
  ...['/run', '/sbin', '/sys', '/tmp', '/usr', '/opt/bin', '/opt/cni'],
  ...['etcd', 'etcdwal', 'kubelet', 'containerd', 'groundwork', 'calico', 'cni', 'kube-proxy']
    .concat('apt', 'cloud', 'dbus', 'dpkg', 'systemd')
    .map((name) => `/var/lib/${name}`),
  ...['backups', 'cache', 'lock', 'log', 'mail', 'run', 'spool', 'tmp'].map((d) => `/var/${d}`),
];

function directoryProblems(path: string): Problem[] {
  if (!/^(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/.test(path) || !/[A-Za-z0-9]/.test(path)) {
    return [
      {
        prop: 'path',
        allowed: 'an absolute path of letters, digits and . _ - without a slash at its end',
        got: path,
        remedy: 'write for example /mnt/disks/nvme1/volume',
      },
    ];
  }
  const touches = REFUSED.find(
    (dir) => path === dir || path.startsWith(`${dir}/`) || dir.startsWith(`${path}/`),
  );
  return touches === undefined
    ? []
    : [
        {
          prop: 'path',
          allowed: `apart from ${touches}`,
          got: path,
          remedy:
            'a pod could change what the machine runs on; give a directory on a disk of its own',
        },
      ];
}

/** What is wrong with the disks of one machine beside each other. */
export function dataDiskProblems(machine: {
  readonly dataDisks?: readonly DataDisk[];
  readonly etcdDisk?: EtcdDisk;
  readonly etcdWalDisk?: EtcdDisk;
}): Problem[] {
  const { dataDisks = [], etcdDisk, etcdWalDisk } = machine;
  const etcd = [etcdDisk, etcdWalDisk].flatMap((disk) => disk?.identity || []);
  const slugs = dataDisks.map((disk) => disk._slug);
  const own = dataDisks.filter(({ kind }) => kind !== DataDiskKind.DIRECTORY);
  return dataDisks.flatMap((disk, index): Problem[] => {
    // A by-id link usually ends in the serial of its disk.
    const taken = etcd.find(
      (one) =>
        disk.kind !== DataDiskKind.DIRECTORY &&
        (disk.identity === one || contains(disk.identity, one) || contains(one, disk.identity)),
    );
    const twin = own
      .slice(0, Math.max(own.indexOf(disk), 0))
      .find(
        ({ identity }) => contains(disk.identity, identity) || contains(identity, disk.identity),
      );
    return [
      ...(twin === undefined || twin._slug === disk._slug
        ? []
        : [
            {
              prop: 'dataDisks',
              allowed: 'a disk each',
              got: `${disk.identity} beside ${twin.identity}`,
              remedy: 'a disk becomes one volume: leave one of the two out',
            },
          ]),
      ...(taken === undefined
        ? []
        : [
            {
              prop: 'dataDisks',
              allowed: 'other disks than those of etcd',
              got: `${disk.identity} beside etcd on ${taken}`,
              remedy: 'etcd gets its disk to itself: every fsync of another waits before its own',
            },
          ]),
      ...(slugs.indexOf(disk._slug) === index
        ? []
        : [
            {
              prop: 'dataDisks',
              allowed: 'unique by what is left of them in lower case',
              got: disk._slug,
              remedy: 'a disk becomes one volume, named after its machine and its identity',
            },
          ]),
    ];
  });
}

/** Whether a link names the disk with this serial. */
function contains(link: string, serial: string): boolean {
  return serial.length >= 6 && link.split(/[_-]/).includes(serial);
}

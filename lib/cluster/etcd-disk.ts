import { Size } from 'cdk8s';
import { identityProblems, maxSizeProblems, modelProblems } from './disk-identity';
import { throwProblems, type Problem } from './problem';
import { bytesOf } from './units';

/** How a machine's etcd disk is told from all others. */
export enum EtcdDiskKind {
  /** By the serial number in the NVMe controller. */
  NVME_SERIAL = 'nvme-serial',
  /** By a link below /dev/disk/by-id, as on virtio or SCSI disks of a VPS. */
  BY_ID = 'by-id',
  /** No disk of its own: a directory on the root disk. */
  SHARED_WITH_ROOT = 'shared-with-root',
}

/** What else must be true of the disk before anything is written to it. */
export interface EtcdDiskOptions {
  /**
   * Smallest size that is accepted. Anything smaller than 8 GiB throws: the database, its
   * defragmented copy and the write-ahead log need that much.
   *
   * @default Size.gibibytes(8)
   */
  readonly minSize?: Size;
  /**
   * Largest size that is accepted; a much larger disk is probably another one. Less than `minSize`
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
 * The disk that holds etcd's data on one machine. Only a disk with this identity, within these
 * bounds and blank, is ever formatted. Kernel names (`/dev/nvme0n1`, `/dev/sda`) are refused: they
 * change between boots.
 */
export class EtcdDisk {
  /**
   * The NVMe disk with this serial number, as `nvme list` or `lsblk -o SERIAL` print it.
   *
   * @param serial the serial: letters, digits and `. _ : + -`. A path or kernel name throws
   * @param options size window and model
   */
  public static nvmeSerial(serial: string, options: EtcdDiskOptions = {}): EtcdDisk {
    return new EtcdDisk(EtcdDiskKind.NVME_SERIAL, serial, options);
  }

  /**
   * The disk with this link below /dev/disk/by-id.
   *
   * @param link the link's name, for example `virtio-9f3c`. A path or kernel name throws
   * @param options size window and model
   */
  public static byId(link: string, options: EtcdDiskOptions = {}): EtcdDisk {
    return new EtcdDisk(EtcdDiskKind.BY_ID, link, options);
  }

  /** No disk of its own: etcd shares the root disk, nothing is formatted, finding GW-ETCD-010 warns. */
  public static sharedWithRoot(): EtcdDisk {
    return new EtcdDisk(EtcdDiskKind.SHARED_WITH_ROOT, '', {});
  }

  /** Smallest accepted size. */
  public readonly minSize: Size;
  /** Largest accepted size, if there is one. */
  public readonly maxSize?: Size;
  /** Shell pattern for the model, if there is one. */
  public readonly model?: string;

  private constructor(
    /** How the disk is identified. */
    public readonly kind: EtcdDiskKind,
    /** The serial, or the by-id link; empty when the root disk is shared. */
    public readonly identity: string,
    options: EtcdDiskOptions,
  ) {
    this.minSize = options.minSize ?? Size.gibibytes(8);
    this.maxSize = options.maxSize;
    this.model = options.model;
    throwProblems('EtcdDisk', this.problems());
  }

  private problems(): Problem[] {
    const prop = this.kind === EtcdDiskKind.BY_ID ? 'link' : 'serial';
    const problems: Problem[] =
      this.kind === EtcdDiskKind.SHARED_WITH_ROOT
        ? []
        : identityProblems(prop, this.identity, 'etcd');
    if (bytesOf(this.minSize) < bytesOf(Size.gibibytes(8))) {
      problems.push({
        prop: 'minSize',
        allowed: 'at least 8Gi',
        got: this.minSize.asString(),
        remedy: 'the database, its defragmented copy and the write-ahead log need that much',
      });
    }
    return [
      ...problems,
      ...maxSizeProblems('minSize', this.minSize, this.maxSize),
      ...modelProblems(this.model),
    ];
  }
}

/** The log has a disk of its own, or there is no reason to name one. */
export function walDiskProblems(disks: {
  readonly etcdDisk?: EtcdDisk;
  readonly etcdWalDisk?: EtcdDisk;
}): Problem[] {
  const { etcdDisk, etcdWalDisk } = disks;
  if (etcdWalDisk === undefined) {
    return [];
  }
  const problem = (allowed: string, got: string, remedy: string): Problem[] => [
    { prop: 'etcdWalDisk', allowed, got, remedy },
  ];
  if (etcdWalDisk.kind === EtcdDiskKind.SHARED_WITH_ROOT) {
    return problem(
      'a disk of its own',
      'the root disk',
      'leave it out: the log lies by default beside the database',
    );
  }
  if (etcdDisk === undefined) {
    return problem(
      'left out without etcdDisk',
      etcdWalDisk.identity,
      'give the only disk to etcdDisk: it holds database and log',
    );
  }
  return etcdDisk.kind === etcdWalDisk.kind && etcdDisk.identity === etcdWalDisk.identity
    ? problem(
        'another disk than etcdDisk',
        etcdWalDisk.identity,
        'leave it out, or name a second disk',
      )
    : [];
}

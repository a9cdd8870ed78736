import type { Size } from 'cdk8s';
import type { Problem } from './problem';
import { bytesOf } from './units';

/**
 * Names the kernel gives out in the order in which it finds disks, with or without a partition:
 * NVMe, SCSI, virtio, Xen, IDE, eMMC, and what is stacked on them.
 */
const KERNEL_NAME = new RegExp(
  '^(/dev/)?(' +
    [
      'nvme\\d+(c\\d+)?(n\\d+(p\\d+)?)?',
      '(s|v|xv|h)d[a-z]{1,2}\\d*',
      'mmcblk\\d+(p\\d+|boot\\d+)?',
      '(dm-|md|loop|nbd|pmem|ram|zram|sr)\\d+(p\\d+)?',
    ].join('|') +
    ')$',
);

/** What is wrong with a serial or a by-id link; `owner` gets the disk to itself. */
export function identityProblems(
  prop: 'serial' | 'link',
  identity: string,
  owner: string,
): Problem[] {
  if (KERNEL_NAME.test(identity)) {
    return [
      {
        prop,
        allowed: 'an identity that survives a reboot, not a kernel device name',
        got: identity,
        remedy: 'take the serial from `lsblk -o NAME,SERIAL`, or a name from /dev/disk/by-id',
      },
    ];
  }
  if (prop === 'link' && /-part\d+$/.test(identity)) {
    return [
      {
        prop,
        allowed: 'a whole disk, not a partition',
        got: identity,
        remedy: `leave out the -part at its end; ${owner} gets the disk to itself`,
      },
    ];
  }
  return /^[A-Za-z0-9][A-Za-z0-9._:+-]*$/.test(identity)
    ? []
    : [
        {
          prop,
          allowed: 'a letter or digit, then letters, digits and . _ : + -',
          got: identity,
          remedy: 'copy it from `lsblk -o NAME,SERIAL` or `ls /dev/disk/by-id`, without a path',
        },
      ];
}

/** What is wrong with the largest accepted size. */
export function maxSizeProblems(least: string, min: Size, max: Size | undefined): Problem[] {
  return max === undefined || bytesOf(max) >= bytesOf(min)
    ? []
    : [
        {
          prop: 'maxSize',
          allowed: `at least ${least}`,
          got: max.asString(),
          remedy: `raise it to ${min.asString()} or more`,
        },
      ];
}

/** What is wrong with the pattern for a disk's model. */
export function modelProblems(model: string | undefined): Problem[] {
  return model === undefined || /^[A-Za-z0-9 ._*?-]+$/.test(model)
    ? []
    : [
        {
          prop: 'model',
          allowed: 'letters, digits, space and . _ - * ?',
          got: model,
          remedy: 'copy it from `lsblk -o NAME,MODEL` and put * for what varies',
        },
      ];
}

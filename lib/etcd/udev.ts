import type { DiskFacts } from './disk';

/**
 * After 60-persistent-storage.rules, which read the serial and make the links: a rule of the same number
 * that sorts before them never matches.
 */
export const UDEV_RULES = '/etc/udev/rules.d/61-groundwork-etcd.rules';

/** The scheduler of etcd's disks, whatever the image sets for all disks. */
export function udevRules(disks: readonly DiskFacts[], scheduler: string): string {
  const lines = disks.map(({ bySerial, identity }) => {
    const which = bySerial
      ? `KERNEL=="nvme*", ENV{ID_SERIAL_SHORT}=="${identity}"`
      : `SYMLINK=="disk/by-id/${identity}"`;
    return `ACTION=="add|change", SUBSYSTEM=="block", ENV{DEVTYPE}=="disk", ${which}, ATTR{queue/scheduler}="${scheduler}"`;
  });
  return `# One writer that waits for every write has nothing to be sorted.\n${lines.join('\n')}\n`;
}

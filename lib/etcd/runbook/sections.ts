/** Name of the runbook below `report/`. */
export const RUNBOOK = 'etcd.md';

/** Its sections; alerts point to them, so a heading keeps its words. */
export const sections = {
  members: 'Members',
  tools: 'Tools on a machine',
  status: 'Status',
  slowDisk: 'Slow disk',
  memberDown: 'A member is down',
  snapshot: 'Snapshot by hand',
  backup: 'Backup',
  quota: 'Database too large',
  defragment: 'Defragment',
  replaceMember: 'Replace a member',
  replaceDisk: 'Replace a disk',
  restore: 'Restore after a total loss',
} as const;

export type Section = keyof typeof sections;

/** The part of an address behind `#`, as Markdown viewers make it from the heading. */
export function anchor(section: Section): string {
  return sections[section].toLowerCase().replace(/ /g, '-');
}

/** A heading and what stands below it. */
export function part(section: Section, ...lines: string[]): string {
  return [`## ${sections[section]}`, '', ...lines, ''].join('\n');
}

/** Commands, to be copied as they are. */
export function commands(...lines: string[]): string {
  return ['```sh', ...lines, '```', ''].join('\n');
}

/** A reference to another section. */
export function see(section: Section): string {
  return `[${sections[section]}](#${anchor(section)})`;
}

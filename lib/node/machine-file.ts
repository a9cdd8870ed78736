/** One file that a machine gets, whoever asked for it. */
export interface MachineFile {
  /** Absolute path on the machine. */
  readonly path: string;
  /** Permissions in octal, four digits. */
  readonly permissions: string;
  /** The whole content, with a newline at its end. */
  readonly content: string;
}

/** A file with the permissions most files have. */
export function machineFile(path: string, content: string, permissions = '0644'): MachineFile {
  return { path, permissions, content };
}

/** Facts that a script of ours takes in with `.`. */
export function envFile(
  path: string,
  title: string,
  values: Readonly<Record<string, string | number>>,
): MachineFile {
  const lines = Object.entries(values).map(([key, value]) => `${key}='${value}'`);
  return machineFile(path, [comment(title), ...lines, ''].join('\n'));
}

/** Text as comment lines no longer than a terminal is wide. */
export function comment(text: string, width = 100): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines[lines.length - 1];
    if (last === undefined || last.length + word.length + 1 > width) {
      lines.push(`# ${word}`);
    } else {
      lines[lines.length - 1] = `${last} ${word}`;
    }
  }
  return lines.join('\n');
}

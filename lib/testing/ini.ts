/** Section → key → values, in the order in which they are written. */
export type Ini = Record<string, Record<string, string[]>>;

/** An INI file as systemd reads it: `#` and `;` begin a comment line, a `\` at the end goes on. */
export function parseIni(text: string): Ini {
  const sections: Ini = {};
  let section: Record<string, string[]> | undefined;
  for (const { line, number } of logicalLines(text)) {
    const name = /^\[(.+)\]$/.exec(line)?.[1];
    const [, key, value] = /^([^=]+?)\s*=\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined) {
      section = sections[name] ??= {};
    } else if (section !== undefined && key !== undefined) {
      (section[key] ??= []).push(value!);
    } else {
      throw new Error(`line ${number} is neither a section nor an assignment in one: ${line}`);
    }
  }
  return sections;
}

function logicalLines(text: string): Array<{ line: string; number: number }> {
  const found: Array<{ line: string; number: number }> = [];
  let open: { line: string; number: number } | undefined;
  text.split('\n').forEach((raw, index) => {
    const line = raw.trim();
    if (/^[#;]/.test(line) || (line === '' && open === undefined)) {
      return;
    }
    open = open
      ? { line: `${open.line} ${line}`, number: open.number }
      : { line, number: index + 1 };
    if (line.endsWith('\\')) {
      open.line = open.line.slice(0, -1).trimEnd();
    } else {
      found.push(open);
      open = undefined;
    }
  });
  return open ? [...found, open] : found;
}

/** A file of sysctl.d; the last value of a key counts, as when it is applied. */
export function parseSysctl(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  text.split('\n').forEach((raw, index) => {
    const line = raw.trim();
    if (line === '' || /^[#;]/.test(line)) {
      return;
    }
    const [, key, value] = /^-?([^=\s]+)\s*=\s*(.*)$/.exec(line) ?? [];
    if (key === undefined) {
      throw new Error(`line ${index + 1} is no assignment: ${line}`);
    }
    values[key] = value!;
  });
  return values;
}

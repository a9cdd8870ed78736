/** One plugin of a server block: its arguments, and the lines inside its braces. */
export interface Plugin {
  readonly name: string;
  readonly args: readonly string[];
  readonly inside: ReadonlyArray<readonly string[]>;
}

/** One server block of a Corefile. */
export interface ServerBlock {
  readonly zones: readonly string[];
  readonly plugins: readonly Plugin[];
}

/**
 * A reader of Corefiles that is enough for those of a cache: a block a brace, a plugin a line, and a
 * second level of braces. What it does not understand it throws at.
 */
export function parseCorefile(text: string): ServerBlock[] {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const found: ServerBlock[] = [];
  while (lines.length > 0) {
    const zones = opening(lines.shift()!);
    const plugins: Plugin[] = [];
    while (lines[0] !== '}') {
      plugins.push(plugin(lines));
    }
    lines.shift();
    found.push({ zones, plugins });
  }
  return found;
}

function plugin(lines: string[]): Plugin {
  const line = lines.shift();
  if (line === undefined) {
    throw new Error('a server block has no end');
  }
  const [name, ...args] = (line.endsWith('{') ? opening(line) : words(line)) as [
    string,
    ...string[],
  ];
  const inside: string[][] = [];
  if (line.endsWith('{')) {
    while (lines[0] !== undefined && lines[0] !== '}') {
      inside.push(words(lines.shift()!));
    }
    lines.shift();
  }
  return { name, args, inside };
}

function opening(line: string): string[] {
  if (!line.endsWith(' {')) {
    throw new Error(`no brace at the end of ${line}`);
  }
  return words(line.slice(0, -2));
}

function words(line: string): string[] {
  if (/[{}"#]/.test(line)) {
    throw new Error(`not understood: ${line}`);
  }
  return line.split(/\s+/);
}

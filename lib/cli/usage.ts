import type { Command } from './command';

const PROGRAM = 'cdk8s-groundwork';

/** The page that `--help` prints. */
export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    `usage: ${PROGRAM} <command> [options]`,
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    `${PROGRAM} <command> --help says more of one.`,
  ].join('\n');
}

/** The arguments of a command as its usage names them. */
export function placeholders({ positionals, repeats = false }: Command): string[] {
  return positionals.map(
    (name, n) => `<${name}>${repeats && n === positionals.length - 1 ? '...' : ''}`,
  );
}

/** The page of one command. */
export function page(command: Command): string {
  const options = Object.entries(command.options).map(([name, option]) => ({
    text: option.type === 'string' ? `--${name} <${option.value ?? name}>` : `--${name}`,
    option,
  }));
  const width = Math.max(...options.map(({ text }) => text.length));
  const line = [
    PROGRAM,
    command.name,
    ...placeholders(command),
    ...options.map(({ text, option }) => (option.required ? text : `[${text}]`)),
  ];
  return [
    `usage: ${line.join(' ')}`,
    '',
    command.summary,
    '',
    ...options.map(({ text, option }) => `  ${text.padEnd(width)}  ${option.help}`),
  ].join('\n');
}

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

/** The page of one command. */
export function page(command: Command): string {
  const options = Object.entries(command.options).map(([name, option]) => ({
    text: option.type === 'string' ? `--${name} <${option.value ?? name}>` : `--${name}`,
    option,
  }));
  const width = Math.max(...options.map(({ text }) => text.length));
  const words = [
    PROGRAM,
    command.name,
    ...command.positionals.map((name) => `<${name}>`),
    ...options.map(({ text, option }) => (option.required ? text : `[${text}]`)),
  ];
  return [
    `usage: ${words.join(' ')}`,
    '',
    command.summary,
    '',
    ...options.map(({ text, option }) => `  ${text.padEnd(width)}  ${option.help}`),
  ].join('\n');
}

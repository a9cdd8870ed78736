import { parseArgs, types } from 'node:util';
import type { Arguments, Command, Surroundings } from './command';
import { auditIngressCommand } from './commands/audit-ingress';
import { diffCommand } from './commands/diff';
import { doctorCommand } from './commands/doctor';
import { sealCommand } from './commands/seal';
import { secretsCheck, secretsNew, secretsRenew } from './commands/secrets';
import { Failure, UsageFailure } from './failure';
import { overview, page, placeholders } from './usage';

const commands: readonly Command[] = [
  secretsNew,
  sealCommand,
  secretsCheck,
  secretsRenew,
  auditIngressCommand,
  diffCommand,
  doctorCommand,
];

/**
 * Runs one command line and says how it ended: 0 done, 1 refused or failed, 2 not understood, and what a
 * command has of its own. Nothing is half written, and no message ever shows a secret.
 */
export async function run(argv: readonly string[], around: Surroundings): Promise<number> {
  if (argv.length === 0 || ['help', '--help', '-h'].includes(argv[0]!)) {
    around.out(overview(commands));
    return argv.length === 0 ? 2 : 0;
  }
  try {
    const [command, rest] = choose(argv);
    if (rest.some((word) => word === '--help' || word === '-h')) {
      around.out(page(command));
      return 0;
    }
    return (await command.run(understand(command, rest), around)) ?? 0;
  } catch (error) {
    if (!(error instanceof Failure) && !isOfSystem(error)) {
      throw error;
    }
    around.error(`cdk8s-groundwork: ${error.message}`);
    return error instanceof UsageFailure ? 2 : 1;
  }
}

/** What the operating system refused, such as a folder that may not be written to: its message has the path. */
function isOfSystem(error: unknown): error is NodeJS.ErrnoException {
  return types.isNativeError(error) && 'syscall' in error;
}

function choose(argv: readonly string[]): [Command, string[]] {
  for (const command of commands) {
    const words = command.name.split(' ');
    if (words.every((word, index) => argv[index] === word)) {
      return [command, argv.slice(words.length)];
    }
  }
  const names = commands.map(({ name }) => name).join(', ');
  const typed = argv
    .filter((word) => !word.startsWith('-'))
    .slice(0, 2)
    .join(' ');
  throw new UsageFailure(`command must be one of ${names}, got ${typed || argv[0]}; see --help`);
}

function understand(command: Command, rest: string[]): Arguments {
  const { values, positionals } = parsed(command, rest);
  const remedy = `see cdk8s-groundwork ${command.name} --help`;
  const { length } = command.positionals;
  if (command.repeats ? positionals.length < length : positionals.length !== length) {
    const wanted = placeholders(command).join(' ') || 'no arguments';
    throw new UsageFailure(
      `arguments of ${command.name} must be ${wanted}, got ${positionals.join(' ') || 'nothing'}; ${remedy}`,
    );
  }
  for (const [name, option] of Object.entries(command.options)) {
    if (option.required && (values[name] ?? '') === '') {
      throw new UsageFailure(`--${name} of ${command.name} must be given, got nothing; ${remedy}`);
    }
  }
  return {
    positionals,
    text: (option) => String(values[option] ?? ''),
    flag: (option) => values[option] === true,
    has: (option) => values[option] !== undefined,
  };
}

function parsed(command: Command, rest: string[]) {
  const options = Object.fromEntries(
    Object.entries(command.options).map(([name, { type }]) => [name, { type }]),
  );
  try {
    return parseArgs({ args: rest, options, allowPositionals: true, strict: true });
  } catch (error) {
    // Its messages name the option and nothing of the value.
    const [sentence] = (error as Error).message.split('. ');
    throw new UsageFailure(`${sentence}; see cdk8s-groundwork ${command.name} --help`);
  }
}

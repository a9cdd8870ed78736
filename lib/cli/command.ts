/** A person who watches and can be asked. */
export interface Terminal {
  /** Shows a line in place of the one before; nothing takes it away. */
  readonly show: (line: string) => void;
  /** Asks a question; only yes is true. Who is told to end does not wait for an answer. */
  readonly ask: (question: string, interruption?: AbortSignal) => Promise<boolean>;
}

/** What a command may use of the world around it. */
export interface Surroundings {
  /** Prints a line of the result. */
  readonly out: (line: string) => void;
  /** Prints a line beside the result: what went wrong, or how far it is. */
  readonly error: (line: string) => void;
  readonly now: () => Date;
  /** Absent where nobody watches. */
  readonly terminal?: Terminal;
  /** From its first call on, Ctrl-C and its like only tell: the command has to clean up and end. */
  readonly interruption?: () => AbortSignal;
}

/** One option of a command. */
export interface Option {
  readonly type: 'string' | 'boolean';
  /** What stands for the value in the usage. */
  readonly value?: string;
  readonly required?: boolean;
  readonly help: string;
}

/** What was typed, after it was checked against the command's table. */
export interface Arguments {
  readonly positionals: readonly string[];
  readonly text: (option: string) => string;
  readonly flag: (option: string) => boolean;
  /** Whether it was typed at all, also without a value. */
  readonly has: (option: string) => boolean;
}

/** One command: its words, its table of options, and what it does. */
export interface Command {
  /** The words that choose it, for example `secrets new`. */
  readonly name: string;
  readonly summary: string;
  /** Names of the arguments without a dash, all required. */
  readonly positionals: readonly string[];
  /** Whether the last of them may stand more than once. */
  readonly repeats?: boolean;
  readonly options: Readonly<Record<string, Option>>;
  /** Does it; an exit code only where there is more to say than that it is done. */
  readonly run: (args: Arguments, around: Surroundings) => Promise<number | void> | number | void;
}

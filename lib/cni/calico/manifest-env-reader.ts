import type { CalicoChoices } from './choices';
import {
  networkAround,
  Severity,
  type Cidr,
  type Cluster,
  type IpFamily,
  type Problem,
  type RuleViolation,
} from '../../cluster';

/** Variable → value, as they stand in a DaemonSet. */
export type ManifestEnv = Readonly<Record<string, string>>;

/** What a variable leads to besides an option. What it says may depend on the cluster. */
export interface Remark {
  readonly severity: Severity;
  readonly say: (cluster: Cluster, calico: CalicoChoices) => RuleViolation[];
}

/** What Felix and calico-node take for true and for false, in any case. */
const TRUE = ['true', '1', 'yes', 'y', 't'];
const FALSE = ['false', '0', 'no', 'n', 'f'];

/**
 * Reads variables one by one, and gathers what is wrong with them and what is to be said about them.
 * It remembers what was read: nobody's variable is dropped in silence.
 */
export class ManifestReader {
  public readonly problems: Problem[] = [];
  public readonly remarks: Remark[] = [];
  private readonly seen = new Set<string>();

  public constructor(public readonly env: ManifestEnv) {}

  /** The value; an empty one is none, as for the programs that read it. */
  public take(name: string): string | undefined {
    this.seen.add(name);
    const value = Object.prototype.hasOwnProperty.call(this.env, name) ? this.env[name] : '';
    return value === '' ? undefined : value;
  }

  /** A word of a fixed list, in its one spelling; upstream compares without regard to case. */
  public takeWord<W extends string>(
    name: string,
    words: Readonly<Record<string, W>>,
    remedy: string,
  ): W | undefined {
    const value = this.take(name);
    const word =
      value === undefined
        ? undefined
        : Object.entries(words).find(([spelling]) => spelling === value.toLowerCase());
    if (value !== undefined && word === undefined) {
      this.wrong(name, oneOf(Object.keys(words)), remedy);
    }
    return word?.[1];
  }

  public takeBoolean(name: string): boolean | undefined {
    const value = this.take(name);
    const parsed = value === undefined ? undefined : booleanOf(value);
    if (value !== undefined && parsed === undefined) {
      this.wrong(name, 'true or false', 'correct it, or leave it out');
    }
    return parsed;
  }

  public takeInteger(
    name: string,
    { min, max }: { readonly min: number; readonly max: number },
    remedy: string,
  ): number | undefined {
    const value = this.take(name);
    if (value === undefined) {
      return undefined;
    }
    const number = integerOf(value);
    if (number === undefined || number < min || number > max) {
      this.wrong(name, `a whole number between ${min} and ${max}`, remedy);
      return undefined;
    }
    return number;
  }

  /** A network of one family. Host bits do not count, as they do not for calico-node. */
  public takeNetwork(name: string, family?: IpFamily): Cidr | undefined {
    const value = this.take(name);
    const network = value?.includes('/') === true ? networkAround(value) : undefined;
    if (
      value !== undefined &&
      (network === undefined || network.family !== (family ?? network.family))
    ) {
      this.wrong(
        name,
        `a network${family === undefined ? '' : ` of ${family}`}`,
        `write it with its prefix length, for example ${family === 'IPv6' ? 'fd00:244::/56' : '10.244.0.0/16'}`,
      );
      return undefined;
    }
    return network;
  }

  public wrong(name: string, allowed: string, remedy: string): void {
    this.problems.push({ prop: name, allowed, got: this.env[name], remedy });
  }

  /** Says something about a variable, whatever the cluster is. */
  public remark(severity: Severity, name: string, text: string, remedy?: string): void {
    const message = `${this.shown(name)} ${text}`;
    const violation = remedy === undefined ? { message } : { message, remedy };
    this.remarks.push({ severity, say: () => [violation] });
  }

  public note(name: string, text: string, remedy?: string): void {
    this.remark(Severity.NOTE, name, text, remedy);
  }

  /** Says something about a variable where the facts make it true. */
  public when(
    severity: Severity,
    name: string,
    text: (cluster: Cluster, calico: CalicoChoices) => string | undefined,
    remedy?: string,
  ): void {
    this.remarks.push({
      severity,
      say: (cluster, calico) => {
        const said = text(cluster, calico);
        const message = `${this.shown(name)} ${said}`;
        return said === undefined ? [] : [remedy === undefined ? { message } : { message, remedy }];
      },
    });
  }

  /** The variable as an env file has it. */
  public shown(name: string): string {
    return `${name}=${this.env[name] ?? ''}`;
  }

  /** Variables that nothing has read. */
  public unread(): string[] {
    return Object.keys(this.env)
      .filter((name) => !this.seen.has(name))
      .sort();
  }
}

export function booleanOf(text: string): boolean | undefined {
  const word = text.toLowerCase();
  return TRUE.includes(word) ? true : FALSE.includes(word) ? false : undefined;
}

/** A whole number in the spellings of Go: decimal, 0x1f, 0o17, 017. */
export function integerOf(text: string): number | undefined {
  const [, sign = '', digits = ''] = /^([+-]?)(\d+|0x[\da-f]+|0o[0-7]+|0b[01]+)$/i.exec(text) ?? [];
  if (digits === '' || /^0[0-9]*[89]/.test(digits)) {
    return undefined;
  }
  const number = Number(/^0\d/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return Number.isSafeInteger(number) ? (sign === '-' ? -number : number) : undefined;
}

/** `a, b or c`. */
export function oneOf(words: readonly string[]): string {
  return words.length < 2
    ? words.join('')
    : `${words.slice(0, -1).join(', ')} or ${words[words.length - 1]}`;
}

import { checkInteger, throwProblems } from '../cluster';

/** What a pod's resolver is told beside what Kubernetes writes by itself. */
export interface PodDnsOptions {
  /**
   * A name with at least that many dots is asked for as it is before the search list is tried, 0 to 15.
   * Another value throws. With Kubernetes' own 5 a name such as `api.example.com` is first asked for with
   * every domain of the list behind it.
   *
   * @default - left out: 5, as Kubernetes writes it
   */
  readonly ndots?: number;
  /**
   * How often the list of name servers is tried, 1 to 5. Another value throws.
   *
   * @default - left out: 2
   */
  readonly attempts?: number;
  /**
   * How long one answer is waited for, in seconds, 1 to 30. Another value throws.
   *
   * @default - left out: 5
   */
  readonly timeoutSeconds?: number;
  /**
   * Whether questions for IPv4 and IPv6 are asked one after the other. glibc only; musl ignores it.
   *
   * @default false
   */
  readonly singleRequest?: boolean;
  /**
   * Whether the two questions get a socket each where one of them stayed unanswered. glibc only; musl
   * ignores it.
   *
   * @default false
   */
  readonly singleRequestReopen?: boolean;
  /**
   * Whether questions go over TCP. glibc only; musl ignores it.
   *
   * @default false
   */
  readonly useVc?: boolean;
}

/** One option of a pod's resolv.conf, as `dnsConfig.options` takes it. */
export interface PodDnsConfigOption {
  /** Its name. */
  readonly name: string;
  /**
   * Its value.
   *
   * @default - an option without a value
   */
  readonly value?: string;
}

/** The field `dnsConfig` of a pod. */
export interface PodDnsConfig {
  /** What is put behind the options that Kubernetes writes, or replaces those of the same name. */
  readonly options: PodDnsConfigOption[];
}

/**
 * Resolver options for pods: fewer questions, and questions that do not hinder each other. Which of them
 * work depends on the C library in the image. `ndots`, `attempts` and `timeoutSeconds` are understood by
 * glibc and musl (Alpine); the others by glibc alone, and programs with a resolver of their own, such as
 * Go's, may ignore any.
 */
export class PodDns {
  /**
   * An object for the field `dnsConfig` of a pod.
   *
   * @param options at least one; none, or a number outside of its range, throws
   */
  public static config(options: PodDnsOptions): PodDnsConfig {
    const { ndots, attempts, timeoutSeconds } = options;
    const entries = [
      ...number('ndots', ndots),
      ...number('attempts', attempts),
      ...number('timeout', timeoutSeconds),
      ...flag('single-request', options.singleRequest),
      ...flag('single-request-reopen', options.singleRequestReopen),
      ...flag('use-vc', options.useVc),
    ];
    throwProblems('PodDns config', [
      ...checkInteger('ndots', ndots, { min: 0, max: 15 }, 'the resolver caps it at 15'),
      ...checkInteger('attempts', attempts, { min: 1, max: 5 }, 'the resolver caps it at 5'),
      ...checkInteger(
        'timeoutSeconds',
        timeoutSeconds,
        { min: 1, max: 30 },
        'the resolver caps it at 30',
      ),
      ...(entries.length > 0
        ? []
        : [
            {
              prop: 'options',
              allowed: 'at least one',
              got: undefined,
              remedy: 'leave dnsConfig out of the pod instead',
            },
          ]),
    ]);
    return { options: entries };
  }

  private constructor() {}
}

function number(name: string, value: number | undefined): PodDnsConfigOption[] {
  return value === undefined ? [] : [{ name, value: String(value) }];
}

function flag(name: string, on: boolean | undefined): PodDnsConfigOption[] {
  return on === true ? [{ name }] : [];
}

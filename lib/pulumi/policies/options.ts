import type { EnforcementLevel } from '@pulumi/policy';
import { Severity, throwProblems } from '../../cluster';

/** Where volumes may be, by the labels of the machines that hold them. */
export interface ResidencyOptions {
  /**
   * Allowed values of `topology.kubernetes.io/region`.
   *
   * @default - none; zones must be given
   */
  readonly regions?: string[];
  /**
   * Allowed values of `topology.kubernetes.io/zone`.
   *
   * @default - none; regions must be given
   */
  readonly zones?: string[];
}

/** What a policy pack of this library judges, and how hard. */
export interface GroundworkPolicyOptions {
  /**
   * Where volumes may be. An empty one throws.
   *
   * @default - nothing is said about volumes
   */
  readonly residency?: ResidencyOptions;
  /**
   * Workloads that may use the network of their machine, `namespace/name`, besides those of this library
   * that must. Another form throws.
   *
   * @default - none
   */
  readonly hostNetwork?: string[];
  /**
   * What a finding of the review becomes, by its severity: `mandatory`, `advisory` or `disabled`.
   * Acknowledged findings are silent.
   *
   * @default - errors are mandatory, warnings advisory, notes disabled
   */
  readonly severities?: { readonly [severity in Severity]?: EnforcementLevel };
  /**
   * The same for single findings by their id, such as `GW-INGRESS-001`; goes before `severities`.
   * Acknowledged findings are silent here too.
   *
   * @default - as their severity says
   */
  readonly findings?: Readonly<Record<string, EnforcementLevel>>;
  /**
   * Level of single policies by their name; a name that no policy has throws.
   *
   * @default - those of docs/pulumi.md
   */
  readonly levels?: Readonly<Record<string, EnforcementLevel>>;
}

/** Throws when the options cannot be meant. The names of policies are checked where these are known. */
export function checkOptions({ residency, hostNetwork = [] }: GroundworkPolicyOptions): void {
  const places = [...(residency?.regions ?? []), ...(residency?.zones ?? [])];
  throwProblems('policies', [
    ...(residency !== undefined && places.length === 0
      ? [
          {
            prop: 'residency',
            allowed: 'at least one region or zone',
            got: undefined,
            remedy: 'leave it out where volumes may be anywhere',
          },
        ]
      : []),
    ...hostNetwork
      .filter((workload) => !/^[^/\s]+\/[^/\s]+$/.test(workload))
      .map((got) => ({
        prop: 'hostNetwork',
        allowed: 'workloads as namespace/name',
        got,
        remedy: 'name each of them',
      })),
  ]);
}

import type { EnforcementLevel } from '@pulumi/policy';
import { FINDING_ID, throwProblems, type Problem, type Severity } from '../../cluster';

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
   * Acknowledged findings are silent here too. What has not the form of an id throws; rules of your own
   * have ids too, so whether one is ever found is not looked at.
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

const LEVELS: Readonly<Record<EnforcementLevel, true>> = {
  advisory: true,
  mandatory: true,
  remediate: true,
  disabled: true,
};

/** Throws when the options cannot be meant. The names of policies are checked where these are known. */
export function checkOptions(options: GroundworkPolicyOptions): void {
  const { residency, hostNetwork = [], severities = {}, findings = {}, levels = {} } = options;
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
    ...Object.keys(findings)
      .filter((id) => !FINDING_ID.test(id))
      .map((got) => ({
        prop: 'findings',
        allowed: 'by the id of a finding, such as GW-ETCD-010',
        got,
        remedy: 'docs/checks.md lists them',
      })),
    ...Object.entries({ severities, findings, levels }).flatMap(levelProblems),
  ]);
}

function levelProblems([prop, byName]: [string, Readonly<Record<string, string>>]): Problem[] {
  return Object.entries(byName)
    .filter(([, level]) => level !== undefined && !Object.keys(LEVELS).includes(level))
    .map(([name, got]) => ({
      prop: `${name} in ${prop}`,
      allowed: `one of ${Object.keys(LEVELS).join(', ')}`,
      got,
      remedy: 'leave it out for the default',
    }));
}

import type {
  NamedRuleWithOperations,
  Validation,
} from 'kubernetes-types/admissionregistration/v1';

/** One policy with the rest of the sentence "the API server refuses …". */
export interface AdmissionPolicy {
  readonly name: string;
  readonly refuses: string;
  readonly rules: NamedRuleWithOperations[];
  readonly exemptNamespaces?: readonly string[];
  /** Name → CEL, each may use those before it. */
  readonly variables: Readonly<Record<string, string>>;
  readonly validations: Validation[];
}

/** In front of the name of every policy. */
export const PREFIX = 'groundwork-residency';

/** Resources of one group in the version that is stored. */
export function resource(group: string, resources: readonly string[]) {
  return {
    apiGroups: [group],
    apiVersions: ['v1'],
    resources: [...resources],
  };
}

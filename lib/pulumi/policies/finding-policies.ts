import type { EnforcementLevel, ResourceValidationPolicy } from '@pulumi/policy';
import { findingRows } from './findings';
import type { GroundworkPolicyOptions } from './options';
import { findingLine, Severity, type Finding } from '../../cluster';

const SEVERITY_LEVELS: Readonly<Record<Severity, EnforcementLevel>> = {
  [Severity.ERROR]: 'mandatory',
  [Severity.WARNING]: 'advisory',
  [Severity.NOTE]: 'disabled',
};

/**
 * The findings of the review, which components carry as plain inputs: one policy for each level, since a
 * policy has one level for all it reports.
 */
export function findingPolicies(options: GroundworkPolicyOptions): ResourceValidationPolicy[] {
  const levelOf = ({ id, severity }: Finding): EnforcementLevel =>
    options.findings?.[id] ?? options.severities?.[severity] ?? SEVERITY_LEVELS[severity];
  return (['mandatory', 'advisory'] as const).map((level) => ({
    name: `groundwork-findings-${level}`,
    description: `The review of the cluster has no finding that is ${level}.`,
    enforcementLevel: level,
    severity: level === 'mandatory' ? 'high' : 'medium',
    validateResource: ({ type, props }, report) => {
      if (!type.startsWith('cdk8s-groundwork:')) {
        return;
      }
      findingRows(props)
        .filter((finding) => finding.acknowledged === undefined)
        // Nothing can be put right in a finding, so `remediate` asks for what mandatory does.
        .filter((finding) => levelOf(finding).replace('remediate', 'mandatory') === level)
        .forEach((finding) => report(findingLine(finding)));
    },
  }));
}

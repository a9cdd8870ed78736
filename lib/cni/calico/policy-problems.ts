import type { TunedCalicoProps } from './calico-options';
import { CalicoBaseline } from './policy-options';
import { Cidr, isDnsLabel, type Problem } from '../../cluster';

/** What is wrong with the policies that hold from the start. */
export function policyProblems({ cluster, policy = {} }: TunedCalicoProps): Problem[] {
  const { baseline = CalicoBaseline.METADATA_GUARD, exemptNamespaces, metadataNetworks } = policy;
  const problems: Problem[] = (exemptNamespaces ?? [])
    .filter((name) => !isDnsLabel(name))
    .map((got) => ({
      prop: 'policy.exemptNamespaces',
      allowed: 'names of namespaces, RFC 1123 labels',
      got,
      remedy: 'use lower-case letters, digits and hyphens, at most 63',
    }));
  if (exemptNamespaces !== undefined && baseline !== CalicoBaseline.DEFAULT_DENY) {
    problems.push({
      prop: 'policy.exemptNamespaces',
      allowed: 'left out unless baseline is default-deny',
      got: exemptNamespaces,
      remedy: 'set baseline to CalicoBaseline.DEFAULT_DENY, or remove it',
    });
  }
  if (metadataNetworks !== undefined && baseline === CalicoBaseline.NONE) {
    problems.push({
      prop: 'policy.metadataNetworks',
      allowed: 'left out with baseline none',
      got: metadataNetworks,
      remedy: 'without a policy nothing is denied',
    });
  }
  if (metadataNetworks?.length === 0) {
    problems.push({
      prop: 'policy.metadataNetworks',
      allowed: 'at least one network',
      got: undefined,
      remedy: 'leave it out for the usual addresses, or choose CalicoBaseline.NONE',
    });
  }
  for (const got of metadataNetworks ?? []) {
    const cidr = Cidr.parse(got);
    if (cidr === undefined || !cluster._families.includes(cidr.family)) {
      problems.push({
        prop: 'policy.metadataNetworks',
        allowed: `canonical ${cluster._families.join(' or ')} CIDRs`,
        got,
        remedy: 'write /32 or /128 behind a single address',
      });
    }
  }
  return problems;
}

import { resource, violations } from './judge';
import { Cluster } from '../../../lib';
import { findingsOf, groundworkPolicies } from '../../../lib/pulumi/policies';
import { osloProps } from '../../support/oslo';
import { tempApp } from '../../support/temp-app';

test('the findings of a cluster are plain rows, which the policies read', () => {
  const cluster = new Cluster(tempApp(), 'oslo', osloProps());
  cluster.addRule({
    id: 'GW-MINE-001',
    severity: 'warning' as any,
    title: 'Something holds',
    why: 'because',
    remedy: 'change it',
    reference: 'https://example.org',
    check: () => [{ message: 'it does not' }],
  });
  const findings = findingsOf(cluster);
  expect(JSON.parse(JSON.stringify(findings))).toEqual(findings);
  expect(findings.map(({ id }) => id)).toContain('GW-MINE-001');
  const stack = resource('cdk8s-groundwork:index:Cdk8sStack', { findings });
  const said = 'findings-advisory: GW-MINE-001 [oslo] it does not; change it';
  expect(violations(groundworkPolicies(), stack)).toContain(said);
  cluster.acknowledge('GW-MINE-001', 'until May');
  const acknowledged = resource(stack.type, { findings: findingsOf(cluster) });
  expect(violations(groundworkPolicies(), acknowledged)).not.toContain(said);
  expect(findingsOf(undefined)).toEqual([]);
});

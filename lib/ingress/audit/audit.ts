import { acmeFindings, isSolver } from './acme-checks';
import { annotationFindings } from './annotation-checks';
import { classFindings, isOurs } from './class-checks';
import { configFindings } from './config-checks';
import { settled, SEVERITIES } from './draft';
import { TARGETS, type AuditFinding, type MigrationTarget } from './finding';
import { hostFindings } from './host-checks';
import { ingress, manifests } from './objects';
import { pathFindings } from './path-checks';

/**
 * What breaks when these objects move away from ingress-nginx, the worst first. Objects of other kinds
 * and Ingresses of other controllers are passed over; nothing makes it throw.
 */
export function auditIngress(
  objects: readonly unknown[],
  targets: readonly MigrationTarget[] = TARGETS,
): AuditFinding[] {
  const all = manifests(objects).sort((a, b) => (a.title < b.title ? -1 : 1));
  const of = (...kinds: string[]) => all.filter(({ kind }) => kinds.includes(kind));
  const classes = of('IngressClass');
  const ours = of('Ingress')
    .map(ingress)
    .filter((one) => isOurs(one, classes));
  const own = ours.filter((one) => !isSolver(one));
  return [
    ...own.flatMap(annotationFindings),
    ...pathFindings(own),
    ...hostFindings(own),
    ...classFindings(own, classes),
    ...acmeFindings(ours, of('Issuer', 'ClusterIssuer')),
    ...configFindings(of('ConfigMap')),
  ]
    .flatMap((found) => settled(found, targets))
    .sort(inOrder);
}

function inOrder(a: AuditFinding, b: AuditFinding): number {
  const keys = (found: AuditFinding) => [
    String(SEVERITIES.indexOf(found.severity)),
    found.object,
    found.id,
    found.field,
    found.message,
    found.remedy,
  ];
  const [left, right] = [keys(a), keys(b)];
  const n = left.findIndex((key, index) => key !== right[index]);
  return n === -1 ? 0 : left[n] < right[n] ? -1 : 1;
}

export { MigrationTarget, type AuditFinding } from './finding';
export { IngressAudit, type IngressAuditOptions } from './ingress-audit';

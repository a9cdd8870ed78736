import { parseAllDocuments } from 'yaml';
import { IngressAudit, MigrationTarget } from '../../../lib/ingress';

export const { NIC, GATEWAY, TRAEFIK } = MigrationTarget;

/** Objects as they are in files. */
export function objects(yaml: string): any[] {
  return [...parseAllDocuments(yaml)].map((document) => document.toJS());
}

/** An Ingress with these annotations and this spec, in the namespace shop. */
export function ingressOf(
  name: string,
  annotations: Record<string, string> = {},
  spec: object = {},
): object {
  const prefixed = Object.entries(annotations).map(([key, value]) => [
    key.includes('/') ? key : `nginx.ingress.kubernetes.io/${key}`,
    value,
  ]);
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace: 'shop', annotations: Object.fromEntries(prefixed) },
    spec: { ingressClassName: 'nginx', ...spec },
  };
}

/** Rules of one host with one Service behind every path. */
export function rules(host: string, paths: Record<string, string>): object {
  const backend = { service: { name: 'web', port: { number: 80 } } };
  return {
    rules: [
      {
        host,
        http: {
          paths: Object.entries(paths).map(([path, pathType]) => ({ path, pathType, backend })),
        },
      },
    ],
  };
}

/** The lines of the report without the sums. */
export function lines(given: object[], targets?: MigrationTarget[]): string[] {
  const report = IngressAudit.auditIngress(given, { targets }).report();
  return report.split('\n\n')[0].split('\n');
}

/** Findings in short: id, severity, field, targets. */
export function short(given: object[], targets?: MigrationTarget[]): string[] {
  return IngressAudit.auditIngress(given, { targets }).findings.map(
    (f) => `${f.id.slice(-3)} ${f.severity} ${f.field} ${f.targets.join(',')}`,
  );
}

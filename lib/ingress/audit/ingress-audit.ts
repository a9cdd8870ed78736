import { auditIngress } from './audit';
import { TARGETS, type AuditFinding, type MigrationTarget } from './finding';
import { reportOf } from './report';
import { Severity } from '../../cluster';

/** What is audited for. */
export interface IngressAuditOptions {
  /**
   * Where the Ingresses move to.
   *
   * @default - all targets
   */
  readonly targets?: MigrationTarget[];
}

/**
 * Looks through Ingresses, IngressClasses, Issuers and the ConfigMap of an ingress-nginx for what
 * breaks when they move to another controller. It reads only, and knows nothing that it is not given.
 */
export class IngressAudit {
  /**
   * Audits objects as YAML or JSON holds them, lists of them included. Other kinds and Ingresses whose
   * class belongs to another controller are passed over. It never throws.
   *
   * @param objects parsed objects
   * @param options where they move to
   */
  public static auditIngress(objects: any[], options: IngressAuditOptions = {}): IngressAudit {
    const chosen = options.targets ?? TARGETS;
    const targets = TARGETS.filter((target) => chosen.includes(target));
    return new IngressAudit(auditIngress(objects, targets), targets);
  }

  /** The findings, the worst first; the same objects in any order give the same findings. */
  public readonly findings: AuditFinding[];

  private constructor(
    findings: readonly AuditFinding[],
    private readonly targets: readonly MigrationTarget[],
  ) {
    this.findings = [...findings];
  }

  /** Whether anything would lose traffic or protection. */
  public get hasErrors(): boolean {
    return this.findings.some(({ severity }) => severity === Severity.ERROR);
  }

  /** The findings as text, one a line, with their number for each target at the end. */
  public report(): string {
    return reportOf(this.findings, this.targets);
  }
}

import { renderedOnce } from './app-objects';
import type { Cluster } from './cluster';
import { Severity, type Finding, type IRule, type RuleViolation } from './finding';
import { problemAt } from './problem';

interface RegisteredRule {
  readonly rule: IRule;
  readonly path: string;
}

/** The rules of one cluster, what they find, and what somebody decided to live with. */
export class Review {
  private readonly rules: RegisteredRule[] = [];
  private readonly acknowledgements = new Map<string, string>();

  /** Adds a rule of the construct at this path. */
  public add(rule: IRule, path: string): void {
    checkId(path, 'rule.id', rule.id);
    if (this.rules.some((r) => r.rule.id === rule.id && r.path === path)) {
      throw problemAt(path, {
        prop: 'rule.id',
        allowed: 'registered once',
        got: rule.id,
        remedy: 'give the rule another id',
      });
    }
    this.rules.push({ rule, path });
  }

  /** Records why a warning or a note is acceptable. */
  public acknowledge(path: string, id: string, reason: string): void {
    checkId(path, 'id', id);
    if (reason.trim() === '') {
      throw problemAt(path, {
        prop: 'reason',
        allowed: 'a sentence',
        got: reason.trim(),
        remedy: 'whoever reads the report at night wants to know why',
      });
    }
    this.acknowledgements.set(id, reason);
  }

  /** Every finding: errors first, then warnings, then notes, each sorted by id and path. */
  public findings(cluster: Cluster): Finding[] {
    const rank = [Severity.ERROR, Severity.WARNING, Severity.NOTE];
    const key = (f: Finding) => `${rank.indexOf(f.severity)} ${f.id} ${f.path} ${f.message}`;
    const found = renderedOnce(cluster, () =>
      this.rules.flatMap((registered) => this.evaluate(registered, cluster)),
    );
    return found.sort((a, b) => (key(a) < key(b) ? -1 : 1));
  }

  /**
   * Acknowledged ids under which no rule finds a warning or note.
   *
   * @param askedBy id of the rule that asks, which cannot be evaluated while it asks
   */
  public staleAcknowledgements(cluster: Cluster, askedBy: string): string[] {
    const alive = new Set(
      this.rules
        .filter(({ rule }) => rule.id !== askedBy && rule.severity !== Severity.ERROR)
        .filter(({ rule }) => this.acknowledgements.has(rule.id) && rule.check(cluster).length > 0)
        .map(({ rule }) => rule.id),
    );
    return [...this.acknowledgements.keys()].filter((id) => id !== askedBy && !alive.has(id));
  }

  private evaluate({ rule, path }: RegisteredRule, cluster: Cluster): Finding[] {
    const accepted =
      rule.severity === Severity.ERROR ? undefined : this.acknowledgements.get(rule.id);
    return violationsOf(rule, path, cluster).map((violation) => ({
      id: rule.id,
      severity: rule.severity,
      path: violation.path ?? path,
      message: violation.message,
      remedy: violation.remedy ?? rule.remedy,
      reference: rule.reference,
      ...(accepted === undefined ? {} : { acknowledged: accepted }),
    }));
  }
}

/** Form of the ids of findings. */
export const FINDING_ID = /^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*-\d{3}$/;

/** Rules and acknowledgements must be able to name each other. */
function checkId(path: string, prop: string, id: string): void {
  if (!FINDING_ID.test(id)) {
    throw problemAt(path, {
      prop,
      allowed: 'capital words and three digits, such as GW-PROXY-001',
      got: id,
      remedy: 'findings are printed and acknowledged by it',
    });
  }
}

/** What a rule finds; one that breaks says which one it is. */
function violationsOf(rule: IRule, path: string, cluster: Cluster): RuleViolation[] {
  try {
    return rule.check(cluster);
  } catch (error) {
    throw new Error(`[${path}] rule ${rule.id} failed: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

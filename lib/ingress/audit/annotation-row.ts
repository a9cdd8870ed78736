/** What one target makes of an annotation. */
export interface Verdict {
  readonly fit: Fit;
  /** The other name, the object, the reason. */
  readonly by: string;
}

/** How well a target knows what an annotation asks for. */
export enum Fit {
  /** The annotation works there as it is. */
  SAME = 'same',
  /** It works, and not in every case as before. */
  DIFFERS = 'differs',
  /** Another annotation or field of the same object says it. */
  NAME = 'another name',
  /** It takes a further object, a setting of the controller, or the application. */
  OBJECT = 'needs more',
  /** It does not exist there. */
  NONE = 'not possible',
  /** Nothing is lost when it is deleted. */
  IDLE = 'delete it',
}

/** What is lost when an annotation is ignored. */
export enum Loss {
  /** Somebody gets in, or reads, who should not. */
  PROTECTION = 'protection',
  /** Requests go elsewhere or fail. */
  TRAFFIC = 'traffic',
  /** Limits, times and logs. */
  TUNING = 'tuning',
}

/** One annotation of ingress-nginx and what each target makes of it. */
export interface AnnotationRow {
  /** Without its prefix. */
  readonly name: string;
  readonly loss: Loss;
  readonly nic: Verdict;
  readonly gateway: Verdict;
  readonly traefik: Verdict;
  /** Values with which it does nothing. */
  readonly idle?: readonly string[];
}

export const same: Verdict = { fit: Fit.SAME, by: '' };
export const differs = (by: string): Verdict => ({ fit: Fit.DIFFERS, by });
export const as = (by: string): Verdict => ({ fit: Fit.NAME, by });
export const needs = (by: string): Verdict => ({ fit: Fit.OBJECT, by });
/** Where there is nothing more exact to say. */
export const NO_EQUIVALENT = 'there is no equivalent: the application has to do it, or nobody does';
export const none = (by = NO_EQUIVALENT): Verdict => ({ fit: Fit.NONE, by });
export const drop = (by: string): Verdict => ({ fit: Fit.IDLE, by });

/** A row; the order of the verdicts is that of the targets. */
export function row(
  name: string,
  loss: Loss,
  nic: Verdict,
  gateway: Verdict,
  traefik: Verdict,
  idle?: readonly string[],
): AnnotationRow {
  return { name, loss, nic, gateway, traefik, ...(idle === undefined ? {} : { idle }) };
}

/** What a Policy needs at the edge of this library. */
export const policy = (what: string): Verdict =>
  needs(
    `a Policy with ${what} named in nginx.org/policies, and a controller with custom resources`,
  );

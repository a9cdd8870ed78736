/** What node-cache holds besides answers; upstream measured a peak of about 20 MiB (KEP-1024). */
const PROCESS_MEBIBYTES = 32;
/** One kept answer: message, record headers and the map around them, generously. */
const ANSWER_KIBIBYTES = 1;
const STEP_MEBIBYTES = 16;

/** What the caches can come to hold. */
export interface CacheShape {
  /** Server blocks, each with caches of its own. */
  readonly zones: number;
  readonly success: number;
  readonly denial: number;
}

/** Answers in all caches when they are full. */
export function answers({ zones, success, denial }: CacheShape): number {
  return zones * (success + denial);
}

/** Twice the full caches: Go collects when the heap has doubled, and a kill is an outage of DNS. */
export function memoryLimitMebibytes(shape: CacheShape): number {
  return step(PROCESS_MEBIBYTES + (2 * answers(shape) * ANSWER_KIBIBYTES) / 1024);
}

/** A quarter of the caches: most clusters do not fill them. */
export function memoryRequestMebibytes(shape: CacheShape): number {
  return step(PROCESS_MEBIBYTES + (answers(shape) * ANSWER_KIBIBYTES) / 4 / 1024);
}

function step(mebibytes: number): number {
  return Math.ceil(mebibytes / STEP_MEBIBYTES) * STEP_MEBIBYTES;
}

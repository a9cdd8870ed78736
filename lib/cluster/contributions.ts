import type { FetchedManifest } from './fetched-manifest';
import type { Phase } from './phase';
import { problemAt } from './problem';
import type { Summaries } from './summaries';
import type { Wait } from './wait';

/** Whether something is waited for before a phase is applied, or after it. */
export type When = 'before' | 'after';

/** What the constructs of a cluster bring to the whole: summaries, waits, foreign manifests, files for people. */
export class Contributions {
  public readonly summaries: Partial<Summaries> = {};
  private readonly waiting = new Map<string, Wait[]>();
  private readonly foreign = new Map<Phase, FetchedManifest[]>();
  private readonly files = new Map<string, () => string>();
  private readonly listeners = new Map<keyof Summaries, Array<(summary: never) => void>>();

  public register<K extends keyof Summaries>(room: K, summary: Summaries[K]): void {
    const present = this.summaries[room];
    if (present !== undefined) {
      throw problemAt(summary.path, {
        prop: 'cluster',
        allowed: `a cluster without another construct of this room (${room})`,
        got: present.path,
        remedy: 'remove one of the two',
      });
    }
    Object.assign(this.summaries, { [room]: summary });
    this.listeners.get(room)?.forEach((then) => then(summary as never));
  }

  /** Calls back with a room's summary: now if it is there, else when it comes. */
  public whenRegistered<K extends keyof Summaries>(
    room: K,
    then: (summary: Summaries[K]) => void,
  ): void {
    const present = this.summaries[room] as Summaries[K] | undefined;
    if (present === undefined) {
      this.listeners.set(room, [...(this.listeners.get(room) ?? []), then]);
    } else {
      then(present);
    }
  }

  public wait(when: When, phase: Phase, waits: readonly Wait[]): void {
    this.waiting.set(`${when} ${phase}`, [...this.waits(when, phase), ...waits]);
  }

  public waits(when: When, phase: Phase): Wait[] {
    return this.waiting.get(`${when} ${phase}`) ?? [];
  }

  public fetch(phase: Phase, manifests: readonly FetchedManifest[]): void {
    const present = this.fetched(phase);
    const added = manifests.filter(({ file }) => !present.some((one) => one.file === file));
    this.foreign.set(phase, [...present, ...added]);
  }

  public fetched(phase: Phase): FetchedManifest[] {
    return this.foreign.get(phase) ?? [];
  }

  public addReport(path: string, name: string, content: () => string): void {
    if (this.files.has(name)) {
      throw problemAt(path, {
        prop: `report/${name}`,
        allowed: 'written by one construct',
        got: 'another one that writes it',
        remedy: 'remove one of the two',
      });
    }
    this.files.set(name, content);
  }

  public reports(): Record<string, string> {
    return Object.fromEntries([...this.files].map(([name, content]) => [name, content()]));
  }
}

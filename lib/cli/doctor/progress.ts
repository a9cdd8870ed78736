import type { Terminal } from '../command';
import type { Watcher } from './session';

const TICK_MS = 1000;

/** One line that is written over and over, for a person who watches. */
class Live implements Watcher {
  private readonly timer: NodeJS.Timeout;
  private step = '';
  private parts = 0;
  private ready = 0;
  private last = '';
  private since = Date.now();

  public constructor(private readonly terminal: Terminal) {
    this.timer = setInterval(() => this.draw(), TICK_MS);
  }

  public begin(step: string, parts: number): void {
    Object.assign(this, { step, parts, ready: 0, last: '', since: Date.now() });
    this.draw();
  }

  public done(label: string): void {
    this.ready += 1;
    this.last = label;
    this.draw();
  }

  public end(): void {
    this.terminal.show('');
  }

  public close(): void {
    clearInterval(this.timer);
    this.end();
  }

  private draw(): void {
    const seconds = Math.round((Date.now() - this.since) / 1000);
    const last = this.last === '' ? '' : `, last ${this.last}`;
    this.terminal.show(`${this.step}: ${this.ready} of ${this.parts}, ${seconds} s${last}`);
  }
}

/** One line for each step that is over, for a log. */
class Plain implements Watcher {
  private step = '';
  private parts = 0;
  private ready = 0;

  public constructor(private readonly say: (line: string) => void) {}

  public begin(step: string, parts: number): void {
    Object.assign(this, { step, parts, ready: 0 });
  }

  public done(): void {
    this.ready += 1;
  }

  public end(): void {
    this.say(
      this.parts === 0
        ? `${this.step}: nothing to do`
        : `${this.step}: ${this.ready} of ${this.parts}`,
    );
  }

  public close(): void {}
}

/** Progress as it suits whoever watches. */
export function progress(
  terminal: Terminal | undefined,
  say: (line: string) => void,
): Watcher & { close: () => void } {
  return terminal === undefined ? new Plain(say) : new Live(terminal);
}

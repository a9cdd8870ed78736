import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** What a page was shown on. */
export interface Screen {
  readonly width: number;
  readonly height: number;
  readonly dark?: boolean;
  /** With a finger and a small screen, as a phone. */
  readonly mobile?: boolean;
}

/** A page that is open. */
export interface OpenPage {
  /** Everything that the browser complained of, in its words. */
  readonly complaints: readonly string[];
  /** Addresses that it asked for beside the page itself. */
  readonly requests: readonly string[];
  /** The value of an expression in the page. */
  evaluate<T>(expression: string): Promise<T>;
  /** A picture of the page, of so many pixels from a height on; all of it by default. */
  screenshot(from?: number, height?: number): Promise<Buffer>;
  /** Closes it, so that the next one is alone. */
  close(): Promise<void>;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

type Answer = (message: Message) => void;

/**
 * A headless Chromium, spoken to over a pipe: one JSON message after the other, each ended by a zero
 * byte. Two dozen lines against a package of a hundred, for the six commands that are needed.
 */
export class Browser {
  private readonly profile = mkdtempSync(join(tmpdir(), 'groundwork-browser-'));
  private readonly process: ChildProcess;
  private readonly waiting = new Map<number, Answer>();
  private readonly listeners = new Set<Answer>();
  private count = 0;
  private rest = '';

  /** @param program path of Chromium */
  public constructor(program: string) {
    this.process = spawn(
      program,
      [
        ...['--headless=new', '--remote-debugging-pipe', '--no-sandbox', '--disable-gpu'],
        ...['--disable-dev-shm-usage', '--no-first-run', '--hide-scrollbars'],
        `--user-data-dir=${this.profile}`,
      ],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
    );
    const output = this.process.stdio[4] as Readable;
    output.setEncoding('utf8').on('data', (chunk: string) => this.read(chunk));
  }

  /** Opens a page on a screen and waits until it is loaded and drawn. */
  public async open(url: string, screen: Screen): Promise<OpenPage> {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' });
    const attached = await this.send('Target.attachToTarget', { targetId, flatten: true });
    const session = attached.sessionId as string;
    const send = (method: string, params = {}) => this.send(method, params, session);
    const complaints: string[] = [];
    const requests: string[] = [];
    let isLoaded: () => void = () => undefined;
    const loaded = new Promise<void>((resolve) => (isLoaded = resolve));
    const listen = ({ method, params = {}, sessionId }: Message) => {
      if (sessionId !== session) {
        return;
      }
      switch (method) {
        case 'Page.loadEventFired':
          return isLoaded();
        case 'Network.requestWillBeSent':
          return void requests.push((params.request as { url: string }).url);
        case 'Log.entryAdded':
          return void complaints.push((params.entry as { text: string }).text);
        case 'Runtime.exceptionThrown':
        case 'Runtime.consoleAPICalled':
          return void complaints.push(JSON.stringify(params));
      }
    };
    this.listeners.add(listen);
    for (const domain of ['Page', 'Network', 'Log', 'Runtime']) {
      await send(`${domain}.enable`);
    }
    const { width, height, mobile = false } = screen;
    await send('Emulation.setDeviceMetricsOverride', {
      ...{ width, height, mobile, deviceScaleFactor: 1 },
    });
    await send('Emulation.setEmulatedMedia', {
      features: [{ name: 'prefers-color-scheme', value: screen.dark === true ? 'dark' : 'light' }],
    });
    await send('Page.navigate', { url });
    await loaded;
    return {
      complaints,
      get requests() {
        return requests.filter((asked) => asked !== url && !asked.startsWith('data:'));
      },
      evaluate: async <T>(expression: string) => {
        const { result } = await send('Runtime.evaluate', { expression, returnByValue: true });
        return (result as { value: T }).value;
      },
      screenshot: async (from = 0, most = 16_000) => {
        const { cssContentSize } = await send('Page.getLayoutMetrics');
        const all = Math.ceil((cssContentSize as { height: number }).height);
        const tall = Math.min(most, all - from);
        const { data } = await send('Page.captureScreenshot', {
          captureBeyondViewport: true,
          clip: { x: 0, y: from, width, height: tall, scale: 1 },
        });
        return Buffer.from(data as string, 'base64');
      },
      close: async () => {
        this.listeners.delete(listen);
        await this.send('Target.closeTarget', { targetId });
      },
    };
  }

  /** Ends the browser and removes what it wrote. */
  public async close(): Promise<void> {
    const gone = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill('SIGKILL');
    await gone;
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }

  private send(
    method: string,
    params: object = {},
    sessionId?: string,
  ): Promise<Record<string, unknown>> {
    this.count += 1;
    const id = this.count;
    const input = this.process.stdio[3] as Writable;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, ({ result, error }) =>
        error === undefined
          ? resolve(result ?? {})
          : reject(new Error(`${method}: ${error.message}`)),
      );
      input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  private read(chunk: string): void {
    const messages = (this.rest + chunk).split('\0');
    this.rest = messages.pop()!;
    for (const text of messages) {
      const message = JSON.parse(text) as Message;
      if (message.id === undefined) {
        this.listeners.forEach((listener) => listener(message));
      } else {
        this.waiting.get(message.id)?.(message);
        this.waiting.delete(message.id);
      }
    }
  }
}

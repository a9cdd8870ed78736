import { connect, type Socket } from 'node:net';

/** One line of JSON after another over a Unix socket, as QEMU's monitor and its guest agent speak. */
export class JsonSocket {
  /** Connects. */
  public static open(path: string): Promise<JsonSocket> {
    return new Promise((resolve, reject) => {
      const socket = connect(path);
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new JsonSocket(socket));
      });
    });
  }

  private readonly waiting: Array<(message: any) => boolean> = [];
  private text = '';

  private constructor(private readonly socket: Socket) {
    // The other end goes away when a machine is killed; whoever waits runs into the time limit.
    socket.on('error', () => undefined);
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => this.read(String(chunk)));
  }

  /** Writes one message. */
  public send(message: unknown): void {
    this.socket.write(`${JSON.stringify(message)}\n`);
  }

  /** The next message that this function takes. */
  public next(takes: (message: any) => boolean, seconds: number): Promise<any> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(take), 1);
        reject(new Error(`no answer within ${seconds} seconds`));
      }, seconds * 1000);
      const take = (message: any): boolean => {
        if (!takes(message)) {
          return false;
        }
        clearTimeout(timer);
        resolve(message);
        return true;
      };
      this.waiting.push(take);
    });
  }

  public close(): void {
    this.socket.destroy();
  }

  private read(chunk: string): void {
    const lines = (this.text + chunk).split('\n');
    this.text = lines.pop()!;
    for (const line of lines) {
      // The agent's first bytes may be the rest of an answer to somebody before.
      const message = parsed(line);
      const taker = this.waiting.findIndex((take) => message !== undefined && take(message));
      if (taker >= 0) {
        this.waiting.splice(taker, 1);
      }
    }
  }
}

function parsed(line: string): any {
  try {
    return JSON.parse(line.replace(/^[^{]*/, ''));
  } catch {
    return undefined;
  }
}

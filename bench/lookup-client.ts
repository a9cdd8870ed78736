import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { ENV } from '../test/tools/netns-machine';

// Perl, because every Debian machine has it and little of it lies between a connection and the clock.

/** Listens on the port that it is given, and closes whatever comes. */
export const SERVER = `
use Socket;
socket(my $s, PF_INET, SOCK_STREAM, 0) or die $!;
setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1);
bind($s, sockaddr_in($ARGV[0], INADDR_ANY)) or die $!;
listen($s, 4096) or die $!;
$| = 1;
print "ready\\n";
while (1) { accept(my $c, $s) and close($c); }`;

/**
 * Reads 'address port count', prints the median time of so many connects. A reset at the end leaves
 * nothing behind that would slow down the next one.
 */
export const CLIENT = `
use Socket;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);
$| = 1;
while (my $line = <STDIN>) {
  my ($host, $port, $count) = split ' ', $line;
  my $to = sockaddr_in($port, inet_aton($host));
  my @times;
  for (1 .. $count) {
    socket(my $s, PF_INET, SOCK_STREAM, 0) or die $!;
    setsockopt($s, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0));
    my $began = clock_gettime(CLOCK_MONOTONIC);
    connect($s, $to) or die "$host:$port: $!";
    push @times, clock_gettime(CLOCK_MONOTONIC) - $began;
    close($s);
  }
  @times = sort { $a <=> $b } @times;
  printf "%.9f\\n", $times[@times / 2];
}`;

/** Makes connections from one network namespace to a server in another. */
export interface Client {
  /** The median time of so many connects to `address:port`, in seconds. */
  connect(target: string, count: number): Promise<number>;
  close(): void;
}

/** Starts both programs; resolves when the server listens. */
export async function start(client: string, server: string, port: number): Promise<Client> {
  const [serving, asking] = [perl(server, SERVER, String(port)), perl(client, CLIENT)];
  const close = () => [serving, asking].forEach(({ child }) => child.kill('SIGKILL'));
  try {
    await serving.line();
  } catch (error) {
    close();
    throw error;
  }
  return {
    close,
    connect: async (target, count) => {
      const answer = asking.line();
      asking.child.stdin!.write(`${target.replace(':', ' ')} ${count}\n`);
      return Number(await answer);
    },
  };
}

function perl(namespace: string, program: string, ...args: string[]) {
  const command = ['netns', 'exec', namespace, 'perl', '-e', program, ...args];
  const child: ChildProcess = spawn('ip', command, {
    env: ENV,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout! });
  const gone = new Promise<never>((_, reject) =>
    child.once('exit', () => reject(new Error(`perl ended in ${namespace}`))),
  );
  // Whoever waits for a line hears of it; at the end nobody does.
  gone.catch(() => undefined);
  const line = () =>
    Promise.race([new Promise<string>((resolve) => lines.once('line', resolve)), gone]);
  return { child, line };
}

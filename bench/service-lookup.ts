// Prints what the first packet of a connection costs when it has to find its Service among many, in the
// rules of each mode of kube-proxy. Machines differ and are shared, so the figures that count are ratios
// within one run: all cases take turns, round by round. Run as root with `npm run bench:lookup`; where
// the kernel has no ip_vs, `npm run bench:lookup:ipvs` starts one that has it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { addNamespace, ENV, must, removeLabs, run } from '../test/tools/netns-machine';
import { missing as missingForPaths } from '../test/tools/service-lab';
import { IPTABLES, IPVS, NFTABLES, type Service, type Shape } from '../test/tools/service-rules';
import { start } from './lookup-client';
import * as figures from './lookup-figures';
import { CONNECTIONS, FEW, MANY, median, MIDDLE, PORT, servicesOf } from './lookup-figures';

const ROUNDS = 9;
/** Differences below this share of a connection without rules say nothing. */
const NOISE = 0.05;
const PREFIX = `gw-lookup-${process.pid}`;
const CLIENT = `${PREFIX}-client`;
const SERVER = `${PREFIX}-server`;

/** One machine between client and server, with so many Services in its rules. */
interface Way {
  readonly shape?: Shape;
  readonly services: readonly Service[];
  /** Of its subnets: 10.<number>.0.0/16 to its Services, 172.16 and 172.17 to the client and the server. */
  readonly number: number;
}

/** Seconds of a connection, by case. */
type Round = Record<string, number>;

function missing(): string[] {
  if (process.getuid?.() !== 0) {
    return ['root'];
  }
  const perl = spawnSync('perl', ['-MSocket', '-MTime::HiRes=clock_gettime', '-e', '1'], {
    env: ENV,
  });
  return [...missingForPaths(), ...(perl.status === 0 ? [] : ['perl'])];
}

/** Why there is nothing to say about IPVS; nothing when there is. */
function withoutIpvs(): string | undefined {
  run('modprobe', 'ip_vs');
  if (!existsSync('/proc/net/ip_vs')) {
    return 'this kernel has no ip_vs';
  }
  return run('ipvsadm', '-v').status === 0 ? undefined : 'ipvsadm is not installed';
}

function sh(namespace: string, ...lines: string[]): void {
  must('ip', 'netns', 'exec', namespace, 'sh', '-eu', '-c', lines.join('\n'));
}

/** A machine with its rules, and how long it took to load them. */
function build({ shape, services, number }: Way): number {
  const node = `${PREFIX}-${number}`;
  addNamespace(node);
  sh(node, 'echo 1 >/proc/sys/net/ipv4/ip_forward', 'ip link set lo up');
  for (const [peer, side] of [[CLIENT, 16] as const, [SERVER, 17] as const]) {
    const device = `way${number}`;
    must(
      ...(['ip', 'link', 'add', `to${side}`, 'netns', node, 'type', 'veth'] as const),
      ...['peer', 'name', device, 'netns', peer],
    );
    sh(node, `ip addr add 172.${side}.${number}.1/24 dev to${side}`, `ip link set to${side} up`);
    sh(peer, `ip addr add 172.${side}.${number}.2/24 dev ${device}`, `ip link set ${device} up`);
  }
  sh(CLIENT, `ip route add 10.${number}.0.0/16 via 172.16.${number}.1`);
  sh(CLIENT, `ip route add 172.17.${number}.0/24 via 172.16.${number}.1`);
  sh(SERVER, `ip route add 172.16.${number}.0/24 via 172.17.${number}.1`);
  // Where the address would go if no rule caught it; the kernel asks before it translates.
  sh(node, `ip route add 10.${number}.0.0/16 dev to17`);
  if (shape === undefined) {
    return 0;
  }
  const networks = { podCidr: `172.16.${number}.0/24`, serviceCidr: `10.${number}.0.0/16` };
  const input = shape.rules(services, networks);
  const began = process.hrtime.bigint();
  const { status, stderr } = spawnSync('ip', ['netns', 'exec', node, ...shape.load], {
    env: ENV,
    encoding: 'utf8',
    input,
    timeout: 60_000,
  });
  if (status !== 0) {
    throw new Error(`${shape.load.join(' ')}: ${stderr}`);
  }
  return Number(process.hrtime.bigint() - began) / 1e9;
}

async function measure(): Promise<void> {
  const lacksIpvs = withoutIpvs();
  console.log(`IPVS: ${lacksIpvs === undefined ? 'measured, too' : `left out, ${lacksIpvs}`}`);
  const shapes = [IPTABLES, NFTABLES, ...(lacksIpvs === undefined ? [IPVS] : [])];
  addNamespace(CLIENT);
  addNamespace(SERVER);
  const ways: Way[] = [
    { services: [], number: 100 },
    ...shapes.flatMap((shape, index) =>
      [FEW, MIDDLE, MANY].map((count, size) => {
        const number = 101 + 3 * index + size;
        return { shape, services: servicesOf(count, number), number };
      }),
    ),
  ];
  for (const way of ways) {
    const seconds = build(way);
    if (way.shape !== undefined) {
      const what = `${way.shape.mode}, ${way.services.length} services`;
      console.log(`${what.padEnd(32)}rules loaded in ${seconds.toFixed(1)} s`);
    }
  }

  const key = ({ shape, services }: Way, which: string) =>
    `${shape?.mode ?? 'none'} ${services.length} ${which}`;
  const cases = ways.flatMap((way) => {
    const { shape, services, number } = way;
    return shape === undefined
      ? [{ key: key(way, ''), target: `172.17.${number}.2:${PORT}` }]
      : [
          { key: key(way, 'first'), target: `${services[0]!.address}:80` },
          { key: key(way, 'last'), target: `${services.at(-1)!.address}:80` },
        ];
  });
  const client = await start(CLIENT, SERVER, PORT);
  const rounds: Round[] = [];
  try {
    // The first round fills caches and tables of neighbours, and does not count.
    for (let round = 0; round <= ROUNDS; round++) {
      const times: Round = {};
      for (const { key: name, target } of cases) {
        times[name] = await client.connect(target, CONNECTIONS);
      }
      rounds.push(times);
    }
  } finally {
    client.close();
  }
  report(rounds.slice(1), shapes);
}

const direct = (round: Round) => round['none 0 ']!;

function report(rounds: readonly Round[], shapes: readonly Shape[]): void {
  const ratio = (of: (round: Round) => number) => median(rounds.map(of)).toFixed(2);
  console.log(
    `\nmedians of ${rounds.length} rounds of ${CONNECTIONS} connections; without rules a connection took ` +
      `${(median(rounds.map(direct)) * 1e6).toFixed(1)} us\n`,
  );
  for (const { mode } of shapes) {
    const at = (count: number, which: string) => (round: Round) =>
      round[`${mode} ${count} ${which}`]!;
    const row = (what: string, value: string) => figures.row(`${mode}: ${what}`, value);
    for (const count of [FEW, MIDDLE, MANY]) {
      const last = at(count, 'last');
      row(
        `last of ${count}, against no rules`,
        ratio((round) => last(round) / direct(round)),
      );
      row(
        `last of ${count}, against the first`,
        ratio((round) => last(round) / at(count, 'first')(round)),
      );
    }
    const [few, many] = [at(FEW, 'last'), at(MANY, 'last')];
    row(
      `last of ${MANY}, against last of ${FEW}`,
      ratio((round) => many(round) / few(round)),
    );
    const added = (count: number) => (round: Round) => at(count, 'last')(round) - direct(round);
    const search = (count: number) => (round: Round) =>
      at(count, 'last')(round) - at(count, 'first')(round);
    row(
      `growth of all that rules add, ${FEW} to ${MANY}, as an exponent`,
      exponent(rounds, [FEW, added(FEW)], [MANY, added(MANY)]),
    );
    row(
      `growth of the search alone, ${MIDDLE} to ${MANY}, as an exponent`,
      exponent(rounds, [MIDDLE, search(MIDDLE)], [MANY, search(MANY)]),
    );
  }
}

/** The exponent between the medians of two figures of a round. */
function exponent(
  rounds: readonly Round[],
  [few, small]: readonly [number, (round: Round) => number],
  [many, large]: readonly [number, (round: Round) => number],
): string {
  const [low, high] = [median(rounds.map(small)), median(rounds.map(large))];
  return figures.exponent([few, low], [many, high], NOISE * median(rounds.map(direct)));
}

const lacks = missing();
if (lacks.length > 0) {
  console.log(`nothing measured: this machine lacks ${lacks.join(', ')}`);
  process.exitCode = 1;
} else {
  process.on('exit', removeLabs);
  // A signal ends the process without 'exit' otherwise.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => process.exit(1));
  }
  measure().catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
}

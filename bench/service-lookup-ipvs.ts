// Prints what the first packet of a connection costs when it has to find its Service in the table
// of IPVS, and in the maps of nftables beside it. Few machines that run a bench have ip_vs, so a
// Debian kernel is started in QEMU with a clock that counts instructions: one for each nanosecond.
// Its figures do not depend on the load of this machine, and know nothing of caches. kube-proxy's
// few rules beside IPVS, which ask an ipset whom to masquerade, are left out. Run as root with
// `npm run bench:lookup:ipvs`.
import { bootGuest, guestLacks } from '../test/tools/guest';
import { exponent, median, row } from './lookup-figures';
import { CASES, CONTENDERS, DIRECT, guestFiles, keyOf, MARK } from './lookup-guest';

/** The first round fills caches and tables of neighbours, and does not count. */
const ROUNDS = 5;
/** Differences below this share of a connection without rules say nothing. */
const NOISE = 0.02;
const SECONDS = 240;
// One instruction takes one nanosecond, and a guest that waits does so without time of ours.
const MACHINE = '-accel tcg,thread=single,tb-size=512 -icount shift=0,sleep=off'.split(' ');

function measure(): void {
  const output = bootGuest({ files: guestFiles(ROUNDS + 1), machine: MACHINE, seconds: SECONDS });
  const said = output
    .split('\n')
    .filter((line) => line.startsWith(`${MARK} `))
    .map((line) => line.slice(MARK.length + 1).trim());
  const after = (word: string) =>
    said.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  const figures = after('connect').map(Number);
  if (after('stopped:')[0] !== 'finished' || figures.length !== (ROUNDS + 1) * CASES.length) {
    throw new Error(`the guest did not finish, or not in ${SECONDS} s:\n${output.slice(-3000)}`);
  }
  for (const line of after('loaded')) {
    const [nanoseconds, ...what] = line.split(' ');
    const load = `${(Number(nanoseconds) / 1e9).toFixed(2)} s of the guest`;
    console.log(`${what.join(' ').padEnd(32)}rules loaded in ${load}`);
  }
  report(
    new Map(
      CASES.map(({ key }, index) => [
        key,
        figures.filter((_, at) => at >= CASES.length && at % CASES.length === index),
      ]),
    ),
    after('clock')[0]!,
  );
}

/** Figures of every case, one for each round. */
function report(figures: ReadonlyMap<string, readonly number[]>, clock: string): void {
  const of = (key: string) => median(figures.get(key)!);
  const direct = of(DIRECT);
  const spread = Math.max(
    ...[...figures.values()].map((all) => (Math.max(...all) - Math.min(...all)) / median(all)),
  );
  const thousands = (seconds: number) => (seconds * 1e6).toFixed(1);
  console.log(
    `\nmedians of ${ROUNDS} rounds; without rules a connection took ${thousands(direct)} thousand ` +
      `instructions; rounds differ by at most ${(spread * 100).toFixed(1)} %; clock ${clock}\n`,
  );
  for (const { shape, few, many } of CONTENDERS) {
    const { mode } = shape;
    const last = (count: number) => of(keyOf(shape, count, 'last'));
    for (const count of [few, many]) {
      const first = of(keyOf(shape, count, 'first'));
      row(
        `${mode}: first and last of ${count}, thousands of instructions`,
        `${thousands(first)} ${thousands(last(count))}`,
      );
      row(`${mode}: last of ${count}, against no rules`, (last(count) / direct).toFixed(3));
      row(`${mode}: last of ${count}, against the first`, (last(count) / first).toFixed(3));
    }
    row(`${mode}: last of ${many}, against last of ${few}`, (last(many) / last(few)).toFixed(3));
    const added = (count: number) => last(count) - direct;
    row(
      `${mode}: growth of all that rules add, ${few} to ${many}, as an exponent`,
      exponent([few, added(few)], [many, added(many)], NOISE * direct),
    );
  }
}

const lacks = guestLacks();
if (lacks.length > 0) {
  console.log(`nothing measured, no Debian guest: ${lacks.join(', ')}`);
  process.exitCode = 1;
} else {
  // Taken, so that the guest ends first and its tree is removed.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => process.exit(1));
  }
  measure();
}

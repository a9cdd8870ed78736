import type { TraefikSettings } from './settings';
import { tuned } from '../../cluster';

/** What the options add up to: the figures to compare with an attack or a complaint. */
export function figureRows(s: TraefikSettings) {
  const { edge, readMilliseconds, compatible } = s;
  const seconds = readMilliseconds / 1000;
  return {
    breakEvenRate: tuned(
      'Edge.breakEvenRate',
      `${edge.breakEvenRate}/s`,
      'unknown: without a limit the machine runs out of memory',
      `the new slow connections a second that fill the memory of one replica: each stays for three times ${seconds} s, and costs most in the last of them`,
      'arithmetic on figures measured with Go 1.26',
    ),
    memoryCeiling: tuned(
      'Edge.memoryCeiling',
      `${edge.mebibytes} MiB`,
      'none',
      'the replica is killed there and starts again; nothing is refused before',
      'arithmetic',
    ),
    uploadLimit: tuned(
      'Edge.uploadLimit',
      compatible ? `${edge.bodyKibibytes} KiB a request` : `whatever arrives in ${seconds} s`,
      compatible ? '1024 KiB' : 'whatever arrives in 60 s',
      compatible
        ? `read whole before a backend is asked, in ${seconds} s with its header; 413 beyond`
        : `passed on as it comes; ${edge.bodyKibibytes} KiB pass at ${s.uploadKibibytesPerSecond} KiB/s`,
      'arithmetic',
    ),
  };
}

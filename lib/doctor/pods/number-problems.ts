import type { Duration } from 'cdk8s';
import { checkInteger, type Problem } from '../../cluster';

/** Whole seconds within what the collector takes: it would cut a longer time off and say nothing. */
export function secondsProblems(
  prop: string,
  given: Duration | undefined,
  range: { readonly min: number; readonly max: number },
): Problem[] {
  const seconds = given && given.toMilliseconds({ integral: false }) / 1000;
  return checkInteger(
    `${prop} in seconds`,
    seconds,
    range,
    'leave it out for the time that thresholds were chosen for',
  );
}

/** Ports below 1024 are for root, and most of them have an owner. */
export function portProblems(prop: string, port: number | undefined): Problem[] {
  return checkInteger(
    prop,
    port,
    { min: 1024, max: 65535 },
    'leave it out, or choose one that nothing on the machines has',
  );
}

/** A folder and nothing else: fio is never to see a device. */
export function directoryProblems(prop: string, path: string | undefined): Problem[] {
  const folder = /^(\/[A-Za-z0-9._-]+)+$/;
  const wrong =
    path !== undefined &&
    (!folder.test(path) ||
      path.split('/').some((part) => part === '.' || part === '..') ||
      /^\/(dev|proc|sys)(\/|$)/.test(path));
  return wrong
    ? [
        {
          prop,
          allowed: 'the absolute path of a folder, outside of /dev, /proc and /sys',
          got: path,
          remedy: 'name a folder on the disk of etcd, for example /var/lib/etcd/groundwork-doctor',
        },
      ]
    : [];
}

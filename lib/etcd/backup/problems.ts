import { directoryMachine, settledRetention } from './choices';
import type { EtcdBackupOptions, EtcdBackupProps } from './options';
import { parseSchedule } from './schedule';
import { checkInteger, parseImage, type Problem } from '../../cluster';

/** Everything that is wrong with the props by themselves and with the facts they need. */
export function optionProblems(props: EtcdBackupProps): Problem[] {
  return [
    ...scheduleProblems(props),
    ...retentionProblems(props),
    ...timeoutProblems(props),
    ...imageProblems(props),
    ...machineProblems(props),
  ];
}

function scheduleProblems({ schedule }: EtcdBackupOptions): Problem[] {
  return schedule === undefined || parseSchedule(schedule) !== undefined
    ? []
    : [
        {
          prop: 'schedule',
          allowed: 'five cron fields that come true, or @hourly, @daily, @weekly, @monthly',
          got: schedule,
          remedy: 'write for example 23 * * * * for every hour; the time zone is UTC',
        },
      ];
}

function retentionProblems({ prune = true, retention }: EtcdBackupOptions): Problem[] {
  if (retention === undefined) {
    return [];
  }
  if (!prune) {
    return [
      {
        prop: 'retention',
        allowed: 'left out with prune: false',
        got: 'given',
        remedy: 'nothing is deleted then; let the rules of the store do it',
      },
    ];
  }
  const settled = settledRetention(retention);
  const problems = Object.entries(settled).flatMap(([name, value]) =>
    checkInteger(
      `retention.${name}`,
      value,
      { min: 0, max: 10_000 },
      'give how many of them stay; 0 keeps none for this reason',
    ),
  );
  if (Object.values(settled).every((value) => value === 0)) {
    problems.push({
      prop: 'retention',
      allowed: 'something that keeps a snapshot',
      got: 'zeros only',
      remedy: 'raise one of them, or leave retention out',
    });
  }
  return problems;
}

function timeoutProblems({ timeout }: EtcdBackupOptions): Problem[] {
  const milliseconds = timeout?.toMilliseconds({ integral: false });
  const whole = milliseconds === undefined || milliseconds % 1000 === 0;
  return milliseconds === undefined ||
    (whole && milliseconds >= 60_000 && milliseconds <= 6 * 3600_000)
    ? []
    : [
        {
          prop: 'timeout',
          allowed: 'whole seconds from 1 minute to 6 hours',
          got: `${milliseconds / 1000} s`,
          remedy: 'leave it out for 30 minutes',
        },
      ];
}

function imageProblems({ resticImage, etcdImage }: EtcdBackupOptions): Problem[] {
  return Object.entries({ resticImage, etcdImage })
    .filter(([, image]) => image !== undefined && parseImage(image) === undefined)
    .map(([prop, got]) => ({
      prop,
      allowed: 'a full reference with a tag or digest',
      got,
      remedy: 'write registry/repository:tag, with @sha256 behind it if you pin the digest',
    }));
}

/** A directory is on a machine that must be one of those that run etcd. */
function machineProblems(props: EtcdBackupProps): Problem[] {
  const { cluster, target } = props;
  const asked = target._directory?.machine;
  return asked === undefined || directoryMachine(props) !== undefined
    ? []
    : [
        {
          prop: 'target.machine',
          allowed: `one of ${cluster.controlPlanes.map(({ name }) => name).join(', ')}`,
          got: asked,
          remedy: 'the snapshot is taken on a control plane and stays on it',
        },
      ];
}

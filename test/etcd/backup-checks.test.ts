import { Chart, Duration } from 'cdk8s';
import {
  Cluster,
  EtcdBackup,
  EtcdBackupTarget,
  EtcdOnNvme,
  Residency,
  Severity,
  Zone,
  type EtcdBackupOptions,
} from '../../lib';
import { backupRules } from '../../lib/etcd/backup/rules';
import { parseSchedule } from '../../lib/etcd/backup/schedule';
import '../../lib/testing/jest';
import { osloProps } from '../support/oslo';
import { tempApp } from '../support/temp-app';
import { bucket, render, said } from './backup';

const lines = (make: () => unknown) => {
  try {
    make();
  } catch (error) {
    return (error as Error).message.split('\n');
  }
  return [];
};

describe('schedules', () => {
  const MINUTE = 60;
  const HOUR = 3600;
  const DAY = 86_400;

  test.each<[string, number]>([
    ['* * * * *', MINUTE],
    ['23 * * * *', HOUR],
    ['*/15 * * * *', 15 * MINUTE],
    ['5/25 * * * *', 25 * MINUTE],
    ['7,17,59 * * * *', 42 * MINUTE],
    ['0 8-17 * * *', 15 * HOUR],
    ['0 */5 * * *', 5 * HOUR],
    ['30 3 * * *', DAY],
    ['30 3 * * MON-FRI', 3 * DAY],
    ['30 3 1 * *', 31 * DAY],
    ['0 0 1 jan *', 366 * DAY],
    ['0 0 29 2 *', (8 * 365 + 1) * DAY],
    // On the first and on Mondays: either of the two is enough.
    ['0 0 1 * 1', 7 * DAY],
    ['0 0 */10 * 1', 182 * DAY],
    ['@hourly', HOUR],
    ['@daily', DAY],
    ['@weekly', 7 * DAY],
  ])('%s', (text, seconds) => {
    expect(parseSchedule(text)?.longestGapSeconds).toBe(seconds);
  });

  test.each([
    '',
    '* * * *',
    '* * * * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * * 13 *',
    '* * * * 7',
    '5-1 * * * *',
    '*/0 * * * *',
    'a * * * *',
    '-1 * * * *',
    '0 0 30 2 *',
    '@every 30m',
    '@reboot',
    'TZ=UTC 0 * * * *',
  ])('%s is none', (text) => {
    expect(parseSchedule(text)).toBeUndefined();
  });
});

describe('errors', () => {
  test.each<[string, Partial<EtcdBackupOptions>, string]>([
    [
      'schedule',
      { schedule: '@every 30m' },
      'schedule must be five cron fields that come true, or @hourly, @daily, @weekly, @monthly, got @every 30m; write for example 23 * * * * for every hour; the time zone is UTC',
    ],
    [
      'nothing is kept',
      { retention: { keepLast: 0, keepHourly: 0, keepDaily: 0 } },
      'retention must be something that keeps a snapshot, got zeros only; raise one of them, or leave retention out',
    ],
    [
      'a negative number',
      { retention: { keepDaily: -1 } },
      'retention.keepDaily must be between 0 and 10000, got -1; give how many of them stay; 0 keeps none for this reason',
    ],
    [
      'retention without deletion',
      { prune: false, retention: {} },
      'retention must be left out with prune: false, got given; nothing is deleted then; let the rules of the store do it',
    ],
    [
      'a short timeout',
      { timeout: Duration.seconds(59) },
      'timeout must be whole seconds from 1 minute to 6 hours, got 59 s; leave it out for 30 minutes',
    ],
    [
      'an image without a tag',
      { resticImage: 'restic' },
      'resticImage must be a full reference with a tag or digest, got restic; write registry/repository:tag, with @sha256 behind it if you pin the digest',
    ],
    [
      'a machine that runs no etcd',
      { target: EtcdBackupTarget.hostDirectory('/srv/backup', { machine: 'w-1' }) },
      'target.machine must be one of cp-1, cp-2, cp-3, got w-1; the snapshot is taken on a control plane and stays on it',
    ],
  ])('%s', (_what, options, message) => {
    expect(lines(() => render(options))).toEqual([`[oslo/backup] ${message}`]);
  });

  test('all at once', () => {
    expect(
      lines(() => render({ schedule: 'x', timeout: Duration.days(1), etcdImage: 'etcd' })),
    ).toHaveLength(3);
  });

  test.each<[string, Parameters<typeof bucket>[0], string]>([
    [
      'plain http',
      { endpoint: 'http://s3.oslo.example' },
      'endpoint must be https:// and the host name of a store outside of the cluster, got http://s3.oslo.example; write for example https://s3.example.no; a store inside the cluster is lost with it',
    ],
    [
      'a store in the cluster',
      { endpoint: 'https://minio.storage.svc.cluster.local:9000' },
      'endpoint must be https:// and the host name of a store outside of the cluster, got https://minio.storage.svc.cluster.local:9000; write for example https://s3.example.no; a store inside the cluster is lost with it',
    ],
    [
      'bucket',
      { bucket: 'Oslo_etcd' },
      'bucket must be the name of a bucket, got Oslo_etcd; copy it from the page of the store',
    ],
    [
      'region',
      { region: '' },
      'region must be the name of a region, got nothing; copy it from the page of the store',
    ],
    [
      'country',
      { country: 'Norway' },
      'country must be two capital letters (ISO 3166-1 alpha-2), got Norway; write NO for Norway, DE for Germany',
    ],
    [
      'prefix',
      { prefix: '/oslo' },
      'prefix must be a path without slashes at its ends, got /oslo; copy it from the page of the store',
    ],
  ])('bucket: %s', (_what, changes, message) => {
    expect(lines(() => bucket(changes))).toEqual([`[EtcdBackupTarget.s3] ${message}`]);
  });

  test.each(['/var/lib/etcd', '/var/lib/etcd/backup', '/var/lib/etcd-backup', '/var/lib/etcd-wal'])(
    '%s is on the disk that the backup is for',
    (path) => {
      expect(lines(() => EtcdBackupTarget.hostDirectory(path))).toEqual([
        `[EtcdBackupTarget.hostDirectory] path must be outside of /var/lib/etcd, got ${path}; that is the disk that the backup is for; give a directory on another disk`,
      ]);
    },
  );

  test.each([
    '/etc/kubernetes/backup',
    '/run/backup',
    '/tmp',
    '/dev/shm',
    '/proc/1',
    '/sys/x',
    '/var/lib/kubelet',
    '/var/lib/containerd/x',
  ])('%s is no place for a backup', (path) => {
    expect(lines(() => EtcdBackupTarget.hostDirectory(path))).toEqual([
      expect.stringMatching(/^\[EtcdBackupTarget\.hostDirectory\] path must be outside of \//),
    ]);
  });

  test.each(['', '/', 'srv/backup', '/srv/backup/', '/srv/../var', '/srv/a b', '/srv//a'])(
    'the path "%s"',
    (path) => {
      expect(lines(() => EtcdBackupTarget.hostDirectory(path))).toEqual([
        `[EtcdBackupTarget.hostDirectory] path must be an absolute path of letters, digits and . _ - without a slash at its end, got ${path === '' ? 'nothing' : path}; write for example /srv/backup/etcd`,
      ]);
    },
  );

  test('a shared directory has a country and no machine', () => {
    const make = () =>
      EtcdBackupTarget.hostDirectory('/srv/backup', { shared: true, machine: 'cp-1' });
    expect(lines(make)).toEqual([
      '[EtcdBackupTarget.hostDirectory] machine must be left out with shared, got cp-1; a directory that all control planes share is read and written from any of them',
      '[EtcdBackupTarget.hostDirectory] country must be given with shared, got nothing; say where the file server keeps its data',
    ]);
  });
});

describe('findings', () => {
  test('a bucket at home gives nothing to say', () => {
    expect(said(render())).toEqual([]);
  });

  test('ids are numbered without gaps, and can be read about', () => {
    expect(backupRules.map(({ id }) => id)).toEqual(
      backupRules.map((_, n) => `GW-ETCD-0${30 + n}`),
    );
    expect(backupRules.filter(({ reference }) => !reference.startsWith('https://'))).toEqual([]);
  });

  test.each<[string, string[]]>([
    [
      'US',
      [
        'GW-ETCD-030 the zones are in NO, backups go to US (bucket oslo-etcd at https://s3.oslo.example)',
      ],
    ],
    [
      'GB',
      [
        'GW-ETCD-030 the zones are in NO, backups go to GB (bucket oslo-etcd at https://s3.oslo.example)',
      ],
    ],
    [
      'DE',
      [
        'GW-ETCD-031 the zones are in NO, backups go to DE (bucket oslo-etcd at https://s3.oslo.example)',
      ],
    ],
    ['NO', []],
  ])('a bucket in %s', (country, expected) => {
    const rendered = render({ target: bucket({ country }) });
    expect(said(rendered)).toEqual(expected);
    expect(rendered.job.metadata.annotations['cdk8s-groundwork/country']).toBe(country);
  });

  test('of machines outside of the EEA only the country counts', () => {
    const zones = [Zone.of('oslo-1', { country: 'CH', nodeCidr: '10.20.0.0/24' })];
    const from = (country: string) => said(render({ target: bucket({ country }) }, { zones }));
    expect(from('US')).toEqual([
      'GW-ETCD-031 the zones are in CH, backups go to US (bucket oslo-etcd at https://s3.oslo.example)',
    ]);
    expect(from('CH')).toEqual([]);
  });

  test('a policy that nothing holds the cluster to says nothing in their place', () => {
    const under = (country: string) =>
      said(render({ target: bucket({ country }) }, { residency: Residency.of(['NO']) }));
    expect(under('US')).toEqual([
      'GW-ETCD-030 the zones are in NO, backups go to US (bucket oslo-etcd at https://s3.oslo.example)',
    ]);
    expect(under('DE')).toEqual([
      'GW-ETCD-031 the zones are in NO, backups go to DE (bucket oslo-etcd at https://s3.oslo.example)',
    ]);
  });

  test('every country of the EEA is one', () => {
    const outside = 'US GB CH RU TR UA RS AL JP XX'.split(' ');
    const inside =
      'AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO'.split(
        ' ',
      );
    const warned = (country: string) =>
      said(render({ target: bucket({ country }) })).some((line) => line.startsWith('GW-ETCD-030'));
    expect(inside.filter(warned)).toEqual([]);
    expect(outside.filter((country) => !warned(country))).toEqual([]);
    expect(inside).toHaveLength(30);
  });

  test('no keys', () => {
    expect(said(render({ includePki: false }))).toEqual([
      'GW-ETCD-032 includePki is false, so snapshots are saved without keys',
    ]);
  });

  test('a directory of one machine', () => {
    const target = EtcdBackupTarget.hostDirectory('/srv/backup');
    expect(said(render({ target }))).toEqual(['GW-ETCD-033 snapshots are kept on cp-1 alone']);
    const shared = EtcdBackupTarget.hostDirectory('/srv/backup', { shared: true, country: 'NO' });
    expect(said(render({ target: shared }))).toEqual([]);
  });

  test('more than a day', () => {
    expect(said(render({ schedule: '0 3 * * *' }))).toEqual([]);
    expect(said(render({ schedule: '0 3 * * 1-5' }))).toEqual([
      'GW-ETCD-034 schedule 0 3 * * 1-5 leaves up to 3 days between two runs',
    ]);
  });

  test('less than a week back', () => {
    const reach = (keepDaily: number) =>
      said(render({ retention: { keepLast: 1, keepHourly: 24, keepDaily } }));
    expect(reach(7)).toEqual([]);
    expect(reach(6)).toEqual([
      'GW-ETCD-035 the oldest snapshot that is kept is about 144 hours old',
    ]);
    expect(said(render({ prune: false }))).toEqual([]);
  });

  test('a backup that came before etcd', () => {
    const chart = new Chart(tempApp(), 'oslo');
    const cluster = new Cluster(chart, 'cluster', { clusterName: 'oslo', ...osloProps() });
    new EtcdBackup(chart, 'backup', { cluster, target: bucket() });
    expect(said({ cluster })).toEqual([]);
    new EtcdOnNvme(chart, 'etcd', { cluster });
    expect(cluster).toHaveFinding('GW-ETCD-036', {
      severity: Severity.ERROR,
      path: 'oslo/backup',
      message: 'the backup was created before etcd, and took other values for it',
    });
  });
});

import { Duration, Size } from 'cdk8s';
import fc from 'fast-check';
import { ApiEndpoint, EtcdDisk, Machine, Zone } from '../../lib';
import { etcdFlags, etcdKnowsFlag, etcdMinors, kubeadmEtcd } from '../../lib/catalog';
import {
  EtcdCipherSuite,
  EtcdMetrics,
  EtcdTlsVersion,
  type EtcdOnNvmeOptions,
} from '../../lib/etcd';
import { goDurationMs, valueProblems } from '../../lib/etcd/bounds';
import { argumentsOf, askedKeys, made, withWalDisks } from './etcd';

const everything: EtcdOnNvmeOptions = {
  metrics: EtcdMetrics.EXTENSIVE,
  tlsMinVersion: EtcdTlsVersion.TLS_1_2,
  cipherSuites: Object.values(EtcdCipherSuite),
  corruptCheckTime: Duration.hours(4),
  quota: Size.gibibytes(4),
};
const { etcd } = made(everything, { machines: withWalDisks() });
const forMinor = (minor: string) =>
  Object.fromEntries(etcd._argumentsFor(minor).map(({ name, value }) => [name, value]));

describe.each(Object.keys(etcdMinors))('etcd %s', (minor) => {
  test('knows every argument that it is given', () => {
    const names = etcd._argumentsFor(minor).map(({ name }) => name);
    expect(names.filter((name) => !etcdKnowsFlag(minor, name))).toEqual([]);
    expect(names).toEqual([...new Set(names)].sort());
  });

  test('is given nothing that kubeadm owns, and none of its defaults is lost', () => {
    const args = forMinor(minor);
    const owned = kubeadmEtcd.ownedArguments.value;
    expect(Object.keys(args).filter((name) => owned.includes(name))).toEqual([]);
    const replaced = Object.keys(kubeadmEtcd.defaultArguments.value).filter((name) => name in args);
    expect(replaced).toEqual(minor === '3.5' ? [] : ['feature-gates']);
  });
});

test('the checks are flags in 3.5 and gates from 3.6 on', () => {
  expect(forMinor('3.5')).toMatchObject({
    'experimental-initial-corrupt-check': 'true',
    'experimental-compact-hash-check-enabled': 'true',
    'experimental-corrupt-check-time': '4h',
  });
  for (const minor of ['3.6', '3.7']) {
    expect(forMinor(minor)).toMatchObject({
      'feature-gates': 'CompactHashCheck=true,InitialCorruptCheck=true',
      'corrupt-check-time': '4h',
    });
  }
});

test('all else is the same in every minor', () => {
  const rest = {
    'cipher-suites': Object.values(EtcdCipherSuite).join(','),
    'election-timeout': '1000',
    'heartbeat-interval': '100',
    'listen-client-http-urls': 'https://127.0.0.1:2383',
    metrics: 'extensive',
    'quota-backend-bytes': String(4 * 1024 ** 3),
    'tls-min-version': 'TLS1.2',
    'wal-dir': '/var/lib/etcdwal/wal',
  };
  for (const minor of Object.keys(etcdMinors)) {
    expect(forMinor(minor)).toMatchObject(rest);
  }
  expect(argumentsOf(made(everything, { machines: withWalDisks() }).cluster)).toEqual(
    forMinor('3.6'),
  );
});

test('HTTP listens on the loopback address of the family that etcd has', () => {
  const machines = [1, 2, 3].map((n) =>
    Machine.controlPlane(`cp-${n}`, {
      zone: 'oslo-1',
      address: `fd00:20::1${n}`,
      nic: 'eno1',
      etcdDisk: EtcdDisk.nvmeSerial(`S${n}`),
    }),
  );
  const { cluster } = made(
    {},
    {
      podCidr: 'fd00:244::/56',
      serviceCidr: 'fd00:96::/112',
      endpoint: ApiEndpoint.external({ address: 'fd00:20::10' }),
      zones: [Zone.of('oslo-1', { country: 'NO', nodeCidr: 'fd00:20::/64' })],
      machines,
    },
  );
  expect(argumentsOf(cluster)['listen-client-http-urls']).toBe('https://[::1]:2383');
});

test('a reason of ours is for a choice of ours', () => {
  const asked: EtcdOnNvmeOptions = {
    heartbeatInterval: Duration.millis(200),
    electionTimeout: Duration.seconds(3),
    quota: Size.gibibytes(4),
    metrics: EtcdMetrics.EXTENSIVE,
    tlsMinVersion: EtcdTlsVersion.TLS_1_2,
  };
  const flags = Object.keys(asked).map((prop) => askedKeys({ [prop]: asked[prop as never] }));
  expect(flags).toEqual(
    [
      'heartbeat-interval',
      'election-timeout',
      'quota-backend-bytes',
      'metrics',
      'tls-min-version',
    ].map((flag) => [`ClusterConfiguration.etcd.local.extraArgs.${flag}`]),
  );
  expect(askedKeys({})).toEqual([]);
});

test('suites are names of Go, and TLS 1.3 has none', () => {
  for (const suite of Object.values(EtcdCipherSuite)) {
    expect(suite).toMatch(
      /^TLS_ECDHE_(ECDSA|RSA)_WITH_(AES_\d+_GCM|CHACHA20_POLY1305)_SHA(256|384)$/,
    );
  }
  expect(argumentsOf(made().cluster)).not.toHaveProperty('cipher-suites');
});

describe('values of extra arguments', () => {
  const said = (name: string, value: string) => valueProblems({ [name]: value });
  const known = new Set(Object.values(etcdFlags).flatMap(({ value }) => value));

  test.each([
    ['snapshot-count', '1000', '999'],
    ['snapshot-count', '100000', '100001'],
    ['snapshot-count', '10000', '1e4'],
    ['max-wals', '1', '0'],
    ['max-wals', '100', '101'],
    ['max-request-bytes', '1572864', '1572863'],
    ['max-request-bytes', '2097152', '2097153'],
    ['max-txn-ops', '128', '127'],
    ['max-learners', '1', '0'],
    ['auto-compaction-mode', 'periodic', 'hourly'],
    ['auto-compaction-retention', '8', '-8'],
    ['auto-compaction-retention', '1h30m', '1 h'],
    ['backend-batch-interval', '100ms', '100'],
    ['backend-batch-interval', '1s', '1.1s'],
    ['backend-batch-limit', '10000', '0'],
    ['backend-bbolt-freelist-type', 'array', 'list'],
    ['compact-hash-check-time', '1m', '0s'],
    ['compaction-batch-limit', '1000', '0'],
    ['compaction-sleep-interval', '10ms', '2s'],
    ['grpc-keepalive-min-time', '5s', '1m'],
    ['grpc-keepalive-interval', '2h', '0s'],
    ['grpc-keepalive-timeout', '20s', '0s'],
    ['log-level', 'warn', 'fatal'],
    ['log-format', 'console', 'text'],
    ['snapshot-catchup-entries', '5000', '10'],
    ['warning-apply-duration', '20ms', '0ms'],
    ['warning-unary-request-duration', '300ms', '300'],
    ['watch-progress-notify-interval', '5s', '10m'],
    ['enable-pprof', 'false', 'no'],
  ])('%s may be %s, not %s', (name, right, wrong) => {
    expect(known).toContain(name);
    expect(said(name, right)).toEqual([]);
    const [problem, ...more] = said(name, wrong);
    expect(more).toEqual([]);
    expect(problem).toMatchObject({ prop: `extraArgs.${name}`, got: wrong });
    expect(problem!.remedy).not.toMatch(/\.$/);
  });

  test('a flag without bounds takes anything', () => {
    expect(said('host-whitelist', 'anything')).toEqual([]);
    expect(said('constructor', 'anything')).toEqual([]);
  });

  test('durations are read as Go reads them', () => {
    expect(['1h30m', '1.5h', '90m', '5400s', '5400000ms'].map(goDurationMs)).toEqual(
      Array(5).fill(5_400_000),
    );
    expect(['', '5', 's', '-5s', '5 s', '5d', '5S'].map(goDurationMs)).toEqual(
      Array(7).fill(undefined),
    );
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(59), (hours, minutes) => {
        expect(goDurationMs(`${hours}h${minutes}m`)).toBe((hours * 60 + minutes) * 60_000);
      }),
    );
  });
});

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, Size } from 'cdk8s';
import { EtcdBackup, EtcdBackupTarget, SecretRef, type EtcdBackupOptions } from '../../lib';
import { Phase, phaseOf } from '../../lib/cluster';
import { unexplainedLeaves } from '../support/coverage';
import { validateStrictly } from '../support/strict-schema';
import { tempDir } from '../support/temp-app';
import { describeWithUpstream } from '../support/upstream';
import { ipv6Only } from '../dns/dns';
import { bucket, foreign, render, type RenderedBackup } from './backup';

const directory = EtcdBackupTarget.hostDirectory('/srv/backup/etcd', { machine: 'cp-2' });
const shared = EtcdBackupTarget.hostDirectory('/srv/backup/etcd', { shared: true, country: 'NO' });
const everything: Partial<EtcdBackupOptions> = {
  target: bucket({
    endpoint: 'https://store.example.no:9000',
    prefix: 'clusters/oslo',
    accessKeyId: SecretRef.of('store', 'id'),
    secretAccessKey: SecretRef.of('store', 'key'),
    caCertificate: SecretRef.of('store-ca', 'ca.pem'),
  }),
  schedule: '*/15 * * * *',
  retention: { keepLast: 0, keepHourly: 24, keepDaily: 7, keepWeekly: 4, keepMonthly: 12 },
  includePki: false,
  repositoryPassword: SecretRef.of('repository', 'word'),
  timeout: Duration.minutes(10),
  resticImage: 'mirror.example.no/restic:0.19.1',
  etcdImage: 'mirror.example.no/etcd:v3.6.14',
};

const variants: Array<[string, () => RenderedBackup]> = [
  ['a bucket', () => render()],
  ['a directory', () => render({ target: directory })],
  ['a shared directory', () => render({ target: shared })],
  ['no deletion', () => render({ prune: false })],
  ['all options', () => render(everything)],
  ['machines of others', () => foreign()],
  [
    'a mirror',
    () => render({}, { imageRegistry: 'mirror.example.no', imagePullSecrets: ['mirror'] }),
  ],
];

describeWithUpstream('the CronJob passes a strict API server', () => {
  test.each(variants)('%s', (_name, make) => {
    const { job } = make();
    expect([...validateStrictly(job), ...validateStrictly(job, '1.35')]).toEqual([]);
  });
});

test.each(variants)('every value has a reason: %s', (_name, make) => {
  const { job, cluster } = make();
  const pod = 'CronJob.spec.jobTemplate.spec.template.spec';
  const containers = ['initContainers', 'containers'];
  expect(
    unexplainedLeaves(job, {
      decisions: cluster.decisions(),
      facts: [
        ...containers.map((c) => `${pod}.${c}.image`),
        `${pod}.imagePullSecrets`,
        `${pod}.nodeSelector`,
        `${pod}.volumes.hostPath`,
        `${pod}.containers.env`,
      ],
      structural: [
        'CronJob.spec.jobTemplate.spec.template.metadata',
        `${pod}.volumes`,
        // The commands follow below, word by word.
        ...containers.flatMap((c) =>
          ['name', 'command', 'volumeMounts'].map((field) => `${pod}.${c}.${field}`),
        ),
      ],
    }),
  ).toEqual([]);
});

test('it is applied before the alerts, whose kind may be missing', () => {
  const { backup } = render();
  const [object] = backup.node.children;
  expect(phaseOf(object as any)).toBe(Phase.STORAGE_POLICY);
  expect(Phase.STORAGE_POLICY < Phase.OBSERVABILITY).toBe(true);
});

describe('the run', () => {
  const { job, pod } = render();

  test('never two, never forever, made up for when it was missed', () => {
    const { schedule, timeZone, concurrencyPolicy, startingDeadlineSeconds } = job.spec;
    expect({ schedule, timeZone, concurrencyPolicy, startingDeadlineSeconds }).toEqual({
      schedule: '23 * * * *',
      timeZone: 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 1800,
    });
    expect(job.spec.jobTemplate.spec).toMatchObject({
      activeDeadlineSeconds: 1800,
      backoffLimit: 2,
    });
    expect(job.metadata.annotations).toEqual({ 'cdk8s-groundwork/country': 'NO' });
  });

  test('a snapshot by the programs of the etcd that runs, without a shell', () => {
    const [snapshot, verify] = pod.initContainers;
    expect(snapshot.image).toBe('registry.k8s.io/etcd:3.6.8-0');
    expect(snapshot.command.join(' ')).toBe(
      'etcdctl --endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/healthcheck-client.crt --key=/etc/kubernetes/pki/etcd/healthcheck-client.key snapshot save /snapshot/etcd.db',
    );
    expect(verify.image).toBe(snapshot.image);
    expect(verify.command.join(' ')).toBe(
      'etcdutl --write-out=table snapshot status /snapshot/etcd.db',
    );
    const ipv6 = render({}, ipv6Only).pod.initContainers[0];
    expect(ipv6.command[1]).toBe('--endpoints=https://[::1]:2379');
    const asked = render({}, {}, { imageTag: '3.6.14-0' });
    expect(asked.pod.initContainers[0].image).toBe('registry.k8s.io/etcd:3.6.14-0');
  });

  test('on a control plane, in the network of the machine, with nothing but files of root', () => {
    expect(pod).toMatchObject({
      hostNetwork: true,
      dnsPolicy: 'Default',
      automountServiceAccountToken: false,
      nodeSelector: { 'node-role.kubernetes.io/control-plane': '' },
      securityContext: { runAsUser: 0, seccompProfile: { type: 'RuntimeDefault' } },
    });
    for (const container of [...pod.initContainers, ...pod.containers]) {
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
      });
      expect(container.resources.limits.memory).toBeDefined();
    }
  });

  test('what belongs to the machine is mounted read-only, and must be there', () => {
    const all = [...variants.map(([, make]) => make().pod)];
    for (const { volumes, initContainers, containers } of all) {
      const host = volumes.filter((v: any) => v.hostPath !== undefined);
      expect(host.filter((v: any) => v.hostPath.type !== 'Directory')).toEqual([]);
      const writable = [...initContainers, ...containers]
        .flatMap((c: any) => c.volumeMounts)
        .filter((m: any) => m.readOnly !== true)
        .map((m: any) => m.name);
      expect(writable.filter((name: string) => !/^(snapshot|tmp|repository)$/.test(name))).toEqual(
        [],
      );
    }
  });

  test('room for a database as large as its quota', () => {
    const size = ({ pod: { volumes } }: RenderedBackup) =>
      volumes.find((v: any) => v.name === 'snapshot').emptyDir.sizeLimit;
    expect(size(render())).toBe('9Gi');
    expect(size(render({}, {}, { quota: Size.gibibytes(4) }))).toBe('5Gi');
    expect(size(foreign())).toBe('3Gi');
  });
});

describe('secrets', () => {
  const env = ({ pod }: RenderedBackup) =>
    Object.fromEntries(pod.containers[0].env.map(({ name, value }: any) => [name, value]));
  const files = ({ pod }: RenderedBackup) => {
    const { defaultMode, sources } = pod.volumes.find((v: any) => v.name === 'secrets').projected;
    expect(defaultMode).toBe(0o400);
    return Object.fromEntries(
      sources.map(({ secret }: any) => [
        secret.items[0].path,
        `${secret.name}/${secret.items[0].key}`,
      ]),
    );
  };

  test('are named, in one Secret unless others are given', () => {
    expect(env(render())).toEqual({
      RESTIC_REPOSITORY: 's3:https://s3.oslo.example/oslo-etcd/oslo',
      RESTIC_PASSWORD_FILE: '/secrets/repository-password',
      RESTIC_CACHE_DIR: '/tmp/cache',
      AWS_DEFAULT_REGION: 'no-oslo-1',
    });
    expect(files(render())).toEqual({
      'repository-password': 'etcd-backup/repository-password',
      'access-key-id': 'etcd-backup/access-key-id',
      'secret-access-key': 'etcd-backup/secret-access-key',
    });
    expect(files(render({ target: directory }))).toEqual({
      'repository-password': 'etcd-backup/repository-password',
    });
  });

  test('all options reach the pod', () => {
    const rendered = render(everything);
    expect(env(rendered)).toEqual({
      RESTIC_REPOSITORY: 's3:https://store.example.no:9000/oslo-etcd/clusters/oslo',
      RESTIC_PASSWORD_FILE: '/secrets/repository-password',
      RESTIC_CACHE_DIR: '/tmp/cache',
      AWS_DEFAULT_REGION: 'no-oslo-1',
      RESTIC_CACERT: '/secrets/ca.crt',
    });
    expect(files(rendered)).toEqual({
      'repository-password': 'repository/word',
      'access-key-id': 'store/id',
      'secret-access-key': 'store/key',
      'ca.crt': 'store-ca/ca.pem',
    });
    const { pod, job, script } = rendered;
    expect(pod.volumes.map((v: any) => v.name)).not.toContain('kubernetes');
    expect(pod.containers[0].image).toBe('mirror.example.no/restic:0.19.1');
    expect(pod.initContainers[0].image).toBe('mirror.example.no/etcd:v3.6.14');
    expect(job.spec.schedule).toBe('*/15 * * * *');
    expect(job.spec.startingDeadlineSeconds).toBe(450);
    expect(job.spec.jobTemplate.spec.activeDeadlineSeconds).toBe(600);
    expect(script).toContain(
      '--keep-hourly 24 --keep-daily 7 --keep-weekly 4 --keep-monthly 12 --prune',
    );
    expect(script).not.toContain('keep-last');
    expect(script).not.toContain('pki');
  });

  test('a mirror serves both images', () => {
    const { pod } = render({}, { imageRegistry: 'm.example.no/k', imagePullSecrets: ['m'] });
    expect(pod.containers[0].image).toBe('m.example.no/k/restic/restic:0.19.1');
    expect(pod.initContainers[0].image).toBe('m.example.no/k/etcd:3.6.8-0');
    expect(pod.imagePullSecrets).toEqual([{ name: 'm' }]);
  });
});

describe('a directory', () => {
  test('is on one machine, and never on the disk of etcd', () => {
    const { pod, backup } = render({ target: directory });
    expect(pod.nodeSelector['kubernetes.io/hostname']).toBe('cp-2');
    expect(backup.country).toBe('NO');
    const paths = pod.volumes.map((v: any) => v.hostPath?.path).filter(Boolean);
    expect(paths).toEqual([
      '/etc/kubernetes/pki/etcd',
      '/etc/kubernetes',
      '/srv/backup/etcd',
      '/var/lib/etcd/data',
    ]);
  });

  test('is on the first control plane unless another is named, on any when all share it', () => {
    const first = render({ target: EtcdBackupTarget.hostDirectory('/srv/backup') });
    expect(first.pod.nodeSelector['kubernetes.io/hostname']).toBe('cp-1');
    expect(render({ target: shared }).pod.nodeSelector).toEqual({
      'node-role.kubernetes.io/control-plane': '',
    });
  });
});

describe('the script', () => {
  /** Runs it with a restic that only writes down what it was asked, below a folder of the test. */
  function run(rendered: RenderedBackup, codes: Record<string, number>, change?: Change) {
    const dir = tempDir();
    for (const name of 'bin repository etcd etc/kubernetes/pki/etcd secrets snapshot'.split(' ')) {
      mkdirSync(join(dir, name), { recursive: true });
    }
    keys.split(' ').forEach((name) => writeFileSync(join(dir, name), ''));
    const database = Buffer.from('a database of etcd');
    const sum = createHash('sha256').update(database).digest();
    writeFileSync(join(dir, 'snapshot/etcd.db'), Buffer.concat([database, sum]));
    writeFileSync(join(dir, 'secrets/access-key-id'), 'AKIA\n');
    writeFileSync(join(dir, 'secrets/secret-access-key'), 'secret\n');
    change?.(dir);
    const cases = Object.entries(codes).map(([word, code]) => `${word}) exit ${code} ;;`);
    writeFileSync(
      join(dir, 'bin/restic'),
      `#!/bin/sh\necho "$*" >> ${dir}/log\n[ "\${AWS_ACCESS_KEY_ID-AKIA}" = AKIA ] || exit 99\ncase "$1" in\n${cases.join('\n')}\nesac\n`,
    );
    chmodSync(join(dir, 'bin/restic'), 0o755);
    writeFileSync(join(dir, 'log'), '');
    const script = rendered.script.replace(
      /(^|[\s"])(\/(etc|etcd|repository|secrets|snapshot)\b)/gm,
      `$1${dir}$2`,
    );
    const { status, stderr } = spawnSync('/bin/sh', ['-c', script], {
      encoding: 'utf8',
      env: { PATH: `${dir}/bin:${process.env.PATH}` },
    });
    const log = readFileSync(join(dir, 'log'), 'utf8').replaceAll(dir, '').trim().split('\n');
    return { status, stderr: stderr.replaceAll(dir, ''), log };
  }
  type Change = (dir: string) => void;
  const keys =
    '/etc/kubernetes/pki/ca.crt /etc/kubernetes/pki/ca.key /etc/kubernetes/pki/etcd/ca.crt /etc/kubernetes/pki/etcd/ca.key /etc/kubernetes/pki/front-proxy-ca.crt /etc/kubernetes/pki/front-proxy-ca.key /etc/kubernetes/pki/sa.key /etc/kubernetes/pki/sa.pub';
  const backup = `backup --retry-lock 5m --host oslo --tag etcd --group-by host,tags /snapshot/etcd.db ${keys}`;
  const forget =
    'forget --retry-lock 5m --host oslo --tag etcd --group-by host,tags --keep-last 6 --keep-hourly 48 --keep-daily 30 --prune';

  test('saves the snapshot with the keys, then forgets', () => {
    expect(run(render(), {})).toEqual({ status: 0, stderr: '', log: ['unlock', backup, forget] });
  });

  test('takes the key of encryption at rest along where there is one', () => {
    const { log } = run(render(), {}, (dir) =>
      writeFileSync(join(dir, 'etc/kubernetes/encryption.conf'), ''),
    );
    expect(log[1]).toBe(`${backup} /etc/kubernetes/encryption.conf`);
  });

  test('a snapshot that changed after etcd gave it away is not sent', () => {
    const damage = (dir: string) =>
      writeFileSync(join(dir, 'snapshot/etcd.db'), Buffer.alloc(4096, 'x'));
    expect(run(render(), {}, damage)).toEqual({
      status: 1,
      stderr: 'the snapshot is damaged: its sum is not the one that etcd gave it\n',
      log: [''],
    });
  });

  test('a key that is missing stops it: restic would leave it out and say nothing', () => {
    const outcome = run(render(), {}, (dir) => rmSync(join(dir, 'etc/kubernetes/pki/sa.key')));
    expect(outcome).toEqual({
      status: 1,
      stderr:
        '/etc/kubernetes/pki/sa.key is not there; with includePki: false the snapshot is saved alone\n',
      log: ['unlock'],
    });
  });

  test('makes a repository only where there is none', () => {
    expect(run(render(), { unlock: 10 }).log).toEqual(['unlock', 'init', backup, forget]);
  });

  test.each([1, 11, 12])('stops when the store answers %d', (code) => {
    expect(run(render(), { unlock: code })).toEqual({ status: code, stderr: '', log: ['unlock'] });
  });

  test('a file that cannot be read is a failure, and nothing is forgotten', () => {
    expect(run(render(), { backup: 3 })).toEqual({
      status: 3,
      stderr: '',
      log: ['unlock', backup],
    });
  });

  test('deletes nothing where it may not', () => {
    expect(run(render({ prune: false }), {}).log).toEqual(['unlock', backup]);
  });

  test('a directory on the disk of etcd is refused when it runs', () => {
    expect(run(render({ target: directory }), {})).toEqual({
      status: 1,
      stderr: '/srv/backup/etcd is on the disk of etcd; mount another one there\n',
      log: [''],
    });
  });
});

test('a default spelt out changes nothing', () => {
  const spelt = render({
    schedule: '23 * * * *',
    retention: { keepLast: 6, keepHourly: 48, keepDaily: 30, keepWeekly: 0, keepMonthly: 0 },
    prune: undefined,
    includePki: true,
    repositoryPassword: SecretRef.of('etcd-backup', 'repository-password'),
    timeout: Duration.minutes(30),
    resticImage: 'docker.io/restic/restic:0.19.1',
    etcdImage: 'registry.k8s.io/etcd:3.6.8-0',
  });
  expect(spelt.job).toEqual(render().job);
});

test('configure makes the same construct, and there is one of them', () => {
  const { chart, cluster } = foreign();
  const again = EtcdBackup.configure({ target: bucket() });
  expect(() => again.create(chart, 'again', cluster)).toThrow(
    '[oslo/again] cluster must be a cluster without another construct of this room (etcdBackup)',
  );
});

import { existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Chart } from 'cdk8s';
import { EtcdBackup, EtcdOnNvme, type Machine } from '../../lib';
import { bucket } from '../etcd/backup';
import { osloCluster, osloMachine } from '../support/oslo';
import { tempApp, tempDir } from '../support/temp-app';
import { EtcdLab, etcdPrograms, type LabMember } from './etcd-programs';

// The commands of the runbook, as they stand in it, against real members on loopback: only addresses and
// directories are put in the place of those of the machines.

const programs = etcdPrograms();
if (programs === undefined) {
  process.stderr.write(
    'skipped, no etcd with etcdutl on this machine: unpack Debian 13 etcd-server and etcd-client\n',
  );
}
const withEtcd = programs === undefined ? test.skip : test;

const THREE = [1, 2, 3].map((n) => osloMachine(n));

function runbook(machines: Machine[] = THREE): string {
  const chart = new Chart(tempApp(), 'oslo');
  const cluster = osloCluster(chart, { machines });
  new EtcdOnNvme(chart, 'etcd', { cluster });
  return cluster._reports()['etcd.md']!;
}

/** The blocks of commands of one section, in order. */
function blocks(text: string, heading: string): string[] {
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`))!;
  return [...section.matchAll(/```sh\n([^]*?)```/g)].map(([, commands]) => commands!);
}

let next = 22_000;

async function freePort(): Promise<number> {
  for (;;) {
    next += 1;
    const port = next;
    const free = await new Promise<boolean>((done) => {
      const server = createServer();
      server.once('error', () => done(false));
      server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
    });
    if (free) {
      return port;
    }
  }
}

async function membersIn(dir: string, count: number): Promise<LabMember[]> {
  const members: LabMember[] = [];
  for (let n = 1; n <= count; n++) {
    mkdirSync(join(dir, `cp-${n}`));
    members.push({
      name: `cp-${n}`,
      client: `http://127.0.0.1:${await freePort()}`,
      peer: `http://127.0.0.1:${await freePort()}`,
      dataDir: join(dir, `cp-${n}`, 'data'),
    });
  }
  return members;
}

/** The commands for one machine, in the lab. */
function inLab(commands: string, dir: string, members: readonly LabMember[], at = 0): string {
  const addresses = members.reduce(
    (text, { client, peer }, n) =>
      text
        .replaceAll(`https://10.20.0.1${n + 1}:2379`, client)
        .replaceAll(`https://10.20.0.1${n + 1}:2380`, peer),
    commands,
  );
  const done = addresses
    .replaceAll('/var/lib/etcd/data', members[at]!.dataDir)
    .replaceAll('/root/etcd.db', join(dir, 'etcd.db'));
  expect(done).not.toMatch(/10\.20\.|\/var\/lib\/etcd|\/root\//);
  return done;
}

withEtcd(
  'a lost cluster comes back from its snapshot on all machines',
  async () => {
    const text = runbook();
    const dir = tempDir();
    const lab = new EtcdLab(programs!);
    const members = await membersIn(dir, 3);
    const [first, second] = members as [LabMember, LabMember, LabMember];
    const all = members.map(({ client }) => client).join(',');
    try {
      lab.start(first, [first]);
      await lab.healthy([first]);
      lab.shell(`etcdctl --endpoints=${first.client} put before yes`);
      const [save] = blocks(text, 'Snapshot by hand');
      expect(lab.shell(inLab(save!, dir, members))).toContain('REVISION');
      lab.shell(`etcdctl --endpoints=${first.client} put after yes`);
      await lab.stop('cp-1');

      const restore = blocks(text, 'Restore after a total loss').filter((block) =>
        block.includes('snapshot restore'),
      );
      expect(restore).toHaveLength(3);
      restore.forEach((block, n) => lab.shell(inLab(block, dir, members, n)));
      expect(existsSync(`${first.dataDir}.before-restore/member`)).toBe(true);
      members.forEach((member) => lab.start(member, members, ['--initial-cluster-state=existing']));
      await lab.healthy(members);

      const list = lab.shell(`etcdctl --endpoints=${all} member list`);
      expect([...list.matchAll(/, started, (cp-\d), /g)].map(([, name]) => name).sort()).toEqual([
        'cp-1',
        'cp-2',
        'cp-3',
      ]);
      for (const { client } of members) {
        const get = `etcdctl --endpoints=${client} get --print-value-only`;
        expect(lab.shell(`${get} before; ${get} after`)).toBe('yes\n');
      }
      const status = JSON.parse(
        lab.shell(`etcdctl --endpoints=${first.client} endpoint status --write-out=json`),
      );
      expect(status[0].Status.header.revision).toBeGreaterThan(1_000_000_000);

      // One after the other, all healthy in between.
      const [defragment] = blocks(text, 'Defragment');
      const output = lab.shell(
        `export ETCDCTL_ENDPOINTS=${all}\n${inLab(defragment!, dir, members)}`,
      );
      expect(output.match(/Finished defragmenting etcd member/g)).toHaveLength(3);

      // The second machine is lost, and its member is taken out on another one.
      await lab.stop('cp-2');
      const remove = blocks(text, 'Replace a member')[0]!
        .split('\n')
        .find((line) => line.includes('"cp-2"'))!;
      const removed = lab.shell(
        [
          'kubectl() { echo "kubectl $*"; }',
          `export ETCDCTL_ENDPOINTS=${first.client},${members[2]!.client}`,
          remove,
          'etcdctl member list',
        ].join('\n'),
      );
      expect(removed).toContain('delete node cp-2');
      expect(removed).not.toContain(second.peer);
      expect(removed.match(/, started, /g)).toHaveLength(2);
    } finally {
      await lab.stopAll();
    }
  },
  120_000,
);

withEtcd(
  'a write-ahead log on a disk of its own is restored there',
  async () => {
    const dir = tempDir();
    const lab = new EtcdLab(programs!);
    const members = await membersIn(dir, 1);
    const [member] = members as [LabMember];
    const chart = new Chart(tempApp(), 'oslo');
    const cluster = osloCluster(chart, { machines: [osloMachine(1)] });
    cluster._register('etcd', {
      path: 'oslo/etcd',
      dataDir: '/var/lib/etcd/data',
      heartbeatMs: 100,
      electionMs: 1000,
      quotaBytes: 2 ** 33,
      kubeadmLocal: { extraArgs: [{ name: 'wal-dir', value: '/wal-disk/wal' }] },
    });
    new EtcdBackup(chart, 'backup', { cluster, target: bucket() });
    const text = cluster._reports()['etcd.md']!;
    const wal = join(dir, 'wal-disk', 'wal');
    mkdirSync(join(dir, 'wal-disk'));
    const start = () => lab.start(member, members, [`--wal-dir=${wal}`]);
    const local = (block: string) =>
      inLab(block, dir, members).replaceAll('/wal-disk', join(dir, 'wal-disk'));
    try {
      start();
      await lab.healthy(members);
      lab.shell(`etcdctl --endpoints=${member.client} put before yes`);
      lab.shell(local(blocks(text, 'Snapshot by hand')[0]!));
      lab.shell(`etcdctl --endpoints=${member.client} put after yes`);
      await lab.stop('cp-1');
      const [restore] = blocks(text, 'Restore after a total loss').filter((block) =>
        block.includes('snapshot restore'),
      );
      lab.shell(local(restore!));
      expect(existsSync(`${wal}.before-restore`)).toBe(true);
      start();
      await lab.healthy(members);
      const get = `etcdctl --endpoints=${member.client} get --print-value-only`;
      expect(lab.shell(`${get} before; ${get} after`)).toBe('yes\n');
    } finally {
      await lab.stopAll();
    }
  },
  120_000,
);

withEtcd(
  'a database at its quota takes writes again',
  async () => {
    const text = runbook([osloMachine(1)]);
    const dir = tempDir();
    const lab = new EtcdLab(programs!);
    const members = await membersIn(dir, 1);
    const [{ client }] = members as [LabMember];
    const put = (key: string) =>
      lab.shell(
        `head -c 1000000 /dev/zero | tr '\\0' x | etcdctl --endpoints=${client} put ${key}`,
      );
    try {
      lab.start(members[0]!, members, [`--quota-backend-bytes=${16 * 1024 ** 2}`]);
      await lab.healthy(members);
      expect(() => {
        for (let n = 0; n < 40; n++) {
          put('same');
        }
      }).toThrow(/database space exceeded/);
      expect(lab.shell(`etcdctl --endpoints=${client} alarm list`)).toContain('NOSPACE');
      const [look, compact, disarm] = blocks(text, 'Database too large');
      const [defragment] = blocks(text, 'Defragment');
      expect(look).toContain('etcdctl get /registry');
      lab.shell(
        [
          `export ETCDCTL_ENDPOINTS=${client}`,
          ...[compact, defragment, disarm].map((block) => inLab(block!, dir, members)),
        ].join('\n'),
      );
      expect(lab.shell(`etcdctl --endpoints=${client} alarm list`)).toBe('');
      put('another');
      const size = lab.shell(`etcdctl --endpoints=${client} endpoint status --write-out=json`);
      expect(JSON.parse(size)[0].Status.dbSize).toBeLessThan(8 * 1024 ** 2);
    } finally {
      await lab.stopAll();
    }
  },
  120_000,
);

withEtcd('what fills a database is counted by kind', () => {
  const [look] = blocks(runbook(), 'Database too large');
  const keys = [
    '/registry/pods/kube-system/etcd-cp-1',
    '',
    '/registry/pods/default/web',
    '/registry/leases/kube-node-lease/cp-1',
    '/registry/crd.projectcalico.org/ippools/default',
    '/registry/crd.projectcalico.org/ippools/second',
  ];
  const lab = new EtcdLab(programs!);
  const output = lab.shell(
    `etcdctl() { printf '%s\\n' ${keys.map((k) => `'${k}'`).join(' ')}; }\n${look}`,
  );
  expect(
    output
      .trim()
      .split('\n')
      .map((line) => line.trim()),
  ).toEqual(['1 leases', '2 crd.projectcalico.org/ippools', '2 pods']);
});

withEtcd('etcdutl knows every flag that the restore has', () => {
  const lab = new EtcdLab(programs!);
  const help = lab.shell('etcdutl snapshot restore --help 2>&1');
  const flags = new Set(
    runbook()
      .match(/^ {2}--[a-z-]+|--mark-compacted/gm)!
      .map((f) => f.trim()),
  );
  expect(flags.size).toBe(7);
  expect([...flags].filter((flag) => !help.includes(`${flag} `))).toEqual([]);
});

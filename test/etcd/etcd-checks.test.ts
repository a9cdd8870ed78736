import { App } from 'cdk8s';
import { EtcdDisk, Machine, OperatingSystem } from '../../lib';
import { etcdMinor, kubernetesMinor, kubernetesMinors, atLeast } from '../../lib/catalog';
import { EtcdFilesystem, EtcdOnNvme } from '../../lib/etcd';
import { etcdRules } from '../../lib/etcd/rules';
import { NodeBootstrap } from '../../lib/node';
import { osloCluster, osloMachine } from '../support/oslo';
import { fileOf, idsOf, made, withWalDisks } from './etcd';
import { etcdChecks } from './etcd-checks';

const caught = etcdChecks.flatMap(({ title, errors = [] }) =>
  errors.map(([make, text], n) => [`${title} (${n + 1})`, make, text] as const),
);

test.each(caught)('%s is an error', (_title, make, text) => {
  let message = 'nothing was thrown';
  try {
    make();
  } catch (error) {
    ({ message } = error as Error);
  }
  expect(message).toContain(text);
});

const found = etcdChecks.flatMap(({ title, ids }) =>
  ids === undefined ? [] : [[title, ...ids] as const],
);

test.each(found)('%s is found', (_title, ids, find) => {
  expect(find()).toEqual(expect.arrayContaining(ids));
  // and what is right is not
  for (const id of ids) {
    expect(idsOf(made({ imageTag: '3.6.14-0' }).cluster)).not.toContain(id);
  }
});

test('each is caught somewhere, and every rule of the room is among them', () => {
  for (const { title, ids, errors, impossible } of etcdChecks) {
    expect([title, ids ?? errors ?? impossible]).not.toEqual([title, undefined]);
  }
  const mapped = etcdChecks.flatMap(({ ids }) => ids?.[0] ?? []).sort();
  expect(mapped).toEqual(etcdRules.map(({ id }) => id).sort());
  expect(new Set(etcdChecks.map(({ title }) => title)).size).toBe(etcdChecks.length);
});

describe('what cannot be written down', () => {
  test.each(Object.values(EtcdFilesystem))(
    'force, fs_setup or nofail in anything that a machine with %s gets',
    (filesystem) => {
      const cluster = osloCluster(new App(), {
        operatingSystem: OperatingSystem.DEBIAN_12,
        machines: withWalDisks(),
      });
      new EtcdOnNvme(cluster, 'etcd', { cluster, filesystem });
      const nodes = new NodeBootstrap(cluster, 'nodes', { cluster });
      const files = Object.entries(nodes.nodeFiles());
      expect(files.length).toBeGreaterThan(50);
      for (const [path, content] of files) {
        expect([
          path,
          /\b(fs_setup|disk_setup|nofail|x-systemd\.makefs|wipefs (?!--no-act))\b/.exec(
            content,
          )?.[0],
        ]).toEqual([path, undefined]);
        const mkfs = content.split('\n').filter((line) => /^\s*mkfs\./.test(line));
        expect(mkfs.filter((line) => /\s(-[A-Za-z]*[fF]\b|--force)/.test(line))).toEqual([]);
      }
    },
  );

  test('data at the top of a filesystem', () => {
    for (const options of [{}, { filesystem: EtcdFilesystem.EXT4 }]) {
      for (const machines of [undefined, withWalDisks()]) {
        const { etcd } = made(options, machines === undefined ? {} : { machines });
        expect(etcd.dataDir).toMatch(/^\/var\/lib\/etcd\/[a-z]+$/);
        expect(etcd.walDir ?? '/var/lib/etcdwal/wal').toMatch(/^\/var\/lib\/etcdwal\/[a-z]+$/);
      }
    }
  });

  test('a Kubernetes whose own etcd loses data', () => {
    for (const minor of Object.keys(kubernetesMinors)) {
      const tag = kubernetesMinor(minor).etcdImageTag.value;
      expect([minor, atLeast(tag, etcdMinor(tag).dataSafetyFloor.value)]).toEqual([minor, true]);
    }
  });
});

test('a worker takes no part in any of it', () => {
  const worker = Machine.worker('w-1', { zone: 'oslo-1', address: '10.20.0.21' });
  const machines = [1, 2, 3].map((n) => osloMachine(n, { etcdDisk: EtcdDisk.byId(`virtio-${n}`) }));
  const { cluster } = made({}, { machines: [...machines, worker] });
  expect(fileOf(cluster, worker, '/usr/local/lib/groundwork/etcd-guard')).toBeUndefined();
});

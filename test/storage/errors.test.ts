import { Size } from 'cdk8s';
import { DataDisk, EtcdDisk, Machine, type ResidentStorageOptions } from '../../lib';
import { osloPlane } from '../control-plane/oslo-plane';
import { osloMachine } from '../support/oslo';
import { tempApp } from '../support/temp-app';
import { cinder, facts, files, render, thrown } from './storage';

const says = (options: ResidentStorageOptions, ...lines: string[]) =>
  expect(thrown(() => render(options))).toBe(
    lines.map((line) => `[oslo/storage] ${line}`).join('\n'),
  );

test('no residency, no storage for it', () => {
  expect(thrown(() => render({}, { residency: undefined }))).toBe(
    "[oslo/storage] cluster.residency must be given, got nothing; say where data may be: residency: Residency.of(['NO']), or Residency.eea()",
  );
});

test('everything that is wrong with classes, at once', () => {
  says(
    {
      classes: [
        { ...cinder, name: 'Block', provisioner: 'kubernetes.io/cinder', topologyKey: 'a b' },
        { ...files, country: 'US' },
        { ...files, name: 'f2', country: 'Norway', zones: { 'oslo-1': 'x' } },
        { ...cinder, name: 'c2', zones: { 'dublin-1': 'az2' } },
        { ...cinder, name: 'c3', zones: {} },
        { ...cinder, name: 'c4', zones: { 'oslo-1': 'a b' } },
      ],
    },
    'classes must be named by RFC 1123 subdomains, got Block; use lower-case letters, digits, hyphens and dots',
    'provisioner of class Block must be the name of a CSI driver, got kubernetes.io/cinder; in-tree provisioners are gone; local volumes come from dataDisks of machines',
    'topologyKey of class Block must be the key of a label, got a b; copy it from `kubectl get csinode -o yaml`, for example topology.kubernetes.io/zone',
    'country of class files must be one of NO, got US; its volumes would leave; choose another store, or allow the country',
    'country of class f2 must be two capital letters (ISO 3166-1 alpha-2), got Norway; write NO for Norway, DE for Germany',
    'country of class f2 must be one of NO, got Norway; its volumes would leave; choose another store, or allow the country',
    'zones of class f2 must be left out with country, got oslo-1; a driver with a topology says itself where volumes are; leave country out',
    'zones of class c2 must be of oslo-1, bergen-1, got dublin-1; the key is a zone of the spec, the value what the driver calls it',
    'zones of class c3 must be some of oslo-1, bergen-1, got nothing; leave it out for all zones',
    'zones of class c4 must be named as label values, got a b; copy it from `kubectl get csinode -o yaml`',
  );
});

test('a key that kubelets put on nodes has the values that they put there', () => {
  const zone = 'topology.kubernetes.io/zone';
  const region = 'topology.kubernetes.io/region';
  const own = (name: string, topologyKey: string | undefined, value: string) => ({
    ...{ name, provisioner: `${name}.csi`, topologyKey, zones: { 'oslo-1': value } },
  });
  says(
    {
      classes: [
        own('a', undefined, 'az1'),
        own('b', zone, 'az1'),
        own('c', region, 'oslo-1'),
        { ...cinder, topologyKey: 'kubernetes.io/hostname' },
        own('fine', zone, 'oslo-1'),
        own('as-fine', region, 'oslo'),
      ],
    },
    "zones of class a must be oslo-1 for oslo-1, got az1; machines carry topology.kubernetes.io/zone=oslo-1 and a driver cannot put another value there; give the key of the driver's own, or the zone this name",
    "zones of class b must be oslo-1 for oslo-1, got az1; machines carry topology.kubernetes.io/zone=oslo-1 and a driver cannot put another value there; give the key of the driver's own, or the zone this name",
    "zones of class c must be oslo for oslo-1, got oslo-1; machines carry topology.kubernetes.io/region=oslo and a driver cannot put another value there; give the key of the driver's own, or the zone this name",
    'topologyKey of class block must be a label that several machines share, got kubernetes.io/hostname; a class is bound to zones; name one that somebody else makes in otherClasses',
  );
});

test('one driver has a topology or has none', () => {
  says(
    { classes: [files, { ...cinder, provisioner: files.provisioner }] },
    'provisioner of class files must be without a country, since class block says that it has a topology, got nfs.csi.k8s.io; the API server would let in every volume of it, wherever it is',
  );
});

test('names and lists', () => {
  says(
    {
      classes: [{ ...cinder, name: 'Local' }, cinder, cinder],
      localClassName: 'Local',
      defaultClass: 'gp3',
      otherClasses: ['A', 'block'],
      podDrivers: ['b c'],
      imageExemptNamespaces: ['a.b'],
    },
    'classes must be named by RFC 1123 subdomains, got Local; use lower-case letters, digits, hyphens and dots',
    'localClassName must be an RFC 1123 subdomain, got Local; use lower-case letters, digits, hyphens and dots',
    'classes must be unique by name, got Local; rename one of them',
    'classes must be unique by name, got block; rename one of them',
    'defaultClass must be one of Local, block, got gp3; the default of classes that somebody else makes is theirs to say',
    'otherClasses must be classes that somebody else makes, got block; leave it out: claims may name what is made here',
    'otherClasses must be RFC 1123 subdomains, got A; use lower-case letters, digits and hyphens',
    'podDrivers must be RFC 1123 subdomains, got b c; use lower-case letters, digits and hyphens',
    'imageExemptNamespaces must be names of namespaces, got a.b; use lower-case letters, digits and hyphens',
  );
});

test('machines of others are not written to', () => {
  expect(thrown(() => render({}, {}, undefined, true)).split('\n')[0]).toBe(
    '[oslo/storage] dataDisks of machine w-1 must be directories where the machines are of somebody else, got S64GNX0W1; format and mount it there, and give DataDisk.directory below the mount point',
  );
});

test('the country of a node is no label of the user', () => {
  const kubelet = { workerLabels: { 'cdk8s-groundwork/country': 'SE' } };
  expect(thrown(() => osloPlane(tempApp(), { nodes: { kubelet } }))).toBe(
    '[oslo/nodes] kubelet.workerLabels must be without the country, got cdk8s-groundwork/country; it is a fact of the zone, and follows from the residency of the spec',
  );
});

describe('disks', () => {
  const capacity = Size.gibibytes(10);
  test.each<[string, () => unknown, string]>([
    [
      'a kernel name',
      () => DataDisk.nvmeSerial('nvme1n1', { capacity }),
      '[DataDisk] serial must be an identity that survives a reboot, not a kernel device name, got nvme1n1; take the serial from `lsblk -o NAME,SERIAL`, or a name from /dev/disk/by-id',
    ],
    [
      'a partition',
      () => DataDisk.byId('virtio-a-part1', { capacity }),
      '[DataDisk] link must be a whole disk, not a partition, got virtio-a-part1; leave out the -part at its end; a volume gets the disk to itself',
    ],
    [
      'sizes and model',
      () =>
        DataDisk.byId('virtio-a', {
          capacity: Size.mebibytes(10),
          maxSize: Size.mebibytes(5),
          model: '$(x)',
        }),
      '[DataDisk] capacity must be at least 1Gi, got 10Mi; a whole disk becomes one volume; give its size, a little less is fine\n' +
        '[DataDisk] maxSize must be at least capacity, got 5Mi; raise it to 10Mi or more\n' +
        '[DataDisk] model must be letters, digits, space and . _ - * ?, got $(x); copy it from `lsblk -o NAME,MODEL` and put * for what varies',
    ],
    [
      'a path that is none',
      () => DataDisk.directory('mnt/x', { capacity }),
      '[DataDisk] path must be an absolute path of letters, digits and . _ - without a slash at its end, got mnt/x; write for example /mnt/disks/nvme1/volume',
    ],
    [
      "etcd's directory",
      () => DataDisk.directory('/var/lib/etcd/data', { capacity }),
      '[DataDisk] path must be apart from /var/lib/etcd, got /var/lib/etcd/data; a pod could change what the machine runs on; give a directory on a disk of its own',
    ],
    [
      'a directory that holds the system',
      () => DataDisk.directory('/var', { capacity }),
      '[DataDisk] path must be apart from /var/lib/etcd, got /var; a pod could change what the machine runs on; give a directory on a disk of its own',
    ],
    [
      "etcd's disk, by another name",
      () =>
        osloMachine(1, { dataDisks: [DataDisk.byId('nvme-SAMSUNG_X_S4EVNX0R1', { capacity })] }),
      '[Machine cp-1] dataDisks must be other disks than those of etcd, got nvme-SAMSUNG_X_S4EVNX0R1 beside etcd on S4EVNX0R1; etcd gets its disk to itself: every fsync of another waits before its own',
    ],
    [
      'one disk twice',
      () =>
        osloMachine(1, {
          dataDisks: ['a_1', 'A-1'].map((link) => DataDisk.byId(link, { capacity })),
        }),
      '[Machine cp-1] dataDisks must be unique by what is left of them in lower case, got a-1; a disk becomes one volume, named after its machine and its identity',
    ],
    [
      'one disk by its serial and by its link',
      () =>
        osloMachine(1, {
          dataDisks: [
            DataDisk.nvmeSerial('S64GNX0W1', { capacity }),
            DataDisk.byId('nvme-SAMSUNG_S64GNX0W1', { capacity }),
          ],
        }),
      '[Machine cp-1] dataDisks must be a disk each, got nvme-SAMSUNG_S64GNX0W1 beside S64GNX0W1; a disk becomes one volume: leave one of the two out',
    ],
    [
      'a name that is too long for a volume',
      () => DataDisk.directory(`/srv/${'a'.repeat(190)}`, { capacity }),
      `[DataDisk] path must be at most 189 characters, since a volume is named after its machine and its disk, got /srv/${'a'.repeat(190)}; mount it under a shorter path`,
    ],
    [
      'a link that is too long for a volume',
      () => DataDisk.byId('a'.repeat(190), { capacity }),
      `[DataDisk] link must be at most 189 characters, since a volume is named after its machine and its disk, got ${'a'.repeat(190)}; take another link of the disk`,
    ],
  ])('%s', (_, action, text) => expect(thrown(action)).toBe(text));

  test.each([
    ...['/lib64', '/mnt/../etc', '/var/run/x', '/var/tmp', '/var/lib/calico', '/var/lib/cni'],
    ...['/var/lib/kube-proxy', '/var/lib/systemd', '/var/lib/dpkg/x', '/var/lib/cloud', '/var'],
    ...['/var/lib', '/opt/bin', '/var/cache/apt', '/var/lib/apt', '/var/spool/cron'],
  ])('%s is the directory of somebody else', (path) =>
    expect(thrown(() => DataDisk.directory(path, { capacity }))).toMatch(/^\[DataDisk\] path must/),
  );

  test.each(['/srv', '/data/volume', '/mnt/nvme1/volume', '/var/lib/volumes', '/home/k8s'])(
    '%s may be one of volumes',
    (path) => expect(DataDisk.directory(path, { capacity }).identity).toBe(path),
  );

  test('sizes need not be whole in another unit', () => {
    const disk = DataDisk.byId('virtio-a', {
      capacity: Size.tebibytes(1.2),
      maxSize: Size.tebibytes(1.3),
    });
    expect(disk.capacity.asString()).toBe('1.2Ti');
    expect(() => EtcdDisk.byId('virtio-a', { minSize: Size.tebibytes(1.2) })).not.toThrow();
  });

  test('one directory within another', () => {
    const own = (machine: string, ...dataDisks: DataDisk[]) =>
      thrown(() =>
        render(
          {},
          {
            machines: [
              ...[1, 2, 3].map((n) => osloMachine(n)),
              Machine.worker(machine, { zone: 'bergen-1', address: '10.21.0.21', dataDisks }),
            ],
          },
        ),
      );
    const directory = (path: string) => DataDisk.directory(path, { capacity });
    expect(own('w-1', directory('/srv/a'), directory('/srv/a/b'))).toBe(
      '[oslo/storage] dataDisks of machine w-1 must be apart from each other, got /srv/a/b within /srv/a; pods of one volume would have the files of the other',
    );
    const disk = DataDisk.byId('virtio-a', { capacity });
    expect(own('w-1', disk, directory('/mnt/disks/virtio_a/volume'))).toBe(
      '[oslo/storage] dataDisks of machine w-1 must be apart from each other, got /mnt/disks/virtio_a/volume within /mnt/disks/virtio_a; pods of one volume would have the files of the other',
    );
    expect(own('w-1', directory('/mnt'), disk)).toContain('/mnt/disks/virtio_a within /mnt;');
    expect(own('w-1', directory('/srv/a'), directory('/srv/ab'), disk)).toBe('nothing');
  });

  test('one serial in two machines', () => {
    const dataDisks = [DataDisk.nvmeSerial('S64GNX0W1', { capacity })];
    const machines = [...facts().machines!, osloMachine(4, { dataDisks }), osloMachine(5)];
    expect(thrown(() => render({}, { machines }))).toBe(
      '[oslo/cluster] machines must be unique by data disk, got S64GNX0W1; a serial belongs to one disk; read it again on both machines',
    );
  });
});

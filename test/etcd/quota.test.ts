import { Size } from 'cdk8s';
import fc from 'fast-check';
import { EtcdDisk } from '../../lib';
import { etcdMinor } from '../../lib/catalog';
import { bytesOf } from '../../lib/cluster';
import { quotaFor, quotaProblems } from '../../lib/etcd/quota';
import { osloMachine } from '../support/oslo';

const GIB = 1024 ** 3;
const gib = (n: number) => Size.gibibytes(n);
const etcd = etcdMinor('3.6');

function member(memory: number | undefined, disk: number | 'shared') {
  return {
    machine: osloMachine(1, { memory: memory === undefined ? undefined : gib(memory) }),
    disk:
      disk === 'shared'
        ? EtcdDisk.sharedWithRoot()
        : EtcdDisk.nvmeSerial('S1', { minSize: gib(disk) }),
  };
}

test.each([
  [16, 100, 8],
  [64, 100, 8],
  [8, 100, 4],
  [4, 100, 2],
  [2, 100, 1],
  [1, 100, 1],
  [16, 8, 3],
  [undefined, 100, 2],
  [16, 'shared' as const, 2],
])('memory of %s GiB and a disk of %s GiB give %s GiB', (memory, disk, expected) => {
  expect(quotaFor([member(memory, disk)], etcd)).toBe(expected * GIB);
});

test('the smallest machine and the smallest disk decide', () => {
  expect(quotaFor([member(16, 100), member(8, 100), member(16, 20)], etcd)).toBe(4 * GIB);
});

test('what is derived passes the checks of what is asked for', () => {
  const memory = fc.option(fc.integer({ min: 2, max: 512 }), { nil: undefined });
  const disk = fc.integer({ min: 8, max: 4000 });
  fc.assert(
    fc.property(fc.array(fc.tuple(memory, disk), { minLength: 1, maxLength: 5 }), (machines) => {
      const members = machines.map(([m, d]) => member(m, d));
      const bytes = quotaFor(members, etcd);
      expect(quotaProblems(Size.kibibytes(bytes / 1024), members)).toEqual([]);
      members.forEach(({ disk: own }) =>
        expect(2 * bytes + 2 * GIB).toBeLessThanOrEqual(bytesOf(own.minSize)),
      );
    }),
  );
});

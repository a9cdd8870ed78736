import { fioImagePrograms, images, netshootPrograms } from '../../lib/catalog';
import { collectors } from '../../lib/doctor';
import { matrixScript } from '../../lib/doctor/iperf/script';
import { labCluster } from './lab-cluster';
import { debugPage } from '../../lib/doctor/debug/page';

/** The program of `ping of iputils`, `busybox with nslookup`, or any of `birdcl or vtysh`. */
function alternatives(program: string): string[] {
  return program.split(' or ').map((one) => one.split(' ')[0]!);
}

/** What collectors do without, and say nothing of. */
const SPARE = ['systemd-detect-virt'];

test.each(collectors.map((one) => [one.name, one] as const))(
  'every program of %s is in the image it runs in',
  (name, { programs }) => {
    const { value } = name === 'fsync' ? fioImagePrograms : netshootPrograms;
    const absent = programs.filter(
      (program) =>
        !SPARE.includes(program) && !alternatives(program).some((one) => value.includes(one)),
    );
    expect(absent).toEqual([]);
  },
);

test('the script of a matrix calls programs of its image', () => {
  const called = ['nc', 'dig'];
  expect(called.filter((one) => !new RegExp(`\\b${one} `).test(matrixScript))).toEqual([]);
  expect(called.filter((one) => !netshootPrograms.value.includes(one))).toEqual([]);
});

test('netshoot is pinned by the digest that others pin it by, and has no fio', () => {
  expect(images.netshoot).toMatchObject({ tag: 'v0.16', repository: 'nicolaka/netshoot' });
  expect(images.netshoot.digest).toMatch(/^sha256:b09d9b21381f/);
  expect(netshootPrograms.value).not.toContain('fio');
});

describe('the page of commands', () => {
  const page = debugPage(labCluster(), 'mirror.example.no/netshoot:v0.16');

  test('has every machine, with the profile that may capture', () => {
    const nodes = page.match(/debug node\/\S+ -it --profile=netadmin --image=\S+ -- bash/g);
    expect(nodes).toEqual(
      ['cp-1', 'w-1'].map(
        (name) =>
          `debug node/${name} -it --profile=netadmin --image=mirror.example.no/netshoot:v0.16 -- bash`,
      ),
    );
    expect(page).toContain('--profile=sysadmin');
    expect(page).toContain('--target=coredns');
  });

  test('shows no more machines than anybody reads', () => {
    const lab = labCluster();
    const many = Array.from({ length: 25 }, (_, n) => ({ ...lab.machines[1]!, name: `w-${n}` }));
    const long = debugPage(
      { ...lab, machines: many, clusterName: 'lab', _summary: () => undefined } as never,
      'i',
    );
    expect(long.match(/debug node\/w-\d+ -it --profile=netadmin/g)).toHaveLength(20);
    expect(long).toContain('5 more machines: the same with their names.');
  });
});

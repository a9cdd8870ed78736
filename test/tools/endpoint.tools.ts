import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiEndpoint, ApiEndpointKind, Zone } from '../../lib';
import { oslo, unpacked } from '../node/support';
import { behind, endpoints } from '../support/endpoints';
import { osloMachine } from '../support/oslo';
import { tempDir } from '../support/temp-app';
import { EndpointLab, missingPrograms } from './endpoint-lab';
import { missing, removeLabs, run } from './netns-machine';

// Real HAProxy and keepalived judge their files, and then do what they are for.

const HAPROXY = '/etc/haproxy/haproxy.cfg';
const KEEPALIVED = '/etc/keepalived/keepalived.conf';
const VIP = '10.20.0.10';
const CONTROL_PLANES = { 'cp-1': '10.20.0.11', 'cp-2': '10.20.0.12', 'cp-3': '10.20.0.13' };
const MACHINES = { ...CONTROL_PLANES, 'w-1': '10.20.0.21' };

const lacks = [...missingPrograms(), ...missing()];
const required = process.env.GROUNDWORK_REQUIRE_TOOLS === '1';
if (lacks.length > 0 && !required) {
  process.stderr.write(`skipped, this machine has no ${lacks.join(', ')}: the way to the API\n`);
}
const describeLab = lacks.length > 0 && !required ? describe.skip : describe;

const files = (kind: ApiEndpointKind) => oslo(behind(endpoints[kind])).files();

/** A cluster of IPv6 alone, whose addresses need brackets. */
const v6 = () =>
  oslo({
    endpoint: ApiEndpoint.keepalivedHaproxy('fd00:20::10'),
    ...{ podCidr: 'fd00:10:244::/56', serviceCidr: 'fd00:10:96::/112' },
    zones: [Zone.of('oslo-1', { country: 'NO', nodeCidr: 'fd00:20::/64' })],
    machines: [1, 2, 3].map((n) => osloMachine(n, { address: `fd00:20::1${n}` })),
  }).files();

describeLab('the way to the API', () => {
  beforeAll(() => {
    if (lacks.length > 0) {
      throw new Error(`required here and not found: ${lacks.join(', ')}`);
    }
  });
  afterAll(removeLabs);

  const judge = (config: string) => {
    const file = join(tempDir(), 'haproxy.cfg');
    writeFileSync(file, config);
    return run('haproxy', '-c', '-f', file);
  };

  test('haproxy: accepts the file of every machine without a warning', () => {
    for (const [output, machine] of [
      [files(ApiEndpointKind.LOCAL_PROXY), 'cp-2'],
      [files(ApiEndpointKind.LOCAL_PROXY), 'w-1'],
      [files(ApiEndpointKind.KEEPALIVED_HAPROXY), 'cp-1'],
      [v6(), 'cp-3'],
    ] as Array<[Record<string, string>, string]>) {
      expect(judge(unpacked(output, machine, HAPROXY))).toMatchObject({
        status: 0,
        output: 'Configuration file is valid\n',
      });
    }
  });

  test('haproxy: refuses a misspelt word, so its consent means something', () => {
    const text = unpacked(files(ApiEndpointKind.LOCAL_PROXY), 'w-1', HAPROXY);
    expect(judge(text.replace('on-marked-down', 'on-mark-down')).status).toBe(1);
  });

  test('systemd: finds nothing in the units', () => {
    const output = files(ApiEndpointKind.KEEPALIVED_HAPROXY);
    const root = tempDir();
    const units = ['haproxy', 'keepalived'].map((name) => {
      const file = join(root, `${name}.service`);
      writeFileSync(file, unpacked(output, 'cp-1', `/etc/systemd/system/${name}.service`));
      return file;
    });
    const verify = ['verify', '--man=no', '--recursive-errors=no'];
    expect(run('systemd-analyze', ...verify, ...units).output).not.toMatch(/haproxy|keepalived/);
    writeFileSync(units[0]!, '[Service]\nExecStart=/bin/true\nRestartSeconds=1\n');
    expect(run('systemd-analyze', ...verify, units[0]!).output).toContain('RestartSeconds');
  });

  test('keepalived: accepts its file, and refuses a number beyond a byte', () => {
    const lab = new EndpointLab({ 'cp-2': '10.20.0.12' });
    const text = unpacked(files(ApiEndpointKind.KEEPALIVED_HAPROXY), 'cp-2', KEEPALIVED);
    // 2.2.7 kills itself, without a word, while it looks at a script that has a user.
    const { status, output } = lab.configTest('cp-2', text);
    expect([0, 143, null]).toContain(status);
    expect(output.replace(/Terminated\n?/, '')).toBe('');
    const silent = text
      .replace(/vrrp_script [^}]*\}/, '')
      .replace(/ {2}track_script \{[^}]*\}\n/, '');
    expect(lab.configTest('cp-2', silent)).toMatchObject({ status: 0, output: '' });
    const wrong = lab.configTest(
      'cp-2',
      silent.replace('virtual_router_id 10', 'virtual_router_id 300'),
    );
    expect(wrong.status).not.toBe(0);
    expect(wrong.output).toContain("'300' outside range [1, 255]");
    // Another NIC than the machine's is found as well.
    expect(lab.configTest('cp-2', silent.replace(/eno1/g, 'eno9')).status).toBe(5);
  });

  test('keepalived and haproxy: the address leaves a machine that is cut off, and stays away', async () => {
    const lab = new EndpointLab(MACHINES);
    const output = files(ApiEndpointKind.KEEPALIVED_HAPROXY);
    const url = `https://${VIP}:7443/name`;
    try {
      // As at the founding: balancers everywhere, an API server on the first machine only.
      for (const machine of Object.keys(CONTROL_PLANES)) {
        lab.haproxy(machine, unpacked(output, machine, HAPROXY));
        lab.keepalived(machine, unpacked(output, machine, KEEPALIVED));
      }
      lab.api('cp-1');
      await lab.until('one machine has the address', () => lab.holders(VIP).length === 1);
      await lab.until('the first API server answers', () => lab.answer('w-1', url) === 'cp-1');
      lab.api('cp-2');
      lab.api('cp-3');
      const seen = new Set<string>();
      await lab.until('all API servers answer', () => seen.add(lab.answer('w-1', url)).size >= 3);
      expect([...seen].filter((name) => name !== '').sort()).toEqual(Object.keys(CONTROL_PLANES));

      const [first] = lab.holders(VIP) as [string];
      lab.unplug(first);
      await lab.until('another machine has the address', () =>
        lab.holders(VIP).some((machine) => machine !== first),
      );
      const [next] = lab.holders(VIP).filter((machine) => machine !== first) as [string];
      await lab.until('the API answers again', () => lab.answer('w-1', url) !== '');
      // One that is not ready is left out, though it still takes connections.
      lab.health(next, false);
      const third = Object.keys(CONTROL_PLANES).find((m) => m !== first && m !== next)!;
      await lab.until('the ready one answers', () => {
        const answers = [1, 2, 3, 4].map(() => lab.answer('w-1', url));
        return answers.every((name) => name === third);
      });
      // A machine without a balancer gives the address away.
      const [holder] = lab.holders(VIP) as [string];
      const last = holder === next ? third : next;
      lab.kill(holder, 'haproxy');
      await lab.until('the last one has the address', () => lab.holders(VIP).join() === last);
      await lab.until('and answers', () => lab.answer('w-1', url) === third);
    } finally {
      lab.end();
    }
  });

  test('haproxy on loopback: own API server first, any other when it is not ready', async () => {
    const lab = new EndpointLab(MACHINES);
    const output = files(ApiEndpointKind.LOCAL_PROXY);
    const url = 'https://127.0.0.1:7443/name';
    try {
      for (const machine of Object.keys(MACHINES)) {
        lab.haproxy(machine, unpacked(output, machine, HAPROXY));
      }
      lab.api('cp-1');
      // What joins reaches the first API server before it has one of its own.
      for (const machine of ['cp-1', 'cp-2', 'w-1']) {
        await lab.until(`${machine} reaches cp-1`, () => lab.answer(machine, url) === 'cp-1');
      }
      lab.api('cp-2');
      lab.api('cp-3');
      await lab.until('cp-2 asks itself', () => lab.answer('cp-2', url) === 'cp-2');
      lab.health('cp-2', false);
      await lab.until('cp-2 asks others', () => /cp-[13]/.test(lab.answer('cp-2', url)));
      lab.kill('cp-1', 'api');
      await lab.until('a worker reaches the last', () => lab.answer('w-1', url) === 'cp-3');
      // From elsewhere nobody reaches it.
      expect(lab.answer('w-1', 'https://10.20.0.12:7443/name')).toBe('');
    } finally {
      lab.end();
    }
  });
});

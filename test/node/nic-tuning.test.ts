import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { App } from 'cdk8s';
import { Machine, NodeBootstrap, type NicTuning } from '../../lib';
import { nicScript } from '../../lib/node/nic/script';
import { osloCluster, osloMachine } from '../support/oslo';
import { tempDir } from '../support/temp-app';
import { oslo, unpacked } from './support';

const full: NicTuning = {
  nic: 'eno1',
  combinedQueues: 4,
  rxRing: 2048,
  txRing: 1024,
  offloads: { 'tcp-segmentation-offload': true, 'generic-receive-offload': false },
  receivePacketSteering: true,
};

describe('what machines get', () => {
  test('a unit for the NIC, enabled, with the script', () => {
    const files = oslo({}, { nicTuning: [full] }).files();
    const unit = unpacked(files, 'cp-1', '/etc/systemd/system/groundwork-nic-eno1.service');
    expect(unit).toContain(
      'ExecStart=/usr/local/lib/groundwork/nic-tuning eno1 queues=4 rx=2048 tx=1024 ' +
        'generic-receive-offload=off tcp-segmentation-offload=on rps=on\n',
    );
    expect(unit).toContain('After=sys-subsystem-net-devices-eno1.device\n');
    expect(unpacked(files, 'cp-1', '/usr/local/lib/groundwork/nic-tuning')).toBe(nicScript);
    expect(unpacked(files, 'cp-1', '/etc/groundwork/units.list')).toContain(
      '\ngroundwork-nic-eno1.service\n',
    );
  });

  test('only the machines that have the NIC, or that are named', () => {
    const worker = Machine.worker('w-1', { zone: 'oslo-1', address: '10.20.0.21', nic: 'eth-0' });
    const machines = [osloMachine(1), osloMachine(2), osloMachine(3), worker];
    const nicTuning = [
      { nic: 'eth-0', rxRing: 512 },
      { nic: 'eno2', rxRing: 256, machines: ['cp-2'] },
    ];
    const paths = Object.keys(oslo({ machines }, { nicTuning }).files());
    expect(paths.filter((path) => path.includes('groundwork-nic'))).toEqual([
      'nodes/cp-2/files/etc/systemd/system/groundwork-nic-eno2.service',
      'nodes/w-1/files/etc/systemd/system/groundwork-nic-eth\\x2d0.service',
    ]);
  });

  test('nothing without the option, and a decision for every setting with it', () => {
    expect(Object.keys(oslo().files()).join('\n')).not.toContain('nic');
    const { cluster } = oslo({}, { nicTuning: [full] });
    const nic = cluster.decisions().filter(({ key }) => key.startsWith('nic '));
    expect(nic.map(({ key, value }) => `${key}: ${value}`)).toEqual([
      'nic eno1 queues: 4',
      'nic eno1 rx: 2048',
      'nic eno1 tx: 1024',
      'nic eno1 generic-receive-offload: off',
      'nic eno1 tcp-segmentation-offload: on',
      'nic eno1 rps: on',
    ]);
    expect(nic.every(({ why }) => why.startsWith('Chosen in the spec: '))).toBe(true);
  });
});

test.each<[NicTuning[], string]>([
  [
    [{ nic: 'no such nic', rxRing: 1, machines: ['cp-1'] }],
    'nicTuning nic must be an interface name of at most 15 characters, got no such nic; copy it from `ip -brief link`',
  ],
  [
    [{ nic: 'eno9', rxRing: 1 }],
    'nicTuning of eno9 must be for at least one machine, got none; name the machines; no machine of the spec has this NIC as its own',
  ],
  [
    [{ nic: 'eno1', rxRing: 1, machines: ['cp-9'] }],
    'nicTuning of eno1 must be for machines of the spec, got cp-9; correct the name, or add the machine to the spec',
  ],
  [
    [
      { nic: 'eno1', rxRing: 1 },
      { nic: 'eno1', txRing: 1, machines: ['cp-2'] },
    ],
    'nicTuning of eno1 must be given once for a machine, got twice for cp-2; put the settings of one NIC into one entry',
  ],
  [
    [{ nic: 'eno1', rxRing: 0, txRing: 70000, combinedQueues: 1.5 }],
    'nicTuning of eno1 combinedQueues must be a whole number between 1 and 1024, got 1.5; `ethtool -l eno1` on the machine prints the maximum\n' +
      '[nodes] nicTuning of eno1 rxRing must be between 1 and 65536, got 0; `ethtool -g eno1` on the machine prints the maximum\n' +
      '[nodes] nicTuning of eno1 txRing must be between 1 and 65536, got 70000; `ethtool -g eno1` on the machine prints the maximum',
  ],
  [
    [{ nic: 'eno1', offloads: { gro: false } }],
    'nicTuning of eno1 offloads must be the long words of `ethtool -k`, got gro; write for example generic-receive-offload for gro',
  ],
  [
    [{ nic: 'eno1' }],
    'nicTuning of eno1 must be an entry that sets something, got nothing; name queues, rings, offloads or receivePacketSteering, or leave the entry out',
  ],
])('wrong settings %#', (nicTuning, message) => {
  expect(
    () => new NodeBootstrap(new App(), 'nodes', { cluster: osloCluster(), nicTuning }),
  ).toThrow(new Error(`[nodes] ${message}`));
});

/** The script in a folder, with an ethtool that remembers, and a NIC of two queues. */
class Nic {
  public readonly root = tempDir();

  public constructor(cores: number, ethtool = '') {
    this.program('nic-tuning', nicScript);
    this.program('nproc', `#!/bin/bash\necho ${cores}\n`);
    // State in files: queues, rx, tx and one for each feature.
    this.program(
      'ethtool',
      `#!/bin/bash
printf '%s\\n' "$*" >> "$GROUNDWORK_ROOT/calls"
S="$GROUNDWORK_ROOT/state"
${ethtool}
case "$1" in
  -l) printf 'Channel parameters for %s:\\nPre-set maximums:\\nCombined:\\t8\\nCurrent hardware settings:\\nCombined:\\t%s\\n' "$2" "$(cat "$S/combined")" ;;
  -g) printf 'Ring parameters for %s:\\nPre-set maximums:\\nRX:\\t\\t4096\\nRX Mini:\\tn/a\\nTX:\\t\\t4096\\nCurrent hardware settings:\\nRX:\\t\\t%s\\nTX:\\t\\t%s\\n' "$2" "$(cat "$S/rx")" "$(cat "$S/tx")" ;;
  -k) printf 'Features for %s:\\ntcp-segmentation-offload: %s\\n\\ttx-tcp-segmentation: on\\ngeneric-receive-offload: %s\\nlarge-receive-offload: off [fixed]\\n' "$2" "$(cat "$S/tcp-segmentation-offload")" "$(cat "$S/generic-receive-offload")" ;;
  -L | -G | -K) printf '%s\\n' "$4" > "$S/$3" ;;
esac
`,
    );
    for (const [name, value] of Object.entries({
      combined: '2',
      rx: '256',
      tx: '1024',
      'tcp-segmentation-offload': 'on',
      'generic-receive-offload': 'on',
    })) {
      this.write(`state/${name}`, `${value}\n`);
    }
    this.write('sys/class/net/eno1/queues/rx-0/rps_cpus', '00000000\n');
    this.write('sys/class/net/eno1/queues/rx-1/rps_cpus', '00000000\n');
  }

  public run(...args: string[]) {
    const { status, stderr } = spawnSync(join(this.root, 'nic-tuning'), args, {
      encoding: 'utf8',
      env: { PATH: `${this.root}:${process.env.PATH}`, GROUNDWORK_ROOT: this.root },
    });
    return { status, stderr };
  }

  public read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8').trim();
  }

  public get sets(): string[] {
    return existsSync(join(this.root, 'calls'))
      ? this.read('calls')
          .split('\n')
          .filter((call) => /^-[LGK]/.test(call))
      : [];
  }

  private program(name: string, text: string): void {
    chmodSync(this.write(name, text), 0o755);
  }

  private write(path: string, text: string): string {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  }
}

describe('the script', () => {
  const all = ['queues=4', 'rx=2048', 'tx=1024', 'generic-receive-offload=off', 'rps=on'];

  test('sets what is different, touches nothing else, and the second time nothing at all', () => {
    const nic = new Nic(8);
    expect(nic.run('eno1', ...all)).toEqual({ status: 0, stderr: '' });
    expect(nic.sets).toEqual([
      '-L eno1 combined 4',
      '-G eno1 rx 2048',
      '-K eno1 generic-receive-offload off',
    ]);
    expect(nic.read('sys/class/net/eno1/queues/rx-1/rps_cpus')).toBe('ff');
    expect(nic.run('eno1', ...all).status).toBe(0);
    expect(nic.sets).toHaveLength(3);
  });

  test.each([
    [1, '1'],
    [31, '7fffffff'],
    [32, 'ffffffff'],
    [33, '1,ffffffff'],
    [96, 'ffffffff,ffffffff,ffffffff'],
  ])('steers to all of %i cores', (cores, mask) => {
    const nic = new Nic(cores);
    expect(nic.run('eno1', 'rps=on')).toEqual({ status: 0, stderr: '' });
    expect(nic.read('sys/class/net/eno1/queues/rx-0/rps_cpus')).toBe(mask);
    expect(nic.run('eno1', 'rps=off').status).toBe(0);
    expect(nic.read('sys/class/net/eno1/queues/rx-0/rps_cpus')).toBe('0');
  });

  test.each([
    ['a NIC that is not there', '', ['eno2', 'rx=1'], 'nic eno2: does not exist'],
    [
      'a driver that refuses',
      '[ "$1" != -G ] || exit 1',
      ['eno1', 'rx=8192'],
      'nic eno1: receive ring: the driver refuses 8192; it is 256',
    ],
    [
      'a driver that takes another number',
      '[ "$1" != -G ] || set -- "$1" "$2" "$3" 4096',
      ['eno1', 'rx=5000'],
      'nic eno1: receive ring: wanted 5000, got 4096',
    ],
    [
      'a NIC without queues to set',
      '[ "$1" != -l ] || exit 95',
      ['eno1', 'queues=4'],
      'nic eno1: combined queues: wanted 4, got nothing',
    ],
    [
      'a feature that is fixed',
      '[ "$1" != -K ] || exit 0',
      ['eno1', 'large-receive-offload=on'],
      'nic eno1: large-receive-offload: wanted on, got off [fixed]',
    ],
    [
      'a feature that does not exist',
      '',
      ['eno1', 'rx-magic-offload=on'],
      'nic eno1: rx-magic-offload: no such feature; see ethtool -k eno1',
    ],
  ])('%s fails and says so', (_what, ethtool, args, message) => {
    expect(new Nic(4, ethtool).run(...args)).toEqual({ status: 1, stderr: `${message}\n` });
  });
});

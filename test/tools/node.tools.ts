import { spawnSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  KernelProfile,
  Machine,
  OperatingSystem,
  type ClusterProps,
  type NodeBootstrapOptions,
} from '../../lib';
import { oslo } from '../node/support';
import { ready } from '../node/trial';
import { osloMachine } from '../support/oslo';
import { tempDir } from '../support/temp-app';

const SYSTEMS = {
  'Debian 12': OperatingSystem.DEBIAN_12,
  'Debian 13': OperatingSystem.DEBIAN_13,
  'Ubuntu 22.04': OperatingSystem.UBUNTU_22_04,
  'Ubuntu 24.04': OperatingSystem.UBUNTU_24_04,
};
const SCRIPTS = ['bootstrap', 'preflight', 'certificates'];
const SYSCTLS = 'nodes/cp-1/files/etc/sysctl.d/zz-groundwork.conf';

// Real programs judge what the node room writes. A program that is absent is said to be absent; with
// GROUNDWORK_REQUIRE_TOOLS=1 that is a failure.
function withTool(tool: string, name: string, body: () => void): void {
  const present = spawnSync(tool, ['--version']).error === undefined;
  if (present || process.env.GROUNDWORK_REQUIRE_TOOLS === '1') {
    test(`${tool}: ${name}`, () => {
      if (!present) {
        throw new Error(`${tool} is required here and was not found`);
      }
      body();
    });
  } else {
    process.stderr.write(`skipped, ${tool} is not installed: ${name}\n`);
    test.skip(`${tool}: ${name}`, () => undefined);
  }
}

function run(command: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

/** All files of the flagship with a worker, in a folder. */
function written(options: NodeBootstrapOptions = {}, changes: Partial<ClusterProps> = {}): string {
  const root = tempDir();
  const worker = Machine.worker('w-1', {
    zone: 'oslo-1',
    address: '10.20.0.21',
    nic: 'eno1',
    gateway: '10.20.0.1',
    dnsServers: ['10.20.0.2'],
  });
  const files = oslo(
    { machines: [osloMachine(1), osloMachine(2), osloMachine(3), worker], ...changes },
    { ntpServers: ['10.20.0.3'], ...options },
  ).files();
  for (const [path, content] of Object.entries(files)) {
    const target = join(root, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
  return root;
}

withTool('cloud-init', 'accepts the user-data of every machine', () => {
  const root = written();
  for (const machine of ['cp-1', 'cp-2', 'w-1']) {
    expect(
      run('cloud-init', 'schema', '-c', join(root, `nodes/${machine}/user-data`)),
    ).toMatchObject({ status: 0 });
  }
});

for (const [name, operatingSystem] of Object.entries(SYSTEMS)) {
  withTool('cloud-init', `accepts control planes and workers on ${name}`, () => {
    const root = written({ ntpServers: ['10.20.0.3'] }, { operatingSystem });
    for (const machine of ['cp-1', 'w-1']) {
      const file = join(root, `nodes/${machine}/user-data`);
      expect(run('cloud-init', 'schema', '-c', file)).toMatchObject({ status: 0 });
    }
  });
}

withTool(
  '/usr/bin/python3',
  'finds plain cloud-config and no template, though files are full of braces',
  () => {
    const file = join(written(), 'nodes/cp-1/user-data');
    const ask = [
      'import sys',
      'from cloudinit.handlers import type_from_starts_with',
      'text = open(sys.argv[1]).read()',
      "print(type_from_starts_with(text), type_from_starts_with('## template: jinja\\n' + text))",
    ].join('\n');
    expect(readFileSync(file, 'utf8')).toContain('{');
    expect(run('/usr/bin/python3', '-c', ask, file)).toEqual({
      status: 0,
      output: 'text/cloud-config text/jinja2\n',
    });
  },
);

withTool('cloud-init', 'refuses a misspelt key, so its consent means something', () => {
  const file = join(written(), 'nodes/cp-1/user-data');
  writeFileSync(file, '#cloud-config\nwrite_files:\n- path: /a\n  contents: b\n');
  expect(run('cloud-init', 'schema', '-c', file).status).not.toBe(0);
});

withTool('systemd-analyze', 'finds nothing in the units', () => {
  const root = written();
  const units = [
    'groundwork-bootstrap.service',
    'groundwork-certificates.service',
    'groundwork-certificates.timer',
    'containerd.service',
    'kubelet.service',
  ].map((name) => join(root, `nodes/cp-1/files/etc/systemd/system/${name}`));
  const { output } = run(
    'systemd-analyze',
    'verify',
    '--man=no',
    '--recursive-errors=no',
    ...units,
  );
  // The binaries come with the archives, on the machine.
  const complaints = output
    .split('\n')
    .filter((line) => line !== '' && !/is not executable: No such file/.test(line));
  expect(complaints.filter((line) => /containerd|kubelet|groundwork/.test(line))).toEqual([]);
});

withTool(
  'systemd-analyze',
  'finds a key that does not exist, so its silence means something',
  () => {
    const file = join(written(), 'broken.service');
    writeFileSync(file, '[Service]\nExecStart=/bin/true\nRestartSeconds=1\n');
    expect(
      run('systemd-analyze', 'verify', '--man=no', '--recursive-errors=no', file).output,
    ).toContain('RestartSeconds');
  },
);

withTool('shellcheck', 'finds nothing in the scripts', () => {
  const folder = join(written(), 'nodes/cp-1/files/usr/local/lib/groundwork');
  const scripts = SCRIPTS.map((name) => join(folder, name));
  expect(run('shellcheck', ...scripts)).toEqual({ status: 0, output: '' });
});

withTool('systemd-analyze', 'knows when control planes look at their certificates', () => {
  const root = written();
  const next = ['cp-1', 'cp-2', 'cp-3'].map((name) => {
    const file = `nodes/${name}/files/etc/systemd/system/groundwork-certificates.timer`;
    const [, calendar] = /^OnCalendar=(.*)$/m.exec(readFileSync(join(root, file), 'utf8'))!;
    const { status, output } = run('systemd-analyze', 'calendar', calendar!);
    expect(status).toBe(0);
    return /Normalized form: (.*)/.exec(output)![1];
  });
  expect(next).toEqual(['Mon', 'Tue', 'Wed'].map((day) => `${day} *-*-* 03:00:00 UTC`));
});

for (const profile of Object.values(KernelProfile)) {
  withTool('sysctl', `reads every kernel parameter of profile ${profile}`, () => {
    const file = join(written({ kernel: { profile } }), SYSCTLS);
    const lines = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.includes(' = '));
    const { output } = run('sysctl', '--dry-run', '-p', file);
    // It cannot look at keys of modules and NICs that this machine does not have.
    const unknown = output.split('\n').filter((line) => /^sysctl: /.test(line));
    expect(unknown.filter((line) => !/net\/(netfilter|ipv4\/conf\/eno1)\//.test(line))).toEqual([]);
    const read = output.split('\n').filter((line) => line.includes(' = '));
    expect(read.length + unknown.length).toBe(lines.length);
    expect(lines).toEqual(expect.arrayContaining(read));
  });
}

withTool('openssl', 'knows which key belongs to which certificate', () => {
  const trial = ready('cp-1');
  const pki = join(trial.root, 'etc/groundwork/secrets/pki');
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  for (const name of ['ca', 'etcd/ca', 'front-proxy-ca']) {
    const out = ['-keyout', join(pki, `${name}.key`), '-out', join(pki, `${name}.crt`)];
    expect(run('openssl', 'req', '-x509', ...curve, '-subj', '/CN=test', ...out).status).toBe(0);
  }
  const key = join(pki, 'sa.key');
  run('openssl', 'genrsa', '-traditional', '-out', key, '2048');
  run('openssl', 'pkey', '-in', key, '-pubout', '-out', join(pki, 'sa.pub'));
  rmSync(join(trial.root, 'stubs/openssl'));
  // Another key of the same kind.
  const own = readFileSync(join(pki, 'etcd/ca.key'));
  writeFileSync(join(pki, 'etcd/ca.key'), readFileSync(join(pki, 'ca.key')));
  expect(trial.run().code).toBe(75);
  expect(trial.read('/var/lib/groundwork/status')).toContain(
    'pki/etcd/ca.crt and pki/etcd/ca.key do not belong together',
  );
  writeFileSync(join(pki, 'etcd/ca.key'), own);
  expect(trial.run().code).toBe(0);
});

withTool('openssl', 'computes the hash of the authority as kubeadm does', () => {
  const trial = ready('w-1');
  const authority = join(trial.root, 'etc/groundwork/secrets/pki/ca.crt');
  const made = run(
    'openssl',
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-subj',
    '/CN=kubernetes',
    '-keyout',
    join(trial.root, 'ca.key'),
    '-out',
    authority,
  );
  expect(made).toMatchObject({ status: 0 });
  rmSync(join(trial.root, 'stubs/openssl'));
  trial.stub('kubeadm', 'cp "$TRIAL/run/groundwork/kubeadm.conf" "$TRIAL/conf-at-join"');
  expect(trial.run().code).toBe(0);
  const key = new X509Certificate(readFileSync(authority)).publicKey.export({
    type: 'spki',
    format: 'der',
  });
  expect(trial.read('/conf-at-join')).toContain(
    `sha256:${createHash('sha256').update(key).digest('hex')}`,
  );
});

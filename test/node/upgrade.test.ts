import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BinarySource, Machine } from '../../lib';
import type { NodeBootstrapOptions } from '../../lib/node';
import { osloMachine } from '../support/oslo';
import { ARMOUR, oslo } from './support';

const worker = Machine.worker('w-1', { zone: 'oslo-1', address: '10.20.0.21' });

test('the runbook of an upgrade names the machines in order, and the version', () => {
  const { cluster } = oslo({ machines: [osloMachine(1), osloMachine(2), osloMachine(3), worker] });
  const text = cluster._reports()['upgrade.md']!;
  const order = ['- cp-1: ', '- cp-2: ', '- cp-3: ', '- w-1: '].map((line) => text.indexOf(line));
  expect(order.every((at, n) => at > (order[n - 1] ?? 0))).toBe(true);
  expect(text).toContain('kubeadm upgrade plan v1.36.4 && kubeadm upgrade apply --config');
  expect(text.match(/kubeadm upgrade apply/g)).toHaveLength(1);
  expect(text).toContain('containerd 2.3.4 is enough for 1.37, which wants 2.2.0 or 2.3.0');
  expect(text).toContain('## Another encryption key');
});

describe('how the runbook fetches a program', () => {
  const shell = (options: NodeBootstrapOptions = {}) => {
    const runbook = oslo({}, options).cluster._reports()['upgrade.md']!;
    return /^get\(\) \{\n[\s\S]*?^\}$/m.exec(runbook)![0];
  };

  /** Runs it below a folder, with a curl that reads files. */
  function fetched(listed: (digest: string) => string): string | undefined {
    const folder = mkdtempSync(join(tmpdir(), 'groundwork-upgrade-'));
    const digest = createHash('sha256').update('a program').digest('hex');
    for (const path of ['etc/groundwork', 'usr/local/bin', 'var/tmp']) {
      mkdirSync(join(folder, path), { recursive: true });
    }
    writeFileSync(join(folder, 'kubelet'), 'a program');
    writeFileSync(join(folder, 'kubelet.sha256'), `${digest}\n`);
    writeFileSync(
      join(folder, 'etc/groundwork/archives.list'),
      `kubeadm sha256:0 nowhere\nkubelet ${listed(digest)} ${folder}/kubelet\n`,
    );
    const get = shell().replace(/\/(?=etc\/groundwork|usr\/local\/bin|var\/tmp)/g, `${folder}/`);
    const curl = `curl() { if [ "$1" = -fLo ]; then cp "$3" "$2"; else cat "$2"; fi; }`;
    const { status } = spawnSync('bash', ['-c', `${curl}\n${get}\nget kubelet`]);
    const got =
      status === 0 ? readFileSync(join(folder, 'usr/local/bin/kubelet'), 'utf8') : undefined;
    rmSync(folder, { recursive: true });
    return got;
  }

  test('with the pinned checksum, else with the one beside it, and nothing else', () => {
    expect(fetched((digest) => `sha256:${digest}`)).toBe('a program');
    expect(fetched(() => 'published')).toBe('a program');
    expect(fetched(() => `sha256:${'0'.repeat(64)}`)).toBeUndefined();
  });

  test('as packages where they are packages', () => {
    const text = shell({ binaries: BinarySource.apt({ key: ARMOUR }) });
    expect(text).toContain(
      'apt-get install -y --allow-change-held-packages "$1=1.36.4-*" && apt-mark hold "$1"',
    );
    expect(text).not.toContain('/usr/local/bin');
  });
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Chart } from 'cdk8s';
import { Cluster, IpvsKubeProxy, KernelProfile, NodeBootstrap, TunedFlannel } from '../../lib';
import { nicScript } from '../../lib/node/nic/script';
import { dualStack } from '../support/dual-stack';
import { osloProps } from '../support/oslo';
import { tempDir } from '../support/temp-app';
import { bootGuest, guestLacks } from './guest';
import { run, withTools } from './programs';

// A Debian kernel is started in QEMU with the files of cp-1, loads the modules with their options, runs the
// bootstrap's own config step, and is asked for every key again. Where one of the programs for a guest is
// absent, this says so.

// A guest takes minutes, an archive to install from and root: it has a word of its own to demand it.
const demanded = process.env.GROUNDWORK_REQUIRE_GUEST === '1';
const absent = guestLacks();
if (absent.length > 0 && !demanded) {
  process.stderr.write(`skipped, no Debian guest: ${absent.join(', ')}\n`);
}
const testWithGuest = absent.length > 0 && !demanded ? test.skip : test;

/** Files of one machine on which every room that asks for kernel settings is at work. */
function machineFiles(profile: KernelProfile): Record<string, string> {
  const app = new App();
  const chart = new Chart(app, 'net');
  const cluster = new Cluster(app, 'oslo', osloProps(dualStack()));
  new TunedFlannel(chart, 'cni', { cluster });
  new IpvsKubeProxy(chart, 'kube-proxy', { cluster });
  const overrides = { 'net.ipv4.ip_local_reserved_ports': '40001,40000' };
  const node = new NodeBootstrap(chart, 'nodes', { cluster, kernel: { profile, overrides } });
  const prefix = 'nodes/cp-1/files';
  return Object.fromEntries(
    Object.entries(node.nodeFiles())
      .filter(([path]) => path.startsWith(prefix))
      .map(([path, content]) => [path.slice(prefix.length), content]),
  );
}

/** The functions of the entry script that the config step runs, with as much around them as they need. */
function guestScript(bootstrap: string): string {
  const body = (name: string) =>
    new RegExp(`^${name}\\(\\) \\{\\n[\\s\\S]*?^\\}$`, 'm').exec(bootstrap)![0];
  const names = [
    ...['say', 'fail', 'entries', 'load_modules', 'apply_module_options', 'apply_sysctls'],
    ...['missing_module', 'look_for_later_files', 'read_sysctl', 'one_blank'],
  ];
  return `#!/bin/bash
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
# The NIC of the spec: the guest has none.
ip link add eno1 type dummy
set -Eeuo pipefail
ROOT= STEP=config REASON=
trap 'echo "GUEST stopped: $REASON"; echo o > /proc/sysrq-trigger; sleep 20' EXIT
${names.map(body).join('\n')}
load_modules
apply_module_options
apply_sysctls
while IFS= read -r line; do
  read_sysctl "\${line%% = *}"
  echo "GUEST \${line%% = *} = $have"
done < <(entries /etc/sysctl.d/zz-groundwork.conf)
echo "GUEST hashsize $(cat /sys/module/nf_conntrack/parameters/hashsize)"
echo "GUEST conn_tab_bits $(cat /sys/module/ip_vs/parameters/conn_tab_bits)"
ipvsadm -A -t 10.96.0.10:53 -s rr
echo "GUEST ipvs $(ipvsadm -Sn)"
nft add table ip groundwork
echo "GUEST nft $(nft list tables)"
# A value that the kernel does not take must be noticed, or the consent above means nothing.
echo 'vm.panic_on_oom = 7' > /etc/sysctl.d/zz-groundwork.conf
(trap - EXIT ERR; fail() { echo "GUEST noticed $*"; exit 0; }; apply_sysctls)
REASON=finished
`;
}

/** Boots a guest with these files and gives back what it said. */
function boot(files: Record<string, string>): string {
  const names = ['modules-load.d', 'modprobe.d', 'sysctl.d'];
  const mine = Object.entries(files).filter(([path]) =>
    names.some((name) => path.startsWith(`/etc/${name}/`)),
  );
  return bootGuest({
    files: {
      ...Object.fromEntries(mine),
      '/t.sh': guestScript(files['/usr/local/lib/groundwork/bootstrap']!),
    },
    machine: ['-accel', 'tcg,thread=multi,tb-size=128'],
    seconds: 240,
  });
}

testWithGuest(
  'a Debian kernel takes every module, option and parameter, and gives the same back',
  () => {
    const files = machineFiles(KernelProfile.THROUGHPUT);
    const wanted = files['/etc/sysctl.d/zz-groundwork.conf']!.split('\n').filter((line) =>
      line.includes(' = '),
    );
    expect(wanted.length).toBeGreaterThan(40);
    const said = boot(files)
      .split('\n')
      .filter((line) => line.startsWith('GUEST '))
      .map((line) => line.slice(6).trim());
    expect(said).toEqual([
      ...wanted,
      'hashsize 524288',
      'conn_tab_bits 17',
      'ipvs -A -t 10.96.0.10:53 -s rr',
      'nft table ip groundwork',
      'noticed sysctl vm.panic_on_oom: wanted 7, got 0',
      'stopped: finished',
    ]);
  },
  8 * 60_000,
);

withTools(['shellcheck'], 'shellcheck finds nothing in the script for NICs', () => {
  const file = join(tempDir(), 'nic-tuning');
  writeFileSync(file, nicScript);
  expect(run('shellcheck', [file])).toMatchObject({ status: 0, output: '' });
  expect(readFileSync(file, 'utf8')).toContain('ethtool');
});

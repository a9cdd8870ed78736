import { parse as parseYaml } from 'yaml';
import { Encapsulation, KubeProxyMode, KubernetesVersion, Machine } from '../../lib';
import { osloMachine } from '../support/oslo';
import { file, messages, oslo, unpacked, userData } from './support';
import { ready } from './trial';

// What reports from real clusters say goes wrong on machines. Each is caught by a constructor, by a rule, or
// cannot be written down at all.
export interface NodeCheck {
  readonly title: string;
  /** What throws, and the whole message. */
  readonly throws?: [() => unknown, string];
  /** Ids of rules; the first one speaks of what is made here, the others are of other rooms. */
  readonly rules?: [string[], () => string[]];
  /** Why it cannot happen, and the proof. */
  readonly impossible?: [string, () => void];
}

const SYSCTLS = '/etc/sysctl.d/zz-groundwork.conf';
const cluster = (changes: object) => () => oslo(changes).files();
const text = (path: string, machine = 'cp-1', options = {}) =>
  unpacked(oslo({}, options).files(), machine, path);
const env = (files: Record<string, string>, machine: string) =>
  unpacked(files, machine, '/etc/groundwork/machine.env');

export const nodeChecks: NodeCheck[] = [
  {
    title: 'a machine name that is no host name',
    throws: [
      () => Machine.worker('CP_1', { zone: 'oslo-1', address: '10.20.0.21' }),
      '[Machine CP_1] name must be an RFC 1123 label, got CP_1; ' +
        'use lower-case letters, digits and hyphens, at most 63; it is the host and node name',
    ],
    impossible: [
      'host name, node name and own entry in /etc/hosts come from the one name',
      () => {
        const files = oslo().files();
        expect(userData(files, 'cp-2').hostname).toBe('cp-2');
        expect(unpacked(files, 'cp-2', '/etc/groundwork/kubeadm.conf')).toContain('name: cp-2\n');
        expect(unpacked(files, 'cp-2', '/etc/hosts')).toContain('\n10.20.0.12 cp-2\n');
      },
    ],
  },
  {
    title: "an address outside of the machines' network",
    throws: [
      cluster({ machines: [osloMachine(1, { address: '10.21.0.11' })] }),
      '[oslo] address of machine cp-1 must be inside 10.20.0.0/24 of zone oslo-1, got 10.21.0.11; ' +
        'correct the address, the zone, or the nodeCidr of the zone',
    ],
    impossible: [
      'the kubelet is told the address, and the preflight looks for it on the NIC',
      () => {
        const files = oslo().files();
        expect(unpacked(files, 'cp-1', '/etc/groundwork/kubeadm.conf')).toMatch(
          /name: node-ip\n +value: 10\.20\.0\.11\n/,
        );
        expect(env(files, 'cp-1')).toContain("NODE_ADDRESSES='10.20.0.11'\n");
      },
    ],
  },
  {
    title: 'networks of pods, Services and machines that overlap',
    throws: [
      cluster({ podCidr: '10.20.0.0/16' }),
      '[oslo] podCidr must be apart from nodeCidr of zone oslo-1 10.20.0.0/24, got 10.20.0.0/16; ' +
        'give every network its own range; packets to a shared address go to only one of them\n' +
        '[oslo] endpoint.address must be outside podCidr 10.20.0.0/16, got 10.20.0.10; ' +
        'pods would reach something else at this address',
    ],
  },
  {
    title: 'a containerd that gets no fixes any more',
    rules: [
      ['GW-NODE-032'],
      () => {
        const said = (containerdVersion?: string) =>
          messages(oslo({}, { containerdVersion }).cluster, 'GW-NODE-032');
        expect(said()).toEqual([]);
        expect(said('2.2.9')).toEqual([
          'fixes for containerd 2.2.9 ended on 2026-11-06, 21 days before 2026-11-27',
        ]);
        expect(said('2.4.0')).toEqual([]);
        return said('2.2.9');
      },
    ],
  },
  {
    title: 'a containerd that the next Kubernetes does not accept, or that ends soon',
    rules: [
      ['GW-NODE-033', 'GW-NODE-034'],
      () => {
        const said = (id: string, containerdVersion?: string, asOf?: string) =>
          messages(
            oslo({ kubernetesVersion: KubernetesVersion.V1_35, asOf }, { containerdVersion })
              .cluster,
            id,
          );
        expect(said('GW-NODE-034')).toEqual([]);
        expect(said('GW-NODE-034', '2.2.9')).toEqual([]);
        expect(said('GW-NODE-033', '2.2.9')).toEqual([]);
        expect(said('GW-NODE-033', undefined, '2026-11-27')).toEqual([]);
        expect(said('GW-NODE-033', '2.2.9', '2026-11-01')).toEqual([
          'fixes for containerd 2.2.9 end on 2026-11-06, 5 days from 2026-11-01',
        ]);
        // Its makers went on for two months longer than they had announced.
        expect(said('GW-NODE-033', '2.1.9', '2026-06-03')).toEqual([
          'fixes for containerd 2.1.9 end on 2026-07-03, 30 days from 2026-06-03',
        ]);
        expect(said('GW-NODE-033', '2.4.0', '2027-04-25')).toEqual([
          'fixes for containerd 2.4.0 end on 2027-04-26, 1 day from 2027-04-25',
        ]);
        expect(said('GW-NODE-034', '2.1.5')).toEqual([
          'Kubernetes 1.36 wants containerd 2.2.0 or 2.3.0, the spec names 2.1.5',
        ]);
        return [...said('GW-NODE-033', '2.2.9', '2026-11-01'), ...said('GW-NODE-034', '2.1.5')];
      },
    ],
  },
  {
    title: 'a containerd that is too old, or a configuration of another version',
    throws: [
      () => oslo({}, { containerdVersion: '1.7.29' }),
      '[nodes] containerdVersion must be a containerd 2 release that Kubernetes 1.36 accepts (2.2.0 or 2.3.0 and later patches), ' +
        'got 1.7.29; leave it out for the pinned one',
    ],
    impossible: [
      'the version of the configuration follows from the release, for each minor of Kubernetes',
      () => {
        const version = (containerdVersion: string, kubernetesVersion: KubernetesVersion) =>
          file(
            oslo({ kubernetesVersion }, { containerdVersion }).files(),
            'cp-1',
            '/etc/containerd/config.toml',
          ).toml().version;
        const { V1_35, V1_36 } = KubernetesVersion;
        expect(version('2.1.5', V1_35)).toBe(3);
        expect(version('2.2.9', V1_36)).toBe(3);
        expect(version('2.3.0', V1_36)).toBe(4);
        expect(version('2.4.1', V1_36)).toBe(4);
      },
    ],
  },
  {
    title: 'a kernel parameter whose module is not loaded',
    rules: [
      ['GW-NODE-009'],
      () => {
        const { cluster: own } = oslo(
          {},
          { kernel: { overrides: { 'net.bridge.bridge-nf-call-iptables': '1' } } },
        );
        return messages(own, 'GW-NODE-009');
      },
    ],
    impossible: [
      'modules are loaded before the first parameter is set, and systemd does the same at boot',
      () => {
        const trial = ready('cp-1');
        trial.run('--only', 'config');
        const order = trial.calls.filter((call) => /^(modprobe|sysctl -q)/.test(call));
        const first = order.findIndex((call) => call.startsWith('sysctl'));
        expect(first).toBeGreaterThan(0);
        expect(order.slice(first).some((call) => call.startsWith('modprobe'))).toBe(false);
      },
    ],
  },
  {
    title: 'a service proxy that the kernel cannot run',
    rules: [['GW-PROXY-001'], () => []],
    impossible: [
      'the preflight stops a machine whose kernel is older than the mode needs',
      () => {
        const floor = (kubeProxyMode: KubeProxyMode) =>
          unpacked(oslo({ kubeProxyMode }).files(), 'cp-1', '/etc/groundwork/preflight.env');
        expect(floor(KubeProxyMode.NFTABLES)).toContain("KERNEL_FLOOR='5.13'");
        const trial = ready('cp-1', { kubeProxyMode: KubeProxyMode.NFTABLES });
        trial.stub(
          'uname',
          'case "$1" in -m) echo x86_64 ;; -n) echo cp-1 ;; *) echo 5.10.0-30 ;; esac',
        );
        expect(trial.run().code).toBe(1);
        expect(trial.read('/var/lib/groundwork/status')).toBe(
          'failed: machine: PRE-KERNEL Linux 5.10.0-30 is older than 5.13\n',
        );
      },
    ],
  },
  {
    title: 'swap',
    rules: [
      ['GW-NODE-012'],
      () =>
        messages(
          oslo({}, { kernel: { overrides: { 'vm.swappiness': '1' } } }).cluster,
          'GW-NODE-012',
        ),
    ],
    impossible: [
      'it is switched off, in fstab, by generators and by the services that make zram',
      () => {
        const trial = ready('w-1');
        trial.run();
        expect(trial.read('/etc/fstab')).toContain('# groundwork: /dev/sda2 none swap');
        expect(trial.calls).toEqual(
          expect.arrayContaining([
            'swapoff -a',
            'systemctl --no-reload mask swap.target',
            'systemctl disable --now zramswap.service',
            'systemctl disable --now zram-config.service',
          ]),
        );
        const still = ready('w-1');
        still.write('/proc/swaps', 'Filename\n/dev/zram0\n');
        expect(still.run().code).toBe(1);
        expect(still.read('/var/lib/groundwork/status')).toContain('failed: swap: swap is still');
      },
    ],
  },
  {
    title: 'braces that a template engine would fill in',
    impossible: [
      'the header is the plain one, so cloud-init writes every byte as it is',
      () => {
        const { node, cluster: own, files } = oslo();
        const content =
          '## template: jinja\n{{ ds.meta_data.local_hostname }} {% raw %} {# no #}\n';
        own.ledger.requireFile('/etc/braces', { by: node, why: 'test', content });
        const data = files()['nodes/cp-1/user-data']!;
        expect(data.split('\n')[0]).toBe('#cloud-config');
        const written = parseYaml(data).write_files.find((f: any) => f.path === '/etc/braces');
        expect(written).toMatchObject({ content });
        expect(written).not.toHaveProperty('encoding');
      },
    ],
  },
  {
    title: 'an MTU that is larger than the way carries',
    throws: [
      () => osloMachine(1, { mtu: 9999 }),
      '[Machine cp-1] mtu must be between 1280 and 9216, got 9999; ' +
        'give the MTU that `ip link` shows on the NIC',
    ],
    impossible: [
      "pods get what is left of the machines' MTU, which the preflight measures on NIC and way",
      () => {
        const machines = [osloMachine(1, { mtu: 1400 }), osloMachine(2), osloMachine(3)];
        const { cluster: own, files } = oslo({ machines });
        expect(own.podMtu(Encapsulation.VXLAN)).toBe(1350);
        const rendered = files();
        const facts = (name: string) => unpacked(rendered, name, '/etc/groundwork/preflight.env');
        expect(facts('cp-1')).toContain("NIC_MTU='1400'\n");
        expect(facts('cp-2')).toContain("NIC_MTU='1500'\nWAYS='10.20.0.11/1400 10.20.0.13/1400'\n");
      },
    ],
  },
  {
    title: 'control planes that join at the same time',
    impossible: [
      'each waits for the one before it; the first waits for nobody',
      () => {
        const files = oslo().files();
        expect(env(files, 'cp-1')).toContain("WAIT_FOR=''\n");
        expect(env(files, 'cp-2')).toContain(
          "WAIT_FOR='cp-1'\nWAIT_URL='https://10.20.0.11:6443'\n",
        );
        expect(env(files, 'cp-3')).toContain(
          "WAIT_FOR='cp-2'\nWAIT_URL='https://10.20.0.12:6443'\n",
        );
      },
    ],
  },
  {
    title: 'a command that fails, and the rest that runs on',
    impossible: [
      'cloud-init only starts a unit; its one script ends at the first error and says where',
      () => {
        const { runcmd } = userData(oslo().files(), 'cp-3');
        expect(runcmd.every((words: unknown) => Array.isArray(words))).toBe(true);
        expect(runcmd.map(([program]: string[]) => program)).toEqual(['systemctl']);
        const scripts = Object.entries(oslo().files()).filter(
          ([path, content]) => path.startsWith('nodes/cp-1/files/') && content.startsWith('#!'),
        );
        expect(scripts.length).toBeGreaterThan(1);
        for (const [path, content] of scripts) {
          // The preflight goes on after a finding by design, and changes nothing.
          const wanted = path.endsWith('/preflight') ? /^set -uo pipefail$/m : /^set -E?eu/m;
          expect([path, wanted.test(content)]).toEqual([path, true]);
        }
      },
    ],
  },
  {
    title: 'a network manager that takes over devices of the cluster',
    impossible: [
      'both managers are told which devices are not theirs',
      () => {
        expect(text('/etc/NetworkManager/conf.d/60-groundwork.conf')).toContain(
          '[keyfile]\nunmanaged-devices=interface-name:cali*;',
        );
        expect(text('/etc/systemd/network/05-groundwork.network')).toMatch(
          /\[Match\]\nName=cali\* .*\n\n\[Link\]\nUnmanaged=yes\n$/,
        );
        expect(text(SYSCTLS)).toContain('net.ipv4.ip_forward = 1\n');
      },
    ],
  },
];

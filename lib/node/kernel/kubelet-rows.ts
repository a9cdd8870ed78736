import { exactly, ipv6, type KernelRow } from './row';

const KUBELET = 'kubernetes/kubernetes:pkg/kubelet/cm/container_manager_linux.go';
const KUBEADM = 'kubernetes/kubernetes:cmd/kubeadm/app/preflight/checks_linux.go';
const NOTE = 'the kubelet checks it (protectKernelDefaults)';
const WHY =
  'the kubelet wants exactly this value and, with protectKernelDefaults, does not start without it';

/** What the kubelet compares, key → value; nothing else lets it start. */
export const kubeletValues: Readonly<Record<string, string>> = {
  'vm.overcommit_memory': '1',
  'vm.panic_on_oom': '0',
  'kernel.panic': '10',
  'kernel.panic_on_oops': '1',
  'kernel.keys.root_maxkeys': '1000000',
  'kernel.keys.root_maxbytes': '25000000',
};

const DEFAULTS: Readonly<Record<string, string>> = {
  'vm.overcommit_memory': '0',
  'vm.panic_on_oom': '0',
  'kernel.panic': '0',
  'kernel.panic_on_oops': '0',
  'kernel.keys.root_maxkeys': '1000000',
  'kernel.keys.root_maxbytes': '25000000',
};

const BESIDES: Readonly<Record<string, string>> = {
  'kernel.panic': '; a machine that has panicked comes back after ten seconds',
  'kernel.panic_on_oops': '; a kernel that has oopsed is not trusted with data',
};

/** What kubeadm and the kubelet demand before they start. */
export const kubeletRows: readonly KernelRow[] = [
  exactly('net.ipv4.ip_forward', '1', {
    note: 'pods are routed through the machine, and kubeadm checks it',
    upstream: '0',
    why: 'pods are routed through the machine; kubeadm refuses a machine that does not forward',
    source: KUBEADM,
  }),
  exactly('net.ipv6.conf.all.forwarding', (facts) => (ipv6(facts) ? '1' : undefined), {
    note: 'pods are routed through the machine',
    upstream: '0',
    why: 'as for IPv4, asked for when pods or machines have IPv6 addresses',
    source: KUBEADM,
  }),
  exactly('net.ipv6.conf.default.forwarding', (facts) => (ipv6(facts) ? '1' : undefined), {
    note: 'kubeadm checks it',
    upstream: '0',
    why: 'kubeadm looks at this one; interfaces made later take it over',
    source: KUBEADM,
  }),
  ...Object.entries(kubeletValues).map(([key, value]) =>
    exactly(key, value, {
      note: NOTE,
      upstream: DEFAULTS[key]!,
      why: `${WHY}${BESIDES[key] ?? ''}`,
      source: KUBELET,
    }),
  ),
];

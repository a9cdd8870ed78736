import { readByHand } from './by-hand';
import { kubeletValues } from './kubelet-rows';
import type { KernelOptions } from './profile';
import type { Problem } from '../../cluster';

const KUBELET = 'leave it out; the kubelet does not start on another value';
const KUBEADM = 'leave it out; kubeadm refuses a machine that does not forward';

const DEMANDED: ReadonlyArray<[key: string, value: string, remedy: string]> = [
  ...Object.entries(kubeletValues).map(([key, value]): [string, string, string] => [
    key,
    value,
    KUBELET,
  ]),
  ['net.ipv4.ip_forward', '1', KUBEADM],
];

/** What would keep the machine from becoming a node. The form of the rest is checked by the ledger. */
export function kernelProblems(options: KernelOptions): Problem[] {
  const { byHand, problems } = readByHand(options);
  const lines = Object.fromEntries(byHand.sysctls.map(({ key, value }) => [key, value]));
  return [
    ...demandedProblems('kernel.overrides', options.overrides ?? {}),
    ...demandedProblems('kernel.sysctlConf', lines),
    ...problems,
  ];
}

function demandedProblems(prop: string, settings: Readonly<Record<string, string>>): Problem[] {
  return DEMANDED.filter(([key, value]) => (settings[key] ?? value) !== value).map(
    ([key, value, remedy]) => ({
      prop: `${prop} ${key}`,
      allowed: value,
      got: settings[key],
      remedy,
    }),
  );
}

import { kubeletValues } from './kubelet-rows';
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

/** Overrides that would keep the machine from becoming a node. Their form is checked by the ledger. */
export function overrideProblems(overrides: Readonly<Record<string, string>>): Problem[] {
  return DEMANDED.filter(([key, value]) => (overrides[key] ?? value) !== value).map(
    ([key, value, remedy]) => ({
      prop: `kernel.overrides ${key}`,
      allowed: value,
      got: overrides[key],
      remedy,
    }),
  );
}

/** What listens on a control plane whatever the spec says: first and last port, and who. */
const TAKEN: ReadonlyArray<[first: number, last: number, by: string]> = [
  [22, 22, 'SSH'],
  [179, 179, 'BGP'],
  [2379, 2381, 'etcd'],
  [10248, 10250, 'the kubelet or kube-proxy'],
  [10256, 10259, 'kube-proxy, the controller manager or the scheduler'],
  [30000, 32767, 'a Service of type NodePort'],
];

/** Who has a port on every control plane, or undefined when it is free. */
export function controlPlanePortOwner(port: number): string | undefined {
  return TAKEN.find(([first, last]) => port >= first && port <= last)?.[2];
}

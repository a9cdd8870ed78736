import { checkInteger, type Cluster, type Problem } from '../cluster';

/** What etcd's own guide takes for HTTP; 2381 and 2382 are taken by kubeadm's metrics and by others. */
export const HTTP_PORT = 2383;

/** Ports that something on a control plane listens on, whatever else is there. */
const TAKEN: Readonly<Record<number, string>> = {
  2379: 'etcd, clients',
  2380: 'etcd, members',
  2381: 'etcd, metrics',
  10248: 'kubelet, health',
  10249: 'kube-proxy, metrics',
  10250: 'kubelet',
  10256: 'kube-proxy, health',
  10257: 'kube-controller-manager',
  10259: 'kube-scheduler',
};

/** What is wrong with the port for HTTP. */
export function httpPortProblems(cluster: Cluster, port: number | undefined): Problem[] {
  if (port === undefined) {
    return [];
  }
  const remedy = `leave it out for ${HTTP_PORT}`;
  const owner = port === cluster.endpoint.port ? 'the Kubernetes API' : TAKEN[port];
  return owner === undefined
    ? checkInteger('httpPort', port, { min: 1024, max: 65535 }, remedy)
    : [{ prop: 'httpPort', allowed: 'a free port', got: `${port} of ${owner}`, remedy }];
}

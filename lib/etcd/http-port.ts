import { checkInteger, controlPlanePortOwner, type Cluster, type Problem } from '../cluster';

/** What etcd's own guide takes for HTTP; 2381 and 2382 are taken by kubeadm's metrics and by others. */
export const HTTP_PORT = 2383;

/** What is wrong with the port for HTTP; the default one may be the API's. */
export function httpPortProblems({ endpoint }: Cluster, port = HTTP_PORT): Problem[] {
  const owner = [endpoint.port, endpoint.apiServerPort].includes(port)
    ? 'the Kubernetes API'
    : controlPlanePortOwner(port);
  const remedy = port === HTTP_PORT ? 'set another one' : `leave it out for ${HTTP_PORT}`;
  return owner === undefined
    ? checkInteger('httpPort', port, { min: 1024, max: 65535 }, remedy)
    : [{ prop: 'httpPort', allowed: 'a free port', got: `${port} of ${owner}`, remedy }];
}

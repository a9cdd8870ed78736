import * as pulumi from '@pulumi/pulumi';
import type { ClusterSecrets } from './cluster-secrets';
import { refuseProblems, withoutStack } from './refuse';
import { clientUrls, type Cluster } from '../../cluster';
import { problemsOfAdmin } from '../../node/sealing/check';
import { adminConf } from '../../node/sealing/kubeconfig';

/** An `NvmeControlPlane`, or whatever else has a cluster. */
export interface ClusterSource {
  /** Its facts. */
  readonly cluster: Cluster;
}

/**
 * The administrator's kubeconfig for the endpoint of the cluster. It is known before any machine is.
 *
 * @param control the `NvmeControlPlane`, or `{ cluster }`
 * @param secrets all secrets of the cluster; needed are `pki/ca.crt` and the administrator
 * @returns YAML, secret
 */
export function kubeconfigOf(
  { cluster }: ClusterSource,
  { files, admin }: ClusterSecrets,
): pulumi.Output<string> {
  const { certificate, key } = admin;
  const texts = pulumi.all({ authority: files['pki/ca.crt'] ?? '', certificate, key });
  return pulumi.secret(texts).apply(({ authority, ...pair }) =>
    withoutStack(() => {
      const secrets = { files: { 'pki/ca.crt': authority }, admin: pair };
      refuseProblems(
        `the administrator of ${cluster.clusterName}`,
        problemsOfAdmin(secrets, new Date()),
      );
      return adminConf(
        { cluster: cluster.clusterName, endpoint: clientUrls(cluster)[0]! },
        secrets,
      );
    }),
  );
}

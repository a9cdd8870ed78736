import * as pulumi from '@pulumi/pulumi';
import type { ClusterSecrets } from './cluster-secrets';
import { refuseMissing, refuseProblems, withoutStack } from './refuse';
import { clientUrls, type Cluster } from '../../cluster';
import { problemsOfAdmin, problemsOfFiles } from '../../node/sealing/check';
import { adminConf } from '../../node/sealing/kubeconfig';

const AUTHORITY = 'pki/ca.crt';

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
  secrets: ClusterSecrets,
): pulumi.Output<string> {
  refuseMissing([AUTHORITY], secrets);
  const { certificate, key } = secrets.admin;
  const texts = pulumi.all([secrets.files[AUTHORITY]!, certificate, key]);
  return pulumi.secret(texts).apply(([authority, ownCertificate, ownKey]) =>
    withoutStack(() => {
      const needed = {
        files: { [AUTHORITY]: authority },
        admin: { certificate: ownCertificate, key: ownKey },
      };
      const now = new Date();
      refuseProblems(`the administrator of ${cluster.clusterName}`, [
        ...problemsOfFiles(needed.files, now, (path) => path === AUTHORITY),
        ...problemsOfAdmin(needed, now),
      ]);
      return adminConf({ cluster: cluster.clusterName, endpoint: clientUrls(cluster)[0]! }, needed);
    }),
  );
}

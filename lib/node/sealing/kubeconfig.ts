import { Yaml } from 'cdk8s';
import type { Manifest } from './manifest';
import type { Secrets } from './secrets';

/** The kubeconfig of the administrator, with the names that kubeadm gives its own. */
export function adminConf(
  { cluster, endpoint }: Pick<Manifest, 'cluster' | 'endpoint'>,
  { files, admin }: Secrets,
): string {
  const user = 'kubernetes-admin';
  const context = `${user}@${cluster}`;
  return Yaml.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: cluster,
        cluster: {
          'certificate-authority-data': base64(files['pki/ca.crt']!),
          server: endpoint,
        },
      },
    ],
    contexts: [{ name: context, context: { cluster, user } }],
    'current-context': context,
    users: [
      {
        name: user,
        user: {
          'client-certificate-data': base64(admin.certificate),
          'client-key-data': base64(admin.key),
        },
      },
    ],
  });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

import type { Cluster, Tuning } from '../cluster';
import type { configurationRows } from './tuning';

/** Where the ConfigMap is mounted, as kubeadm mounts its own. */
export const CONFIG_DIR = '/var/lib/kube-proxy';
/** The key and file name that kubeadm reads when there is a ConfigMap named kube-proxy. */
export const CONFIG_FILE = 'config.conf';
/** The other key of that ConfigMap. */
export const KUBECONFIG_FILE = 'kubeconfig.conf';

const SERVICE_ACCOUNT_DIR = '/var/run/secrets/kubernetes.io/serviceaccount';

/** What distinguishes a mode: the sections that it reads, and the gates it needs. */
export interface ModeSection {
  readonly section: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly featureGates?: Readonly<Record<string, boolean>>;
}

/** KubeProxyConfiguration v1alpha1, the only version there is. */
export function renderConfiguration(
  cluster: Cluster,
  tuning: Tuning<ReturnType<typeof configurationRows>>,
  mode: ModeSection & { readonly detectLocal: Readonly<Record<string, string>> },
): Record<string, unknown> {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    ...(mode.featureGates === undefined ? {} : { featureGates: mode.featureGates }),
    mode: tuning.get('mode'),
    bindAddress: tuning.get('bindAddress'),
    clientConnection: { kubeconfig: `${CONFIG_DIR}/${KUBECONFIG_FILE}` },
    clusterCIDR: cluster.podCidrs.join(','),
    detectLocalMode: tuning.get('detectLocalMode'),
    ...(Object.keys(mode.detectLocal).length === 0 ? {} : { detectLocal: mode.detectLocal }),
    nodePortAddresses: tuning.get('nodePortAddresses'),
    ...mode.section,
    conntrack: {
      maxPerCore: tuning.get('maxPerCore'),
      min: tuning.get('min'),
      tcpEstablishedTimeout: tuning.get('tcpEstablishedTimeout'),
      tcpCloseWaitTimeout: tuning.get('tcpCloseWaitTimeout'),
      tcpBeLiberal: tuning.get('tcpBeLiberal'),
      udpTimeout: tuning.get('udpTimeout'),
      udpStreamTimeout: tuning.get('udpStreamTimeout'),
    },
    healthzBindAddress: tuning.get('healthzBindAddress'),
    metricsBindAddress: tuning.get('metricsBindAddress'),
    configSyncPeriod: tuning.get('configSyncPeriod'),
    oomScoreAdj: tuning.get('oomScoreAdj'),
  };
}

/**
 * How kube-proxy reaches the API: at its endpoint, never at the `kubernetes` Service, whose address
 * works only once kube-proxy does. Token and CA are those of the pod's service account.
 */
export function renderKubeconfig(server: string): Record<string, unknown> {
  const name = 'default';
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name, cluster: { 'certificate-authority': `${SERVICE_ACCOUNT_DIR}/ca.crt`, server } },
    ],
    contexts: [{ name, context: { cluster: name, namespace: name, user: name } }],
    'current-context': name,
    users: [{ name, user: { tokenFile: `${SERVICE_ACCOUNT_DIR}/token` } }],
  };
}

import type { DaemonSet } from 'kubernetes-types/apps/v1';
import type { Container, ContainerPort } from 'kubernetes-types/core/v1';
import type { Tuning } from '../cluster';
import { boundIps, type DnsChoices } from './choices';
import { DAEMON_SET_LABELS, LABELS, NAME, NAMESPACE, scraped } from './objects';
import type { FlagRows, PodRows } from './pod-tuning';

/** What the DaemonSet is made of. */
export interface DaemonSetInput {
  readonly choices: DnsChoices;
  readonly imagePullSecrets: readonly string[];
  readonly flags: FlagRows;
  readonly tuning: Tuning<PodRows>;
}

/** node-cache on every machine. */
export function daemonSet(input: DaemonSetInput): DaemonSet {
  const { choices, imagePullSecrets, tuning } = input;
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: NAME, namespace: NAMESPACE, labels: DAEMON_SET_LABELS },
    spec: {
      selector: { matchLabels: LABELS },
      minReadySeconds: tuning.get('minReadySeconds'),
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: tuning.get('rollingUpdate') },
      template: {
        metadata: { labels: LABELS, annotations: scraped(choices.metricsPort) },
        spec: {
          priorityClassName: tuning.get('priority'),
          serviceAccountName: NAME,
          automountServiceAccountToken: tuning.get('token'),
          enableServiceLinks: tuning.get('serviceLinks'),
          hostNetwork: tuning.get('hostNetwork'),
          dnsPolicy: tuning.get('dnsPolicy'),
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          tolerations: tuning.get('tolerations'),
          ...(imagePullSecrets.length === 0
            ? {}
            : { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) }),
          containers: [nodeCache(input)],
          volumes: [
            ...(choices.setupIptables ? [XTABLES_LOCK.volume] : []),
            {
              name: 'config-volume',
              configMap: { name: NAME, items: [{ key: 'Corefile', path: 'Corefile.base' }] },
            },
          ],
        },
      },
    },
  };
}

/** One lock for all who write iptables rules on the machine. */
const XTABLES_LOCK = {
  volume: {
    name: 'xtables-lock',
    hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' },
  },
  mount: { name: 'xtables-lock', mountPath: '/run/xtables.lock' },
};

function nodeCache({ choices, flags, tuning }: DaemonSetInput): Container {
  const ports = containerPorts(choices);
  return {
    name: 'node-cache',
    image: choices.image,
    imagePullPolicy: tuning.get('pullPolicy'),
    args: [
      // Never with a comma at the end: node-cache takes what follows for one more address and exits.
      `-localip=${boundIps(choices).join(',')}`,
      ...Object.entries(flags).map(([name, { value }]) => `-${name}=${value}`),
    ],
    ...(ports.length === 0 ? {} : { ports }),
    livenessProbe: {
      httpGet: { host: choices.localIp, path: '/health', port: choices.healthPort },
      ...tuning.get('liveness'),
    },
    resources: {
      requests: { cpu: tuning.get('cpu'), memory: tuning.get('memoryRequest') },
      limits: { memory: tuning.get('memoryLimit') },
    },
    securityContext: { capabilities: { add: tuning.get('capabilities') } },
    volumeMounts: [
      ...(choices.setupIptables ? [XTABLES_LOCK.mount] : []),
      { name: 'config-volume', mountPath: '/etc/coredns' },
    ],
  };
}

/**
 * None where the old and the new pod run side by side during an update: on the host network a declared
 * port is one of the machine, and the scheduler would not let a second pod have it.
 */
function containerPorts({ bindsClusterIp, metricsPort }: DnsChoices): ContainerPort[] {
  return bindsClusterIp
    ? [
        { name: 'dns', containerPort: 53, protocol: 'UDP' },
        { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
        { name: 'metrics', containerPort: metricsPort, protocol: 'TCP' },
      ]
    : [];
}

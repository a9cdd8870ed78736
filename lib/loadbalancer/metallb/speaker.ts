import type { DaemonSet } from 'kubernetes-types/apps/v1';
import type { ConfigMap, Container, PodSpec } from 'kubernetes-types/core/v1';
import {
  APP,
  EXCLUDED_INTERFACES,
  MEMBERLIST_PORT,
  MEMBERLIST_SECRET,
  METRICS_PORT,
  NAMESPACE,
  SPEAKER,
} from './names';
import { probe, pullSecrets, scrapeAnnotations } from './pods';
import type { MetalLbSettings } from './settings';
import type { MetalLbTuning } from './tuning';
import type { Cluster } from '../../cluster';

const labels = { ...APP, component: SPEAKER };
const KEY_FOLDER = '/etc/ml_secret_key';
const LOOPBACK = '127.0.0.1';

/** What announces addresses, on every machine that may. */
export function speakerDaemonSet(
  cluster: Cluster,
  { images, metrics, layer2 }: MetalLbSettings,
  tuning: MetalLbTuning,
): DaemonSet {
  const memberlist = layer2 === undefined ? undefined : memberlistParts();
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: SPEAKER, namespace: NAMESPACE, labels },
    spec: {
      selector: { matchLabels: labels },
      updateStrategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxUnavailable: tuning.get('unavailable') },
      },
      template: {
        metadata: { labels, ...scrapeAnnotations(metrics) },
        spec: {
          ...pullSecrets(cluster),
          serviceAccountName: SPEAKER,
          hostNetwork: true,
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          tolerations: tuning.get('speakerTolerations'),
          priorityClassName: tuning.get('speakerPriority'),
          terminationGracePeriodSeconds: tuning.get('speakerGrace'),
          containers: [
            {
              name: SPEAKER,
              image: images.speaker,
              args: tuning.get('speakerArgs'),
              env: [
                fromField('METALLB_NODE_NAME', 'spec.nodeName'),
                fromField('METALLB_POD_NAME', 'metadata.name'),
                ...(memberlist?.env ?? []),
              ],
              ports: [
                { name: 'metricshttps', containerPort: METRICS_PORT },
                ...(memberlist?.ports ?? []),
              ],
              livenessProbe: probe('/healthz', LOOPBACK),
              readinessProbe: probe('/readyz', LOOPBACK),
              resources: tuning.get('speakerResources'),
              securityContext: tuning.get('speakerSecurity'),
              volumeMounts: [
                ...(memberlist?.volumeMounts ?? []),
                { name: EXCLUDED_INTERFACES, mountPath: '/etc/metallb', readOnly: true },
              ],
            },
          ],
          volumes: [
            ...(memberlist?.volumes ?? []),
            { name: EXCLUDED_INTERFACES, configMap: { name: EXCLUDED_INTERFACES } },
          ],
        },
      },
    },
  };
}

/** Devices on which no speaker answers, whatever an advertisement says. */
export function excludedInterfaces(tuning: MetalLbTuning): ConfigMap {
  const list = JSON.stringify(tuning.get('excludedInterfaces'));
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: EXCLUDED_INTERFACES, namespace: NAMESPACE },
    data: { 'excludel2.yaml': `announcedInterfacesToExclude: ${list}\n` },
  };
}

/** Speakers ask each other who is there: an address moves in seconds, long before its node is NotReady. */
function memberlistParts(): Required<Pick<Container, 'env' | 'ports' | 'volumeMounts'>> &
  Required<Pick<PodSpec, 'volumes'>> {
  return {
    env: [
      fromField('METALLB_ML_BIND_ADDR', 'status.podIP'),
      { name: 'METALLB_ML_LABELS', value: `app=${labels.app},component=${labels.component}` },
      { name: 'METALLB_ML_SECRET_KEY_PATH', value: KEY_FOLDER },
    ],
    ports: [
      { name: 'memberlist-tcp', containerPort: MEMBERLIST_PORT },
      { name: 'memberlist-udp', containerPort: MEMBERLIST_PORT, protocol: 'UDP' },
    ],
    volumeMounts: [{ name: 'memberlist', mountPath: KEY_FOLDER, readOnly: true }],
    volumes: [{ name: 'memberlist', secret: { secretName: MEMBERLIST_SECRET } }],
  };
}

function fromField(name: string, fieldPath: string) {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}

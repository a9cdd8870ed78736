import type { Deployment } from 'kubernetes-types/apps/v1';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1';
import {
  APP,
  CONTROLLER,
  MEMBERLIST_SECRET,
  METRICS_PORT,
  NAMESPACE,
  PROBE_PORT,
  WEBHOOK_PORT,
  WEBHOOK_SECRET,
} from './names';
import { probe, pullSecrets, scrapeAnnotations } from './pods';
import type { MetalLbSettings } from './settings';
import type { MetalLbTuning } from './tuning';
import { hostCidr, type Cluster } from '../../cluster';

const labels = { ...APP, component: CONTROLLER };
const CERTIFICATE = 'cert';

/** What gives addresses to Services. */
export function controllerDeployment(
  cluster: Cluster,
  { images, webhook, metrics, layer2 }: MetalLbSettings,
  tuning: MetalLbTuning,
): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: CONTROLLER, namespace: NAMESPACE, labels },
    spec: {
      replicas: tuning.get('replicas'),
      strategy: { type: tuning.get('strategy') },
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, ...scrapeAnnotations(metrics) },
        spec: {
          ...pullSecrets(cluster),
          serviceAccountName: CONTROLLER,
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          tolerations: tuning.get('controllerTolerations'),
          priorityClassName: tuning.get('controllerPriority'),
          terminationGracePeriodSeconds: tuning.get('controllerGrace'),
          securityContext: tuning.get('controllerPodSecurity'),
          containers: [
            {
              name: CONTROLLER,
              image: images.controller,
              args: tuning.get('controllerArgs'),
              env: [
                {
                  name: 'METALLB_POD_NAME',
                  valueFrom: { fieldRef: { fieldPath: 'metadata.name' } },
                },
                ...(layer2 === undefined
                  ? []
                  : [
                      { name: 'METALLB_ML_SECRET_NAME', value: MEMBERLIST_SECRET },
                      { name: 'METALLB_DEPLOYMENT', value: CONTROLLER },
                    ]),
              ],
              ports: [
                { name: 'metricshttps', containerPort: METRICS_PORT },
                ...(webhook ? [{ name: 'webhook-server', containerPort: WEBHOOK_PORT }] : []),
              ],
              livenessProbe: probe('/healthz'),
              readinessProbe: probe('/readyz'),
              resources: tuning.get('controllerResources'),
              securityContext: tuning.get('controllerSecurity'),
              ...(webhook
                ? {
                    volumeMounts: [
                      {
                        name: CERTIFICATE,
                        mountPath: '/tmp/k8s-webhook-server/serving-certs',
                        readOnly: true,
                      },
                    ],
                  }
                : {}),
            },
          ],
          ...(webhook
            ? { volumes: [{ name: CERTIFICATE, secret: { secretName: WEBHOOK_SECRET } }] }
            : {}),
        },
      },
    },
  };
}

/** Who reaches the controller, and that it reaches the API only; speakers are on the host's network. */
export function controllerPolicy(
  cluster: Cluster,
  { webhook, metrics }: MetalLbSettings,
): NetworkPolicy {
  const tcp = (port: number) => ({ protocol: 'TCP', port });
  const block = (ip: string) => ({ ipBlock: { cidr: hostCidr(ip) } });
  const { port, apiServerPort } = cluster.endpoint;
  const open = [...(webhook ? [WEBHOOK_PORT] : []), ...(metrics ? [METRICS_PORT] : [])];
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: CONTROLLER, namespace: NAMESPACE },
    spec: {
      podSelector: { matchLabels: labels },
      policyTypes: ['Ingress', 'Egress'],
      // Kubelets probe from their own machine, which plugins let in by themselves; others do not see it.
      ingress: [{ ports: [PROBE_PORT, ...open].map(tcp) }],
      egress: [
        {
          to: cluster.controlPlanes.map(({ address }) => block(address)),
          // Plugins differ in whether they see the port of a balancer or of the API server.
          ports: [...new Set([port, apiServerPort])].map(tcp),
        },
        { to: [block(cluster.kubernetesServiceIp)], ports: [tcp(443)] },
      ],
    },
  };
}

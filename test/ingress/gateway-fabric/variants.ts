import { Duration, Size } from 'cdk8s';
import { ApiEndpoint, LoadBalancerKind, Zone, type ClusterProps } from '../../../lib/cluster';
import {
  EdgeExposure,
  EdgeKind,
  RealIp,
  TlsPolicy,
  type GatewayFabricOptions,
  type HardenedNginxIngressOptions,
} from '../../../lib/ingress';
import { dualStack } from '../../support/dual-stack';
import { osloMachine } from '../../support/oslo';
import { withWorkers } from '../edge';
import { shop } from './fabric';

/** Every option that only this controller has. */
export const everyOwn: GatewayFabricOptions = {
  httpsListeners: [shop, { name: 'rest', certificateSecrets: ['one', 'two'] }],
  routeNamespaceLabels: { edge: 'public' },
  watchNamespaces: ['shop', 'blog'],
  gatewayNamespaces: ['blog'],
  services: [
    { namespace: 'shop', name: 'web' },
    { namespace: 'blog', name: 'web' },
  ],
  controlPlaneReplicas: 3,
  controlPlaneMemoryLimit: Size.gibibytes(2),
  controlPlaneImage: 'mirror.example.no/nginx/nginx-gateway-fabric:2.6.6',
  installsGatewayApi: false,
};

/** Options of every edge, away from their defaults. */
export const everyOption: HardenedNginxIngressOptions = {
  metricsNamespace: 'monitoring',
  ingressClassName: 'public',
  image: 'mirror.example.no/nginx/nginx-gateway-fabric/nginx:2.6.6',
  realIp: RealIp.fromProxyProtocol(['192.0.2.10', '198.51.100.0/24']),
  requestRate: { perSecond: 20 },
  requestBuffering: false,
  tlsPolicy: TlsPolicy.MODERN,
  autoscaling: { maxReplicas: 6 },
  hstsIncludeSubdomains: true,
  http2: false,
  shutdown: { preStop: Duration.seconds(20), drain: Duration.minutes(2) },
  httpSnippets: ['types_hash_max_size 2048;'],
  mainSnippets: ['timer_resolution 100ms;'],
};

type Variant = [string, GatewayFabricOptions, HardenedNginxIngressOptions, Partial<ClusterProps>];

/** Edges that differ in what is rendered. */
export const variants: Variant[] = [
  ['the defaults', {}, {}, {}],
  ['every option', everyOwn, everyOption, { imagePullSecrets: ['mirror'] }],
  ['workers', { httpsListeners: [shop] }, {}, withWorkers(2)],
  ['one machine', {}, {}, { machines: [osloMachine(1)] }],
  ['a DaemonSet', {}, { kind: EdgeKind.DAEMON_SET }, withWorkers(3)],
  ['host ports', {}, { exposure: EdgeExposure.HOST_PORT }, {}],
  [
    'a load balancer',
    {},
    { loadBalancerAddress: '10.20.0.200' },
    { loadBalancer: LoadBalancerKind.METALLB_L2 },
  ],
  ['both families', {}, {}, dualStack()],
  ['IPv6', {}, {}, ipv6()],
];

function ipv6(): Partial<ClusterProps> {
  return {
    machines: [osloMachine(1, { address: '2001:db8::11' })],
    zones: [Zone.of('oslo-1', { country: 'NO', nodeCidr: '2001:db8::/64' })],
    endpoint: ApiEndpoint.kubeVip('2001:db8::10'),
    podCidr: 'fd00:1::/56',
    serviceCidr: 'fd00:2::/112',
  };
}

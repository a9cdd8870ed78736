import { ApiEndpoint, ApiEndpointKind, Machine, type ClusterSpec } from '../../lib';
import { osloMachine } from './oslo';

const dnsName = 'api.oslo.example';

export const bgpPeers = [
  { address: '10.20.0.1', asNumber: 64513 },
  { address: '10.20.0.2', asNumber: 64514 },
];

/** One endpoint of every kind, as the flagship could have it. */
export const endpoints: Readonly<Record<ApiEndpointKind, ApiEndpoint>> = {
  [ApiEndpointKind.KUBE_VIP]: ApiEndpoint.kubeVip('10.20.0.10', { dnsName }),
  [ApiEndpointKind.KUBE_VIP_BGP]: ApiEndpoint.kubeVipBgp('10.99.0.10', {
    ...{ dnsName, asNumber: 64512 },
    peers: bgpPeers,
  }),
  [ApiEndpointKind.KEEPALIVED_HAPROXY]: ApiEndpoint.keepalivedHaproxy('10.20.0.10', { dnsName }),
  [ApiEndpointKind.LOCAL_PROXY]: ApiEndpoint.localProxy({ dnsName }),
  [ApiEndpointKind.EXTERNAL]: ApiEndpoint.external({ dnsName, address: '10.9.9.9' }),
};

/** The flagship's control planes with one worker, behind an endpoint. */
export function behind(
  endpoint: ApiEndpoint,
  changes: Partial<ClusterSpec> = {},
): Partial<ClusterSpec> {
  const worker = Machine.worker('w-1', { zone: 'oslo-1', address: '10.20.0.21' });
  return { endpoint, machines: [1, 2, 3].map((n) => osloMachine(n)).concat(worker), ...changes };
}

import { bgpRules } from './bgp-rules';
import {
  ApiEndpointKind,
  clientUrls,
  rule,
  Severity,
  type ApiEndpoint,
  type Cluster,
  type IRule,
} from '../../cluster';

const DOC = 'docs/api-endpoint.md';

/** Rules about the way to the API: whether the network carries it, and what somebody else must do. */
export const endpointRules: IRule[] = [
  rule(
    {
      id: 'GW-NODE-002',
      severity: Severity.ERROR,
      title: 'A virtual IP has one Ethernet segment for all control planes',
      why: 'The address is announced by ARP, which no router forwards: on another segment nobody hears it',
      remedy:
        'use ApiEndpoint.localProxy, which needs no address of its own, ApiEndpoint.kubeVipBgp where routers speak BGP, or ApiEndpoint.external; or put the control planes on one segment',
      reference: 'https://kube-vip.io/docs/modes/arp/',
    },
    (cluster) => segmentProblems(cluster).map((message) => ({ message })),
  ),
  rule(
    {
      id: 'GW-NODE-055',
      severity: Severity.ERROR,
      title: 'The network carries packets of the virtual IP',
      why: 'Where a provider checks addresses, the virtual one is nobody it knows: answers from it are dropped, and its router never asks who has it',
      remedy:
        "use ApiEndpoint.localProxy, which needs no address of its own, or ApiEndpoint.external with the provider's load balancer",
      reference: DOC,
    },
    ({ endpoint, underlay }) => {
      const { address, isVirtual, needsLayer2 } = endpoint;
      // Without a segment GW-NODE-002 has said it all.
      if (!isVirtual || (needsLayer2 && !underlay.l2Adjacent)) {
        return [];
      }
      return [
        ...(underlay.filtersSourceAddresses
          ? [
              {
                message: `answers come from ${address}, and the underlay drops packets whose source is not the machine's own`,
              },
            ]
          : []),
        ...(needsLayer2 && underlay.singleAddresses
          ? [
              {
                message: `NICs carry single addresses, so machines ask the provider's router for ${address}, which knows nothing of it`,
              },
            ]
          : []),
      ];
    },
  ),
  rule(
    {
      id: 'GW-NODE-056',
      severity: Severity.NOTE,
      title: 'The number of the VRRP router was chosen by a person',
      why: 'Two VRRP routers of one number on a segment take each other for one; nobody but a person knows of the others',
      remedy:
        'look with `tcpdump -ni any vrrp` for others on the segment, then give virtualRouterId',
      reference: DOC,
    },
    ({ endpoint }) =>
      endpoint.kind === ApiEndpointKind.KEEPALIVED_HAPROXY && !endpoint._virtualRouter.chosen
        ? [
            {
              message: `virtual router ${endpoint._virtualRouter.id} follows from ${endpoint.address}`,
            },
          ]
        : [],
  ),
  rule(
    {
      id: 'GW-NODE-057',
      severity: Severity.NOTE,
      title: 'The load balancer sends a control plane to itself',
      why: 'The first control plane waits for the API at the endpoint before any other exists; a load balancer without hairpin, without a health check, or with a long TTL lets it wait in vain or sends others to a dead machine',
      remedy:
        'let it pass TCP through, ask GET /readyz by HTTPS on the port of the API servers and expect 200, and answer a control plane that it sends to itself; keep the TTL of a DNS name at 30 seconds or less',
      reference: DOC,
    },
    ({ endpoint, ownsMachines, controlPlanes }) =>
      endpoint.kind === ApiEndpointKind.EXTERNAL && ownsMachines
        ? [
            {
              message: `${endpoint.hostAndPort} must reach ${controlPlanes[0]!.name} from ${controlPlanes[0]!.name} itself, on port ${endpoint.apiServerPort} there`,
            },
          ]
        : [],
  ),
  ...bgpRules,
  rule(
    {
      id: 'GW-NODE-061',
      severity: Severity.NOTE,
      title: 'Clients elsewhere know where the API is',
      why: 'The endpoint is on the loopback address of each machine; elsewhere its name leads nowhere',
      remedy:
        'name a control plane in kubeconfig files elsewhere, and another one when it is down; certificates carry all of their addresses',
      reference: DOC,
    },
    (cluster) =>
      cluster.endpoint.isLoopback
        ? [
            {
              message: `clients elsewhere dial ${clientUrls(cluster).slice(0, -1).join(' or ')}`,
            },
          ]
        : [],
  ),
];

function segmentProblems(cluster: Cluster): string[] {
  const { endpoint, underlay } = cluster;
  if (!endpoint.needsLayer2) {
    return [];
  }
  if (!underlay.l2Adjacent) {
    return [
      `${endpoint.address} is moved by ${protocol(endpoint)}, but the underlay says that machines do not share an Ethernet segment`,
    ];
  }
  return cluster.controlPlanes
    .filter((m) => !cluster.zoneOf(m)._cidr.contains(endpoint.address!))
    .map(
      (m) =>
        `${endpoint.address} is not on the network of control plane ${m.name} (${cluster.zoneOf(m).nodeCidr})`,
    );
}

function protocol({ _byKubeVip }: ApiEndpoint): string {
  return _byKubeVip ? 'ARP' : 'VRRP and ARP';
}

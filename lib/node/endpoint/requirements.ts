import type { Construct } from 'constructs';
import { HAPROXY_CONFIG, haproxyConfig, haproxyUnit } from './balancer';
import { KEEPALIVED_CONFIG, keepalivedConfig, keepalivedUnit } from './keepalived';
import { ApiEndpointKind, PortSource, type Cluster, type Machine } from '../../cluster';

/**
 * What stands in front of the API servers on these machines. Services of the distribution, not static
 * pods: they are there before the kubelet, which reaches the API through them.
 */
export function requireEndpoint(by: Construct, cluster: Cluster): void {
  switch (cluster.endpoint.kind) {
    case ApiEndpointKind.KEEPALIVED_HAPROXY:
      requireBalancer(by, cluster, cluster.controlPlanes);
      requireKeepalived(by, cluster);
      break;
    case ApiEndpointKind.LOCAL_PROXY:
      requireBalancer(by, cluster, cluster.machines);
      break;
  }
}

function requireBalancer(by: Construct, cluster: Cluster, machines: readonly Machine[]): void {
  const { ledger, endpoint } = cluster;
  const names = machines.map((m) => m.name);
  const why = 'reaches whichever API server is ready';
  ledger.requirePackage('haproxy', { by, why, machines: names });
  ledger.requireUnit('haproxy.service', {
    ...{ by, why, machines: names },
    content: haproxyUnit(endpoint.port),
  });
  // Of machines that differ in nothing one text is enough.
  const texts = new Map<string, string[]>();
  for (const machine of machines) {
    const content = haproxyConfig(cluster, machine);
    texts.set(content, [...(texts.get(content) ?? []), machine.name]);
  }
  texts.forEach((some, content) =>
    ledger.requireFile(HAPROXY_CONFIG, { by, why, content, machines: some }),
  );
}

function requireKeepalived(by: Construct, cluster: Cluster): void {
  const { ledger, controlPlanes, endpoint } = cluster;
  const machines = controlPlanes.map((m) => m.name);
  const why = `moves ${endpoint.address}, the address of the API`;
  ledger.requirePackage('keepalived', { by, why, machines });
  ledger.requireUnit('keepalived.service', { by, why, machines, content: keepalivedUnit });
  for (const machine of controlPlanes) {
    ledger.requireFile(KEEPALIVED_CONFIG, {
      ...{ by, why, machines: [machine.name] },
      content: keepalivedConfig(cluster, machine),
    });
  }
  ledger.requirePort(String(endpoint.port), {
    ...{ by, machines, protocol: 'tcp', from: PortSource.ANYWHERE },
    why: 'the Kubernetes API behind HAProxy',
  });
  ledger.requirePort('', {
    ...{ by, machines, protocol: '112', from: PortSource.CONTROL_PLANE },
    why: 'VRRP: control planes tell each other who holds the address',
  });
}

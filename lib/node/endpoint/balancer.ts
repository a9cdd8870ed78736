import { balancerRows } from './tuning';
import { hostAndPort, LOOPBACK, type Cluster, type Machine } from '../../cluster';

export const HAPROXY_CONFIG = '/etc/haproxy/haproxy.cfg';

/**
 * HAProxy in front of all API servers. It passes TLS through; the clients check certificates, so its own
 * look at /readyz does not. A control plane prefers its own API server behind a proxy on loopback.
 */
export function haproxyConfig(cluster: Cluster, machine: Machine): string {
  const { isLoopback, apiServerPort } = cluster.endpoint;
  const rows = balancerRows(cluster);
  const own = isLoopback && machine.isControlPlane ? machine : undefined;
  const servers = [...cluster.controlPlanes].sort((a, b) => Number(b === own) - Number(a === own));
  return `# In front of the Kubernetes API servers; TLS goes through as it is. Who is up:
#   echo 'show servers state' | socat - /run/haproxy/api.sock
global
  log stdout format short daemon
  stats socket /run/haproxy/api.sock mode 600 level operator
  maxconn ${rows.maxconn.value}
  spread-checks 10

defaults
  mode tcp
  log global
  option dontlog-normal
  option clitcpka
  option srvtcpka
  option redispatch 1
  retries 3
  # Shorter than keepalived's look, so that a dead machine does not spoil it: the next one is tried.
  timeout connect 1s
  timeout client 1m
  timeout server 1m
  timeout check 3s
  timeout client-fin 30s
  # Watches and kubectl exec are idle for long.
  timeout tunnel ${rows.tunnel.value}

listen kubernetes-api
  bind ${bind(cluster)}
  balance leastconn
  option httpchk
  http-check send meth GET uri /readyz
  http-check expect status 200
  option allbackups
  default-server check check-ssl verify none inter ${rows.interval.value} fastinter 1s fall ${rows.fall.value} rise 2 on-marked-down shutdown-sessions
${servers
  .map(({ name, address }) => {
    const backup = own === undefined || name === own.name ? '' : ' backup';
    return `  server ${name} ${hostAndPort(address, apiServerPort)}${backup}`;
  })
  .join('\n')}
`;
}

/** Loopback for a machine's own use, else every address: a machine without the virtual IP looks as well. */
function bind({ endpoint: { isLoopback, port }, _families }: Cluster): string {
  if (isLoopback) {
    return `${LOOPBACK}:${port}`;
  }
  return _families.includes('IPv6') ? `[::]:${port} v4v6` : `*:${port}`;
}

/** The distribution's unit under its own name, less what a TCP balancer has no use for. */
export function haproxyUnit(port: number): string {
  const low = port < 1024 ? 'CAP_NET_BIND_SERVICE' : '';
  return `[Unit]
Description=HAProxy in front of the Kubernetes API servers
Documentation=man:haproxy(1)
Wants=network-online.target
After=network-online.target
Before=kubelet.service
StartLimitIntervalSec=0

[Service]
Type=notify
User=haproxy
Group=haproxy
RuntimeDirectory=haproxy
ExecStartPre=/usr/sbin/haproxy -c -q -f ${HAPROXY_CONFIG}
ExecStart=/usr/sbin/haproxy -Ws -f ${HAPROXY_CONFIG}
ExecReload=/usr/sbin/haproxy -c -q -f ${HAPROXY_CONFIG}
ExecReload=/bin/kill -USR2 $MAINPID
KillMode=mixed
SuccessExitStatus=143
Restart=always
RestartSec=2
# Without it this machine does not reach the API.
OOMScoreAdjust=-997
LimitNOFILE=65536
NoNewPrivileges=yes
AmbientCapabilities=${low}
CapabilityBoundingSet=${low}
PrivateTmp=yes
PrivateDevices=yes
ProtectHome=yes
ProtectSystem=strict

[Install]
WantedBy=multi-user.target
`;
}

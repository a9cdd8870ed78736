import { keepalivedRows } from './tuning';
import { hostCidr, LOOPBACK, type Cluster, type Machine } from '../../cluster';
import { comment } from '../machine-file';

export const KEEPALIVED_CONFIG = '/etc/keepalived/keepalived.conf';

/**
 * keepalived on one control plane. All begin as backups and none takes the address from a living one, so
 * it moves only when it must. A machine whose HAProxy reaches no ready API server gives it away.
 */
export function keepalivedConfig(cluster: Cluster, machine: Machine): string {
  const { address, _virtualRouter } = cluster.endpoint;
  const rows = keepalivedRows();
  const peers = cluster.controlPlanes.filter((other) => other !== machine);
  return `${comment(
    'Holds the virtual IP of the Kubernetes API on one control plane. Not authenticated: VRRP 3 has no passwords, those of VRRP 2 travel in clear text. Only the machines named here are listened to.',
  )}
global_defs {
  router_id ${machine.name}
  vrrp_version 3
  vrrp_check_unicast_src
  vrrp_garp_master_refresh ${rows.refresh.value}
  enable_script_security
  script_user nobody nogroup
}

vrrp_script api_is_ready {
  script "/usr/bin/curl --silent --fail --insecure --output /dev/null --max-time 2 ${checkUrl(cluster)}"
  interval ${rows.interval.value}
  timeout 3
  fall ${rows.fall.value}
  rise ${rows.rise.value}
}

vrrp_instance kubernetes_api {
  state BACKUP
  nopreempt
  interface ${machine.nic}
  virtual_router_id ${_virtualRouter.id}
  priority ${TOP_PRIORITY - cluster.controlPlanes.indexOf(machine)}
  advert_int ${rows.advertisement.value}
${
  peers.length === 0
    ? ''
    : `  unicast_src_ip ${machine.address}
  unicast_peer {
${peers.map((peer) => `    ${peer.address}`).join('\n')}
  }
`
}  virtual_ipaddress {
    ${hostCidr(address!)} dev ${machine.nic}
  }
  track_script {
    api_is_ready
  }
}
`;
}

/** Of the first control plane; each after it has one less. */
const TOP_PRIORITY = 150;

/** Through the machine's own HAProxy, which listens on every address. */
function checkUrl({ endpoint: { port }, _families }: Cluster): string {
  return `https://${_families.includes('IPv4') ? LOOPBACK : '[::1]'}:${port}/readyz`;
}

/**
 * In place of the distribution's unit, to be started again whatever it ends of. Its own look at the
 * configuration cannot stand here: 2.2.7 of Debian 12 kills itself when scripts have a user (keepalived
 * issues 2587 and 2617).
 */
export const keepalivedUnit = `[Unit]
Description=keepalived for the virtual IP of the Kubernetes API
Documentation=man:keepalived(8)
Wants=network-online.target
After=network-online.target haproxy.service
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=/usr/sbin/keepalived --dont-fork
ExecReload=/bin/kill -HUP $MAINPID
KillMode=process
Restart=always
RestartSec=2
OOMScoreAdjust=-997
ProtectHome=yes

[Install]
WantedBy=multi-user.target
`;

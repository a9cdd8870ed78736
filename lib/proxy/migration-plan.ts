import { KubeProxyMode } from '../cluster';
import { KubeProxyCleaner, type KubeProxyLeftover } from './migration-options';

/**
 * What the old mode leaves, and what takes it away. At its start kube-proxy deletes its nftables tables in
 * the modes that write iptables rules, and everything else of its own in nftables mode; between iptables
 * and ipvs mode, whose chains partly share their names, it deletes nothing
 * (kubernetes/kubernetes cmd/kube-proxy/app/server_linux.go, platformCleanup).
 */
export function leftovers(from: KubeProxyMode, to: KubeProxyMode): KubeProxyLeftover[] {
  const cleanedBy = cleanerOf(from, to);
  switch (from) {
    case KubeProxyMode.IPTABLES:
      return [
        {
          subject: 'iptables chains of Services',
          cleanedBy,
          effect:
            'Services that had no endpoint at the change stay rejected, and every new connection still passes the old chains',
          check: "`iptables-save | grep -cE 'KUBE-(SVC|SEP|EXT|EXTERNAL-SERVICES)'` prints 0",
        },
        {
          subject: 'net.ipv4.conf.all.route_localnet, where localhostNodePorts was true',
          cleanedBy: KubeProxyCleaner.RESTART,
          effect: 'neighbours can reach what listens on loopback only',
          check: '`sysctl -n net.ipv4.conf.all.route_localnet` prints 0',
        },
      ];
    case KubeProxyMode.IPVS:
      return ipvsLeftovers(cleanedBy);
    case KubeProxyMode.NFTABLES:
      return [
        {
          subject: 'tables ip kube-proxy and ip6 kube-proxy',
          cleanedBy,
          effect: 'every new connection is sent on by rules that nobody updates',
          check: '`nft list tables | grep -c kube-proxy` prints 0',
        },
      ];
    case KubeProxyMode.NONE:
      return [];
  }
}

function cleanerOf(from: KubeProxyMode, to: KubeProxyMode): KubeProxyCleaner {
  const one = from === KubeProxyMode.NFTABLES;
  const other = to === KubeProxyMode.NFTABLES;
  return to !== KubeProxyMode.NONE && one !== other
    ? KubeProxyCleaner.NEW_KUBE_PROXY
    : KubeProxyCleaner.CLEANUP_JOB;
}

function ipvsLeftovers(cleanedBy: KubeProxyCleaner): KubeProxyLeftover[] {
  return [
    {
      subject: 'virtual servers',
      cleanedBy,
      effect:
        'Service addresses still lead to endpoints that nobody updates. All virtual servers of the machine go, those of keepalived and the like as well, whatever excludeCIDRs said',
      check: '`tail -n +4 /proc/net/ip_vs` prints nothing, or the file is not there',
    },
    {
      subject: 'interface kube-ipvs0 with all Service addresses',
      cleanedBy,
      effect:
        'the machine takes Service and load-balancer addresses for its own, and Felix goes on as beside IPVS',
      check: '`ip link show kube-ipvs0` says that it does not exist',
    },
    {
      subject: 'iptables chains and address sets of IPVS mode',
      cleanedBy,
      effect: 'they go on marking packets for masquerade',
      check:
        "`iptables-save | grep -cE 'KUBE-(LOAD-BALANCER|NODE-PORT|IPVS)'` prints 0, and `ipset list -n` nothing that begins with KUBE-",
    },
    {
      subject: 'net.ipv4.conf.all.arp_ignore and arp_announce, where strictARP was true',
      cleanedBy: KubeProxyCleaner.RESTART,
      effect: 'none that hurts; an address is answered for on its own interface only',
      check: '`sysctl -n net.ipv4.conf.all.arp_ignore` prints 0',
    },
    {
      subject: 'module ip_vs with net.ipv4.vs.*',
      cleanedBy: KubeProxyCleaner.RESTART,
      effect: 'none without virtual servers',
      check: '`lsmod | grep -c ^ip_vs` prints 0',
    },
  ];
}

/** Whether something stays that neither the new kube-proxy nor time takes away. */
export function needsCleanup(from: KubeProxyMode, to: KubeProxyMode): boolean {
  return leftovers(from, to).some(({ cleanedBy }) => cleanedBy === KubeProxyCleaner.CLEANUP_JOB);
}

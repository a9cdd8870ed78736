import { KubeProxyMode, type Inspection } from '../cluster';
import { NAMESPACE } from './names';

/** How to look at a service proxy and at what it wrote. */
export function inspections(
  mode: KubeProxyMode,
  name: string,
  metricsAddress: string,
  families: readonly string[],
): Inspection[] {
  return [
    {
      what: 'the proxies, and on which machine one is not ready',
      command: `kubectl -n ${NAMESPACE} get pods -l k8s-app=${name} -o wide`,
    },
    {
      what: 'the last that they said of what goes wrong',
      command: `kubectl -n ${NAMESPACE} logs -l k8s-app=${name} --prefix --tail=200 | grep -E '\\] [WEF][0-9]'`,
    },
    {
      what: `the mode that runs, on a machine: ${mode} is meant`,
      command: `curl -s http://${metricsAddress}/proxyMode; echo`,
    },
    {
      what: 'how long ago it last wrote its rules, on a machine',
      command: `curl -s http://${metricsAddress}/metrics | grep -E '^kubeproxy_sync_proxy_rules_(last_timestamp|last_queued_timestamp)_seconds'`,
    },
    ...(RULES[mode] ?? []),
    ...(families.includes('IPv6') ? (RULES_V6[mode] ?? []) : []),
  ];
}

const RULES: Readonly<Partial<Record<KubeProxyMode, Inspection[]>>> = {
  [KubeProxyMode.IPTABLES]: [
    {
      what: 'how many Services and endpoints have rules, on a machine',
      command:
        'iptables-save -t nat | awk \'/^:KUBE-SVC-/ { s++ } /^:KUBE-SEP-/ { e++ } END { print s+0, "Services", e+0, "endpoints" }\'',
    },
    {
      what: 'the way of one Service, with its cluster address',
      command: "iptables-save -t nat | grep -F 'CLUSTER-IP/32'",
    },
  ],
  [KubeProxyMode.IPVS]: [
    {
      what: 'every Service and the pods behind it with their connections, on a machine',
      command: 'ipvsadm -Ln',
    },
    {
      what: 'the way of one Service, with its cluster address and port',
      command: 'ipvsadm -Ln -t CLUSTER-IP:PORT',
    },
    {
      what: 'addresses of Services that the machine has; one that is missing has no virtual server either',
      command: 'ip -brief address show dev kube-ipvs0',
    },
    {
      what: 'whether strictARP took: 1 and 2 are meant where it is on',
      command: 'sysctl net.ipv4.conf.all.arp_ignore net.ipv4.conf.all.arp_announce',
    },
  ],
  [KubeProxyMode.NFTABLES]: [
    {
      what: 'how many Services are in the map, on a machine',
      command: "nft list map ip kube-proxy service-ips | grep -o ' goto ' | wc -l",
    },
    {
      what: 'the way of one Service, with its cluster address',
      command: "nft list table ip kube-proxy | grep -F 'CLUSTER-IP'",
    },
    {
      what: 'Services without an endpoint',
      command: 'nft list map ip kube-proxy no-endpoint-services',
    },
  ],
};

const RULES_V6: typeof RULES = {
  [KubeProxyMode.IPTABLES]: [
    { what: 'the same for IPv6', command: "ip6tables-save -t nat | grep -c '^:KUBE-SVC-'" },
  ],
  [KubeProxyMode.NFTABLES]: [
    {
      what: 'the same for IPv6',
      command: "nft list map ip6 kube-proxy service-ips | grep -o ' goto ' | wc -l",
    },
  ],
};

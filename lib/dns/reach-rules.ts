import { CniKind, KubeProxyMode, Severity, type IRule } from '../cluster';
import { DEFAULTS, settledBinding, settledIptables } from './choices';
import { dnsRule, when } from './dns-rule';

const GUIDE = 'https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/';
const CALICO = 'https://docs.tigera.io/calico/latest/networking/configuring/node-local-dns-cache';

/** The way out where nobody chose the address of the DNS Service: it is the default on machines of others. */
const LOCAL_ONLY =
  'set bindClusterIp to false and take the step for the kubelets (report/node-local-dns.md)';

/** Whether pods' questions reach the cache, and only the cache. */
export const reachRules: IRule[] = [
  dnsRule(
    {
      id: 'GW-DNS-001',
      severity: Severity.ERROR,
      title: 'In IPVS mode the cache has an address of its own',
      why: 'kube-proxy puts every Service address on kube-ipvs0 and answers there before the cache; node-cache would take the address away from the DNS Service',
      remedy:
        'leave bindClusterIp out; give the Cluster its kubeProxyMode, or create the proxy before NodeLocalDns: it is settled at that moment',
      reference: GUIDE,
    },
    ({ kubeProxyMode }, { bindsClusterIp, clusterDnsIp }) =>
      when(
        bindsClusterIp && kubeProxyMode === KubeProxyMode.IPVS,
        `the cache holds ${clusterDnsIp}, and kube-proxy runs in ipvs mode`,
      ),
  ),
  dnsRule(
    {
      id: 'GW-DNS-002',
      severity: Severity.WARNING,
      title: 'The kubelets of others tell pods the address of the cache',
      why: 'Pods go on asking the DNS Service, and the cache answers nobody; nothing fails, so nobody notices',
      remedy:
        'put the address into clusterDNS of /var/lib/kubelet/config.yaml on every machine and of the ConfigMap kubelet-config in kube-system, restart the kubelets when the cache runs, then recreate the pods; acknowledge this when it is done',
      reference: GUIDE,
    },
    ({ ownsMachines, kubeProxyMode }, { bindsClusterIp, localIp }) =>
      when(
        !ownsMachines && !bindsClusterIp,
        `kubelets must give pods ${localIp}; with kube-proxy in ${kubeProxyMode ?? 'an unknown'} mode the cache holds no other address`,
      ),
  ),
  dnsRule(
    {
      id: 'GW-DNS-003',
      severity: Severity.WARNING,
      title: "Calico's policies see the answers",
      why: 'Calico knows an answer by the connection it belongs to; without tracking there is none, and a pod that takes no connections by policy loses the answers, too',
      remedy:
        'leave bindClusterIp and setupIptables out, or allow UDP and TCP from port 53 of the cache to pods under such policies',
      reference: 'https://github.com/kubernetes/kubernetes/issues/98758',
    },
    ({ cni, kubeProxyMode }, { setupIptables, given }) =>
      when(
        setupIptables && cni === CniKind.CALICO && kubeProxyMode !== KubeProxyMode.NONE,
        'packets of the cache skip connection tracking, and the network plugin is Calico',
        given.bindClusterIp === undefined
          ? `${LOCAL_ONLY}, or allow UDP and TCP from port 53 of the cache to pods under such policies`
          : undefined,
      ),
  ),
  dnsRule(
    {
      id: 'GW-DNS-004',
      severity: Severity.WARNING,
      title: 'The BPF dataplane leaves the DNS Service to the cache',
      why: 'BPF programs translate the address of the Service before the packet reaches the cache, and the cache then finds itself behind it: node-cache exits because of a loop',
      remedy:
        'leave bindClusterIp out, or run `kubectl -n kube-system annotate service kube-dns projectcalico.org/natExcludeService=true`',
      reference: CALICO,
    },
    ({ kubeProxyMode }, { bindsClusterIp, clusterDnsIp }) =>
      when(
        bindsClusterIp && kubeProxyMode === KubeProxyMode.NONE,
        `the cache holds ${clusterDnsIp}, which the network plugin serves as well`,
      ),
  ),
  dnsRule(
    {
      id: 'GW-DNS-005',
      severity: Severity.WARNING,
      title: 'In nftables mode the rules of the cache can be written',
      why: "node-cache knows iptables only, which upstream's guide does not describe beside nftables; on a kernel without nft_compat the rules fail, and kube-proxy answers in the cache's place",
      remedy:
        'leave bindClusterIp out and let the kubelets give pods localIp, or check `iptables-save -t raw` on a machine',
      reference: 'https://github.com/kubernetes/dns/issues/682',
    },
    ({ kubeProxyMode }, { setupIptables, given }) =>
      when(
        setupIptables && kubeProxyMode === KubeProxyMode.NFTABLES,
        'node-cache writes iptables rules beside kube-proxy in nftables mode',
        given.bindClusterIp === undefined
          ? `${LOCAL_ONLY}, or check \`iptables-save -t raw\` on a machine`
          : undefined,
      ),
  ),
  dnsRule(
    {
      id: 'GW-DNS-006',
      severity: Severity.WARNING,
      title: 'The cache was settled for the proxy that runs',
      why: 'Which addresses it holds and which rules it writes follow from the mode of kube-proxy at the moment it is created',
      remedy: 'give the Cluster its kubeProxyMode, or create the proxy before NodeLocalDns',
      reference: GUIDE,
    },
    (cluster, { given, proxyMode, bindsClusterIp, setupIptables }) =>
      when(
        settledBinding(cluster, given) !== bindsClusterIp ||
          settledIptables(cluster, given) !== setupIptables,
        `created for kube-proxy in ${proxyMode ?? 'an unknown'} mode, and it runs in ${cluster.kubeProxyMode ?? 'an unknown'} mode`,
      ),
  ),
  dnsRule(
    {
      id: 'GW-DNS-007',
      severity: Severity.WARNING,
      title: 'Policies allow the address of the cache',
      why: 'A network plugin that was created earlier has rendered its policies with the usual address, and pods that may ask DNS only could not',
      remedy: 'create NodeLocalDns before the network plugin, as NvmeControlPlane does',
      reference: CALICO,
    },
    ({ cni, _families, clusterDnsIp: usual }, { afterCni, localIp, clusterDnsIp }) => {
      const unknown = [
        ...(localIp === DEFAULTS.localIp[_families[0]!] ? [] : [localIp]),
        ...(clusterDnsIp === usual ? [] : [clusterDnsIp]),
      ];
      return when(
        afterCni && cni === CniKind.CALICO && unknown.length > 0,
        `the cache answers on ${unknown.join(' and ')}, which the network plugin did not know of`,
      );
    },
  ),
];

import { Tuning, tuned, type Cluster, type Decision } from '../cluster';

const KUBELET_DOC = 'https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/';
const CONTAINERD_DOC = 'containerd/containerd:docs/cri/config.md';
const KUBE_VIP = 'kube-vip/kube-vip:pkg/kubevip/config_generator.go v1.2.3';
const SHUTDOWN_ISSUE = 'kubernetes/kubernetes issue 102818';
const NETWORKD = 'https://www.freedesktop.org/software/systemd/man/latest/networkd.conf.html';

/** Every value of this room but kernel parameters that is neither a fact nor demanded by upstream's shape. */
export const tuning = new Tuning({
  proxyDisabled: tuned(
    'ClusterConfiguration.proxy.disabled',
    true,
    'false',
    'the proxy is applied as our own manifests; kubeadm would install a second one and put it back at every upgrade',
    'kubernetes/kubeadm issue 3137',
  ),
  cgroupDriver: tuned(
    'KubeletConfiguration.cgroupDriver',
    'systemd',
    'systemd by kubeadm',
    'systemd owns the cgroup tree; two managers of one tree lose limits under pressure',
    CONTAINERD_DOC,
  ),
  protectKernelDefaults: tuned(
    'KubeletConfiguration.protectKernelDefaults',
    true,
    'false',
    'the kernel parameters are ours; a kubelet that silently rewrites them would hide that somebody changed them',
    KUBELET_DOC,
  ),
  shutdownGracePeriod: tuned(
    'KubeletConfiguration.shutdownGracePeriod',
    '45s',
    '0s',
    'a reboot ends pods in order; 30 s is the default terminationGracePeriodSeconds, and 15 s are left for critical pods',
    KUBELET_DOC,
  ),
  shutdownGracePeriodCriticalPods: tuned(
    'KubeletConfiguration.shutdownGracePeriodCriticalPods',
    '15s',
    '0s',
    'etcd and the API server go last and need a second or two; 15 s is ample',
    KUBELET_DOC,
  ),
  resolvConf: tuned(
    'KubeletConfiguration.resolvConf',
    'the file with the real name servers',
    '/etc/resolv.conf, or by kubeadm',
    'the stub on 127.0.0.53 in /etc/resolv.conf would make cluster DNS forward to itself',
    'https://coredns.io/plugins/loop/#troubleshooting',
  ),

  systemdCgroup: tuned(
    'containerd config.toml plugins.io.containerd.cri.v1.runtime.containerd.runtimes.runc.options.SystemdCgroup',
    true,
    'false',
    "must match the kubelet's cgroupDriver",
    CONTAINERD_DOC,
  ),
  registryConfigPath: tuned(
    'containerd config.toml plugins.io.containerd.cri.v1.images.registry.config_path',
    '/etc/containerd/certs.d',
    'empty before containerd 2.2',
    'mirrors and private authorities are files of their own there and need no restart',
    CONTAINERD_DOC,
  ),
  cniBinDir: tuned(
    'containerd config.toml plugins.io.containerd.cri.v1.runtime.cni.bin_dirs',
    '/opt/cni/bin',
    '/opt/cni/bin',
    'where network plugins put their binaries; the older key bin_dir is on its way out',
    'containerd/containerd:RELEASES.md',
  ),
  cniConfDir: tuned(
    'containerd config.toml plugins.io.containerd.cri.v1.runtime.cni.conf_dir',
    '/etc/cni/net.d',
    '/etc/cni/net.d',
    'where network plugins put their configuration',
    CONTAINERD_DOC,
  ),
  containerdOomScore: tuned(
    'containerd.service OOMScoreAdjust',
    '-999',
    '-999',
    'without the runtime no pod can be started again',
    'containerd/containerd:containerd.service',
  ),

  manageForeignRoutes: tuned(
    'networkd.conf ManageForeignRoutes',
    false,
    'yes',
    "networkd would delete the routes to other machines' pods whenever it restarts",
    NETWORKD,
  ),
  manageForeignRoutingPolicyRules: tuned(
    'networkd.conf ManageForeignRoutingPolicyRules',
    false,
    'yes',
    'the same for policy rules, which network plugins use for egress and WireGuard',
    NETWORKD,
  ),
  inhibitDelay: tuned(
    'logind.conf InhibitDelayMaxSec',
    '45',
    '5, or 30 with unattended-upgrades',
    'the kubelet gives up graceful shutdown when logind allows less than shutdownGracePeriod',
    SHUTDOWN_ISSUE,
  ),
  automaticReboot: tuned(
    'apt Unattended-Upgrade::Automatic-Reboot',
    'false',
    'false; images of providers often say true',
    'three control planes that reboot at the same hour lose quorum together',
    'https://wiki.debian.org/UnattendedUpgrades',
  ),
  fencePriority: tuned(
    'apt preferences Pin-Priority',
    '-1',
    '500',
    "keeps the distribution's runtime and Kubernetes packages from being installed beside the archives",
    'man apt_preferences',
  ),
  needrestart: tuned(
    'needrestart restart',
    'l',
    'a on Ubuntu servers',
    'restarting the runtime on all machines in one night is an outage; list and let a person choose',
    'liske/needrestart:README.Cont.md',
  ),

  vipKubeconfig: tuned(
    'kube-vip kubeconfig',
    'admin.conf',
    'admin.conf',
    'kube-vip asks for its lease every second while the API server refuses or forbids, so the everyday pod is there ' +
      'before kubeadm init and is never swapped while others join; init itself speaks to its own API server since ' +
      '1.35.5 and 1.36.1, and on older patches the first machine begins with super-admin.conf',
    'kubernetes/kubernetes pull requests 138449, 138682, 138683; kube-vip/kube-vip:pkg/election/election.go v1.2.3',
  ),
  vipMetrics: tuned(
    'kube-vip prometheus_server',
    '127.0.0.1:2112',
    ':2112',
    'metrics of kube-vip would be open to everybody who reaches the machine, without authentication',
    'kube-vip/kube-vip:cmd/kube-vip.go v1.2.3',
  ),
  vipServices: tuned(
    'kube-vip svc_enable',
    'false',
    'false',
    'addresses of Services belong to the load balancer of the spec',
    KUBE_VIP,
  ),
  vipLoadBalancer: tuned(
    'kube-vip lb_enable',
    'false',
    'false',
    'its IPVS table would share the kernel with kube-proxy, whose clean-up deletes virtual servers it does not know',
    KUBE_VIP,
  ),
});

/** The table's type, for the files that read from it. */
export type NodeTuning = typeof tuning;

/** The decisions that this cluster's machines really show, with the values they show. */
export function nodeDecisions(cluster: Cluster, path: string): Decision[] {
  const absent = [
    ...(cluster.endpoint._byKubeVip ? [] : ['kube-vip ']),
    ...(cluster.kubeProxyMode === undefined ? ['ClusterConfiguration.proxy.'] : []),
  ];
  const resolvConf = cluster.operatingSystem._facts.resolvConf.value;
  return tuning
    .decisions(path)
    .filter((row) => !absent.some((key) => row.key.startsWith(key)))
    .map((row) => (row.key.endsWith('.resolvConf') ? { ...row, value: resolvConf } : row));
}

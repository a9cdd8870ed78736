import { flannelRule, when } from './flannel-rule';
import { sysctlKeys } from './needs';
import { atLeast, images, kernelFloors } from '../../catalog';
import { Architecture, KubeProxyMode, LoadBalancerKind, Severity, type IRule } from '../../cluster';

const DOCS = 'https://github.com/flannel-io/flannel/blob/v0.28.9/Documentation';
const PLUGINS = ['bridge', 'host-local', 'loopback', 'portmap'];

/** flannel and all that it works with. */
export const platformRules: IRule[] = [
  flannelRule(
    {
      id: 'GW-CNI-103',
      severity: Severity.ERROR,
      title: 'flannel writes its rules with what kube-proxy writes its own with',
      why: 'Rules of the two packet filters come in no order that anybody chose, and what one accepts the other still sees',
      remedy:
        'leave nftables out; give the Cluster its kubeProxyMode, or create the proxy before TunedFlannel: it is settled at that moment',
      reference: `${DOCS}/configuration.md#nftables-mode`,
    },
    ({ kubeProxyMode }, { nftables }) =>
      when(
        kubeProxyMode !== undefined &&
          kubeProxyMode !== KubeProxyMode.NONE &&
          nftables !== (kubeProxyMode === KubeProxyMode.NFTABLES),
        `nftables is ${nftables}, but kube-proxy runs in ${kubeProxyMode} mode`,
      ),
  ),
  flannelRule(
    {
      id: 'GW-CNI-104',
      severity: Severity.ERROR,
      title: 'Somebody serves Services',
      why: 'flannel carries packets between machines and nothing else; without kube-proxy no Service has an answer, the API server included, which flannel itself asks',
      remedy: 'add a kube-proxy construct, for example IpvsKubeProxy',
      reference: `${DOCS}/kubernetes.md`,
    },
    ({ kubeProxyMode }) =>
      when(
        kubeProxyMode === KubeProxyMode.NONE,
        'kubeProxyMode is none, and flannel serves no Services',
      ),
  ),
  flannelRule(
    {
      id: 'GW-CNI-106',
      severity: Severity.WARNING,
      title: 'The kernel carries the packets',
      why: 'With udp a process copies each one to user space and back, 2 to 7.6 times slower than vxlan where it was measured, as a privileged container, and unencrypted',
      remedy: 'use FlannelBackend.vxlan() as soon as you have found what you look for',
      reference: `${DOCS}/backends.md#udp`,
    },
    (_cluster, { backend }) =>
      when(backend.type === 'udp', 'backend udp is for debugging; flanneld runs privileged'),
  ),
  flannelRule(
    {
      id: 'GW-CNI-107',
      severity: Severity.ERROR,
      title: 'The backend udp runs on amd64',
      why: "Its copying loop is C that upstream builds for amd64 only; elsewhere flanneld does not know the backend's name",
      remedy: 'use FlannelBackend.vxlan()',
      reference:
        'https://github.com/flannel-io/flannel/blob/v0.28.9/pkg/backend/udp/cproxy_amd64.go',
    },
    ({ machines }, { backend }) =>
      machines
        .filter((m) => backend.type === 'udp' && m.architecture !== Architecture.AMD64)
        .map((m) => ({ message: `machine ${m.name} is ${m.architecture}, backend udp is amd64` })),
  ),
  flannelRule(
    {
      id: 'GW-CNI-108',
      severity: Severity.ERROR,
      title: 'Every machine has an interface of that name',
      why: 'flanneld exits where it finds none of the names, and pods there never start',
      remedy: "correct the names, or leave interface out for the one with kubelet's address",
      reference: `${DOCS}/configuration.md`,
    },
    ({ machines }, { interface: { _names } }) =>
      _names === undefined || machines.some((m) => m.nic === undefined)
        ? []
        : machines
            .filter((m) => !_names.includes(m.nic!))
            .map((m) => ({
              message: `machine ${m.name} has its cluster network on ${m.nic}, the interface is to be ${_names.join(' or ')}`,
            })),
  ),
  flannelRule(
    {
      id: 'GW-CNI-109',
      severity: Severity.WARNING,
      title: 'A pattern finds the right interface everywhere',
      why: 'flanneld takes the first interface whose address matches, else the first whose name does; it exits where none does',
      remedy: "anchor it (^eno1$), or leave interface out for the one with kubelet's address",
      reference: `${DOCS}/configuration.md`,
    },
    ({ machines }, { interface: { _pattern } }) => {
      if (_pattern === undefined) {
        return [];
      }
      const pattern = new RegExp(_pattern.replace(/^\(\?[imsU]+\)/, ''));
      const missed = machines.filter(
        (m) => m.nic !== undefined && ![m.nic, m.address].some((text) => pattern.test(text)),
      );
      return [
        ...when(
          !/^(\(\?[imsU]+\))?\^.*\$$/.test(_pattern),
          `pattern ${_pattern} also finds longer names and other addresses`,
        ),
        ...missed.map((m) => ({
          message: `pattern ${_pattern} finds neither ${m.nic} nor ${m.address} on machine ${m.name}`,
        })),
      ];
    },
  ),
  flannelRule(
    {
      id: 'GW-CNI-110',
      severity: Severity.ERROR,
      title: 'The kernel has WireGuard',
      why: 'flanneld cannot create its device, and pods never start',
      remedy: 'choose a newer distribution or FlannelBackend.vxlan()',
      reference: `${DOCS}/backends.md#wireguard`,
    },
    ({ kernel, operatingSystem }, { backend }) =>
      when(
        backend.type === 'wireguard' && !atLeast(kernel, kernelFloors.wireguard.value),
        `backend wireguard wants kernel ${kernelFloors.wireguard.value}, ${operatingSystem.label} has ${kernel}`,
      ),
  ),
  flannelRule(
    {
      id: 'GW-CNI-112',
      severity: Severity.WARNING,
      title: 'NetworkPolicy is enforced',
      why: "flannel applies none: every pod reaches every other one, the machines, and a provider's metadata service, which may hold the machine's user-data",
      remedy: 'use TunedCalico, or run a policy engine beside flannel and acknowledge this',
      reference: `${DOCS}/netpol.md`,
    },
    () =>
      when(
        true,
        'flannel enforces no NetworkPolicy; pods reach 169.254.169.254 where there is such a service',
      ),
  ),
  flannelRule(
    {
      id: 'GW-CNI-113',
      severity: Severity.NOTE,
      title: 'Kubernetes gives every node a subnet',
      why: 'flanneld waits for node.spec.podCIDR and exits without one',
      remedy:
        "check `kubectl get nodes -o jsonpath='{.items[*].spec.podCIDR}'`; kubeadm sets both flags when podSubnet is given",
      reference: `${DOCS}/troubleshooting.md#kubernetes-specific`,
    },
    (cluster) =>
      when(
        !cluster.ownsMachines,
        `kube-controller-manager must run with --allocate-node-cidrs=true and --cluster-cidr=${cluster.podCidrs.join(',')}`,
      ),
  ),
  flannelRule(
    {
      id: 'GW-CNI-114',
      severity: Severity.NOTE,
      title: 'The plugins that flannel calls are there',
      why: "Its image brings only flannel's own plugin; pods stay in ContainerCreating without the others",
      remedy:
        'install the containernetworking plugins, with NodeBootstrap where the spec owns machines',
      reference: `${DOCS}/kubernetes.md`,
    },
    (cluster) =>
      when(!cluster.ownsMachines, `${PLUGINS.join(', ')} must be in /opt/cni/bin of every machine`),
  ),
  flannelRule(
    {
      id: 'GW-CNI-123',
      severity: Severity.NOTE,
      title: 'Machines of others filter bridged packets and forward',
      why: 'flanneld exits without br_netfilter, which kubeadm has not looked for since 1.30, and switches forwarding on nowhere',
      remedy:
        'load br_netfilter at boot and set the sysctls in a file of /etc/sysctl.d, as NodeBootstrap does where the spec owns machines',
      reference: 'https://github.com/flannel-io/flannel/blob/v0.28.9/main.go',
    },
    (cluster, flannel) =>
      when(
        !cluster.ownsMachines,
        `br_netfilter must be loaded, and ${sysctlKeys(flannel).join(', ')} be 1, on every machine`,
      ),
  ),
  flannelRule(
    {
      id: 'GW-CNI-115',
      severity: Severity.ERROR,
      title: 'What gives load balancers their addresses is there',
      why: 'Calico hands out addresses only where Calico runs; such Services would stay pending',
      remedy: 'choose MetalLB or LoadBalancerKind.NONE',
      reference: 'https://docs.tigera.io/calico/latest/networking/ipam/service-loadbalancer',
    },
    ({ loadBalancer }) =>
      when(
        loadBalancer === LoadBalancerKind.CALICO,
        'loadBalancer is calico, and the network plugin is flannel',
      ),
  ),
  flannelRule(
    {
      id: 'GW-CNI-116',
      severity: Severity.WARNING,
      title: 'flannel is the one that everything here was checked with',
      why: 'Another one may want other rights, flags or fields',
      remedy: 'leave image out, or compare with the manifest of that release',
      reference: `${DOCS}/kube-flannel.yml`,
    },
    (_cluster, { imageTag }) =>
      when(
        imageTag !== images.flannel.tag,
        `image has tag ${imageTag}; flags, rights and fields are those of ${images.flannel.tag}`,
      ),
  ),
  flannelRule(
    {
      id: 'GW-CNI-122',
      severity: Severity.NOTE,
      title: "flannel's nftables mode is not experimental",
      why: 'Upstream calls it so in this release',
      remedy: 'try it out with your workloads, or run kube-proxy in iptables mode',
      reference: `${DOCS}/configuration.md#nftables-mode`,
    },
    (_cluster, { nftables, label }) => when(nftables, `EnableNFTables is experimental in ${label}`),
  ),
];

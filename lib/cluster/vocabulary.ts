/** How a CNI carries pod packets between machines, in the words of Calico's `Installation`. */
export enum Encapsulation {
  /** Pod addresses travel as they are; the underlay must know the way to them. */
  NONE = 'None',
  /** IP in IP, 20 bytes a packet. */
  IPIP = 'IPIP',
  /** IP in IP only between subnets. */
  IPIP_CROSS_SUBNET = 'IPIPCrossSubnet',
  /** VXLAN, 50 bytes a packet on IPv4. */
  VXLAN = 'VXLAN',
  /** VXLAN only between subnets. */
  VXLAN_CROSS_SUBNET = 'VXLANCrossSubnet',
}

/** What kube-proxy programs, in the words of `KubeProxyConfiguration.mode`. */
export enum KubeProxyMode {
  /** Chains of iptables rules. */
  IPTABLES = 'iptables',
  /** Kernel virtual servers; deprecated upstream since Kubernetes 1.35. */
  IPVS = 'ipvs',
  /** nftables maps; kernel 5.13 or newer. */
  NFTABLES = 'nftables',
  /** No kube-proxy: the network plugin serves Services itself, as Calico's BPF dataplane does. */
  NONE = 'none',
}

/** Which network plugin the cluster runs. */
export enum CniKind {
  /** Calico, installed by tigera-operator. */
  CALICO = 'calico',
  /** flannel. */
  FLANNEL = 'flannel',
  /** Any other plugin; the library then says nothing about pod networking. */
  OTHER = 'other',
}

/** What gives Services of type LoadBalancer their addresses. */
export enum LoadBalancerKind {
  /** Nothing: such Services stay pending, edges use NodePorts. */
  NONE = 'none',
  /** MetalLB answering ARP. */
  METALLB_L2 = 'metallb-l2',
  /** MetalLB speaking BGP. */
  METALLB_BGP = 'metallb-bgp',
  /** Calico's own pools and BGP. */
  CALICO = 'calico',
  /** Anything else that this library does not render, such as a provider's own controller. */
  OTHER = 'other',
}

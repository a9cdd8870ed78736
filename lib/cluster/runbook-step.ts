/** The steps of the runbook in the report, by the names that measurements lead to them with. */
export enum RunbookStep {
  /** Which packets get lost, and between which two places. */
  CAPTURE = 'capture',
  /** Connections that fail now and then: the connection table. */
  CONNTRACK = 'conntrack',
  /** Large transfers hang, small ones pass. */
  MTU = 'mtu',
  /** Names resolve slowly, or not at all. */
  DNS = 'dns',
  /** A Service does not answer: what the service proxy wrote. */
  PROXY = 'proxy',
  /** Machines reach a Service seconds later than pods do: checksums of a tunnel. */
  OFFLOAD = 'offload',
  /** Pods do not reach each other: what the network plugin says. */
  NETWORK = 'network',
  /** Packets with the addresses of pods are not carried. */
  POD_ADDRESSES = 'pod-addresses',
  /** Routes or rules are gone. */
  ROUTES = 'routes',
  /** Sessions that carry routes. */
  BGP = 'bgp',
  /** An address that moves between machines is not found. */
  ARP = 'arp',
  /** Transfers are slower than they should be. */
  THROUGHPUT = 'throughput',
  /** Packets are longer on their way than the spec says. */
  ROUND_TRIP = 'round-trip',
  /** One CPU does all packets. */
  SOFTIRQ = 'softirq',
  /** CPU that the host takes away. */
  STEAL = 'steal',
  /** Slow disk of etcd, and everything else about its members. */
  ETCD_DISK = 'etcd-disk',
  /** A machine does not become a node. */
  BOOTSTRAP = 'bootstrap',
  /** A machine is not what the spec says of it. */
  MACHINE = 'machine',
  /** The kernel has other settings than the constructs asked for. */
  KERNEL_SETTINGS = 'kernel-settings',
  /** The API does not answer. */
  API = 'api',
  /** Clients do not reach the edge. */
  EDGE = 'edge',
}

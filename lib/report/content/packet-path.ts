import { farApart, neighbours, type Facts } from './facts';
import {
  KubeProxyMode,
  LoadBalancerKind,
  type Cluster,
  type CniSummary,
  type IngressSummary,
  type Machine,
  type PodWay,
} from '../../cluster';
import {
  code,
  list,
  text,
  type Block,
  type Inline,
  type PathStep,
  type Section,
} from '../document';

export function packetPath({ cluster }: Facts): Section {
  const cni = cluster._summary('cni');
  const far = farApart(cluster);
  const near = neighbours(cluster);
  return {
    id: 'path',
    title: 'Packet path',
    lead: 'Which devices a packet passes, by their names: the places where tcpdump can see it.',
    blocks: [
      ...(cni === undefined
        ? [text('The network plugin is not part of this spec, so its devices are not known here.')]
        : [
            path('From pod to pod on one machine', [
              podStep('the pod that sends', cni),
              ...portSteps(cni),
              ...portStepsBack({ ...cni, bridge: undefined }),
              podStep('the pod that receives', cni),
            ]),
            ...cni.ways.flatMap((way) => between(cni, way, far, near)),
          ]),
      { kind: 'part', title: 'Through a Service', blocks: services({ cluster }) },
    ],
  };
}

function path(title: string, steps: readonly PathStep[]): Block {
  return { kind: 'path', title, steps };
}

type Pair = readonly [Machine, Machine] | undefined;

/** The ways of packets of some pods to other machines. */
function between(cni: CniSummary, way: PodWay, far: Pair, near: Pair): Block[] {
  const steps = (wrapped: boolean, [from, to]: NonNullable<Pair>): PathStep[] => [
    podStep('the pod that sends', cni),
    ...portSteps(cni),
    ...(wrapped ? [tunnelStep(way, 'in')] : []),
    nicStep(from),
    {
      what: 'the network',
      note: wrapped
        ? ['between the addresses of the machines, which tcpdump shows with ', code(way.filter!)]
        : "with the pods' own addresses, which the network must let pass",
    },
    nicStep(to),
    ...(wrapped ? [tunnelStep(way, 'out')] : []),
    ...portStepsBack(cni),
    podStep('the pod that receives', cni),
  ];
  const one = (title: string, wrapped: boolean, pair: Pair): Block[] =>
    pair === undefined ? [] : [path(`${title}, ${way.packets}`, steps(wrapped, pair))];
  if (way.wrapping === undefined) {
    return one('To another machine', false, far);
  }
  return way.directInSubnet
    ? [
        ...one('To another machine of the same subnet', false, near),
        ...one(`To another subnet, in ${way.wrapping}`, true, apart(far)),
      ]
    : one(`To another machine, in ${way.wrapping}`, true, far);
}

/** Machines of one zone are on one subnet. */
function apart(pair: Pair): Pair {
  return pair === undefined || pair[0].zone === pair[1].zone ? undefined : pair;
}

function podStep(who: string, { podMtu }: CniSummary): PathStep {
  return { what: [code('eth0'), ` of ${who}`], note: `MTU ${podMtu}` };
}

/** From the pod to the machine: the other end of its interface, and the bridge where there is one. */
function portSteps({ podDevice, bridge }: CniSummary): PathStep[] {
  return [
    { what: [code(podDevice)], note: "the machine's end of that interface" },
    ...(bridge === undefined ? [] : [{ what: [code(bridge)], note: 'the bridge of this machine' }]),
  ];
}

/** From the machine to the pod. */
function portStepsBack({ podDevice, bridge }: CniSummary): PathStep[] {
  return [
    ...(bridge === undefined ? [] : [{ what: [code(bridge)], note: 'the bridge of that machine' }]),
    { what: [code(podDevice)], note: "the machine's end of the next interface" },
  ];
}

function tunnelStep({ device, wrapping, overhead }: PodWay, way: 'in' | 'out'): PathStep {
  return {
    what: [code(device!)],
    note: `${wrapping}: ${way === 'in' ? `adds ${overhead} bytes` : 'takes them off'}`,
  };
}

function nicStep({ name, nic }: Machine): PathStep {
  return {
    what: nic === undefined ? `the NIC of ${name}` : [code(nic), ` of ${name}`],
    note: 'for example',
  };
}

const TRANSLATES: Readonly<Record<KubeProxyMode, Inline>> = {
  [KubeProxyMode.IPTABLES]: [
    'The first packet of a connection meets the chains ',
    code('KUBE-SERVICES'),
    ', ',
    code('KUBE-SVC-…'),
    ' and ',
    code('KUBE-SEP-…'),
    ' of the table nat on the machine of the client, which write the address of one pod into it.',
  ],
  [KubeProxyMode.IPVS]: [
    'Every address of a Service is on ',
    code('kube-ipvs0'),
    ' of every machine; IPVS takes the packet there and sends it on to one pod.',
  ],
  [KubeProxyMode.NFTABLES]: [
    'The first packet of a connection is looked up in the map ',
    code('service-ips'),
    ' of the table ',
    code('kube-proxy'),
    ' on the machine of the client, which leads to the chain of the Service and of one pod.',
  ],
  [KubeProxyMode.NONE]: 'The network plugin translates it as the packet leaves the pod.',
};

function services({ cluster }: Pick<Facts, 'cluster'>): Block[] {
  const mode = cluster.kubeProxyMode;
  const dns = cluster._summary('dns');
  const ingress = cluster._summary('ingress');
  const items: Inline[] = [
    mode === undefined ? 'The service proxy is not known to this spec.' : TRANSLATES[mode],
    'All later packets of the connection follow the connection table, in both directions: what is chosen once stays.',
  ];
  if (dns !== undefined) {
    items.push([
      'Questions to DNS go to ',
      code([...dns.localIps, ...(dns.bindsClusterIp ? [dns.serviceIp] : [])].join(', ')),
      ' on ',
      code('nodelocaldns'),
      ' of the same machine, without translation and without an entry in the connection table; what is not in the cache goes on to CoreDNS.',
    ]);
  }
  if (ingress !== undefined) {
    const { hostPorts, nodePorts, label } = ingress;
    const doors = [
      ...addressOf(cluster, ingress),
      ...(hostPorts.length === 0
        ? []
        : [`ports ${hostPorts.join(' and ')} of machines with a replica`]),
      ...(nodePorts.length === 0
        ? []
        : [`node ports ${nodePorts.join(' and ')} of machines with a replica`]),
    ];
    items.push(
      `Clients from outside come in by ${doors.join(', or by ')} to a replica of ${label}, which opens a connection of its own to a pod.`,
    );
  }
  return [list(...items)];
}

/** A Service with node ports may have an address before them, where something gives addresses. */
function addressOf(
  { loadBalancer }: Cluster,
  { loadBalancerAddress, nodePorts }: IngressSummary,
): string[] {
  if (loadBalancerAddress !== undefined) {
    return [`the address ${loadBalancerAddress}`];
  }
  return loadBalancer === LoadBalancerKind.NONE || nodePorts.length === 0
    ? []
    : ['the address that the load balancer gives its Service'];
}

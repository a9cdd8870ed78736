import { portRange } from './sets';
import {
  Cidr,
  KubeProxyMode,
  LoadBalancerKind,
  PortSource,
  readPortKey,
  rule,
  Severity,
  type Cluster,
  type FirewallSummary,
  type IRule,
  type RuleViolation,
} from '../../cluster';

const DOC = 'docs/decisions/0019-host-firewall.md';

type FirewallCheck = (cluster: Cluster, firewall: FirewallSummary) => RuleViolation[];

/** A rule that is about clusters with a host firewall only. */
function firewallRule(record: Omit<IRule, 'check'>, check: FirewallCheck): IRule {
  return rule(record, (cluster) => {
    const firewall = cluster._summary('nodes')?.firewall;
    return firewall === undefined ? [] : check(cluster, firewall);
  });
}

/** Rules about the host firewall. */
export const firewallRules: IRule[] = [
  firewallRule(
    {
      id: 'GW-NODE-045',
      severity: Severity.NOTE,
      title: 'SSH is for administrators',
      why: 'Every machine on the internet is asked for passwords all day; keys alone hold, and a flaw in the server is open to all',
      remedy: 'name the networks that you administer from in firewall.sshFrom',
      reference: DOC,
    },
    (_cluster, { sshFrom }) =>
      sshFrom
        .filter((network) => network.endsWith('/0'))
        .map((network) => ({ message: `SSH is let in from ${network}` })),
  ),
  firewallRule(
    {
      id: 'GW-NODE-046',
      severity: Severity.WARNING,
      title: 'The firewall knows the addresses of the load balancer',
      why: 'In IPVS mode every machine has the addresses of Services, and packets for them pass its firewall; what is not named is refused',
      remedy: 'name the pools, and networks of externalIPs, in firewall.loadBalancerCidrs',
      reference: DOC,
    },
    loadBalancerViolations,
  ),
  firewallRule(
    {
      id: 'GW-NODE-047',
      severity: Severity.WARNING,
      title: 'The firewall was tried with this dataplane',
      why: "Calico's BPF programs take packets past the kernel's connection tracking, by which the firewall knows answers",
      remedy: 'try it on one machine first, or leave the firewall out and use host endpoints',
      reference: DOC,
    },
    (cluster) =>
      cluster.kubeProxyMode === KubeProxyMode.NONE
        ? [{ message: 'no test sent packets through the firewall without a kube-proxy' }]
        : [],
  ),
  firewallRule(
    {
      id: 'GW-NODE-048',
      severity: Severity.NOTE,
      title: 'Ports of pods are closed by policies',
      why: 'NodePorts and host ports are translated before the firewall sees a packet, which then is on its way to a pod',
      remedy:
        'close them with network policies, nodePortAddresses, or a firewall in front of the machines; only pods on the host network need an entry in firewall.allow',
      reference: DOC,
    },
    (cluster) =>
      cluster.kubeProxyMode === KubeProxyMode.IPVS
        ? [{ message: 'host ports of pods are open whatever the firewall says' }]
        : [{ message: 'NodePorts and host ports of pods are open whatever the firewall says' }],
  ),
  firewallRule(
    {
      id: 'GW-NODE-049',
      severity: Severity.NOTE,
      title: 'One of the two filters is the one that people change',
      why: 'A packet must pass the host firewall and policies for host endpoints: allowing it in one does not open the other',
      remedy: 'write policies for host endpoints only for what the firewall cannot say',
      reference: DOC,
    },
    (cluster) =>
      cluster._summary('cni')?.hostEndpoints === true
        ? [{ message: 'machines have a host firewall and host endpoints of Calico' }]
        : [],
  ),
  firewallRule(
    {
      id: 'GW-NODE-050',
      severity: Severity.NOTE,
      title: 'Nobody but machines of the cluster is on their network',
      why: 'Tunnels between machines carry no password: who may send into them speaks as any pod',
      remedy: 'leave firewall.trustZoneNetworks out where others have addresses of these networks',
      reference: DOC,
    },
    (cluster, { trustZoneNetworks }) =>
      trustZoneNetworks
        ? [
            {
              message: `every address of ${cluster.zones
                .flatMap(({ nodeCidr, nodeCidrV6 }) => [nodeCidr, nodeCidrV6])
                .filter((cidr) => cidr !== undefined)
                .join(', ')} passes for a machine`,
            },
          ]
        : [],
  ),
  firewallRule(
    {
      id: 'GW-NODE-051',
      severity: Severity.WARNING,
      title: 'Nothing of the spec opens a port wider than its owner asks',
      why: 'The construct that owns the port named who needs it; an allowance adds to that and cannot take away',
      remedy: 'take the port out of firewall.allow, or give it a port of its own',
      reference: DOC,
    },
    widerViolations,
  ),
];

function loadBalancerViolations(cluster: Cluster): RuleViolation[] {
  const { kubeProxyMode, loadBalancer, ledger, machines, serviceCidrs } = cluster;
  const { ports } = ledger.forMachine(machines[0]!);
  const named = ports
    .map(({ key }) => readPortKey(key).destination)
    .some((destination) => destination !== '' && !serviceCidrs.includes(destination));
  return kubeProxyMode === KubeProxyMode.IPVS && loadBalancer !== LoadBalancerKind.NONE && !named
    ? [
        {
          message: `Services of type LoadBalancer get addresses from ${loadBalancer}, and the firewall knows none of them`,
        },
      ]
    : [];
}

/** Allowances for ports that somebody else asked for control planes, machines or pods only. */
function widerViolations(cluster: Cluster, { allowed }: FirewallSummary): RuleViolation[] {
  const found = new Set<string>();
  for (const machine of cluster.machines) {
    const openings = cluster.ledger.forMachine(machine).ports.map(({ key }) => readPortKey(key));
    const guarded = openings.filter(
      ({ from, port }) =>
        port !== '' && from !== PortSource.ANYWHERE && from !== PortSource.NETWORKS,
    );
    for (const { port, protocol, from, machines } of allowed) {
      const other = guarded.find(
        (one) => one.protocol === protocol && port !== '' && overlap(one.port, port),
      );
      const concerned = machines === undefined || machines.includes(machine.name);
      const known = other?.from !== PortSource.CONTROL_PLANE && withinMachines(cluster, from);
      if (other !== undefined && concerned && !known) {
        const who = from === undefined ? 'anywhere' : from.join(', ');
        found.add(
          `${port}/${protocol} is let in from ${who}; ${other.port}/${other.protocol} was asked for ${other.from} only`,
        );
      }
    }
  }
  return [...found].sort().map((message) => ({ message }));
}

/** Whether networks are those of machines and pods, so that nobody new comes in. */
function withinMachines(cluster: Cluster, networks: readonly string[] | undefined): boolean {
  const own = [
    ...cluster.podCidrs,
    ...cluster.zones.flatMap(({ nodeCidr, nodeCidrV6 }) => [nodeCidr, nodeCidrV6]),
  ].flatMap((text) => (text === undefined ? [] : [Cidr.parse(text)!]));
  return (
    networks?.every((text) => own.some((network) => network.includes(Cidr.parse(text)!))) ?? false
  );
}

function overlap(one: string, other: string): boolean {
  const [[from, to], [first, last]] = [portRange(one), portRange(other)];
  return from <= last && first <= to;
}

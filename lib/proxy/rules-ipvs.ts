import { atLeast, kernelFloors, kubernetesMinor } from '../catalog';
import {
  Cidr,
  hostCidr,
  KubeProxyMode,
  LoadBalancerKind,
  Severity,
  type Cluster,
  type IRule,
  type RuleViolation,
} from '../cluster';
import { goDuration } from './go-duration';
import { ipvsLifeCycleText } from './life-cycle';
import { proxyRule } from './proxy-rule';
import { schedulerCaveat } from './scheduler';
import { KEEPALIVE_SECONDS } from './tuning-ipvs';

const KEPS = 'https://github.com/kubernetes/enhancements/tree/master/keps/sig-network';
const ISSUES = 'https://github.com/kubernetes/kubernetes/issues';

/** Where kube-proxy sets up a virtual server for a moment, to see whether its scheduler works. */
const PROBE_ADDRESS = '198.51.100.0';

/** What would break in IPVS mode, or because of it. */
export const ipvsRules: IRule[] = [
  proxyRule(
    {
      id: 'GW-PROXY-001',
      severity: Severity.WARNING,
      title: 'The proxy mode has a future',
      why: 'IPVS mode leaves Kubernetes; a cluster that still uses it then starts no kube-proxy after an upgrade',
      remedy:
        'plan the move to nftables mode before that upgrade and acknowledge this until then; KubeProxyMigration writes the plan',
      reference: `${KEPS}/5495-deprecate-ipvs-mode-in-kube-proxy`,
    },
    () => [{ message: `IPVS mode is ${ipvsLifeCycleText()}` }],
    KubeProxyMode.IPVS,
  ),
  proxyRule(
    {
      id: 'GW-PROXY-002',
      severity: Severity.ERROR,
      title: 'Only the owner of an address answers ARP for it',
      why: 'Every machine has all Service addresses on kube-ipvs0 and would claim those that another one announces',
      remedy: 'leave strictArp true',
      reference: `${ISSUES}/59976`,
    },
    (cluster, proxy) =>
      proxy.strictArp === false
        ? announcers(cluster).map((who) => ({ message: `strictArp is false, while ${who}` }))
        : [],
    KubeProxyMode.IPVS,
  ),
  proxyRule(
    {
      id: 'GW-PROXY-003',
      severity: Severity.WARNING,
      title: 'The Kubernetes patch synchronises IPVS periodically',
      why: 'Some releases lost the periodic synchronisation: what a failed change leaves behind stays wrong until the next change',
      remedy: 'use the named patch or a newer one',
      reference: 'https://github.com/kubernetes/kubernetes/pull/135631',
    },
    ({ kubernetesVersion: { minor, patch } }) => {
      const floor = kubernetesMinor(minor).proxyFloors.value.ipvs;
      return atLeast(patch, floor)
        ? []
        : [{ message: `Kubernetes ${patch} is older than ${floor}` }];
    },
    KubeProxyMode.IPVS,
  ),
  proxyRule(
    {
      id: 'GW-PROXY-004',
      severity: Severity.WARNING,
      title: 'The scheduler does what its name says',
      why: 'kube-proxy gives every endpoint the weight 1 and every Service one address, which is all that some schedulers look at',
      remedy: 'use rr, lc or sh',
      reference: `${KEPS}/5495-deprecate-ipvs-mode-in-kube-proxy`,
    },
    (_cluster, { scheduler = 'rr' }) => {
      const caveat = schedulerCaveat(scheduler);
      return caveat === undefined ? [] : [{ message: `scheduler ${scheduler}: ${caveat}` }];
    },
    KubeProxyMode.IPVS,
  ),
  proxyRule(
    {
      id: 'GW-PROXY-005',
      severity: Severity.WARNING,
      title: 'The kernel reuses IPVS connections without delay',
      why: 'Older kernels delay a new connection from a reused source port by a second, or send it to an endpoint that is gone',
      remedy: 'use a newer kernel or another proxy mode',
      reference: `${ISSUES}/93297`,
    },
    ({ kernel }) => {
      const floor = kernelFloors.ipvsConnectionReuse.value;
      return atLeast(kernel, floor) ? [] : [{ message: `kernel ${kernel} is older than ${floor}` }];
    },
    KubeProxyMode.IPVS,
  ),
  proxyRule(
    {
      id: 'GW-PROXY-006',
      severity: Severity.ERROR,
      title: `Nothing uses ${PROBE_ADDRESS}`,
      why: 'At every start kube-proxy makes and deletes a virtual server on this address of a range reserved for documentation, and traffic to it is lost',
      remedy: 'choose a range that is not reserved for documentation',
      reference:
        'https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/ipvs/supported.go',
    },
    probeConflicts,
    KubeProxyMode.IPVS,
  ),
  proxyRule(
    {
      id: 'GW-PROXY-007',
      severity: Severity.WARNING,
      title: 'IPVS remembers an idle connection until keepalive has seen to it',
      why: 'IPVS forgets it first, and the next packet is answered with a reset or lost: database pools and long polls break',
      remedy: `use ${goDuration(KEEPALIVE_SECONDS * 1000)} or more, or set keepalive in the pods (securityContext.sysctls)`,
      reference: `${ISSUES}/71358`,
    },
    (_cluster, { tcpTimeoutSeconds: seconds = KEEPALIVE_SECONDS }) => {
      return seconds >= KEEPALIVE_SECONDS
        ? []
        : [
            {
              message: `tcpTimeout is ${goDuration(seconds * 1000)}, while Linux probes an idle connection after 7200 seconds and gives it up after 7200 + 9 × 75 = ${KEEPALIVE_SECONDS}`,
            },
          ];
    },
    KubeProxyMode.IPVS,
  ),
  proxyRule(
    {
      id: 'GW-PROXY-018',
      severity: Severity.ERROR,
      title: 'kube-proxy alone sets how IPVS reuses connections',
      why: 'It writes net.ipv4.vs.conn_reuse_mode where the kernel needs it and leaves it alone elsewhere; another value brings back lost or delayed connections',
      remedy: 'ask the ledger for no sysctl below net.ipv4.vs',
      reference: `${ISSUES}/81775`,
    },
    ({ ledger, machines }) => {
      const asked = machines.flatMap((machine) =>
        ledger
          .forMachine(machine)
          .sysctls.filter(({ key }) => key.startsWith('net.ipv4.vs.'))
          .map(({ key, value }) => `sysctl ${key} is asked to be ${value}`),
      );
      return [...new Set(asked)].map((message) => ({ message }));
    },
    KubeProxyMode.IPVS,
  ),
];

function announcers({ endpoint, loadBalancer }: Cluster): string[] {
  return [
    ...(endpoint.needsLayer2
      ? [`${endpoint._byKubeVip ? 'kube-vip' : 'keepalived'} announces ${endpoint.address} by ARP`]
      : []),
    ...(loadBalancer === LoadBalancerKind.METALLB_L2 ? ['MetalLB announces Services by ARP'] : []),
  ];
}

/** A virtual address is excluded, and so named already; any other one is not. */
function endpointAddress({ endpoint: { isVirtual, address } }: Cluster): Array<[string, string]> {
  return isVirtual || address === undefined ? [] : [['endpoint', hostCidr(address)]];
}

function probeConflicts(cluster: Cluster): RuleViolation[] {
  const networks: Array<[string, string]> = [
    ['podCidr', cluster.podCidr],
    ['serviceCidr', cluster.serviceCidr],
    ...cluster.zones.map((zone): [string, string] => [
      `nodeCidr of zone ${zone.name}`,
      zone.nodeCidr,
    ]),
    ...endpointAddress(cluster),
    ...(cluster._summary('loadBalancer')?.pools ?? []).flatMap(({ name, cidrs }) =>
      cidrs.map((cidr): [string, string] => [`load-balancer pool ${name}`, cidr]),
    ),
    ...(cluster._summary('kubeProxy')?.excludeCidrs ?? []).map((cidr): [string, string] => [
      'excludeCidrs',
      cidr,
    ]),
  ];
  return networks
    .filter(([, cidr]) => Cidr.parse(cidr)?.contains(PROBE_ADDRESS))
    .map(([what, cidr]) => ({ message: `${what} ${cidr} contains ${PROBE_ADDRESS}` }));
}

import { atLeast, kernelFloors, kubernetesMinor } from '../catalog';
import {
  ApiEndpointKind,
  Cidr,
  LoadBalancerKind,
  Severity,
  rule,
  type Cluster,
  type IRule,
  type LedgerEntry,
  type RuleViolation,
} from '../cluster';
import { goDuration } from './go-duration';
import { ipvsLifeCycleText } from './life-cycle';
import { schedulerCaveat } from './scheduler';
import { KEEPALIVE_SECONDS } from './tuning-ipvs';

/** Where kube-proxy sets up a virtual server for a moment, to see whether its scheduler works. */
const PROBE_ADDRESS = '198.51.100.0';
const LONGEST_SYNC_SECONDS = 300;
const SLOWEST_REACTION_SECONDS = 10;

/** What would break in kube-proxy's IPVS mode, or because of it. */
export const ipvsRules: IRule[] = [
  rule(
    {
      id: 'GW-PROXY-001',
      severity: Severity.WARNING,
      title: 'The proxy mode has a future',
      why: 'IPVS mode leaves Kubernetes; a cluster that still uses it then starts no kube-proxy after an upgrade',
      remedy:
        'plan the move to nftables mode before that upgrade and acknowledge this until then; kube-proxy removes what IPVS mode left when it starts in nftables mode',
      reference: 'kubernetes/enhancements KEP-5495',
    },
    () => [{ message: `IPVS mode is ${ipvsLifeCycleText()}` }],
  ),
  rule(
    {
      id: 'GW-PROXY-002',
      severity: Severity.ERROR,
      title: 'Only the owner of an address answers ARP for it',
      why: 'Every machine has all Service addresses on kube-ipvs0 and would claim those that another one announces',
      remedy: 'leave strictArp true',
      reference: 'kubernetes/kubernetes issue 59976; metallb.io/installation',
    },
    (cluster) =>
      cluster._summary('kubeProxy')?.strictArp === false
        ? announcers(cluster).map((who) => ({ message: `strictArp is false, while ${who}` }))
        : [],
  ),
  rule(
    {
      id: 'GW-PROXY-003',
      severity: Severity.WARNING,
      title: 'The Kubernetes patch synchronises IPVS periodically',
      why: 'Some releases lost the periodic synchronisation: what a failed change leaves behind stays wrong until the next change',
      remedy: 'use the named patch or a newer one',
      reference: 'kubernetes/kubernetes pull request 135631',
    },
    ({ kubernetesVersion: { minor, patch } }) => {
      const floor = kubernetesMinor(minor).proxyFloors.value.ipvs;
      return atLeast(patch, floor)
        ? []
        : [{ message: `Kubernetes ${patch} is older than ${floor}` }];
    },
  ),
  rule(
    {
      id: 'GW-PROXY-004',
      severity: Severity.WARNING,
      title: 'The scheduler does what its name says',
      why: 'kube-proxy gives every endpoint the weight 1 and every Service one address, which is all that some schedulers look at',
      remedy: 'use rr, lc or sh',
      reference:
        'kubernetes/enhancements KEP-5495; kubernetes/kubernetes pkg/proxy/ipvs/proxier.go',
    },
    (cluster) => {
      const { scheduler = 'rr' } = cluster._summary('kubeProxy') ?? {};
      const caveat = schedulerCaveat(scheduler);
      return caveat === undefined ? [] : [{ message: `scheduler ${scheduler}: ${caveat}` }];
    },
  ),
  rule(
    {
      id: 'GW-PROXY-005',
      severity: Severity.WARNING,
      title: 'The kernel reuses IPVS connections without delay',
      why: 'Older kernels delay a new connection from a reused source port by a second, or send it to an endpoint that is gone',
      remedy: 'use a newer kernel or another proxy mode',
      reference: 'kubernetes/kubernetes issues 81775 and 93297',
    },
    ({ kernel }) => {
      const floor = kernelFloors.ipvsConnectionReuse.value;
      return atLeast(kernel, floor) ? [] : [{ message: `kernel ${kernel} is older than ${floor}` }];
    },
  ),
  rule(
    {
      id: 'GW-PROXY-006',
      severity: Severity.ERROR,
      title: `Nothing uses ${PROBE_ADDRESS}`,
      why: 'At every start kube-proxy makes and deletes a virtual server on this address of a range reserved for documentation, and traffic to it is lost',
      remedy: 'choose a range that is not reserved for documentation',
      reference: 'kubernetes/kubernetes pkg/proxy/ipvs; RFC 5737',
    },
    probeConflicts,
  ),
  rule(
    {
      id: 'GW-PROXY-007',
      severity: Severity.WARNING,
      title: 'IPVS remembers an idle connection until keepalive has seen to it',
      why: 'IPVS forgets it first, and the next packet is answered with a reset or lost: database pools and long polls break',
      remedy: `use ${goDuration(KEEPALIVE_SECONDS * 1000)} or more, or set keepalive in the pods (securityContext.sysctls)`,
      reference: 'kubernetes/kubernetes issues 71358 and 84041',
    },
    (cluster) => {
      const seconds = cluster._summary('kubeProxy')?.tcpTimeoutSeconds ?? KEEPALIVE_SECONDS;
      return seconds >= KEEPALIVE_SECONDS
        ? []
        : [
            {
              message: `tcpTimeout is ${goDuration(seconds * 1000)}, while Linux probes an idle connection after 7200 seconds and gives it up after ${KEEPALIVE_SECONDS}`,
            },
          ];
    },
  ),
  rule(
    {
      id: 'GW-PROXY-008',
      severity: Severity.WARNING,
      title: 'kube-proxy synchronises often enough',
      why: 'A repair waits for syncPeriod and the health check for twice that; every change of endpoints waits for up to minSyncPeriod',
      remedy: `keep syncPeriod at ${goDuration(LONGEST_SYNC_SECONDS * 1000)} and minSyncPeriod at ${SLOWEST_REACTION_SECONDS}s or less`,
      reference: 'kubernetes/kubernetes issue 96018',
    },
    slowSyncs,
  ),
  rule(
    {
      id: 'GW-PROXY-009',
      severity: Severity.NOTE,
      title: 'The machines have what IPVS mode needs',
      why: 'This spec does not write these machines, so nothing here can load modules or open ports on them',
      remedy: 'have them loaded and open on every machine, now and after a reboot',
      reference: 'kubernetes/kubernetes pkg/proxy/ipvs/README.md',
    },
    foreignNeeds,
  ),
  rule(
    {
      id: 'GW-PROXY-010',
      severity: Severity.NOTE,
      title: 'Nothing else manages kube-proxy',
      why: 'The objects carry the names that kubeadm uses, so that kube-proxy does not run twice; each upgrade by kubeadm writes its own over them',
      remedy:
        'set proxy.disabled in the ClusterConfiguration of the ConfigMap kubeadm-config; where kube-proxy ran in iptables mode, reboot each machine once, since IPVS mode leaves some of its rules in place',
      reference:
        'kubernetes/kubeadm issue 3137; kubernetes/kubernetes cmd/kube-proxy/app/server_linux.go',
    },
    (cluster) =>
      cluster.ownsMachines
        ? []
        : [{ message: 'on a cluster made by kubeadm these objects replace its kube-proxy' }],
  ),
];

function announcers({ endpoint, loadBalancer }: Cluster): string[] {
  return [
    ...(endpoint.kind === ApiEndpointKind.KUBE_VIP
      ? [`kube-vip announces ${endpoint.address} by ARP`]
      : []),
    ...(loadBalancer === LoadBalancerKind.METALLB_L2 ? ['MetalLB announces Services by ARP'] : []),
  ];
}

function probeConflicts(cluster: Cluster): RuleViolation[] {
  const networks: Array<[string, string]> = [
    ['podCidr', cluster.podCidr],
    ['serviceCidr', cluster.serviceCidr],
    ...cluster.zones.map((zone): [string, string] => [
      `nodeCidr of zone ${zone.name}`,
      zone.nodeCidr,
    ]),
    ...(cluster._summary('kubeProxy')?.excludeCidrs ?? []).map((cidr): [string, string] => [
      'excludeCidrs',
      cidr,
    ]),
  ];
  return networks
    .filter(([, cidr]) => Cidr.parse(cidr)?.contains(PROBE_ADDRESS))
    .map(([what, cidr]) => ({ message: `${what} ${cidr} contains ${PROBE_ADDRESS}` }));
}

function slowSyncs(cluster: Cluster): RuleViolation[] {
  const { syncPeriodSeconds = 0, minSyncPeriodSeconds = 0 } = cluster._summary('kubeProxy') ?? {};
  return [
    ...(syncPeriodSeconds > LONGEST_SYNC_SECONDS
      ? [`syncPeriod is ${goDuration(syncPeriodSeconds * 1000)}`]
      : []),
    ...(minSyncPeriodSeconds > SLOWEST_REACTION_SECONDS
      ? [`minSyncPeriod is ${goDuration(minSyncPeriodSeconds * 1000)}`]
      : []),
  ].map((message) => ({ message }));
}

/** What this room asked the ledger for, when nobody renders it. */
function foreignNeeds(cluster: Cluster): RuleViolation[] {
  const [machine] = cluster.machines;
  const summary = cluster._summary('kubeProxy');
  if (cluster.ownsMachines || machine === undefined || summary === undefined) {
    return [];
  }
  const needs = cluster.ledger.forMachine(machine);
  const ours = (entries: LedgerEntry[]) =>
    entries
      .filter(({ reasons }) => reasons.some((reason) => reason.endsWith(` (${summary.path})`)))
      .map(({ key }) => key)
      .join(', ');
  return [
    {
      message: `not written here: kernel modules ${ours(needs.kernelModules)}; ports ${ours(needs.ports)}`,
    },
  ];
}

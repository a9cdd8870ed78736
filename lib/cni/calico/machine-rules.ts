import { calicoRule } from './calico-rule';
import type { CalicoChoices } from './choices';
import { LinuxDataplane } from './dataplane-options';
import { failsafeTcp } from './felix';
import { CalicoBaseline } from './policy-options';
import {
  askedOfMachines,
  Severity,
  type Cluster,
  type IRule,
  type RuleViolation,
} from '../../cluster';

const ADDRESS = 'https://docs.tigera.io/calico/latest/networking/ipam/ip-autodetection';
const HOSTS = 'https://docs.tigera.io/calico/latest/network-policy/hosts/protect-hosts';

/** Calico and the machines it runs on: addresses, NICs, endpoints, what leaves the cluster. */
export const machineRules: IRule[] = [
  calicoRule(
    {
      id: 'GW-CNI-026',
      severity: Severity.WARNING,
      title: "Calico takes the node's own address",
      why: "A virtual IP, another NIC's or a VPN's address makes other machines send to the wrong place, often only after a restart",
      remedy:
        'leave nodeAddressAutodetection out: it then takes the address that kubelet was given',
      reference: ADDRESS,
    },
    addressViolations,
  ),
  calicoRule(
    {
      id: 'GW-CNI-032',
      severity: Severity.WARNING,
      title: 'Nothing tells others about this cluster',
      why: 'Felix sends the size and version of the cluster to projectcalico.org every day',
      remedy: 'leave felix.usageReportingEnabled out',
      reference: 'https://docs.tigera.io/calico/latest/reference/felix/configuration',
    },
    (_cluster, { options }) =>
      options.felix?.usageReportingEnabled === true
        ? [{ message: 'felix.usageReportingEnabled is on' }]
        : [],
  ),
  calicoRule(
    {
      id: 'GW-CNI-036',
      severity: Severity.WARNING,
      title: "Pods are kept away from the provider's metadata service",
      why: "A machine's user-data can hold keys of the cluster, and every pod can read it there",
      remedy: 'leave policy.baseline out, or make sure that there is no such service',
      reference: 'https://kubernetes.io/docs/concepts/security/security-checklist/',
    },
    (_cluster, { baseline }) =>
      baseline === CalicoBaseline.NONE
        ? [{ message: 'policy.baseline is none: pods reach 169.254.169.254 where it answers' }]
        : [],
  ),
  calicoRule(
    {
      id: 'GW-CNI-041',
      severity: Severity.WARNING,
      title: 'Host endpoints leave the way to a machine open',
      why: 'The first policy that selects a host endpoint denies everything that it does not allow; only failsafe ports stay open',
      remedy: 'leave the failsafe lists out, or add what is missing',
      reference: HOSTS,
    },
    failsafeViolations,
  ),
  calicoRule(
    {
      id: 'GW-CNI-042',
      severity: Severity.WARNING,
      title: 'Felix knows the NICs of the spec',
      why: 'It assumes an MTU of 1460 where no interface matches its pattern; a NIC that BPF does not know gets no programs, and its packets pass by policy and Services',
      remedy: 'leave the pattern out and give every machine its nic',
      reference: 'https://github.com/projectcalico/calico/issues/4522',
    },
    patternViolations,
  ),
  calicoRule(
    {
      id: 'GW-CNI-048',
      severity: Severity.NOTE,
      title: 'Machines of others have what Calico needs',
      why: 'This spec writes no files for them; a missing module shows when the first pod needs it, a closed port as pods that reach only their own machine',
      remedy: 'have the modules loaded and the ports open on every machine, now and after a reboot',
      reference: 'https://docs.tigera.io/calico/latest/getting-started/kubernetes/requirements',
    },
    (cluster) => {
      if (cluster.ownsMachines) {
        return [];
      }
      const { modules, ports } = askedOfMachines(cluster, cluster._summary('cni')!.path);
      return [{ message: `not written here: kernel modules ${modules}; ports ${ports}` }];
    },
  ),
];

function addressViolations(cluster: Cluster, { autodetection }: CalicoChoices): RuleViolation[] {
  const { endpoint } = cluster;
  const virtual = endpoint.isVirtual ? endpoint.address : undefined;
  return (['v4', 'v6'] as const).flatMap((family): RuleViolation[] => {
    const method = autodetection[family];
    if (method === undefined || method.method === 'kubernetes') {
      return [];
    }
    // IPv6 is never looked for at an IPv4 address.
    const sameFamily = virtual?.includes(':') === (family === 'v6');
    if (virtual !== undefined && sameFamily && method._mayChoose(virtual)) {
      return [
        {
          message: `autodetection by ${method.method} can take the virtual IP ${virtual} of the API`,
        },
      ];
    }
    return method.method === 'firstFound'
      ? [{ message: 'autodetection by firstFound takes the first address, whichever NIC has it' }]
      : [];
  });
}

function failsafeViolations(
  cluster: Cluster,
  { hostEndpoints, felix, bgp }: CalicoChoices,
): RuleViolation[] {
  const inbound = felix.failsafeInboundHostPorts?.value as
    ReadonlyArray<{ readonly protocol: string; readonly port: number }> | undefined;
  if (!hostEndpoints || inbound === undefined) {
    return [];
  }
  const open = new Set(inbound.filter((p) => p.protocol === 'TCP').map((p) => p.port));
  const missing = [...new Set([22, ...failsafeTcp(cluster, bgp.listenPort), 10250])].filter(
    (port) => !open.has(port),
  );
  return missing.length === 0
    ? []
    : [
        {
          message: `felix.failsafeInboundHostPorts leaves out TCP ${missing.sort((a, b) => a - b).join(', ')}`,
        },
      ];
}

/** Felix's own patterns, where the spec does not set one. */
const OWN_PATTERN = '^((en|wl|ww|sl|ib)[Pcopsvx].*|(eth|wlan|wwan).*)';
const OWN_BPF_PATTERN = '^((en|wl|ww|sl|ib)[Popsx].*|(eth|wlan|wwan|bond).*)';

function patternViolations(cluster: Cluster, { felix, dataplane }: CalicoChoices): RuleViolation[] {
  const patterns = {
    mtuIfacePattern: OWN_PATTERN,
    ...(dataplane === LinuxDataplane.BPF ? { bpfDataIfacePattern: OWN_BPF_PATTERN } : {}),
  };
  return Object.entries(patterns).flatMap(([field, own]) =>
    patternViolation(cluster, field, (felix[field]?.value as string | undefined) ?? own),
  );
}

function patternViolation(cluster: Cluster, field: string, pattern: string): RuleViolation[] {
  const matches = asPattern(pattern);
  if (matches === undefined) {
    return [];
  }
  const missed = [
    ...new Set(
      cluster.machines.flatMap(({ nic }) => (nic === undefined || matches.test(nic) ? [] : [nic])),
    ),
  ].sort();
  return missed.length === 0
    ? []
    : [{ message: `the NIC ${missed.join(', ')} does not match ${field} ${pattern}` }];
}

/** Go's patterns are JavaScript's, but for a few; those are left to Felix. */
function asPattern(text: string): RegExp | undefined {
  try {
    return new RegExp(text);
  } catch {
    return undefined;
  }
}

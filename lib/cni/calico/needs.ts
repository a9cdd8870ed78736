import type { IConstruct } from 'constructs';
import { PortSource, type Ledger } from '../../cluster';
import { isIpip, isVxlan, type CalicoChoices } from './choices';

/**
 * What Calico needs on every machine. No rp_filter: Felix copies conf.default to each pod's
 * interface and refuses spoofed sources by a rule of its own, so 0, 1 and 2 are all right for it and
 * a wish of ours would only quarrel with those who do need a value.
 */
export function requireMachineNeeds(ledger: Ledger, by: IConstruct, choices: CalicoChoices): void {
  ledger.requireSysctl('net.ipv4.ip_forward', '1', {
    by,
    why: "pods' packets are routed; Felix writes the same value at its start",
  });
  requireModules(ledger, by, choices);
  requirePorts(ledger, by, choices);
}

/** Loaded at boot, a missing module shows before there is a cluster, not when a pod needs it. */
function requireModules(
  ledger: Ledger,
  by: IConstruct,
  { dataplane, encapsulation }: CalicoChoices,
): void {
  if (dataplane === 'Iptables') {
    for (const name of ['ip_set', 'ip_set_hash_ip', 'ip_set_hash_net', 'xt_set']) {
      ledger.requireKernelModule(name, {
        by,
        why: "Felix's rules match pods and networks by ipset",
      });
    }
    ledger.requireKernelModule('ipt_rpfilter', {
      by,
      why: 'Felix drops packets that pods send from foreign addresses',
    });
  } else {
    ledger.requireKernelModule('nf_tables', { by, why: 'Felix writes its rules with nft' });
  }
  if (isIpip(encapsulation)) {
    ledger.requireKernelModule('ipip', { by, why: 'tunnel device tunl0 for pod packets' });
  }
  if (isVxlan(encapsulation)) {
    ledger.requireKernelModule('vxlan', { by, why: 'tunnel device vxlan.calico for pod packets' });
  }
}

function requirePorts(
  ledger: Ledger,
  by: IConstruct,
  { bgp, encapsulation, felix }: CalicoChoices,
): void {
  const open = (port: string, protocol: string, why: string, from = PortSource.MACHINES) =>
    ledger.requirePort(port, { by, protocol, from, why });
  open('5473', 'tcp', "Typha, which hands Felix on every machine the cluster's state");
  if (bgp) {
    open('179', 'tcp', "BGP between all machines, which carries the pods' routes");
  }
  if (isIpip(encapsulation)) {
    open('', '4', 'IP in IP between machines');
  }
  if (isVxlan(encapsulation)) {
    open('4789', 'udp', 'VXLAN between machines');
  }
  if (felix.prometheusMetricsPort !== undefined) {
    // A scraper is a pod; on its own machine it comes with its own address, else with the machine's.
    for (const from of [PortSource.MACHINES, PortSource.PODS]) {
      open(String(felix.prometheusMetricsPort), 'tcp', 'metrics of Felix', from);
    }
  }
}

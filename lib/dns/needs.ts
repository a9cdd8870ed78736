import type { IConstruct } from 'constructs';
import { KubeProxyMode, PortSource, type Cluster } from '../cluster';
import type { DnsChoices } from './choices';

/** What node-cache needs on every machine. */
export function requireMachineNeeds(cluster: Cluster, by: IConstruct, choices: DnsChoices): void {
  const { ledger } = cluster;
  ledger.requireKernelModule('dummy', {
    by,
    why: 'nodelocaldns, the interface with the address of the DNS cache',
  });
  ledger.requireKernelModuleOption('dummy numdummies', '0', {
    by,
    why: 'loading the module leaves no interface behind that nobody asked for',
  });
  if (choices.setupIptables) {
    requireFilter(cluster, by);
  }
  for (const protocol of ['tcp', 'udp']) {
    ledger.requirePort('53', { by, protocol, from: PortSource.PODS, why: 'DNS cache' });
  }
  // A scraper is a pod; on its own machine it comes with its own address, else often with the machine's.
  for (const from of [PortSource.MACHINES, PortSource.PODS]) {
    ledger.requirePort(String(choices.metricsPort), {
      by,
      protocol: 'tcp',
      from,
      why: 'metrics of the DNS cache',
    });
  }
}

/** What the rules are written with; their table and matches are loaded by the kernel on use. */
function requireFilter({ ledger, kubeProxyMode }: Cluster, by: IConstruct): void {
  const modules: Record<string, string> = {
    xt_CT: 'NOTRACK, by which packets skip connection tracking',
    xt_comment: 'comments in the rules',
    // Where kube-proxy writes nftables, nobody else may have loaded it.
    ...(kubeProxyMode === KubeProxyMode.NFTABLES
      ? { nft_compat: 'node-cache writes its rules with iptables, through nftables' }
      : {}),
  };
  Object.entries(modules).forEach(([name, why]) => ledger.requireKernelModule(name, { by, why }));
}

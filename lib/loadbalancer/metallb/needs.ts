import type { Construct } from 'constructs';
import { MEMBERLIST_PORT, METRICS_PORT } from './names';
import type { MetalLbSettings } from './settings';
import { PortSource, type Cluster } from '../../cluster';

/** What MetalLB needs of the machines. Its own BGP only dials, so there is no port for it to open. */
export function requireMachineNeeds(
  by: Construct,
  cluster: Cluster,
  { layer2, metrics, pools, fromControlPlanes }: MetalLbSettings,
): void {
  const { ledger } = cluster;
  const speaking = fromControlPlanes ? cluster.machines : cluster.workers;
  const machines = speaking.map(({ name }) => name);
  const open = (port: number, protocol: string, from: PortSource, why: string) =>
    ledger.requirePort(String(port), { by, protocol, from, machines, why });
  if (layer2 !== undefined) {
    for (const protocol of ['tcp', 'udp']) {
      open(
        MEMBERLIST_PORT,
        protocol,
        PortSource.MACHINES,
        "MetalLB's speakers look after each other",
      );
    }
  }
  if (metrics) {
    // A scraper is a pod; on its own machine it comes with its own address, else with the machine's.
    for (const from of [PortSource.MACHINES, PortSource.PODS]) {
      open(METRICS_PORT, 'tcp', from, "metrics of MetalLB's speakers");
    }
  }
  // In IPVS mode machines have these addresses; in the others no packet for them gets to the machine itself.
  for (const cidr of pools.flatMap(({ parsed }) => parsed.flatMap((entry) => entry.cidrs))) {
    ledger.requireAddresses(cidr.toString(), {
      by,
      from: PortSource.ANYWHERE,
      why: 'Services that clients outside of the cluster reach',
    });
  }
}

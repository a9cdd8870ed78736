import { fileNameOf, scriptOf, type Collector } from './collector';
import { counters } from './counters';
import { facts } from './facts';
import { etcdMetrics, fsync, iperf } from './load';
import { bgp, proxy, routes } from './network';
import { arp, dfProbe, roundTrip } from './probes';
import { connect, dnsStorm } from './services';

export { fileNameOf, scriptOf, type Collector } from './collector';

/** Every collector of the doctor. */
export const collectors: readonly Collector[] = [
  arp,
  bgp,
  connect,
  counters,
  dfProbe,
  dnsStorm,
  etcdMetrics,
  facts,
  fsync,
  iperf,
  proxy,
  roundTrip,
  routes,
];

/** All scripts, file name → content, for a ConfigMap or a folder. */
export function collectorFiles(): Record<string, string> {
  return Object.fromEntries(collectors.map((one) => [fileNameOf(one), scriptOf(one)]));
}

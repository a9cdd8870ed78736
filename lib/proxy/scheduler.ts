import { IpvsScheduler } from './ipvs-options';

/** The kernel module of a scheduler; the kernel names them after the scheduler. */
export function schedulerModule(scheduler: IpvsScheduler): string {
  return `ip_vs_${scheduler}`;
}

/**
 * What becomes of a scheduler under kube-proxy, which gives every endpoint the weight 1 and one
 * virtual server to every Service address; undefined for those that do what their name says.
 */
export function schedulerCaveat(scheduler: string): string | undefined {
  return CAVEATS[scheduler];
}

const ONE_ENDPOINT =
  'it chooses by destination, and all clients of a Service share one, so that one endpoint gets nearly all connections';

const CAVEATS: Readonly<Record<string, string | undefined>> = {
  [IpvsScheduler.WRR]: 'with equal weights it is rr',
  [IpvsScheduler.WLC]: 'with equal weights it is lc',
  [IpvsScheduler.SED]: 'with equal weights it is lc without the count of inactive connections',
  [IpvsScheduler.NQ]:
    'with equal weights it is lc that prefers idle endpoints, which lc does as well',
  [IpvsScheduler.DH]: ONE_ENDPOINT,
  [IpvsScheduler.LBLC]: ONE_ENDPOINT,
  [IpvsScheduler.LBLCR]: ONE_ENDPOINT,
  [IpvsScheduler.MH]:
    'kube-proxy passes it on unchecked and upstream neither documents nor tests it',
};

import type { Duration } from 'cdk8s';
import { Cidr, millis, type Cluster, type Problem } from '../cluster';
import { goDuration } from './go-duration';
import { IpvsScheduler, type IpvsKubeProxyOptions } from './ipvs-options';
import { ipvsIsGone, ipvsLifeCycleText } from './life-cycle';
import { proxyProblems } from './validate';

/** How long conntrack keeps an idle TCP connection on our machines and by kube-proxy's own default. */
const CONNTRACK_ESTABLISHED_MS = 24 * 3_600_000;

/** Everything that is wrong with the options of IPVS mode, given the facts of the cluster. */
export function ipvsProblems(options: IpvsKubeProxyOptions, cluster: Cluster): Problem[] {
  return [
    ...releaseProblems(cluster),
    ...schedulerProblems(options.scheduler),
    ...excludeProblems(options.excludeCidrs ?? [], cluster),
    ...(['tcpTimeout', 'tcpFinTimeout', 'udpTimeout'] as const).flatMap((prop) =>
      timeoutProblems(prop, options[prop]),
    ),
    ...proxyProblems(
      options,
      cluster,
      'IPVS mode serves no NodePort there; call the Service address',
    ),
  ];
}

function releaseProblems(cluster: Cluster): Problem[] {
  const { minor } = cluster.kubernetesVersion;
  return ipvsIsGone(minor)
    ? [
        {
          prop: 'cluster.kubernetesVersion',
          allowed: 'a release with IPVS mode',
          got: minor,
          remedy: `use another proxy mode; IPVS is ${ipvsLifeCycleText()}`,
        },
      ]
    : [];
}

function schedulerProblems(scheduler: IpvsScheduler | undefined): Problem[] {
  const known: string[] = Object.values(IpvsScheduler);
  return scheduler === undefined || known.includes(scheduler)
    ? []
    : [
        {
          prop: 'scheduler',
          allowed: `one of ${known.join(', ')}`,
          got: scheduler,
          remedy: 'kube-proxy passes any word on and fails on the machine; rr suits most',
        },
      ];
}

function excludeProblems(cidrs: readonly string[], cluster: Cluster): Problem[] {
  const services = (['serviceCidr', 'serviceCidrV6'] as const).flatMap((prop) => {
    const cidr = Cidr.parse(cluster[prop] ?? '');
    return cidr === undefined ? [] : [{ prop, cidr }];
  });
  return cidrs.flatMap((got) => {
    const cidr = Cidr.parse(got);
    if (cidr === undefined) {
      return [
        {
          prop: 'excludeCidrs',
          allowed: 'canonical CIDRs',
          got,
          remedy: 'write the network address with its prefix length; /32 for one address',
        },
      ];
    }
    return services
      .filter((network) => cidr.overlaps(network.cidr))
      .map((network) => ({
        prop: 'excludeCidrs',
        allowed: `apart from ${network.prop} ${network.cidr}`,
        got,
        remedy:
          'virtual servers of deleted Services would stay for ever; name only foreign addresses',
      }));
  });
}

function timeoutProblems(prop: string, timeout: Duration | undefined): Problem[] {
  if (timeout === undefined) {
    return [];
  }
  const got = millis(timeout);
  if (got % 1000 === 0 && got >= 1000 && got <= CONNTRACK_ESTABLISHED_MS) {
    return [];
  }
  const max = goDuration(CONNTRACK_ESTABLISHED_MS);
  return [
    {
      prop,
      allowed: `whole seconds between 1s and ${max}`,
      got: goDuration(got),
      remedy: `leave it out for the default; conntrack forgets what is idle for ${max}`,
    },
  ];
}

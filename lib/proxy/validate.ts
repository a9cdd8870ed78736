import type { Duration } from 'cdk8s';
import { kubernetesMinor } from '../catalog';
import { Cidr, checkInteger, parseImage, type Cluster, type Problem } from '../cluster';
import { isLoopback, splitAddress } from './bind-address';
import { goDuration, millis } from './go-duration';
import { IpvsScheduler, type IpvsKubeProxyOptions } from './ipvs-options';
import { ipvsIsGone, ipvsLifeCycleText } from './life-cycle';
import { HEALTH_PORT } from './tuning';
import { DEFAULT_MIN_SYNC_MS, DEFAULT_SYNC_MS } from './tuning-ipvs';

/** How long conntrack keeps an idle TCP connection on our machines and by kube-proxy's own default. */
const CONNTRACK_ESTABLISHED_MS = 24 * 3_600_000;

/** Everything that is wrong with the options on their own, given the facts of the cluster. */
export function optionProblems(options: IpvsKubeProxyOptions, cluster: Cluster): Problem[] {
  return [
    ...releaseProblems(cluster),
    ...schedulerProblems(options.scheduler),
    ...excludeProblems(options.excludeCidrs ?? [], cluster),
    ...nodePortProblems(options.nodePortAddresses, cluster),
    ...syncProblems(options),
    ...(['tcpTimeout', 'tcpFinTimeout', 'udpTimeout'] as const).flatMap((prop) =>
      timeoutProblems(prop, options[prop]),
    ),
    ...metricsProblems(options.metricsBindAddress),
    ...podProblems(options),
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

function nodePortProblems(addresses: readonly string[] | undefined, cluster: Cluster): Problem[] {
  if (addresses === undefined) {
    return [];
  }
  const prop = 'nodePortAddresses';
  const { minor } = cluster.kubernetesVersion;
  // Loopback is never served in this mode, whatever words the release knows.
  const words = kubernetesMinor(minor).nodePortAddressKeywords.value.filter(
    (word) => word !== 'localhost',
  );
  if (addresses.length === 0) {
    return [
      {
        prop,
        allowed: 'not empty',
        got: undefined,
        remedy: 'leave it out for the node address; 0.0.0.0/0 opens NodePorts on every address',
      },
    ];
  }
  const problems = addresses.flatMap((got): Problem[] => {
    if (words.includes(got)) {
      return [];
    }
    const host = got.split('/')[0]!;
    if (got === 'localhost' || isLoopback(host)) {
      return [
        {
          prop,
          allowed: 'apart from loopback',
          got,
          remedy: 'IPVS mode serves no NodePort there; call the Service address',
        },
      ];
    }
    return Cidr.parse(got) === undefined
      ? [
          {
            prop,
            allowed: `canonical CIDRs or ${words.join(', ')}`,
            got,
            remedy: `these are what Kubernetes ${minor} takes; one address is a /32`,
          },
        ]
      : [];
  });
  const mixed = addresses.length > 1 && addresses.includes('primary') && words.length === 1;
  return mixed
    ? [
        ...problems,
        {
          prop,
          allowed: `primary alone or only CIDRs in Kubernetes ${minor}`,
          got: addresses,
          remedy: 'kube-proxy exits on a mix; use 1.37 or name the CIDRs',
        },
      ]
    : problems;
}

function syncProblems(options: IpvsKubeProxyOptions): Problem[] {
  const sync = options.syncPeriod === undefined ? DEFAULT_SYNC_MS : millis(options.syncPeriod);
  const least =
    options.minSyncPeriod === undefined ? DEFAULT_MIN_SYNC_MS : millis(options.minSyncPeriod);
  const problems: Problem[] = [];
  for (const [prop, got] of [
    ['syncPeriod', sync],
    ['minSyncPeriod', least],
  ] as const) {
    if (!Number.isInteger(got)) {
      problems.push({ prop, allowed: 'whole milliseconds', got: `${got}ms`, remedy: 'round it' });
    }
  }
  if (sync <= 0) {
    problems.push({
      prop: 'syncPeriod',
      allowed: 'longer than 0s',
      got: goDuration(sync),
      remedy: 'use 30s, the default',
    });
  } else if (least > sync) {
    problems.push({
      prop: 'minSyncPeriod',
      allowed: `at most syncPeriod ${goDuration(sync)}`,
      got: goDuration(least),
      remedy: 'shorten it or lengthen syncPeriod',
    });
  }
  return problems;
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

function metricsProblems(got: string | undefined): Problem[] {
  if (got === undefined) {
    return [];
  }
  const prop = 'metricsBindAddress';
  const address = splitAddress(got);
  if (address === undefined) {
    return [
      { prop, allowed: 'IP:port', got, remedy: 'write 0.0.0.0:10249, or [::]:10249 on IPv6' },
    ];
  }
  const { host, port } = address;
  if (!isLoopback(host) && host !== '0.0.0.0' && host !== '::') {
    return [
      {
        prop,
        allowed: 'a loopback or unspecified address',
        got,
        remedy: 'every machine reads the same configuration and only one of them has this address',
      },
    ];
  }
  if (port === HEALTH_PORT) {
    return [
      {
        prop,
        allowed: `another port than ${HEALTH_PORT}`,
        got,
        remedy: 'the health check listens there; 10249 is the usual one',
      },
    ];
  }
  return checkInteger(prop, port, { min: 1, max: 65535 }, 'use port 10249');
}

function podProblems({
  image,
  cpuRequestMillicores,
  memoryRequest,
}: IpvsKubeProxyOptions): Problem[] {
  const problems = checkInteger(
    'cpuRequestMillicores',
    cpuRequestMillicores,
    { min: 1, max: 64_000 },
    'leave it out for 50',
  );
  if (image !== undefined && parseImage(image) === undefined) {
    problems.push({
      prop: 'image',
      allowed: 'a full reference with a tag or a digest',
      got: image,
      remedy: 'write registry/repository:tag',
    });
  }
  const kibibytes = memoryRequest?.toKibibytes();
  if (kibibytes !== undefined && (kibibytes % 1024 !== 0 || kibibytes < 16 * 1024)) {
    problems.push({
      prop: 'memoryRequest',
      allowed: 'whole mebibytes, at least 16',
      got: `${kibibytes} KiB`,
      remedy: 'leave it out for 64 MiB',
    });
  }
  return problems;
}

import { checkInteger, millis, parseImage, type Cluster, type Problem } from '../cluster';
import { goDuration } from './go-duration';
import {
  KubeProxyDetectLocalMode,
  KubeProxyNames,
  type KubeProxyOptions,
} from './kube-proxy-options';
import { DEFAULT_MIN_SYNC_MS, DEFAULT_SYNC_MS } from './tuning-section';
import { listenProblems, nodePortProblems } from './validate-addresses';

/**
 * Everything that is wrong with the options that all modes have, given the facts of the cluster.
 *
 * @param noLoopback the way out where the mode serves no NodePort on loopback; undefined where it does
 */
export function proxyProblems(
  options: KubeProxyOptions,
  cluster: Cluster,
  noLoopback: string | undefined,
): Problem[] {
  return [
    ...nodePortProblems(options.nodePortAddresses, cluster, noLoopback),
    ...syncProblems(options),
    ...markProblems(options),
    ...listenProblems(options, cluster),
    ...detectProblems(options),
    ...podProblems(options),
    ...wordProblems('names', options.names, Object.values(KubeProxyNames)),
    ...checkInteger(
      'expectedServices',
      options.expectedServices,
      { min: 1, max: 150_000 },
      'upstream tests clusters of up to 10000 Services; leave it out when it is not known',
    ),
  ];
}

/** kube-proxy takes 0 to 31 and looks at nobody else's marks. */
function markProblems({ masqueradeBit }: KubeProxyOptions): Problem[] {
  return checkInteger(
    'masqueradeBit',
    masqueradeBit,
    { min: 0, max: 14 },
    "15 was kubelet's and 16 to 31 are Calico's; leave it out for 14",
  );
}

function detectProblems(options: KubeProxyOptions): Problem[] {
  const { detectLocalMode = KubeProxyDetectLocalMode.CLUSTER_CIDR } = options;
  const named = [
    ['bridgeInterface', KubeProxyDetectLocalMode.BRIDGE_INTERFACE, 'cni0'],
    ['interfaceNamePrefix', KubeProxyDetectLocalMode.INTERFACE_NAME_PREFIX, 'cali'],
  ] as const;
  return [
    ...wordProblems(
      'detectLocalMode',
      options.detectLocalMode,
      Object.values(KubeProxyDetectLocalMode),
    ),
    ...named.flatMap(([prop, mode, example]): Problem[] => {
      const got = options[prop];
      if (detectLocalMode !== mode) {
        return got === undefined
          ? []
          : [
              {
                prop,
                allowed: `left out with detectLocalMode ${detectLocalMode}`,
                got,
                remedy: `only ${mode} reads it`,
              },
            ];
      }
      return got !== undefined && /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,14}$/.test(got)
        ? []
        : [
            {
              prop,
              allowed: `1 to 15 characters of an interface name with detectLocalMode ${mode}`,
              got,
              remedy: `give for example ${example}`,
            },
          ];
    }),
  ];
}

/** Enums reach a jsii program in another language as words. */
function wordProblems(prop: string, got: string | undefined, words: readonly string[]): Problem[] {
  return got === undefined || words.includes(got)
    ? []
    : [{ prop, allowed: `one of ${words.join(', ')}`, got, remedy: 'correct the word' }];
}

function syncProblems(options: KubeProxyOptions): Problem[] {
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

function podProblems({
  image,
  oomScoreAdj,
  cpuRequestMillicores,
  memoryRequest,
}: KubeProxyOptions): Problem[] {
  const problems = [
    ...checkInteger(
      'oomScoreAdj',
      oomScoreAdj,
      { min: -1000, max: 1000 },
      'leave it out: kube-proxy then goes after all pods that can be spared',
    ),
    ...checkInteger(
      'cpuRequestMillicores',
      cpuRequestMillicores,
      { min: 1, max: 64_000 },
      'leave it out for 50',
    ),
  ];
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

import { kubernetesMinor } from '../catalog';
import { Cidr, checkInteger, familyOf, type Cluster, type Problem } from '../cluster';
import { isLoopback, splitAddress } from './bind-address';
import type { KubeProxyOptions } from './kube-proxy-options';

const HEALTH_PORT = 10256;

/** What is wrong with the addresses that kube-proxy itself listens on. */
export function listenProblems(options: KubeProxyOptions, cluster: Cluster): Problem[] {
  const { healthzBindAddress, metricsBindAddress } = options;
  const healthPort = splitAddress(healthzBindAddress ?? '')?.port ?? HEALTH_PORT;
  return [
    ...bindProblems(options.bindAddress, cluster),
    ...healthProblems(healthzBindAddress),
    ...metricsProblems(metricsBindAddress, healthPort),
  ];
}

function isUnspecified(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** The address tells kube-proxy its first family, and any real one would be every node's. */
function bindProblems(got: string | undefined, { machines }: Cluster): Problem[] {
  const first = familyOf(machines[0]!.address) === 'IPv6' ? '::' : '0.0.0.0';
  return got === undefined || got === first
    ? []
    : [
        {
          prop: 'bindAddress',
          allowed: `${first} or left out`,
          got,
          remedy:
            'it would become the node address of every machine, since all read the same configuration',
        },
      ];
}

function healthProblems(got: string | undefined): Problem[] {
  if (got === undefined) {
    return [];
  }
  const prop = 'healthzBindAddress';
  const address = splitAddress(got);
  return address === undefined || !isUnspecified(address.host)
    ? [
        {
          prop,
          allowed: 'an unspecified address with a port',
          got,
          remedy: "kubelet asks at the node's address; write 0.0.0.0:10256, or [::]:10256 on IPv6",
        },
      ]
    : checkInteger(prop, address.port, { min: 1, max: 65535 }, 'use port 10256');
}

function metricsProblems(got: string | undefined, healthPort: number): Problem[] {
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
  if (!isLoopback(host) && !isUnspecified(host)) {
    return [
      {
        prop,
        allowed: 'a loopback or unspecified address',
        got,
        remedy: 'every machine reads the same configuration and only one of them has this address',
      },
    ];
  }
  if (port === healthPort) {
    return [
      {
        prop,
        allowed: `another port than ${healthPort}`,
        got,
        remedy: 'the health check listens there; 10249 is the usual one',
      },
    ];
  }
  return checkInteger(prop, port, { min: 1, max: 65535 }, 'use port 10249');
}

/** @param noLoopback the way out where the mode serves no NodePort on loopback; undefined where it does */
export function nodePortProblems(
  addresses: readonly string[] | undefined,
  cluster: Cluster,
  noLoopback: string | undefined,
): Problem[] {
  if (addresses === undefined) {
    return [];
  }
  const prop = 'nodePortAddresses';
  const { minor } = cluster.kubernetesVersion;
  // Where loopback is not served its word is none, whatever the release knows.
  const words = kubernetesMinor(minor).nodePortAddressKeywords.value.filter(
    (word) => word !== 'localhost' || noLoopback === undefined,
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
    if (noLoopback !== undefined && (got === 'localhost' || isLoopback(host))) {
      return [{ prop, allowed: 'apart from loopback', got, remedy: noLoopback }];
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

import { Cidr, familyOf, hostCidr, type Cluster, type Problem } from '../cluster';
import { DEFAULTS, settledBinding, settledLocalIp, settledUpstreamIp } from './choices';
import type { NodeLocalDnsProps } from './dns-options';

const LINK_LOCAL = Cidr.parse('169.254.0.0/16')!;
const UNIQUE_LOCAL = Cidr.parse('fd00::/8')!;
/** Addresses that mean something else on every machine: the metadata service, and Calico's gateway of pods. */
const TAKEN: Readonly<Record<string, string>> = {
  '169.254.169.254': 'the metadata service of most providers',
  'fd00:ec2::254': 'the metadata service of EC2',
  '169.254.1.1': "the gateway of Calico's pods",
};

/** What is wrong with the addresses that the cache takes or asks. */
export function addressProblems(props: NodeLocalDnsProps): Problem[] {
  return [
    ...localIpProblems(props),
    ...clusterDnsProblems(props),
    ...upstreamServiceProblems(props),
  ];
}

function localIpProblems(props: NodeLocalDnsProps): Problem[] {
  const { cluster } = props;
  const [family] = cluster._families;
  const got = settledLocalIp(cluster, props);
  const one = (allowed: string, remedy: string): Problem[] => [
    { prop: 'localIp', allowed, got, remedy },
  ];
  if (familyOf(got) !== family) {
    return one(
      `a canonical ${family} address`,
      `the DNS Service has the family of the cluster, and node-cache takes one; use ${DEFAULTS.localIp[family!]}`,
    );
  }
  const range = family === 'IPv6' ? UNIQUE_LOCAL : LINK_LOCAL;
  if (!range.contains(got) || range.reserves(got)) {
    return one(
      family === 'IPv6' ? `a unique local address (${range})` : `a link-local address (${range})`,
      family === 'IPv6'
        ? `a link-local one of IPv6 holds on one link only, and pods have another; use ${DEFAULTS.localIp.IPv6}`
        : `an address that is routed anywhere belongs to somebody; use ${DEFAULTS.localIp.IPv4}`,
    );
  }
  if (TAKEN[got] !== undefined) {
    return one(`another address than that of ${TAKEN[got]}`, `use ${DEFAULTS.localIp[family!]}`);
  }
  const owner = networksOf(cluster).find(([, cidr]) => Cidr.parse(cidr)!.contains(got));
  return owner === undefined
    ? []
    : one(
        `outside ${owner[0]} ${owner[1]}`,
        'it must mean the machine itself on every machine; choose an address that nobody else has',
      );
}

/** Every network of the cluster by its name, and the address of the API. */
function networksOf(cluster: Cluster): Array<[string, string]> {
  const { address } = cluster.endpoint;
  return [
    ...cluster.zones.flatMap(({ name, nodeCidr, nodeCidrV6 }): Array<[string, string]> => [
      [`nodeCidr of zone ${name}`, nodeCidr],
      ...(nodeCidrV6 === undefined
        ? []
        : [[`nodeCidrV6 of zone ${name}`, nodeCidrV6] as [string, string]]),
    ]),
    ...cluster.podCidrs.map((cidr): [string, string] => ['podCidr', cidr]),
    ...cluster.serviceCidrs.map((cidr): [string, string] => ['serviceCidr', cidr]),
    ...(address === undefined ? [] : [['endpoint.address', hostCidr(address)] as [string, string]]),
  ];
}

function clusterDnsProblems({ cluster, clusterDnsIp }: NodeLocalDnsProps): Problem[] {
  if (clusterDnsIp === undefined) {
    return [];
  }
  const one = (allowed: string, remedy: string): Problem[] => [
    { prop: 'clusterDnsIp', allowed, got: clusterDnsIp, remedy },
  ];
  if (cluster.ownsMachines) {
    return one(
      'left out with machines of the spec',
      `kubeadm gives cluster DNS the tenth address, ${cluster.clusterDnsIp}`,
    );
  }
  return isServiceAddress(cluster, clusterDnsIp) && clusterDnsIp !== cluster.kubernetesServiceIp
    ? []
    : one(
        `an address of Services inside serviceCidr ${cluster.serviceCidr}`,
        'take what `kubectl -n kube-system get service kube-dns` shows',
      );
}

function upstreamServiceProblems(props: NodeLocalDnsProps): Problem[] {
  const { cluster } = props;
  if (!settledBinding(cluster, props)) {
    return props.upstreamServiceIp === undefined
      ? []
      : [
          {
            prop: 'upstreamServiceIp',
            allowed: 'left out without bindClusterIp',
            got: props.upstreamServiceIp,
            remedy: 'the cache asks the DNS Service itself, and there is no second one',
          },
        ];
  }
  const got = settledUpstreamIp(cluster, props);
  const dns = props.clusterDnsIp ?? cluster.clusterDnsIp;
  const one = (allowed: string, remedy: string): Problem[] => [
    { prop: 'upstreamServiceIp', allowed, got, remedy },
  ];
  if (!isServiceAddress(cluster, got)) {
    return one(
      `an address of Services inside serviceCidr ${cluster.serviceCidr}`,
      'take a low one: Kubernetes gives those out last by itself',
    );
  }
  const owner = [
    [cluster.kubernetesServiceIp, 'the Service kubernetes'],
    [dns, 'the DNS Service'],
  ].find(([ip]) => ip === got);
  return owner === undefined
    ? []
    : one(`another address than that of ${owner[1]}`, 'two Services cannot have one address');
}

function isServiceAddress({ serviceCidr }: Cluster, ip: string): boolean {
  const network = Cidr.parse(serviceCidr)!;
  return network.contains(ip) && !network.reserves(ip) && ip !== network.nth(0);
}

import { settledBackend, settledNftables, type SettledBackend } from './choices';
import { parseEtcdConfig } from './etcd-config';
import { FlannelWireguardMode } from './flannel-backend';
import type { TunedFlannelProps } from './flannel-options';
import { largestPodMtu, realOverhead } from './mtu';
import { checkInteger, parseImage, type Cluster, type Problem } from '../../cluster';

/** The least MTU at which Linux gives an interface IPv6. */
const IPV6_MINIMUM = 1280;

/** Everything that is wrong with the props by themselves and with the facts they need. */
export function choiceProblems(props: TunedFlannelProps): Problem[] {
  const backend = settledBackend(props.cluster, props);
  return [
    ...familyProblems(props.cluster, backend),
    ...mtuProblems(props, backend),
    ...interfaceProblems(props, backend),
    ...idleProblems(props, backend),
    ...numberProblems(props),
    ...imageProblems('image', props.image),
    ...imageProblems('cniPluginImage', props.cniPluginImage),
    ...(props.etcdConfig === undefined ? [] : parseEtcdConfig(props.etcdConfig).problems),
  ];
}

function familyProblems(cluster: Cluster, backend: SettledBackend): Problem[] {
  const ipv6 = cluster._families.includes('IPv6');
  if (backend.type === 'udp' && ipv6) {
    return [
      {
        prop: 'backend',
        allowed: 'other than udp in a cluster with IPv6',
        got: backend.type,
        remedy: 'it carries IPv4 only; use FlannelBackend.vxlan()',
      },
    ];
  }
  if (backend.type === 'vxlan' && ipv6 && backend.vni > 9999) {
    return [
      {
        prop: 'backend.vni',
        allowed: 'at most 9999 in a cluster with IPv6',
        got: backend.vni,
        remedy: `flannel-v6.${backend.vni} would be longer than the 15 characters that Linux takes`,
      },
    ];
  }
  if (
    backend.type === 'wireguard' &&
    backend.mode !== FlannelWireguardMode.SEPARATE &&
    !cluster.isDualStack
  ) {
    return [
      {
        prop: 'backend.mode',
        allowed: 'separate in a cluster with one address family',
        got: backend.mode,
        remedy: 'the other modes put two families into one tunnel',
      },
    ];
  }
  return [];
}

function mtuProblems({ cluster, mtu }: TunedFlannelProps, backend: SettledBackend): Problem[] {
  const max = largestPodMtu(cluster, backend);
  if (cluster._families.includes('IPv6') && max < IPV6_MINIMUM) {
    return [
      {
        prop: 'cluster.pathMtu',
        allowed: `at least ${IPV6_MINIMUM + realOverhead(cluster, backend)} for IPv6 pods behind ${backend.type}`,
        got: cluster.pathMtu,
        remedy: `Linux takes IPv6 off an interface below ${IPV6_MINIMUM}; raise the MTU of the underlay, or leave IPv6 out`,
      },
    ];
  }
  // The smallest underlay leaves less than 1280 under a tunnel; what it leaves is then the floor, too.
  const min = Math.min(1280, max);
  const remedy =
    mtu !== undefined && mtu < min ? 'raise it or leave it out' : 'lower it or raise underlay.mtu';
  return checkInteger('mtu', mtu, { min, max }, remedy);
}

function interfaceProblems(props: TunedFlannelProps, backend: SettledBackend): Problem[] {
  const [first] = props.cluster._families;
  const { kind = 'nodeInternalIp', _family } = props.interface ?? {};
  if (_family !== undefined && _family !== first) {
    return [
      {
        prop: 'interface',
        allowed: `FlannelInterface.canReach of an ${first} address`,
        got: `an ${_family} one`,
        remedy: "flannel takes the route's source as its address of the first family",
      },
    ];
  }
  // It compares two addresses of which flannel leaves one empty without IPv4, and refuses to start.
  const byAddress = kind === 'nodeInternalIp' || kind === 'canReach';
  return backend.type === 'host-gw' && first === 'IPv6' && byAddress
    ? [
        {
          prop: 'interface',
          allowed: 'FlannelInterface.named or regex for host-gw without IPv4',
          got: kind,
          remedy: 'flannel takes an interface that it found by IPv6 address for one behind a NAT',
        },
      ]
    : [];
}

/** What would be accepted and do nothing. */
function idleProblems(props: TunedFlannelProps, backend: SettledBackend): Problem[] {
  const problems: Problem[] = [];
  if (props.checksumOffload !== undefined && backend.type !== 'vxlan') {
    problems.push({
      prop: 'checksumOffload',
      allowed: 'left out with another backend than vxlan',
      got: props.checksumOffload,
      remedy: `it is about the device of vxlan, and ${backend.type} has none`,
    });
  }
  if (props.ipMasqRandomFully !== undefined && props.ipMasq === false) {
    problems.push({
      prop: 'ipMasqRandomFully',
      allowed: 'left out without ipMasq',
      got: props.ipMasqRandomFully,
      remedy: 'without a source address to change there is no port to choose',
    });
  }
  const checks = !settledNftables(props.cluster, props) || props.ipBlackholeRoute === true;
  if (props.iptablesResync !== undefined && !checks) {
    problems.push({
      prop: 'iptablesResync',
      allowed: 'left out with nftables',
      got: `${props.iptablesResync.toMilliseconds() / 1000} s`,
      remedy: 'flannel writes its nftables once, when it starts',
    });
  }
  return problems;
}

function numberProblems(props: TunedFlannelProps): Problem[] {
  const resync = props.iptablesResync?.toMilliseconds({ integral: false });
  const mebibytes = props.memoryRequest?.toKibibytes();
  return [
    ...checkInteger(
      'iptablesResync',
      resync === undefined ? undefined : resync / 1000,
      { min: 1, max: 3600 },
      'give whole seconds',
    ),
    ...checkInteger(
      'healthzPort',
      props.healthzPort,
      { min: 1024, max: 65535 },
      'use 8081 unless it is taken',
    ),
    ...checkInteger(
      'cpuRequestMillicores',
      props.cpuRequestMillicores,
      { min: 1, max: 64000 },
      '100 are a tenth of a core',
    ),
    ...checkInteger(
      'memoryRequest',
      mebibytes === undefined ? undefined : mebibytes / 1024,
      { min: 1, max: 65536 },
      'give whole mebibytes, for example Size.mebibytes(50)',
    ),
  ];
}

function imageProblems(prop: string, image: string | undefined): Problem[] {
  if (image === undefined || parseImage(image)?.tag !== undefined) {
    return [];
  }
  return [
    {
      prop,
      allowed: 'a full reference with a tag',
      got: image,
      remedy: 'write registry/repository:tag, with @sha256 behind it if you pin the digest',
    },
  ];
}

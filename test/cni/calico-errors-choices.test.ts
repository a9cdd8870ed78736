import { Duration, Size } from 'cdk8s';
import { Encapsulation } from '../../lib';
import {
  CalicoBaseline,
  LinuxDataplane,
  NodeAddressAutodetection,
  type TunedCalicoOptions,
} from '../../lib/cni';
import { dualStack } from '../support/dual-stack';
import { render } from './calico';
import { DIGESTS, onlyV6, WITHOUT_PROXY } from './calico-variants';

const internal = NodeAddressAutodetection.nodeInternalIp();
const METADATA = 'write /32 or /128 behind a single address';
const SECONDS = '25 seconds keep most firewalls open; leave it out where there is none';

const cases: Array<[TunedCalicoOptions, string]> = [
  [
    { wireguard: { listeningPort: 1023 } },
    'wireguard.listeningPort must be between 1024 and 65535, got 1023; use 51820 unless it is taken',
  ],
  [
    { wireguard: { listeningPortV6: 51821 } },
    'wireguard.listeningPortV6 must be left out in a cluster without IPv6, got 51821; there is no such device',
  ],
  [
    { encapsulation: Encapsulation.VXLAN, wireguard: { listeningPort: 4789 } },
    'wireguard.listeningPort must be another port than 4789 with VXLAN, got 4789; leave it out unless 51820 or 51821 is taken',
  ],
  [
    { wireguard: { keepAlive: Duration.millis(500) } },
    `wireguard.keepAlive must be whole seconds up to 65535, got 0.5 s; ${SECONDS}`,
  ],
  [
    { wireguard: { keepAlive: Duration.seconds(65536) } },
    `wireguard.keepAlive must be whole seconds up to 65535, got 65536 s; ${SECONDS}`,
  ],
  [
    { bpf: {} },
    'bpf must be left out with dataplane Iptables, got a value; set linuxDataplane to LinuxDataplane.BPF, or remove it',
  ],
  [
    { linuxDataplane: LinuxDataplane.BPF, bpf: { mapSizeConntrack: 1000 } },
    "bpf.mapSizeConntrack must be between 1024 and 16777216, got 1000; leave it out for Felix's own 512000",
  ],
  [
    { nodeAddressAutodetectionV6: internal },
    'nodeAddressAutodetectionV6 must be left out in a cluster without IPv6, got kubernetes; machines have no such address to find',
  ],
  [
    { nodeAddressAutodetection: NodeAddressAutodetection.canReach('fd00::1') },
    'nodeAddressAutodetection must be with IPv4 addresses and networks only, got fd00::1; no address of that family would ever be found',
  ],
  [
    { nodeAddressAutodetection: NodeAddressAutodetection.cidrs('10.0.0.0/8', 'fd00::/8') },
    'nodeAddressAutodetection must be with IPv4 addresses and networks only, got fd00::/8; no address of that family would ever be found',
  ],
  [
    { typha: { metricsPort: 80 } },
    'typha.metricsPort must be between 1024 and 65535, got 80; use 9093 unless it is taken',
  ],
  [
    { typha: { metricsPort: 9098 } },
    'typha.metricsPort must be none of 5473, 9098, 9099, got 9098; Calico listens there itself; use 9093 unless it is taken',
  ],
  [
    { typha: { metricsPort: 9091 }, felix: { prometheusMetricsPort: 9091 } },
    'typha.metricsPort must be another port than felix.prometheusMetricsPort, got 9091; one machine can run both, and only one of them would get it',
  ],
  [
    { bgp: { listenPort: 9091 }, felix: { prometheusMetricsPort: 9091 } },
    'felix.prometheusMetricsPort must be another port than bgp.listenPort, got 9091; one machine can run both, and only one of them would get it',
  ],
  [
    { typha: { resources: { cpuRequestMillicores: 0 } } },
    'typha.resources.cpuRequestMillicores must be between 1 and 64000, got 0; 250 is what upstream sets in its own manifest',
  ],
  [
    { nodeResources: { memoryRequest: Size.mebibytes(31) } },
    'nodeResources.memoryRequest must be at least 32 MiB, got 31 MiB; the process does not start with less',
  ],
  [
    { nodeResources: { memoryRequest: Size.kibibytes(100 * 1024 + 1) } },
    'nodeResources.memoryRequest must be in whole mebibytes, got 102401 KiB; round it up',
  ],
  [
    {
      policy: { baseline: CalicoBaseline.DEFAULT_DENY, exemptNamespaces: ['Kube_System'] },
    },
    'policy.exemptNamespaces must be names of namespaces, RFC 1123 labels, got Kube_System; use lower-case letters, digits and hyphens, at most 63',
  ],
  [
    { policy: { exemptNamespaces: ['web'] } },
    'policy.exemptNamespaces must be left out unless baseline is default-deny, got web; set baseline to CalicoBaseline.DEFAULT_DENY, or remove it',
  ],
  [
    { policy: { baseline: CalicoBaseline.NONE, metadataNetworks: ['169.254.169.254/32'] } },
    'policy.metadataNetworks must be left out with baseline none, got 169.254.169.254/32; without a policy nothing is denied',
  ],
  [
    { policy: { metadataNetworks: [] } },
    'policy.metadataNetworks must be at least one network, got nothing; leave it out for the usual addresses, or choose CalicoBaseline.NONE',
  ],
  ...['169.254.169.254', 'fd00:ec2::254/128'].map((network): [TunedCalicoOptions, string] => [
    { policy: { metadataNetworks: [network] } },
    `policy.metadataNetworks must be canonical IPv4 CIDRs, got ${network}; ${METADATA}`,
  ]),
  [
    { imageDigests: { ...DIGESTS, 'calico/node': 'sha256:abc' } },
    'imageDigests of calico/node must be sha256: and 64 hexadecimal digits, got sha256:abc; copy it from your registry, for the index of all architectures',
  ],
  [
    { imageDigests: Object.fromEntries(Object.entries(DIGESTS).slice(1)) },
    'imageDigests of calico/apiserver must be given with the others, got nothing; the operator stops at an image without a digest once there is one for any',
  ],
];

test.each(cases)('%j', (options, text) => {
  expect(() => render(options)).toThrow(new Error(`[oslo/cni] ${text}`));
});

test('an image that is none of Calico', () => {
  const imageDigests = { ...DIGESTS, 'quay.io/calico/node': DIGESTS['calico/node']! };
  expect(() => render({ imageDigests })).toThrow(
    /^\[oslo\/cni\] imageDigests must be images of calico\/[^;]*, got quay\.io\/calico\/node; write the repository without registry and tag$/,
  );
});

test('the two devices of WireGuard have a port each', () => {
  expect(() => render({ wireguard: { listeningPort: 51821 } }, dualStack())).toThrow(
    new Error(
      '[oslo/cni] wireguard.listeningPortV6 must be another port than listeningPort, got 51821; each family has a device of its own',
    ),
  );
});

test('settings of a family that the cluster does not have', () => {
  expect(() =>
    render({ nodeAddressAutodetection: internal, wireguard: { listeningPort: 51820 } }, onlyV6()),
  ).toThrow(
    new Error(
      [
        'wireguard.listeningPort must be left out in a cluster without IPv4, got 51820; there is no such device',
        'nodeAddressAutodetection must be left out in a cluster without IPv4, got kubernetes; machines have no such address to find',
      ]
        .map((text) => `[oslo/cni] ${text}`)
        .join('\n'),
    ),
  );
  expect(() => render({ blockSize: 26 }, onlyV6())).toThrow(
    '[oslo/cni] blockSize must be left out where no IPv4 pool takes it, got 26;',
  );
});

test('VXLAN and WireGuard may have one number where there is no VXLAN', () => {
  expect(() => render({ wireguard: { listeningPort: 4789 } })).not.toThrow();
  // BPF tunnels by VXLAN whatever the pools say.
  expect(() => render({ wireguard: { listeningPort: 4789 } }, WITHOUT_PROXY)).toThrow('4789');
});

describe('how a node finds its address', () => {
  const at = (text: string) => new Error(`[NodeAddressAutodetection] ${text}`);

  test.each([
    [
      () => NodeAddressAutodetection.onInterface(' '),
      'onInterface must be at least one pattern, got nothing; write for example eno1,bond0',
    ],
    [
      () => NodeAddressAutodetection.skipInterface(''),
      'skipInterface must be at least one pattern, got nothing; write for example eno1,bond0',
    ],
    [
      () => NodeAddressAutodetection.canReach('gateway.example.no'),
      'canReach must be an IP address in canonical spelling, got gateway.example.no; write an address that is reached through the cluster network, such as its gateway',
    ],
    [
      () => NodeAddressAutodetection.cidrs(),
      "cidrs must be at least one network, got nothing; name the machines' networks",
    ],
    [
      () => NodeAddressAutodetection.cidrs('10.20.0.0/24', '10.20.0.1/24'),
      'cidrs must be canonical CIDRs, got 10.20.0.1/24; write the network address with its prefix length, for example 10.20.0.0/24',
    ],
  ])('%#', (make, text) => {
    expect(make).toThrow(at(text));
  });
});

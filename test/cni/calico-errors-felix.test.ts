import { Duration } from 'cdk8s';
import { felixFields } from '../../lib/catalog';
import { KubeProxyMode } from '../../lib';
import type { FelixOptions } from '../../lib/cni';
import { render } from './calico';

const OWN = "leave it out for Felix's own default";
const REFERENCE = "see upstream's reference of FelixConfiguration";
const OPERATOR = 'the operator owns it and refuses or undoes a change';
const ENVIRONMENT =
  'the operator sets it in the environment, which wins: the field would do nothing';
const PROP = 'it has a prop of its own; use the prop of that name in felix';

const overrides = (field: string, value: unknown, text: string): [FelixOptions, string] => [
  { overrides: { [field]: value } },
  `felix.overrides.${field} must be ${text}`,
];
const failsafe = (port: object, text: string): [FelixOptions, string] => [
  {
    failsafeOutboundHostPorts: [
      { protocol: 'udp', port: 53 },
      { protocol: 'tcp', port: 22, ...port },
    ],
  },
  `felix.failsafeOutboundHostPorts[1].${text}`,
];

const cases: Array<[FelixOptions, string]> = [
  ...[999, 1000.5, 86_400_001].map((millis): [FelixOptions, string] => [
    { ipsetsRefreshInterval: Duration.millis(millis) },
    `felix.ipsetsRefreshInterval must be between 1 second and 1 day in whole milliseconds, or 0 for never, got ${millis} ms; ${OWN}`,
  ]),
  [
    { nftablesRefreshInterval: Duration.minutes(3) },
    'felix.nftablesRefreshInterval must be left out with dataplane Iptables, got 180000 ms; that dataplane has no such rules to read back',
  ],
  failsafe({ port: 0 }, 'port must be between 1 and 65535, got 0; give one port'),
  failsafe({ protocol: 'TCP' }, 'protocol must be tcp or udp, got TCP; write it in lower case'),
  failsafe(
    { net: '10.0.0.1/8' },
    'net must be a canonical CIDR, got 10.0.0.1/8; write the network address with its prefix length, for example 10.20.0.0/24',
  ),
  overrides(
    'goGcThreshold',
    40,
    "a field of FelixConfiguration, got 40; write goGCThreshold in upstream's spelling, or leave it out",
  ),
  overrides(
    'constructor',
    'x',
    'a field of FelixConfiguration, got "x"; write a field in upstream\'s spelling, or leave it out',
  ),
  overrides('bpfEnabled', true, `left out, got true; ${OPERATOR}`),
  overrides('healthPort', 9099, `left out, got 9099; ${OPERATOR}`),
  overrides('ipv6Support', true, `left out, got true; ${ENVIRONMENT}`),
  overrides('defaultEndpointToHostAction', 'Drop', `left out, got "Drop"; ${ENVIRONMENT}`),
  overrides(
    'vxlanMTU',
    1400,
    'left out, got 1400; mtu sets it in the environment, which wins: the field would do nothing; use the prop mtu',
  ),
  overrides(
    'bpfExternalServiceMode',
    'DSR',
    'left out, got "DSR"; it has a prop of its own; use the prop of that name in bpf',
  ),
  overrides(
    'bpfMapSizeConntrack',
    1,
    'left out, got 1; it has a prop of its own; use bpf.mapSizeConntrack',
  ),
  overrides(
    'wireguardEnabled',
    true,
    'left out, got true; it has a prop of its own; use wireguard',
  ),
  overrides(
    'featureDetectOverride',
    'ChecksumOffloadBroken=true',
    'left out, got "ChecksumOffloadBroken=true"; it has a prop of its own; use felix.checksumOffload',
  ),
  overrides(
    'prometheusMetricsEnabled',
    true,
    'left out, got true; it follows felix.prometheusMetricsPort; use that',
  ),
  overrides('reportingInterval', '0s', `left out, got "0s"; ${PROP}`),
  overrides('logSeverityScreen', 'Info', `left out, got "Info"; ${PROP}`),
  overrides('xdpEnabled', 'true', `true or false, got "true"; ${REFERENCE}`),
  overrides('goMaxProcs', 1.5, `a whole number, got 1.5; ${REFERENCE}`),
  overrides('iptablesBackend', 1, `a text, got 1; ${REFERENCE}`),
  // The schema's pattern takes no fraction, although Go does.
  overrides(
    'netlinkTimeout',
    '1.5s',
    `a text of whole numbers with units, such as 90s or 2m30s, got "1.5s"; ${REFERENCE}`,
  ),
  overrides('natPortRange', true, `a whole number or a text, got true; ${REFERENCE}`),
  overrides('routeTableRanges', {}, `a list, got {}; ${REFERENCE}`),
  overrides('bpfConntrackTimeouts', [], `an object, got []; ${REFERENCE}`),
  overrides('bpfLogFilters', null, `an object, got null; ${REFERENCE}`),
  overrides(
    'iptablesMarkMask',
    0xffff0000,
    `between 0 and 2147483647, got 4294901760; ${REFERENCE}`,
  ),
];

test.each(cases)('%j', (felix, text) => {
  expect(() => render({ felix })).toThrow(new Error(`[oslo/cni] ${text}`));
});

test('iptables rules are not read back where there are none', () => {
  const felix = { iptablesRefreshInterval: Duration.millis(90_000) };
  expect(() => render({ felix }, { kubeProxyMode: KubeProxyMode.NFTABLES })).toThrow(
    new Error(
      '[oslo/cni] felix.iptablesRefreshInterval must be left out with dataplane Nftables, got 90000 ms; that dataplane has no such rules to read back',
    ),
  );
});

// What an option could not set because the library itself sets the field would be lost in silence.
test('no field that is rendered may be overridden', () => {
  const samples = {
    boolean: true,
    integer: 1,
    string: 'x',
    duration: '1s',
    intOrString: 1,
    array: [],
    object: {},
  };
  const rendered = new Set(
    render({
      wireguard: {},
      hostEndpoints: {},
      felix: { prometheusMetricsPort: 9091 },
    })
      .objects.ofKind('FelixConfiguration')
      .flatMap(({ spec }) => Object.keys(spec)),
  );
  expect(rendered.size).toBeGreaterThan(6);
  for (const field of rendered) {
    const value = samples[felixFields.value[field]!];
    expect(() => render({ felix: { overrides: { [field]: value } } })).toThrow(
      `felix.overrides.${field} must be left out`,
    );
  }
});

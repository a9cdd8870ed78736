import { Duration } from 'cdk8s';
import type { FelixFailsafePort } from './felix-options';
import { booleanOf, integerOf, oneOf } from './manifest-env-reader';
import { felixFields } from '../../catalog';
import { networkAround } from '../../cluster';

/** A value in the type of its field, or what it should have been. */
export type FelixValue = { readonly value: unknown } | { readonly allowed: string };

/** Fields with a fixed list of words, in the spelling of the schema; Felix compares without case. */
const WORDS: Readonly<Record<string, string>> = {
  awsSrcDstCheck: 'DoNothing Enable Disable',
  bpfAttachType: 'TCX TC',
  bpfCTLBLogFilter: 'all',
  bpfConnectTimeLoadBalancing: 'TCP Enabled Disabled',
  bpfConntrackLogLevel: 'Off Debug',
  bpfConntrackMode: 'Auto Userspace BPFProgram',
  bpfEnforceRPF: 'Disabled Strict Loose',
  bpfExternalServiceMode: 'Tunnel DSR',
  bpfHostNetworkedNATWithoutCTLB: 'Enabled Disabled',
  bpfJITHardening: 'Auto Strict',
  bpfLogLevel: 'Off Info Debug',
  bpfMapSizeConntrackScaling: 'Disabled DoubleIfFull',
  bpfProfiling: 'Enabled Disabled',
  bpfRedirectToPeer: 'Enabled Disabled',
  chainInsertMode: 'Insert Append',
  defaultEndpointToHostAction: 'Drop Return Accept',
  floatingIPs: 'Enabled Disabled',
  flowLogsLocalReporter: 'Enabled Disabled',
  flowLogsPolicyEvaluationMode: 'None Continuous',
  ipForwarding: 'Enabled Disabled',
  iptablesBackend: 'Legacy NFT Auto',
  iptablesFilterAllowAction: 'Accept Return',
  iptablesFilterDenyAction: 'Drop Reject',
  iptablesMangleAllowAction: 'Accept Return',
  istioAmbientMode: 'Enabled Disabled',
  logSeverityFile: 'Trace Debug Info Warning Error Fatal',
  logSeverityScreen: 'Trace Debug Info Warning Error Fatal',
  logSeveritySys: 'Trace Debug Info Warning Error Fatal',
  natOutgoingExclusions: 'IPPoolsOnly IPPoolsAndHostIPs',
  nftablesFilterAllowAction: 'Accept Return',
  nftablesFilterDenyAction: 'Drop Reject',
  nftablesMangleAllowAction: 'Accept Return',
  nftablesMode: 'Enabled Disabled Auto',
  programClusterRoutes: 'Enabled Disabled',
  prometheusMetricsClientAuth:
    'RequireAndVerifyClientCert RequireAnyClientCert VerifyClientCertIfGiven NoClientCert',
  routeSource: 'WorkloadIPs CalicoIPAM',
  serviceLoopPrevention: 'Drop Reject Disabled',
  windowsManageFirewallRules: 'Enabled Disabled',
  workloadSourceSpoofing: 'Disabled Any',
};

/** Forms of texts that are more than a text. */
const FORMS: Readonly<Record<string, readonly [RegExp, string]>> = {
  featureDetectOverride: [
    /^[\w-]+=(true|false)(,[\w-]+=(true|false))*$/,
    'name=true or name=false, with commas between',
  ],
  featureGates: [/^[\w-]+=[^=,]+(,[\w-]+=[^=,]+)*$/, 'name=value, with commas between'],
  logActionRateLimit: [
    /^[1-9]\d{0,3}\/(second|minute|hour|day)$/,
    'a number up to 9999 and /second, /minute, /hour or /day',
  ],
  logPrefix: [/^[a-zA-Z0-9%: /_-]*$/, 'letters, digits, blanks and %:/_-'],
};

/** Whole numbers that are not just any. */
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  ...ranges('debugPort healthPort metadataPort bpfKubeProxyHealthzPort vxlanPort', 0, 65535),
  prometheusMetricsPort: [0, 65535],
  ...ranges('wireguardListeningPort wireguardListeningPortV6', 1024, 65535),
  ...ranges('ipv4NormalRoutePriority ipv4ElevatedRoutePriority', 1, 2147483646),
  ...ranges('ipv6NormalRoutePriority ipv6ElevatedRoutePriority', 1, 2147483646),
  ...ranges('bpfMaglevMaxServices bpfMaglevMaxEndpointsPerService', 1, 3000),
  bpfMapSizeConntrack: [1024, 16_777_216],
  bpfMapSizeConntrackCleanupQueue: [1, 2147483647],
  istioDSCPMark: [0, 63],
  logActionRateLimitBurst: [0, 9999],
  // The schema has them as signed, Felix as unsigned: the upper half can only be its default.
  ...ranges('iptablesMarkMask nftablesMarkMask', 1, 2147483647),
};

function ranges(fields: string, min: number, max: number): Record<string, [number, number]> {
  return Object.fromEntries(fields.split(' ').map((field) => [field, [min, max]]));
}

/** Fields that Felix reads as seconds, though the schema has a text. */
const SECONDS = ['dataplaneWatchdogTimeout', 'nftablesRefreshInterval'];

/** `none` is zero for Felix, but for fields that cannot be zero. */
const NEVER_ZERO =
  /^(bpfMapSize(?!PerCpu).*|bpfExportBufferSizeMB|maxIpsetSize|.*MarkMask|interfacePrefix|wireguardInterfaceName.*)$/;

/** What Felix makes of a text for a field of FelixConfiguration. Durations come as such. */
export function felixValue(field: string, text: string): FelixValue {
  const words = WORDS[field]?.split(' ');
  if (words !== undefined) {
    const word = words.find((one) => one.toLowerCase() === text.toLowerCase());
    return word === undefined ? { allowed: oneOf(words) } : { value: word };
  }
  const type = SECONDS.includes(field) ? 'duration' : felixFields.value[field]!;
  if (text.toLowerCase() === 'none' && !NEVER_ZERO.test(field) && type in ZERO) {
    return { value: ZERO[type as keyof typeof ZERO] };
  }
  switch (type) {
    case 'boolean':
      return found(booleanOf(text), 'true or false');
    case 'integer':
      return integer(field, text);
    case 'duration':
      return duration(text, field === 'iptablesLockProbeInterval' ? 'milliseconds' : 'seconds');
    case 'intOrString':
      return found(portRange(text), PORTS);
    case 'array':
      return list(field, text);
    case 'object':
      return object(field, text);
    default:
      return string(field, text);
  }
}

const ZERO = {
  boolean: false,
  integer: 0,
  duration: Duration.millis(0),
  string: '',
  array: [],
} as const;

const PORTS = 'a port, or two with a colon between them';

function found(value: unknown, allowed: string): FelixValue {
  return value === undefined ? { allowed } : { value };
}

function string(field: string, text: string): FelixValue {
  const [form, allowed] = FORMS[field] ?? [/^/, ''];
  return form.test(text) ? { value: text } : { allowed };
}

function integer(field: string, text: string): FelixValue {
  const [min, max] = RANGES[field] ?? [-2147483648, 2147483647];
  const value = integerOf(text);
  return value !== undefined && value >= min && value <= max
    ? { value }
    : { allowed: `a whole number between ${min} and ${max}` };
}

function duration(text: string, unit: 'seconds' | 'milliseconds'): FelixValue {
  const number = /^\d+(\.\d*)?$|^\.\d+$/.test(text) ? Number(text) : NaN;
  // The schema takes no fractions, Felix does: a thousandth of a second is what both can say.
  const milliseconds = Math.round(unit === 'seconds' ? number * 1000 : number);
  return Number.isSafeInteger(milliseconds)
    ? { value: Duration.millis(milliseconds) }
    : { allowed: `a number of ${unit}` };
}

/** `30000:32767`, or a number. */
function portRange(text: string): number | string | undefined {
  const ports = text.split(':').map((port) => (/^\d{1,5}$/.test(port) ? Number(port) : 65536));
  if (ports.length > 2 || ports.some((port) => port > 65535) || ports[0]! > (ports[1] ?? 65535)) {
    return undefined;
  }
  return ports.length === 1 ? ports[0] : ports.join(':');
}

function list(field: string, text: string): FelixValue {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const all = <T>(read: (part: string) => T | undefined, allowed: string): FelixValue => {
    const values = parts.map(read);
    return values.includes(undefined) ? { allowed } : { value: values };
  };
  switch (field) {
    case 'failsafeInboundHostPorts':
    case 'failsafeOutboundHostPorts':
      return all(
        failsafePort,
        'a list of protocol:port, protocol:network:port or port, with commas between',
      );
    case 'kubeNodePortRanges':
      return all(portRange, `a list of ports, or of two with a colon between them`);
    case 'routeTableRanges':
      return all(tableRange, 'a list of ranges such as 1-250, with commas between');
    case 'healthTimeoutOverrides':
      return all((part) => {
        const [, name, timeout] = /^([^=]+)=((?:\d+(?:\.\d+)?(?:ms|s|m|h))+)$/.exec(part) ?? [];
        return name === undefined ? undefined : { name, timeout };
      }, 'a list of name=duration, with commas between');
    case 'bpfForceTrackPacketsFromIfaces':
      return { value: parts };
    default:
      return all(
        (part) => networkAround(part)?.toString(),
        'a list of networks, with commas between',
      );
  }
}

/** `tcp:22`, `udp:10.0.0.0/8:53`, `tcp:[2001:db8::/32]:22` or `22`. */
function failsafePort(text: string): FelixFailsafePort | undefined {
  const [, protocol = 'tcp', v6, v4, port] =
    /^(?:(tcp|udp):)?(?:\[([^\]]+)\]:|([^:[\]]+):)?(\d{1,5})$/i.exec(text) ?? [];
  const net = v6 ?? v4;
  const network = net === undefined ? undefined : networkAround(net);
  const wrong = net !== undefined && network === undefined;
  if (port === undefined || Number(port) < 1 || Number(port) > 65535 || wrong) {
    return undefined;
  }
  return {
    protocol: protocol.toLowerCase(),
    port: Number(port),
    ...(network === undefined ? {} : { net: network.toString() }),
  };
}

function tableRange(text: string): { min: number; max: number } | undefined {
  const [, min, max] = /^(\d{1,9})-(\d{1,9})$/.exec(text) ?? [];
  return min === undefined || Number(min) < 1 || Number(max) < Number(min)
    ? undefined
    : { min: Number(min), max: Number(max) };
}

/** Keys of bpfConntrackTimeouts in the spelling of the schema. */
const TIMEOUTS =
  'creationGracePeriod genericTimeout icmpTimeout tcpEstablished tcpFinsSeen tcpResetSeen tcpSynSent udpTimeout'.split(
    ' ',
  );

function object(field: string, text: string): FelixValue {
  if (field === 'routeTableRange') {
    return found(tableRange(text), 'a range such as 1-250');
  }
  const pairs = text.split(',').map((pair) => /^([^=]+)=([^=]+)$/.exec(pair.trim())?.slice(1));
  if (pairs.includes(undefined)) {
    return { allowed: 'a list of name=value, with commas between' };
  }
  const entries = (pairs as string[][]).map(
    ([key = '', value = '']): [string | undefined, string] => [
      field === 'bpfConntrackTimeouts'
        ? TIMEOUTS.find((name) => name.toLowerCase() === key.toLowerCase())
        : key,
      value,
    ],
  );
  const isTimeout = (value: string) => /^(Auto|(\d+(\.\d+)?(ms|us|s|m|h))+)$/.test(value);
  const known = entries.every(
    ([key, value]) => key !== undefined && (field !== 'bpfConntrackTimeouts' || isTimeout(value)),
  );
  return known
    ? { value: Object.fromEntries(entries) }
    : { allowed: `a list of name=duration with names of ${TIMEOUTS.join(', ')}` };
}

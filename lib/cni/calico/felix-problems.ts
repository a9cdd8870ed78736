import type { TunedCalicoProps } from './calico-options';
import { LinuxDataplane } from './dataplane-options';
import { INTERVAL_NAMES } from './felix-intervals';
import type { FelixFailsafePort, FelixOptions } from './felix-options';
import { portProblems } from './port-problems';
import { felixFields, type FelixFieldType } from '../../catalog';
import { Cidr, checkInteger, type Problem } from '../../cluster';

/** Fields that `felix.overrides` may not set: field → why. */
const REFUSED: Readonly<Record<string, string>> = {
  ...each(
    ['bpfEnabled', 'healthPort', 'nftablesMode', 'programClusterRoutes', 'vxlanPort', 'vxlanVNI'],
    'the operator owns it and refuses or undoes a change',
  ),
  ...each(
    ['defaultEndpointToHostAction', 'ipv6Support'],
    'the operator sets it in the environment, which wins: the field would do nothing',
  ),
  ...each(
    ['ipipMTU', 'vxlanMTU', 'vxlanMTUV6', 'wireguardMTU', 'wireguardMTUV6'],
    'mtu sets it in the environment, which wins: the field would do nothing; use the prop mtu',
  ),
  ...each(
    ['bpfConnectTimeLoadBalancing', 'bpfDataIfacePattern', 'bpfExternalServiceMode'],
    'it has a prop of its own; use the prop of that name in bpf',
  ),
  bpfMapSizeConntrack: 'it has a prop of its own; use bpf.mapSizeConntrack',
  ...each(
    [
      'wireguardEnabled',
      'wireguardEnabledV6',
      'wireguardKeepAlive',
      'wireguardListeningPort',
      'wireguardListeningPortV6',
    ],
    'it has a prop of its own; use wireguard',
  ),
  featureDetectOverride: 'it has a prop of its own; use felix.checksumOffload',
  prometheusMetricsEnabled: 'it follows felix.prometheusMetricsPort; use that',
  ...each(
    [
      ...INTERVAL_NAMES,
      'chainInsertMode',
      'failsafeInboundHostPorts',
      'failsafeOutboundHostPorts',
      'logSeverityScreen',
      'mtuIfacePattern',
      'natOutgoingExclusions',
      'prometheusMetricsPort',
      'serviceLoopPrevention',
      'usageReportingEnabled',
    ],
    'it has a prop of its own; use the prop of that name in felix',
  ),
};

function each(fields: readonly string[], why: string): Record<string, string> {
  return Object.fromEntries(fields.map((field) => [field, why]));
}

/** What is wrong with the settings of Felix. */
export function felixProblems(
  { felix = {} }: TunedCalicoProps,
  tunnelled: boolean,
  dataplane: LinuxDataplane,
): Problem[] {
  return [
    ...portProblems('felix.prometheusMetricsPort', felix.prometheusMetricsPort, 9091),
    ...offloadProblems(felix, tunnelled),
    ...intervalProblems(felix, dataplane),
    ...failsafeProblems('failsafeInboundHostPorts', felix.failsafeInboundHostPorts),
    ...failsafeProblems('failsafeOutboundHostPorts', felix.failsafeOutboundHostPorts),
    ...overrideProblems(felix.overrides ?? {}),
  ];
}

function offloadProblems({ checksumOffload }: FelixOptions, tunnelled: boolean): Problem[] {
  return checksumOffload === undefined || tunnelled
    ? []
    : [
        {
          prop: 'felix.checksumOffload',
          allowed: 'left out without a tunnel',
          got: checksumOffload,
          remedy: 'it is about the devices of VXLAN and of IP in IP, and there is none',
        },
      ];
}

function intervalProblems(felix: FelixOptions, dataplane: LinuxDataplane): Problem[] {
  const problems: Problem[] = [];
  for (const name of INTERVAL_NAMES) {
    const milliseconds = felix[name]?.toMilliseconds({ integral: false });
    const day = 24 * 60 * 60 * 1000;
    if (
      milliseconds !== undefined &&
      milliseconds !== 0 &&
      !(Number.isInteger(milliseconds) && milliseconds >= 1000 && milliseconds <= day)
    ) {
      problems.push({
        prop: `felix.${name}`,
        allowed: 'between 1 second and 1 day in whole milliseconds, or 0 for never',
        got: `${milliseconds} ms`,
        remedy: "leave it out for Felix's own default",
      });
    }
  }
  const idle = {
    iptablesRefreshInterval: dataplane !== LinuxDataplane.IPTABLES,
    nftablesRefreshInterval: dataplane !== LinuxDataplane.NFTABLES,
  };
  for (const [name, isIdle] of Object.entries(idle)) {
    if (isIdle && felix[name as keyof typeof idle] !== undefined) {
      problems.push({
        prop: `felix.${name}`,
        allowed: `left out with dataplane ${dataplane}`,
        got: `${felix[name as keyof typeof idle]!.toMilliseconds({ integral: false })} ms`,
        remedy: 'that dataplane has no such rules to read back',
      });
    }
  }
  return problems;
}

function failsafeProblems(name: string, ports: readonly FelixFailsafePort[] = []): Problem[] {
  return ports.flatMap(({ protocol, port, net }, index) => {
    const prop = `felix.${name}[${index}]`;
    const problems = checkInteger(`${prop}.port`, port, { min: 1, max: 65535 }, 'give one port');
    if (!['tcp', 'udp'].includes(protocol)) {
      problems.push({
        prop: `${prop}.protocol`,
        allowed: 'tcp or udp',
        got: protocol,
        remedy: 'write it in lower case',
      });
    }
    if (net !== undefined && Cidr.parse(net) === undefined) {
      problems.push({
        prop: `${prop}.net`,
        allowed: 'a canonical CIDR',
        got: net,
        remedy: 'write the network address with its prefix length, for example 10.20.0.0/24',
      });
    }
    return problems;
  });
}

function overrideProblems(overrides: { readonly [field: string]: unknown }): Problem[] {
  return Object.entries(overrides).flatMap(([field, value]): Problem[] => {
    const prop = `felix.overrides.${field}`;
    const known = Object.prototype.hasOwnProperty.call(felixFields.value, field);
    const type = known ? felixFields.value[field] : undefined;
    if (type === undefined) {
      return [
        {
          prop,
          allowed: 'a field of FelixConfiguration',
          got: JSON.stringify(value),
          remedy: `write ${closest(field)} in upstream's spelling, or leave it out`,
        },
      ];
    }
    if (Object.prototype.hasOwnProperty.call(REFUSED, field)) {
      return [{ prop, allowed: 'left out', got: JSON.stringify(value), remedy: REFUSED[field]! }];
    }
    return fits(field, type, value)
      ? []
      : [
          {
            prop,
            allowed: SIGNED.includes(field) ? 'between 0 and 2147483647' : TYPES[type],
            got: JSON.stringify(value),
            remedy: "see upstream's reference of FelixConfiguration",
          },
        ];
  });
}

const TYPES: Readonly<Record<FelixFieldType, string>> = {
  boolean: 'true or false',
  integer: 'a whole number',
  string: 'a text',
  duration: 'a text of whole numbers with units, such as 90s or 2m30s',
  intOrString: 'a whole number or a text',
  array: 'a list',
  object: 'an object',
};

/** Masks whose upper bit Calico's schema has no room for. */
const SIGNED = ['iptablesMarkMask', 'nftablesMarkMask'];

function isSigned(value: number): boolean {
  return value >= 0 && value <= 2147483647;
}

function fits(field: string, type: FelixFieldType, value: unknown): boolean {
  switch (type) {
    case 'integer':
      return Number.isSafeInteger(value) && (!SIGNED.includes(field) || isSigned(value as number));
    case 'duration':
      return typeof value === 'string' && /^(\d+(ms|s|m|h))+$/.test(value);
    case 'intOrString':
      return Number.isSafeInteger(value) || typeof value === 'string';
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    default:
      return typeof value === type;
  }
}

/** The field that differs in case only, or the word itself. */
function closest(field: string): string {
  const lower = field.toLowerCase();
  return Object.keys(felixFields.value).find((name) => name.toLowerCase() === lower) ?? 'a field';
}

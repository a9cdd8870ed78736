import { Duration } from 'cdk8s';
import type { TunedCalicoOptions } from './calico-options';
import { ClusterRoutingMode, LinuxDataplane } from './dataplane-options';
import { INTERVAL_NAMES } from './felix-intervals';
import type { FelixOptions } from './felix-options';
import { goDuration } from './go-duration';
import { readDataplane } from './manifest-env-dataplane';
import { felixVariables } from './manifest-env-felix-names';
import { felixValue } from './manifest-env-felix-values';
import type { PoolsReading } from './manifest-env-pools';
import type { ManifestReader } from './manifest-env-reader';
import { portProblems } from './port-problems';
import { Encapsulation, Severity } from '../../cluster';

type Fields = Readonly<Record<string, unknown>>;

/** What the variables of Felix say, and what others need of it. */
export interface FelixReading {
  readonly options: Pick<
    TunedCalicoOptions,
    'felix' | 'bpf' | 'wireguard' | 'linuxDataplane' | 'clusterRoutingMode'
  >;
  /** Field of FelixConfiguration → value. */
  readonly fields: Fields;
  /** The variable that a field came from. */
  readonly nameOf: (field: string) => string | undefined;
}

/** Fields of the same name and type in `felix`. */
const PLAIN = [
  'logSeverityScreen',
  'chainInsertMode',
  'serviceLoopPrevention',
  'natOutgoingExclusions',
  'mtuIfacePattern',
  'usageReportingEnabled',
  'failsafeInboundHostPorts',
  'failsafeOutboundHostPorts',
];

/** Tunnels' MTUs become the one of pods. */
const MTUS = ['ipipMTU', 'vxlanMTU', 'vxlanMTUV6', 'wireguardMTU', 'wireguardMTUV6'];

/** Fields that the operator decides: the value that it has, and why. */
const OWNED: Readonly<Record<string, readonly [unknown, string]>> = {
  defaultEndpointToHostAction: [
    'Accept',
    'the operator sets ACCEPT in the environment, which wins',
  ],
  healthEnabled: [true, 'the operator switches it on, for its probes'],
  healthPort: [9099, 'the operator decides the port'],
  vxlanPort: [4789, 'the operator decides the port'],
  vxlanVNI: [4096, 'the operator decides the number'],
};

/** Felix's own mask, which the schema cannot hold. */
const OWN_MASK = 0xffff0000;

/** Everything that begins with FELIX_. */
export function readFelix(reader: ManifestReader, pools: PoolsReading): FelixReading {
  const variables = felixVariables(reader);
  const nameOf = (field: string) => variables.get(field);
  const fields = parsed(reader, variables);
  const { options, rest } = readDataplane(reader, fields, nameOf);
  const left: Record<string, unknown> = { ...rest };
  const takeField = (field: string): unknown => {
    const value = left[field];
    delete left[field];
    return value;
  };

  readOwned(reader, takeField, nameOf);
  const routes = takeField('programClusterRoutes');
  const felix: FelixOptions = {
    ...Object.fromEntries(
      PLAIN.map((field) => [field, takeField(field)]).filter(([, value]) => value !== undefined),
    ),
    ...readIntervals(reader, takeField, nameOf, options.linuxDataplane),
    ...readMetrics(reader, takeField, nameOf),
    ...readOffload(reader, takeField, nameOf, isTunnelled(options, pools)),
    ...overridesOf(left),
  };
  return {
    fields,
    nameOf,
    options: {
      ...options,
      ...(routes === 'Enabled' ? { clusterRoutingMode: ClusterRoutingMode.FELIX } : {}),
      ...(Object.keys(felix).length === 0 ? {} : { felix }),
    },
  };
}

function parsed(reader: ManifestReader, variables: ReadonlyMap<string, string>): Fields {
  const fields: Record<string, unknown> = {};
  for (const [field, name] of variables) {
    const text = reader.take(name);
    const mask = /MarkMask$/.test(field) && Number(text) === OWN_MASK;
    // An empty list of ports leaves none open; elsewhere Felix falls back to its default.
    const isList = /^failsafe/.test(field);
    if (MTUS.includes(field) || mask || (text === undefined && !isList)) {
      continue;
    }
    const read = felixValue(field, text ?? '');
    if ('value' in read) {
      fields[field] = read.value;
    } else {
      reader.wrong(name, read.allowed, 'correct it, or leave it out');
    }
  }
  return fields;
}

type Take = (field: string) => unknown;
type NameOf = FelixReading['nameOf'];

function readOwned(reader: ManifestReader, takeField: Take, nameOf: NameOf): void {
  for (const [field, [same, why]] of Object.entries(OWNED)) {
    const value = takeField(field);
    if (value !== undefined && value !== same) {
      reader.note(nameOf(field)!, `has no effect: ${why}`, 'remove it');
    }
  }
  const ipv6 = takeField('ipv6Support');
  if (ipv6 !== undefined) {
    reader.when(Severity.NOTE, nameOf('ipv6Support')!, ({ _families }) =>
      _families.includes('IPv6') === ipv6
        ? undefined
        : `has no effect: the operator goes by the cluster, which has ${_families.join(' and ')}`,
    );
  }
}

function readIntervals(
  reader: ManifestReader,
  takeField: Take,
  nameOf: NameOf,
  dataplane: LinuxDataplane | undefined,
): Record<string, Duration> {
  const idle: Record<string, boolean> = {
    iptablesRefreshInterval: (dataplane ?? LinuxDataplane.IPTABLES) !== LinuxDataplane.IPTABLES,
    nftablesRefreshInterval: dataplane !== LinuxDataplane.NFTABLES,
  };
  const intervals: Record<string, Duration> = {};
  for (const field of INTERVAL_NAMES) {
    const value = takeField(field) as Duration | undefined;
    const milliseconds = value?.toMilliseconds();
    if (value === undefined || milliseconds === undefined) {
      continue;
    }
    const name = nameOf(field)!;
    if (idle[field] === true) {
      reader.note(
        name,
        `has no effect with dataplane ${dataplane ?? LinuxDataplane.IPTABLES}`,
        'remove it',
      );
    } else if (milliseconds !== 0 && (milliseconds < 1000 || milliseconds > 86_400_000)) {
      reader.wrong(
        name,
        'between 1 and 86400 seconds, or 0 for never',
        "leave it out for Felix's own default",
      );
    } else {
      intervals[field] = value;
    }
  }
  return intervals;
}

function readMetrics(reader: ManifestReader, takeField: Take, nameOf: NameOf): FelixOptions {
  const enabled = takeField('prometheusMetricsEnabled');
  const port = takeField('prometheusMetricsPort') as number | undefined;
  if (enabled !== true) {
    if (port !== undefined) {
      reader.note(
        nameOf('prometheusMetricsPort')!,
        'has no effect without FELIX_PROMETHEUSMETRICSENABLED=true',
        'remove it',
      );
    }
    return {};
  }
  const name = nameOf('prometheusMetricsPort') ?? nameOf('prometheusMetricsEnabled')!;
  reader.problems.push(...portProblems(name, port, 9091));
  return { prometheusMetricsPort: port ?? 9091 };
}

function readOffload(
  reader: ManifestReader,
  takeField: Take,
  nameOf: NameOf,
  tunnelled: boolean,
): FelixOptions {
  const text = takeField('featureDetectOverride') as string | undefined;
  const name = nameOf('featureDetectOverride')!;
  const features = new Map(
    (text ?? '').split(',').map((pair) => pair.split('=') as [string, string]),
  );
  const broken = features.get('ChecksumOffloadBroken');
  const others = [...features.keys()].filter((key) => !['', 'ChecksumOffloadBroken'].includes(key));
  if (others.length > 0) {
    reader.note(
      name,
      `is not taken over for ${others.join(', ')}: Felix detects it from the kernel`,
      'remove it; set it in the FelixConfiguration if the detection is wrong',
    );
  }
  if (broken === undefined) {
    return {};
  }
  if (!tunnelled) {
    reader.note(
      name,
      'has no effect: it is about tunnel devices, and no variable switches a tunnel on',
      'set felix.checksumOffload where the cluster has a tunnel',
    );
    return {};
  }
  return { checksumOffload: broken !== 'true' };
}

function isTunnelled(options: FelixReading['options'], pools: PoolsReading): boolean {
  const { encapsulation = Encapsulation.NONE } = pools.options;
  // WireGuard's device has no such setting.
  return encapsulation !== Encapsulation.NONE || options.linuxDataplane === LinuxDataplane.BPF;
}

function overridesOf(fields: Fields): FelixOptions {
  const overrides = Object.fromEntries(
    Object.entries(fields).map(([field, value]) => [
      field,
      value instanceof Duration ? goDuration(value) : value,
    ]),
  );
  return Object.keys(overrides).length === 0 ? {} : { overrides };
}

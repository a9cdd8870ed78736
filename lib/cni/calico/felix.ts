import type { TunedCalicoProps } from './calico-options';
import { LinuxDataplane } from './dataplane-options';
import { INTERVALS } from './felix-intervals';
import type { FelixFailsafePort, FelixOptions } from './felix-options';
import { goDuration } from './go-duration';
import { tuned, type Cluster, type TuningRow } from '../../cluster';

const SOURCE = 'projectcalico/calico:felix/config/config_params.go (v3.32.1)';
const CHOSEN = 'chosen in the spec';

type Row = TuningRow<unknown>;

/** What the rows depend on besides the options. */
export interface FelixContext {
  readonly dataplane: LinuxDataplane;
  readonly checksumOffload: boolean;
  readonly hostEndpoints: boolean;
  readonly bgpPort: number;
}

/** Options that become the field of the same name: field → upstream's default. */
const PLAIN = {
  logSeverityScreen: 'Info',
  chainInsertMode: 'Insert',
  serviceLoopPrevention: 'Drop',
  natOutgoingExclusions: 'IPPoolsOnly',
} as const;

/** The spec of FelixConfiguration, field by field; what the operator owns in it is never here. */
export function settleFelix(
  props: TunedCalicoProps,
  context: FelixContext,
): Readonly<Record<string, Row>> {
  const { cluster, felix = {} } = props;
  return {
    usageReportingEnabled: row(
      'usageReportingEnabled',
      felix.usageReportingEnabled ?? false,
      'true',
      felix.usageReportingEnabled === true
        ? CHOSEN
        : "Felix would tell projectcalico.org the cluster's size and version, five minutes after its start and daily",
    ),
    ...mtuRows(cluster, felix),
    ...plainRows(felix),
    ...metricsRows(felix),
    ...offloadRows(cluster, felix, context),
    ...failsafeRows(cluster, felix, context),
    ...wireguardRows(props),
    ...bpfRows(props, context),
    ...Object.fromEntries(
      Object.entries(felix.overrides ?? {}).map(([field, value]) => [
        field,
        row(field, value, "Felix's own default", `${CHOSEN} (felix.overrides)`),
      ]),
    ),
  };
}

function row<V>(field: string, value: V, upstream: string, why: string): TuningRow<V> {
  return tuned(`FelixConfiguration.spec.${field}`, value, upstream, why, SOURCE);
}

function mtuRows(cluster: Cluster, { mtuIfacePattern }: FelixOptions): Record<string, Row> {
  const pattern = mtuIfacePattern ?? nicPattern(cluster);
  return pattern === undefined
    ? {}
    : {
        mtuIfacePattern: row(
          'mtuIfacePattern',
          pattern,
          '^((en|wl|ww|sl|ib)[Pcopsvx].*|(eth|wlan|wwan).*)',
          mtuIfacePattern === undefined
            ? 'the NICs of the cluster network only: Felix restarts when the smallest MTU it watches changes, and a bond is not in its own pattern'
            : CHOSEN,
        ),
      };
}

function plainRows(felix: FelixOptions): Record<string, Row> {
  const rows: Record<string, Row> = {};
  for (const [field, upstream] of Object.entries(PLAIN)) {
    const value = felix[field as keyof typeof PLAIN];
    if (value !== undefined) {
      rows[field] = row(field, value, upstream, CHOSEN);
    }
  }
  for (const [field, upstream] of Object.entries(INTERVALS)) {
    const value = felix[field as keyof typeof INTERVALS];
    if (value !== undefined) {
      rows[field] = row(field, goDuration(value), upstream, CHOSEN);
    }
  }
  return rows;
}

function metricsRows({ prometheusMetricsPort }: FelixOptions): Record<string, Row> {
  return prometheusMetricsPort === undefined
    ? {}
    : {
        prometheusMetricsEnabled: row(
          'prometheusMetricsEnabled',
          true,
          'false',
          'a port was named in the spec',
        ),
        prometheusMetricsPort: row('prometheusMetricsPort', prometheusMetricsPort, '9091', CHOSEN),
      };
}

function offloadRows(
  { underlay }: Cluster,
  felix: FelixOptions,
  { checksumOffload }: FelixContext,
): Record<string, Row> {
  return checksumOffload
    ? {}
    : {
        featureDetectOverride: row(
          'featureDetectOverride',
          'ChecksumOffloadBroken=true',
          'detected from the kernel',
          `Felix switches transmit checksum offload off on its tunnel device${
            felix.checksumOffload === undefined && underlay.breaksVxlanOffload
              ? ', because the underlay damages or stalls VXLAN with it'
              : ''
          }`,
        ),
      };
}

function failsafeRows(
  cluster: Cluster,
  felix: FelixOptions,
  { hostEndpoints, bgpPort }: FelixContext,
): Record<string, Row> {
  const rows: Record<string, Row> = {};
  const add = (
    field: 'failsafeInboundHostPorts' | 'failsafeOutboundHostPorts',
    own: readonly FelixFailsafePort[],
    upstream: string,
    why: string,
  ) => {
    const ports = felix[field] ?? (hostEndpoints ? own : undefined);
    if (ports !== undefined) {
      rows[field] = row(
        field,
        ports.map(({ protocol, port, net }) => ({
          protocol: protocol.toUpperCase(),
          port,
          ...(net === undefined ? {} : { net }),
        })),
        upstream,
        felix[field] === undefined ? why : CHOSEN,
      );
    }
  };
  add(
    'failsafeInboundHostPorts',
    [...tcp(failsafeTcp(cluster, bgpPort), [22, 10250]), { protocol: 'udp', port: 68 }],
    'tcp 22, 179, 2379, 2380, 5473, 6443, 6666, 6667, udp 68',
    "without these a policy that forgets one cuts a machine off: the kubelet's 10250 is added, the ports of an etcd of long ago are gone",
  );
  add(
    'failsafeOutboundHostPorts',
    [
      ...tcp(failsafeTcp(cluster, bgpPort), []),
      { protocol: 'udp', port: 53 },
      { protocol: 'udp', port: 67 },
    ],
    'tcp 179, 2379, 2380, 5473, 6443, 6666, 6667, udp 53, 67',
    'names, leases, routes, etcd, Typha and the API: without them a machine leaves the cluster',
  );
  return rows;
}

/** BGP, with routers and among machines, etcd, Typha, and the API on every port that it can have. */
export function failsafeTcp({ endpoint }: Cluster, bgpPort: number): number[] {
  return [179, bgpPort, 2379, 2380, 5473, 6443, endpoint.port, endpoint.apiServerPort];
}

function tcp(ports: readonly number[], more: readonly number[]): FelixFailsafePort[] {
  return [...new Set([...ports, ...more])]
    .sort((a, b) => a - b)
    .map((port) => ({ protocol: 'tcp', port }));
}

function wireguardRows({ cluster, wireguard }: TunedCalicoProps): Record<string, Row> {
  if (wireguard === undefined) {
    return {};
  }
  const rows: Record<string, Row> = {};
  const add = (field: string, value: unknown, upstream: string, why: string) => {
    rows[field] = row(field, value, upstream, why);
  };
  if (cluster._families.includes('IPv4')) {
    add('wireguardEnabled', true, 'false', 'encryption was asked for');
    add(
      'wireguardListeningPort',
      wireguard.listeningPort ?? 51820,
      '51820',
      wireguard.listeningPort === undefined ? 'written out for firewalls' : CHOSEN,
    );
  }
  if (cluster._families.includes('IPv6')) {
    add('wireguardEnabledV6', true, 'false', 'encryption was asked for');
    add(
      'wireguardListeningPortV6',
      wireguard.listeningPortV6 ?? 51821,
      '51821',
      wireguard.listeningPortV6 === undefined ? 'written out for firewalls' : CHOSEN,
    );
  }
  if (wireguard.keepAlive !== undefined) {
    add('wireguardKeepAlive', goDuration(wireguard.keepAlive), '0s', CHOSEN);
  }
  return rows;
}

function bpfRows(
  { cluster, bpf = {} }: TunedCalicoProps,
  { dataplane }: FelixContext,
): Record<string, Row> {
  if (dataplane !== LinuxDataplane.BPF) {
    return {};
  }
  const rows: Record<string, Row> = {};
  const add = (field: string, value: unknown, upstream: string, why: string) => {
    if (value !== undefined) {
      rows[field] = row(field, value, upstream, why);
    }
  };
  add(
    'bpfDataIfacePattern',
    bpf.dataIfacePattern ?? nicPattern(cluster),
    '^((en|wl|ww|sl|ib)[Popsx].*|(eth|wlan|wwan|bond).*)',
    bpf.dataIfacePattern === undefined
      ? "the NICs of the cluster network: Felix's own pattern knows no VLAN and no team"
      : CHOSEN,
  );
  add('bpfExternalServiceMode', bpf.externalServiceMode, 'Tunnel', CHOSEN);
  add('bpfConnectTimeLoadBalancing', bpf.connectTimeLoadBalancing, 'TCP', CHOSEN);
  add('bpfMapSizeConntrack', bpf.mapSizeConntrack, '512000', CHOSEN);
  return rows;
}

/** A pattern for exactly the NICs of the spec; undefined while one machine's is unknown. */
export function nicPattern(cluster: Cluster): string | undefined {
  const nics = cluster.machines.map((m) => m.nic);
  if (nics.some((nic) => nic === undefined)) {
    return undefined;
  }
  const names = [...new Set(nics)].sort().map((nic) => nic!.replaceAll('.', '\\.'));
  return `^(${names.join('|')})$`;
}

import { DEFAULTS, type BackendSpec, type VxlanSpec } from './backend-spec';
import { parseEtcdConfig, type EtcdNetworkConfig } from './etcd-config';
import { FlannelBackend, FlannelWireguardMode } from './flannel-backend';
import { FlannelInterface } from './flannel-interface';
import type { TunedFlannelOptions, TunedFlannelProps } from './flannel-options';
import { defaultPodMtu } from './mtu';
import { images } from '../../catalog';
import { KubeProxyMode, parseImage, type Cluster, type IpFamily } from '../../cluster';

/** A backend with everything settled. */
export type SettledBackend =
  Exclude<BackendSpec, VxlanSpec> | (VxlanSpec & { readonly directRouting: boolean });

/** The options with every default settled. */
export interface FlannelChoices {
  /** What the user said, to tell a choice from a default. */
  readonly given: TunedFlannelOptions;
  /** The release, for people. */
  readonly label: string;
  readonly image: string;
  readonly imageTag: string;
  readonly cniPluginImage: string;
  readonly families: readonly IpFamily[];
  readonly backend: SettledBackend;
  /** The backend, for people. */
  readonly backendLabel: string;
  readonly interface: FlannelInterface;
  readonly podMtu: number;
  readonly checksumOffload: boolean;
  readonly nftables: boolean;
  readonly ipMasq: boolean;
  readonly ipMasqRandomFully: boolean;
  readonly iptablesForwardRules: boolean;
  readonly resyncSeconds: number;
  readonly ipBlackholeRoute: boolean;
  readonly setNodeNetworkUnavailable: boolean;
  readonly hairpinMode: boolean;
  readonly healthzPort: number;
  readonly cpuRequest: string;
  readonly memoryRequest: string;
  readonly etcdConfig?: EtcdNetworkConfig;
}

/** Settles every option; call `choiceProblems` first. */
export function settleChoices(props: TunedFlannelProps): FlannelChoices {
  const { cluster, ...given } = props;
  const backend = settledBackend(cluster, given);
  const image = given.image ?? cluster._image(images.flannel);
  const imageTag = parseImage(image)!.tag!;
  return {
    given,
    label: `flannel ${imageTag}`,
    image,
    imageTag,
    cniPluginImage: given.cniPluginImage ?? cluster._image(images['flannel-cni-plugin']),
    families: cluster._families,
    backend,
    backendLabel: labelOf(backend),
    interface: given.interface ?? FlannelInterface.nodeInternalIp(),
    podMtu: given.mtu ?? defaultPodMtu(cluster, backend),
    checksumOffload: given.checksumOffload ?? !cluster.underlay.breaksVxlanOffload,
    nftables: settledNftables(cluster, given),
    ipMasq: given.ipMasq ?? true,
    ipMasqRandomFully: given.ipMasqRandomFully ?? true,
    iptablesForwardRules: given.iptablesForwardRules ?? true,
    resyncSeconds: given.iptablesResync?.toSeconds() ?? DEFAULTS.resyncSeconds,
    ipBlackholeRoute: given.ipBlackholeRoute ?? false,
    setNodeNetworkUnavailable: given.setNodeNetworkUnavailable ?? true,
    hairpinMode: given.hairpinMode ?? true,
    healthzPort: given.healthzPort ?? DEFAULTS.healthzPort,
    cpuRequest: `${given.cpuRequestMillicores ?? 100}m`,
    memoryRequest: `${given.memoryRequest?.toMebibytes() ?? 50}Mi`,
    etcdConfig:
      given.etcdConfig === undefined ? undefined : parseEtcdConfig(given.etcdConfig).config,
  };
}

/** The backend with what depends on the underlay. */
export function settledBackend(cluster: Cluster, given: TunedFlannelOptions): SettledBackend {
  const spec = (given.backend ?? FlannelBackend.vxlan())._spec;
  return spec.type === 'vxlan'
    ? { ...spec, directRouting: spec.directRouting ?? carriesBarePackets(cluster) }
    : spec;
}

/** flannel's rules are written with what kube-proxy writes its own with. */
export function settledNftables(cluster: Cluster, given: TunedFlannelOptions): boolean {
  return given.nftables ?? cluster.kubeProxyMode === KubeProxyMode.NFTABLES;
}

/** Whether neighbours can send each other pod packets without a tunnel, and know that they are ones. */
export function carriesBarePackets({ underlay }: Cluster): boolean {
  return underlay.l2Adjacent && !underlay.filtersSourceAddresses && !underlay.singleAddresses;
}

/** What the backend listens on, by family of the address that peers send to. */
export function listenPorts({ backend, families }: FlannelChoices): string[] {
  switch (backend.type) {
    case 'host-gw':
      return [];
    case 'vxlan':
    case 'udp':
      return [String(backend.port)];
    case 'wireguard': {
      const own: Record<IpFamily, number> = {
        IPv4: backend.listenPort,
        IPv6: wireguardPortV6(backend),
      };
      return [...new Set(families.map((family) => String(own[family])))];
    }
  }
}

/** The port that flannel tells IPv6 peers; a single tunnel has but one. */
export function wireguardPortV6(backend: Extract<BackendSpec, { type: 'wireguard' }>): number {
  return backend.mode === FlannelWireguardMode.SEPARATE
    ? (backend.listenPortV6 ?? DEFAULTS.wireguardPortV6)
    : backend.listenPort;
}

/** Names of the VXLAN devices. */
export function deviceNames({ backend, families }: FlannelChoices): string[] {
  return backend.type === 'vxlan'
    ? families.map((family) => `flannel${family === 'IPv6' ? '-v6' : ''}.${backend.vni}`)
    : [];
}

function labelOf(backend: SettledBackend): string {
  return backend.type === 'vxlan' && backend.directRouting
    ? 'vxlan with direct routes'
    : backend.type;
}

import { wireguardPortV6, type FlannelChoices, type SettledBackend } from './choices';
import { FlannelWireguardMode } from './flannel-backend';
import { realOverhead, TAKEN_OFF } from './mtu';
import { KubeProxyMode, tuned, type Cluster, type TuningRow } from '../../cluster';

const MANIFEST = 'flannel-io/flannel:Documentation/kube-flannel.yml (v0.28.9)';
const CONFIG = 'flannel-io/flannel:pkg/subnet/config.go (v0.28.9)';
const VXLAN = 'flannel-io/flannel:pkg/backend/vxlan/vxlan.go (v0.28.9)';
const WIREGUARD = 'flannel-io/flannel:pkg/backend/wireguard/wireguard.go (v0.28.9)';
const UDP = 'flannel-io/flannel:pkg/backend/udp/udp_amd64.go (v0.28.9)';
const HOST_GW = 'flannel-io/flannel:pkg/backend/hostgw/hostgw.go (v0.28.9)';
const PLUGIN = 'flannel-io/cni-plugin:flannel_linux.go (v1.9.1-flannel3)';

type Rows = Record<string, TuningRow<unknown>>;

/** Every value of cni-conf.json and net-conf.json that is not a fact of the cluster. */
export function configRows(cluster: Cluster, choices: FlannelChoices) {
  return {
    ...cniRows(choices),
    nftables: tuned(
      'net-conf.json.EnableNFTables',
      choices.nftables,
      'false',
      choices.given.nftables === undefined ? nftablesWhy(cluster) : 'chosen in the spec',
      CONFIG,
    ),
    backendType: tuned(
      'net-conf.json.Backend.Type',
      choices.backend.type,
      "vxlan in upstream's manifest; udp where Backend is absent",
      choices.given.backend === undefined
        ? 'carried by every network that carries UDP; always written, because an absent Backend still means udp'
        : 'chosen in the spec',
      CONFIG,
    ),
  };
}

function cniRows({ hairpinMode, given }: FlannelChoices) {
  return {
    conflist: tuned(
      'cni-conf.json.name',
      'cbr0',
      'cbr0',
      "upstream's own name; host-local keeps its addresses in a folder of that name, which a new one would lose",
      MANIFEST,
    ),
    cniVersion: tuned(
      'cni-conf.json.cniVersion',
      '0.3.1',
      '0.3.1',
      'spoken by every plugin in the chain',
      MANIFEST,
    ),
    hairpinMode: tuned(
      'cni-conf.json.plugins.delegate.hairpinMode',
      hairpinMode,
      "true in upstream's manifest",
      given.hairpinMode === undefined
        ? 'a pod reaches itself through its own Service'
        : 'chosen in the spec',
      MANIFEST,
    ),
    defaultGateway: tuned(
      'cni-conf.json.plugins.delegate.isDefaultGateway',
      true,
      "true in upstream's manifest",
      "the bridge's address is each pod's default gateway",
      MANIFEST,
    ),
    portMappings: tuned(
      'cni-conf.json.plugins.capabilities.portMappings',
      true,
      "true in upstream's manifest",
      'portmap serves the hostPorts of pods',
      MANIFEST,
    ),
  };
}

function nftablesWhy({ kubeProxyMode }: Cluster): string {
  return kubeProxyMode === undefined
    ? "kube-proxy's mode is not known; iptables goes with its iptables and ipvs modes"
    : `goes with kube-proxy in ${kubeProxyMode} mode${kubeProxyMode === KubeProxyMode.NFTABLES ? '' : ', which writes iptables rules'}`;
}

/**
 * The fields of the backend, as net-conf.json spells them. With host-gw and udp, which take the NIC's
 * MTU, the pods' is said by `delegateRows` instead.
 */
export function backendRows(cluster: Cluster, choices: FlannelChoices): Rows {
  const { backend } = choices;
  switch (backend.type) {
    case 'vxlan':
      return vxlanRows(cluster, choices, backend);
    case 'wireguard':
      return wireguardRows(cluster, choices, backend);
    case 'udp':
      return {
        Port: tuned('net-conf.json.Backend.Port', backend.port, '8285', 'one port for all', UDP),
      };
    case 'host-gw':
      return {};
  }
}

/** Fields of the bridge plugin beside those that are always there. */
export function delegateRows(cluster: Cluster, choices: FlannelChoices): Rows {
  return { ...delegateMasqRows(choices), ...delegateMtuRows(cluster, choices) };
}

/** Without flannel's own masquerade its plugin would ask the bridge plugin for one. */
function delegateMasqRows({ ipMasq }: FlannelChoices): Rows {
  return ipMasq
    ? {}
    : {
        ipMasq: tuned(
          'cni-conf.json.plugins.delegate.ipMasq',
          false,
          'the opposite of --ip-masq',
          "flannel's plugin asks the bridge plugin for what flanneld is told not to do; that one would change the source between machines, too",
          PLUGIN,
        ),
      };
}

/** MTU of pods where flannel's own configuration cannot say it. */
function delegateMtuRows(cluster: Cluster, { backend, podMtu }: FlannelChoices): Rows {
  if (backend.type === 'vxlan' || backend.type === 'wireguard') {
    return {};
  }
  const nic = backend.type === 'udp' ? 'the MTU of the NIC less 28' : 'the MTU of the NIC';
  return {
    mtu: tuned(
      'cni-conf.json.plugins.delegate.mtu',
      podMtu,
      nic,
      `the smallest way between machines carries ${cluster.pathMtu}; ${backend.type} would go by each machine's own NIC`,
      `${backend.type === 'udp' ? UDP : HOST_GW}; ${PLUGIN}`,
    ),
  };
}

function vxlanRows(
  cluster: Cluster,
  choices: FlannelChoices,
  backend: Extract<SettledBackend, { type: 'vxlan' }>,
): Rows {
  const key = (field: string) => `net-conf.json.Backend.${field}`;
  const given = choices.given.backend?._spec;
  const chosen = given?.type === 'vxlan' && given.directRouting !== undefined;
  return {
    VNI: tuned(key('VNI'), backend.vni, '1', 'names the tunnel device, flannel.<VNI>', VXLAN),
    Port: tuned(
      key('Port'),
      backend.port,
      "0, which is the kernel's own 8472",
      'written out, so that firewalls and machines go by the same number',
      'Linux drivers/net/vxlan/vxlan_core.c',
    ),
    DirectRouting: tuned(
      key('DirectRouting'),
      backend.directRouting,
      'false',
      chosen ? 'chosen in the spec' : directRoutingWhy(cluster),
      VXLAN,
    ),
    MTU: mtuRow(cluster, choices, TAKEN_OFF.vxlan, VXLAN),
  };
}

function directRoutingWhy({ underlay }: Cluster): string {
  if (underlay.filtersSourceAddresses) {
    return 'the underlay drops packets with addresses of pods, so all of them travel in the tunnel';
  }
  if (!underlay.l2Adjacent) {
    return 'machines of a zone share no Ethernet segment, and a router between them knows no pods';
  }
  return underlay.singleAddresses
    ? 'NICs carry single addresses, so no machine is on the subnet of another'
    : 'machines of a zone share an Ethernet segment: neighbours send bare packets, without 50 bytes and without VXLAN work';
}

function wireguardRows(
  cluster: Cluster,
  choices: FlannelChoices,
  backend: Extract<SettledBackend, { type: 'wireguard' }>,
): Rows {
  const key = (field: string) => `net-conf.json.Backend.${field}`;
  const separate = backend.mode === FlannelWireguardMode.SEPARATE;
  const rows: Rows = {
    ListenPort: tuned(
      key('ListenPort'),
      backend.listenPort,
      '51820',
      'written out, so that firewalls and machines go by the same number',
      WIREGUARD,
    ),
    Mode: tuned(
      key('Mode'),
      backend.mode,
      'separate',
      separate ? 'a tunnel for each family' : 'one tunnel for both families',
      WIREGUARD,
    ),
    MTU: mtuRow(cluster, choices, TAKEN_OFF.wireguard, WIREGUARD),
  };
  if (choices.families.includes('IPv6')) {
    rows.ListenPortV6 = tuned(
      key('ListenPortV6'),
      wireguardPortV6(backend),
      '51821',
      separate
        ? 'the tunnel of IPv6 has a port of its own'
        : 'the one tunnel listens on ListenPort; flannel tells IPv6 peers this one',
      WIREGUARD,
    );
  }
  if (backend.keepaliveSeconds !== undefined) {
    rows.PersistentKeepaliveInterval = tuned(
      key('PersistentKeepaliveInterval'),
      backend.keepaliveSeconds,
      '0, which is never',
      'chosen in the spec',
      WIREGUARD,
    );
  }
  return rows;
}

function mtuRow(
  cluster: Cluster,
  { podMtu, backend, given }: FlannelChoices,
  takenOff: number,
  source: string,
): TuningRow<number> {
  const real = realOverhead(cluster, backend);
  return tuned(
    'net-conf.json.Backend.MTU',
    podMtu + takenOff,
    "the NIC's",
    `flannel takes ${takenOff} off it, which leaves pods ${podMtu}${given.mtu === undefined ? '' : ', as chosen in the spec'}; the smallest way between machines carries ${cluster.pathMtu}, and a packet grows by ${real}`,
    source,
  );
}

import { deviceNames, listenPorts, type FlannelChoices } from './choices';
import { FlannelWireguardMode } from './flannel-backend';
import { realOverhead, WRAPPINGS } from './mtu';
import { NAMESPACE } from './objects';
import type { Cluster, Inspection, IpFamily, PodWay } from '../../cluster';

/** The machine's end of every pod's interface, a name that the kernel makes up. */
export const POD_DEVICE = 'veth*';
/** The bridge of the CNI plugin that flannel hands its networks to. */
export const BRIDGE = 'cni0';

/** What kubeadm gives each node of the pod network, which is what flannel hands out there. */
const NODE_PREFIX: Readonly<Record<IpFamily, number>> = { IPv4: 24, IPv6: 64 };

/** Every way that packets of pods take between machines: one for each family. */
export function podWays(cluster: Cluster, choices: FlannelChoices): PodWay[] {
  const { backend, families } = choices;
  const ports = listenPorts(choices);
  return families.map((family, index): PodWay => {
    const network = cluster.podCidrs[index]!;
    const way = {
      packets: `pods of ${network}`,
      family,
      blocks: { network, prefix: NODE_PREFIX[family] },
    };
    if (backend.type === 'host-gw') {
      return { ...way, overhead: 0, directInSubnet: true };
    }
    return {
      ...way,
      wrapping: backend.type === 'udp' ? 'UDP' : WRAPPINGS[backend.type],
      // One tunnel for both families may go over either.
      overhead: realOverhead(cluster, backend, ports.length > 1 ? [family] : families),
      device: deviceOf(choices, family),
      filter: `udp port ${ports[index] ?? ports[0]!}`,
      directInSubnet: backend.type === 'vxlan' && backend.directRouting,
    };
  });
}

/** Names of the devices through which packets to other machines leave, on every machine. */
export function tunnelDevices(choices: FlannelChoices): string[] {
  const { backend, families } = choices;
  return backend.type === 'host-gw'
    ? []
    : [...new Set(families.map((family) => deviceOf(choices, family)))];
}

/** How to look at flannel. */
export function inspections(choices: FlannelChoices): Inspection[] {
  return [
    {
      what: 'the agents, and on which machine one is not ready',
      command: `kubectl -n ${NAMESPACE} get pods -l app=flannel -o wide`,
    },
    {
      what: 'the last that they said of what goes wrong',
      command: `kubectl -n ${NAMESPACE} logs -l app=flannel -c kube-flannel --prefix --tail=200 | grep -E '\\] [WEF][0-9]'`,
    },
    {
      what: 'the network of each node, and the address that flannel sends to',
      command:
        "kubectl get nodes -o custom-columns='NODE:.metadata.name,PODS:.spec.podCIDRs,SENDS TO:.metadata.annotations.flannel\\.alpha\\.coreos\\.com/public-ip'",
    },
    { what: 'what flannel settled, on a machine', command: 'cat /run/flannel/subnet.env' },
    ...deviceNames(choices).map((device) => ({
      what: `the other ends of ${device}, on a machine: one for each other machine`,
      command: `bridge fdb show dev ${device}`,
    })),
  ];
}

function deviceOf(choices: FlannelChoices, family: IpFamily): string {
  const { backend, families } = choices;
  switch (backend.type) {
    case 'vxlan':
      return deviceNames(choices)[families.indexOf(family)]!;
    case 'wireguard':
      return family === 'IPv6' && backend.mode === FlannelWireguardMode.SEPARATE
        ? 'flannel-wg-v6'
        : 'flannel-wg';
    default:
      // The kernel numbers the first one 0 (pkg/backend/udp/udp_network_amd64.go).
      return 'flannel0';
  }
}

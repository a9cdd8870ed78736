import { usesIpip, wireguardPort, type CalicoChoices } from './choices';
import { LinuxDataplane } from './dataplane-options';
import { isCrossSubnet, isIpip, isVxlan } from './encapsulation';
import { CalicoIpamType } from './pool-options';
import { givesPodAddresses, type SettledPool } from './pools';
import {
  wrappingBytes,
  wrappingOf,
  type Cluster,
  type Inspection,
  type IpFamily,
  type PodWay,
} from '../../cluster';

/** The machine's end of every pod's interface: this, and a hash of the pod's namespace and name. */
export const POD_DEVICE = 'cali*';

/** Devices as Felix names them (felix/dataplane/linux/dataplanedefs, felix/config/config_params.go). */
const VXLAN_DEVICE: Readonly<Record<IpFamily, string>> = {
  IPv4: 'vxlan.calico',
  IPv6: 'vxlan-v6.calico',
};
const WIREGUARD_DEVICE: Readonly<Record<IpFamily, string>> = {
  IPv4: 'wireguard.cali',
  IPv6: 'wg-v6.cali',
};
const VXLAN_FILTER = 'udp port 4789';

/** Every way that packets of pods take between machines. */
export function podWays(cluster: Cluster, choices: CalicoChoices): PodWay[] {
  return [
    ...choices.pools.map((pool) => ({ ...wayOf(pool, choices), blocks: blocksOf(pool, choices) })),
    // Whatever a pool says, BPF's program sends these through the tunnel.
    ...(choices.dataplane === LinuxDataplane.BPF
      ? cluster._families.map((family): PodWay => ({
          packets: `from outside through a Service to a pod on another machine, ${family}`,
          family,
          wrapping: 'VXLAN',
          overhead: wrappingBytes.VXLAN[family],
          device: VXLAN_DEVICE.IPv4,
          filter: VXLAN_FILTER,
          directInSubnet: false,
        }))
      : []),
  ];
}

/** Names of the devices through which packets to other machines leave, on every machine. */
export function tunnelDevices(cluster: Cluster, choices: CalicoChoices): string[] {
  const { pools, dataplane, encrypted } = choices;
  const wrapped = pools.filter(({ encapsulation }) => isVxlan(encapsulation));
  return [
    ...(usesIpip(choices) ? ['tunl0'] : []),
    ...new Set([
      ...(dataplane === LinuxDataplane.BPF ? [VXLAN_DEVICE.IPv4] : []),
      ...wrapped.map(({ family }) => VXLAN_DEVICE[family]),
    ]),
    ...(encrypted ? cluster._families.map((family) => WIREGUARD_DEVICE[family]) : []),
  ];
}

/** How to look at Calico. */
export function inspections({ bgp }: CalicoChoices): Inspection[] {
  return [
    { what: 'what the operator says of each part', command: 'kubectl get tigerastatus' },
    {
      what: 'the agents, and on which machine one is not ready',
      command: 'kubectl -n calico-system get pods -l k8s-app=calico-node -o wide',
    },
    {
      what: 'the last that they said of what goes wrong',
      command:
        "kubectl -n calico-system logs -l k8s-app=calico-node -c calico-node --prefix --tail=200 | grep -E 'WARNING|ERROR|FATAL'",
    },
    ...(bgp.enabled
      ? [
          {
            what: 'BGP sessions of each machine: every one says Established',
            command:
              "kubectl -n calico-system get pods -l k8s-app=calico-node -o name | xargs -I{} sh -c 'echo {}; kubectl -n calico-system exec {} -c calico-node -- birdcl -s /var/run/calico/bird.ctl show protocols | grep -w BGP'",
          },
        ]
      : []),
    {
      what: 'routes to the pods of other machines, on a machine',
      command: 'ip route show proto 80; ip route show proto bird',
    },
  ];
}

/** WireGuard takes the place of the pool's own tunnel between machines that both have it. */
function wayOf(pool: SettledPool, choices: CalicoChoices): PodWay {
  const { cidr, family, encapsulation } = pool;
  const packets = `pods of ${cidr}`;
  if (choices.encrypted) {
    return {
      packets,
      family,
      wrapping: 'WireGuard',
      overhead: wrappingBytes.WireGuard[family],
      device: WIREGUARD_DEVICE[family],
      filter: `udp port ${wireguardPort(choices, family)}`,
      directInSubnet: false,
    };
  }
  const wrapping = wrappingOf(encapsulation);
  if (wrapping === undefined) {
    return { packets, family, overhead: 0, directInSubnet: true };
  }
  return {
    packets,
    family,
    wrapping,
    overhead: wrappingBytes[wrapping][family],
    device: isIpip(encapsulation) ? 'tunl0' : VXLAN_DEVICE[family],
    filter: isVxlan(encapsulation) ? VXLAN_FILTER : 'ip proto 4',
    directInSubnet: isCrossSubnet(encapsulation),
  };
}

function blocksOf(pool: SettledPool, { ipam }: CalicoChoices): PodWay['blocks'] {
  return ipam === CalicoIpamType.CALICO && givesPodAddresses(pool)
    ? { network: pool.cidr, prefix: pool.blockSize }
    : undefined;
}

import { Encapsulation, KubeProxyMode, Underlay } from '../../lib';
import { SecretRef } from '../../lib/cluster';
import { CalicoIpamType, LinuxDataplane } from '../../lib/cni';
import { render, said } from './calico';
import { onlyV6 } from './calico-variants';
import { everywhere, make, on, type Failure } from './failure';

const { IPIP, VXLAN } = Encapsulation;
const pool = { cidr: '10.244.0.0/17' };

/** What leaves a cluster broken. */
export const errors: Failure[] = [
  {
    id: 'E1',
    title: "a pool outside of kubeadm's pod network",
    throws: [make({ ipPools: [{ cidr: '10.9.0.0/16' }] }), 'must be inside 10.244.0.0/16'],
  },
  {
    id: 'E2',
    title: 'networks of pods, Services and machines that overlap',
    throws: [make({}, { podCidr: '10.96.0.0/12' }), 'apart from'],
  },
  {
    id: 'E3',
    title: 'packets without VXLAN and nobody to program routes',
    rules: [['GW-CNI-031'], () => on({ bgp: { enabled: false } })],
  },
  {
    id: 'E4',
    title: 'IP in IP for IPv6',
    rules: [['GW-CNI-029'], () => on({ encapsulation: IPIP }, onlyV6())],
  },
  {
    id: 'E5',
    title: 'block sizes and networks that are none',
    throws: [make({ blockSize: 19 }), 'blockSize must be between 20 and 32'],
  },
  {
    id: 'E6',
    title: 'two pools of one network or name, or too many',
    throws: [make({ ipPools: [pool, { ...pool, name: 'b' }] }), 'an address belongs to one pool'],
  },
  {
    id: 'E7',
    title: 'several ways to find one address',
    impossible: [
      'a way is one object of NodeAddressAutodetection, with one method',
      everywhere(({ spec: { calicoNetwork } }) => {
        for (const family of ['V4', 'V6']) {
          const way = calicoNetwork[`nodeAddressAutodetection${family}`] ?? {};
          expect(Object.keys(way).length).toBeLessThanOrEqual(1);
        }
      }),
    ],
  },
  {
    id: 'E8',
    title: 'a packet filter that kube-proxy does not share',
    rules: [
      ['GW-CNI-008'],
      () =>
        on({ linuxDataplane: LinuxDataplane.NFTABLES }, { kubeProxyMode: KubeProxyMode.IPTABLES }),
    ],
  },
  {
    id: 'E9',
    title: 'BPF beside IPVS, or with two ways to the API',
    rules: [
      ['GW-CNI-008'],
      () => on({ linuxDataplane: LinuxDataplane.BPF }, { kubeProxyMode: KubeProxyMode.IPVS }),
    ],
    impossible: [
      'the operator is never told to bootstrap BPF by itself',
      everywhere(({ spec }) =>
        expect(spec.calicoNetwork).not.toHaveProperty('bpfNetworkBootstrap'),
      ),
    ],
  },
  {
    id: 'E10',
    title: 'VPP, which wants BGP and host ports',
    impossible: [
      'it is not offered',
      () => expect(Object.values(LinuxDataplane)).not.toContain('VPP'),
    ],
  },
  {
    id: 'E11',
    title: 'no mesh, and machines without a neighbour',
    rules: [['GW-CNI-033'], () => on({ bgp: { nodeToNodeMesh: false } })],
  },
  {
    id: 'E12',
    title: 'options of BGP that exclude each other',
    throws: [
      make({ bgp: { nodeToNodeMesh: false, nodeMeshPassword: SecretRef.of('a', 'b') } }),
      'bgp.nodeMeshPassword must be left out without the mesh',
    ],
  },
  {
    id: 'E13',
    title: 'an MTU that does not fit, or is too small for IPv6',
    throws: [make({ mtu: 1500, encapsulation: VXLAN }), 'mtu must be between 1280 and 1450'],
    rules: [['GW-CNI-019'], () => on({}, onlyV6({ underlay: Underlay.filtered({ mtu: 1280 }) }))],
  },
  {
    id: 'E14',
    title: 'a registry without its slash',
    impossible: [
      'the slash is added to cluster.imageRegistry',
      () =>
        expect(
          render({}, { imageRegistry: 'mirror.example.no' }).objects.find('Installation').spec
            .registry,
        ).toBe('mirror.example.no/'),
    ],
  },
  {
    id: 'E15',
    title: 'HostLocal with VXLAN',
    rules: [
      ['GW-CNI-028'],
      () => on({ encapsulation: VXLAN, ipam: { type: CalicoIpamType.HOST_LOCAL } }),
    ],
  },
  {
    id: 'E16',
    title: 'an Installation of another name',
    impossible: [
      'the name is no option',
      everywhere(({ metadata }) => expect(metadata.name).toBe('default')),
    ],
  },
  {
    id: 'E17',
    title: 'a kube-proxy that two manage',
    impossible: [
      'the operator is never told to manage it',
      everywhere(({ spec }) =>
        expect(spec.calicoNetwork).not.toHaveProperty('kubeProxyManagement'),
      ),
    ],
  },
  {
    id: 'E18',
    title: 'node ports that Felix does not know in IPVS mode',
    rules: [
      ['GW-CNI-025'],
      () =>
        on(
          { felix: { overrides: { kubeNodePortRanges: ['1:2'] } } },
          { kubeProxyMode: KubeProxyMode.IPVS },
        ),
    ],
  },
  {
    id: 'E19',
    title: 'fewer addresses than machines and pods',
    rules: [
      ['GW-CNI-013', 'GW-CNI-014', 'GW-CNI-027'],
      () => on({ ipPools: [{ cidr: '10.244.0.0/27', blockSize: 27 }] }),
    ],
  },
  {
    id: 'E20',
    title: 'WireGuard on a kernel without it',
    rules: [
      ['GW-CNI-020'],
      () => {
        const rendered = render({ wireguard: {} });
        jest.spyOn(rendered.cluster, 'kernel', 'get').mockReturnValue('5.4');
        return said(rendered);
      },
    ],
  },
];

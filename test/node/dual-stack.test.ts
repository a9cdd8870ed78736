import { Machine, Underlay, Zone, ZoneLink, type ClusterProps } from '../../lib';
import { dualMachine, dualStack } from '../support/dual-stack';
import { osloMachine } from '../support/oslo';
import { documents, file, oslo, unpacked } from './support';

const worker = Machine.worker('w-1', {
  zone: 'oslo-1',
  address: '10.20.0.21',
  addressV6: 'fd00:20::21',
});
const both = dualStack({ machines: [...[1, 2, 3].map((n) => dualMachine(n)), worker] });

function kubeadm(changes: Partial<ClusterProps>, machine: string): any[] {
  return documents(oslo(changes).files(), machine, '/etc/groundwork/kubeadm.conf');
}

describe('kubeadm', () => {
  test('is told both networks of pods and of Services, without a blank', () => {
    const [, cluster] = kubeadm(both, 'cp-1');
    expect(cluster.networking).toEqual({
      podSubnet: '10.244.0.0/16,fd00:244::/56',
      serviceSubnet: '10.96.0.0/16,fd00:96::/112',
      dnsDomain: 'cluster.local',
    });
  });

  test.each([
    ['cp-1', '10.20.0.11,fd00:20::11'],
    ['cp-2', '10.20.0.12,fd00:20::12'],
    ['w-1', '10.20.0.21,fd00:20::21'],
  ])('gives the kubelet of %s both addresses', (machine, value) => {
    const [{ nodeRegistration }] = kubeadm(both, machine);
    expect(nodeRegistration.kubeletExtraArgs[0]).toEqual({ name: 'node-ip', value });
  });

  test('writes both addresses of the control planes into the certificates', () => {
    const [, cluster] = kubeadm(both, 'cp-1');
    expect(cluster.apiServer.certSANs).toEqual([
      'api.oslo.example',
      '10.20.0.10',
      '10.20.0.11',
      'fd00:20::11',
      '10.20.0.12',
      'fd00:20::12',
      '10.20.0.13',
      'fd00:20::13',
    ]);
  });

  test('leaves the API server and cluster DNS in the first family', () => {
    const [init, , kubelet] = kubeadm(both, 'cp-1');
    expect(init.localAPIEndpoint.advertiseAddress).toBe('10.20.0.11');
    expect(kubelet.clusterDNS).toEqual(['10.96.0.10']);
  });
});

test('the bootstrap looks for both addresses, and for one where there is one', () => {
  const env = (changes: Partial<ClusterProps>) =>
    unpacked(oslo(changes).files(), 'cp-1', '/etc/groundwork/machine.env');
  expect(env(both)).toContain("\nNODE_ADDRESSES='10.20.0.11 fd00:20::11'\n");
  expect(env({})).toContain("\nNODE_ADDRESSES='10.20.0.11'\n");
});

describe('forwarding', () => {
  const SYSCTLS = '/etc/sysctl.d/zz-groundwork.conf';
  const keys = [
    'net.ipv4.ip_forward',
    'net.ipv6.conf.all.forwarding',
    'net.ipv6.conf.default.forwarding',
  ];

  test('is on for both families, and said on the explain page', () => {
    const { cluster, files } = oslo(both);
    for (const machine of ['cp-1', 'w-1']) {
      const text = unpacked(files(), machine, SYSCTLS);
      expect(keys.filter((key) => !text.includes(`\n${key} = 1\n`))).toEqual([]);
    }
    const decided = cluster.decisions().map((d) => d.key);
    expect(keys.filter((key) => !decided.includes(`sysctl ${key}`))).toEqual([]);
  });

  test('of IPv6 is no business of a cluster of one family', () => {
    const { cluster, files } = oslo();
    expect(unpacked(files(), 'cp-1', SYSCTLS)).not.toContain('net.ipv6.');
    expect(cluster.decisions().filter((d) => d.key.includes('ipv6'))).toEqual([]);
  });
});

describe('network-config', () => {
  const network = (changes: Partial<ClusterProps>) =>
    file(oslo(changes).files(), 'cp-1', 'network-config').yaml();
  const routed = { gateway: '10.20.0.1', dnsServers: ['10.20.0.2', 'fd00:20::2'] };

  test.each(['fd00:20::1', 'fe80::1'])(
    'both addresses, default routes by 10.20.0.1 and %s',
    (v6) => {
      const machines = [dualMachine(1, { ...routed, gatewayV6: v6, mtu: 9000 })];
      expect(network(dualStack({ machines }))).toEqual({
        version: 2,
        ethernets: {
          eno1: {
            dhcp4: false,
            dhcp6: false,
            addresses: ['10.20.0.11/24', 'fd00:20::11/64'],
            routes: [
              { to: '0.0.0.0/0', via: '10.20.0.1' },
              { to: '::/0', via: v6 },
            ],
            nameservers: { addresses: ['10.20.0.2', 'fd00:20::2'] },
            mtu: 9000,
          },
        },
      });
    },
  );

  test('the MTU is that of the NIC, else of the zone, else of the underlay, never of a way', () => {
    const zones = (mtu?: number) => [
      Zone.of('oslo-1', { country: 'NO', nodeCidr: '10.20.0.0/24', mtu }),
      Zone.of('oslo-2', { country: 'NO', nodeCidr: '10.21.0.0/24' }),
    ];
    const far = Machine.worker('w-2', { zone: 'oslo-2', address: '10.21.0.21' });
    const underlay = Underlay.flatL2({
      mtu: 1500,
      links: [ZoneLink.between('oslo-1', 'oslo-2', { mtu: 1400 })],
    });
    const mtu = (ofZone?: number, ofNic?: number) =>
      network({
        underlay,
        zones: zones(ofZone),
        machines: [osloMachine(1, { ...routed, mtu: ofNic }), far],
      }).ethernets.eno1.mtu;
    expect([mtu(), mtu(9000), mtu(9000, 8900)]).toEqual([1500, 9000, 8900]);
  });
});

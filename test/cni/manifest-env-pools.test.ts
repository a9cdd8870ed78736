import { Encapsulation } from '../../lib/cluster';
import { TunedCalico } from '../../lib/cni';
import { dualStack } from '../support/dual-stack';
import { network, render, said } from './calico';

type Env = Record<string, string>;

const read = (env: Env) => TunedCalico.fromManifestEnv(env);
const both = {
  CALICO_IPV4POOL_CIDR: '10.244.0.0/16',
  CALICO_IPV6POOL_CIDR: 'fd00:244::/56',
};
const refusal = (text: string) => new Error(`[TunedCalico.fromManifestEnv] ${text}`);

describe('encapsulation', () => {
  const off = [undefined, 'Never', 'OFF'];
  const tunnels: Array<[string, Encapsulation, Encapsulation]> = [
    ['Always', Encapsulation.IPIP, Encapsulation.VXLAN],
    ['CrossSubnet', Encapsulation.IPIP_CROSS_SUBNET, Encapsulation.VXLAN_CROSS_SUBNET],
    ['cross-subnet', Encapsulation.IPIP_CROSS_SUBNET, Encapsulation.VXLAN_CROSS_SUBNET],
    ['ALWAYS', Encapsulation.IPIP, Encapsulation.VXLAN],
  ];
  const of = (ipip: string | undefined, vxlan: string | undefined) =>
    read({
      ...(ipip === undefined ? {} : { CALICO_IPV4POOL_IPIP: ipip }),
      ...(vxlan === undefined ? {} : { CALICO_IPV4POOL_VXLAN: vxlan }),
    }).encapsulation;

  test.each(tunnels)('%s', (word, ipip, vxlan) => {
    expect(off.map((other) => of(word, other))).toEqual([ipip, ipip, ipip]);
    expect(off.map((other) => of(other, word))).toEqual([vxlan, vxlan, vxlan]);
  });

  test('neither', () => {
    expect(off.flatMap((ipip) => off.map((vxlan) => of(ipip, vxlan)))).toEqual([
      undefined,
      ...Array(8).fill(Encapsulation.NONE),
    ]);
    expect(of('', '')).toBeUndefined();
  });

  test('both', () => {
    expect(() => of('CrossSubnet', 'Always')).toThrow(
      refusal(
        'CALICO_IPV4POOL_IPIP must be Never with CALICO_IPV4POOL_VXLAN=Always, got CrossSubnet; a pool has one tunnel: switch one of them off',
      ),
    );
  });

  test.each(['CALICO_IPV4POOL_IPIP', 'CALICO_IPV4POOL_VXLAN', 'CALICO_IPV6POOL_VXLAN'])(
    '%s of another word',
    (name) => {
      expect(() => read({ [name]: 'constructor' })).toThrow(
        refusal(
          `${name} must be Always, CrossSubnet, Never or Off, got constructor; calico-node exits at any other word`,
        ),
      );
    },
  );

  test('the backend says it where nothing else does', () => {
    expect(read({ CALICO_NETWORKING_BACKEND: 'vxlan' })).toMatchObject({
      encapsulation: Encapsulation.VXLAN,
      bgp: { enabled: false },
    });
    expect(() =>
      read({ CALICO_NETWORKING_BACKEND: 'vxlan', CALICO_IPV4POOL_IPIP: 'Always' }),
    ).toThrow(
      refusal(
        'CALICO_NETWORKING_BACKEND must be bird with CALICO_IPV4POOL_IPIP=Always, got vxlan; BIRD carries the routes of everything but VXLAN; or write CALICO_IPV4POOL_VXLAN=Always',
      ),
    );
  });

  test('IPv6 alone goes by its own variable, then by the backend', () => {
    const env = { IP: 'none', CALICO_NETWORKING_BACKEND: 'vxlan', CALICO_IPV4POOL_IPIP: 'Never' };
    expect(read(env).encapsulation).toBe(Encapsulation.VXLAN);
    expect(read({ ...env, CALICO_IPV6POOL_VXLAN: 'CrossSubnet' }).encapsulation).toBe(
      Encapsulation.VXLAN_CROSS_SUBNET,
    );
  });

  test('IPv6 alone', () => {
    const env = { IP: 'none', CALICO_IPV4POOL_IPIP: 'Always', CALICO_IPV6POOL_VXLAN: 'Always' };
    expect(read(env).encapsulation).toBe(Encapsulation.VXLAN);
    expect(read({ ...env, IP: '', CALICO_IPV4POOL_CIDR: 'none' }).encapsulation).toBe('VXLAN');
  });
});

describe('pools', () => {
  test.each<[Env, any]>([
    [{ CALICO_IPV4POOL_BLOCK_SIZE: '27' }, { blockSize: 27 }],
    [{ CALICO_IPV4POOL_NAT_OUTGOING: 'No' }, { natOutgoing: false }],
    [{ CALICO_IPV4POOL_NAT_OUTGOING: 'true' }, { natOutgoing: true }],
    [{ CALICO_IPV4POOL_NODE_SELECTOR: 'all()', CALICO_IPV4POOL_DISABLE_BGP_EXPORT: 'false' }, {}],
    [{ CALICO_IPV6POOL_BLOCK_SIZE: '122', CALICO_IPV6POOL_NAT_OUTGOING: 'false' }, {}],
    [{ CALICO_IPV4POOL_CIDR: '10.244.7.9/16' }, {}],
    [{ IP: 'none', CALICO_IPV6POOL_NAT_OUTGOING: 'true' }, { natOutgoing: true }],
    [{ CALICO_IPV4POOL_CIDR: 'none', CALICO_IPV4POOL_BLOCK_SIZE: '27' }, {}],
    [
      { CALICO_IPV4POOL_CIDR: '10.244.7.9/16', CALICO_IPV4POOL_NODE_SELECTOR: "role == 'a'" },
      { ipPools: [{ cidr: '10.244.0.0/16', nodeSelector: "role == 'a'" }] },
    ],
    [
      { ...both, CALICO_IPV4POOL_DISABLE_BGP_EXPORT: 'true', CALICO_IPV4POOL_BLOCK_SIZE: '28' },
      {
        ipPools: [
          { cidr: '10.244.0.0/16', blockSize: 28, disableBgpExport: true },
          { cidr: 'fd00:244::/56' },
        ],
      },
    ],
    [
      { ...both, CALICO_IPV6POOL_BLOCK_SIZE: '124', CALICO_IPV4POOL_IPIP: 'Always' },
      {
        encapsulation: Encapsulation.IPIP,
        ipPools: [{ cidr: '10.244.0.0/16' }, { cidr: 'fd00:244::/56', blockSize: 124 }],
      },
    ],
    [
      { ...both, CALICO_IPV6POOL_NAT_OUTGOING: 'false' },
      { ipPools: [{ cidr: '10.244.0.0/16' }, { cidr: 'fd00:244::/56', natOutgoing: false }] },
    ],
    [
      { ...both, CALICO_IPV4POOL_IPIP: 'Always', CALICO_IPV6POOL_VXLAN: 'Never' },
      {
        encapsulation: Encapsulation.IPIP,
        ipPools: [
          { cidr: '10.244.0.0/16' },
          { cidr: 'fd00:244::/56', encapsulation: Encapsulation.NONE },
        ],
      },
    ],
    [
      {
        CALICO_IPV4POOL_CIDR: 'none',
        CALICO_IPV6POOL_CIDR: 'FD00:244:0::/56',
        CALICO_IPV6POOL_BLOCK_SIZE: '120',
      },
      { ipPools: [{ cidr: 'fd00:244::/56', blockSize: 120 }] },
    ],
  ])('%j', (env, options) => {
    expect(read(env)).toEqual({ ...options, manifestEnv: env });
  });

  test('both families render as they were', () => {
    const env = {
      ...both,
      CALICO_IPV4POOL_IPIP: 'Always',
      CALICO_IPV6POOL_VXLAN: 'Never',
      CALICO_IPV6POOL_NAT_OUTGOING: 'false',
    };
    const rendered = render(read(env), dualStack());
    expect(network(rendered).ipPools).toMatchObject([
      { cidr: '10.244.0.0/16', encapsulation: 'IPIP', natOutgoing: 'Enabled', blockSize: 26 },
      { cidr: 'fd00:244::/56', encapsulation: 'None', natOutgoing: 'Disabled', blockSize: 122 },
    ]);
    expect(said(rendered).filter((text) => /-04[34]/.test(text))).toEqual([]);
  });

  test.each<[Env, any]>([
    [
      { CALICO_IPV4POOL_NODE_SELECTOR: "role == 'a'" },
      "CALICO_IPV4POOL_CIDR must be given with CALICO_IPV4POOL_NODE_SELECTOR=role == 'a', got nothing; what holds for one pool needs the networks of all: give the pod network",
    ],
    [
      { CALICO_IPV4POOL_CIDR: '10.244.0.0/16', CALICO_IPV6POOL_DISABLE_BGP_EXPORT: '1' },
      'CALICO_IPV6POOL_CIDR must be given with CALICO_IPV6POOL_DISABLE_BGP_EXPORT=1, got nothing; what holds for one pool needs the networks of all: give the pod network',
    ],
    [
      { CALICO_IPV6POOL_CIDR: 'fd00:244::/56', CALICO_IPV6POOL_BLOCK_SIZE: '120' },
      'CALICO_IPV4POOL_CIDR must be given with CALICO_IPV6POOL_BLOCK_SIZE=120, got nothing; what holds for one pool needs the networks of all: give the pod network',
    ],
    [
      {
        CALICO_IPV4POOL_NAT_OUTGOING: 'false',
        CALICO_IPV6POOL_NAT_OUTGOING: 'true',
        CALICO_IPV4POOL_CIDR: '10.244.0.0/16',
      },
      'CALICO_IPV6POOL_CIDR must be given with CALICO_IPV6POOL_NAT_OUTGOING=true, got nothing; what holds for one pool needs the networks of all: give the pod network',
    ],
    [
      { CALICO_IPV4POOL_BLOCK_SIZE: '19' },
      'CALICO_IPV4POOL_BLOCK_SIZE must be a whole number between 20 and 32, got 19; it is a prefix length; 26 gives blocks of 64 addresses',
    ],
    [
      { CALICO_IPV6POOL_BLOCK_SIZE: '64' },
      'CALICO_IPV6POOL_BLOCK_SIZE must be a whole number between 116 and 128, got 64; it is a prefix length; 122 gives blocks of 64 addresses',
    ],
    [
      { CALICO_IPV4POOL_CIDR: '10.244.0.0/22', CALICO_IPV4POOL_BLOCK_SIZE: '20' },
      'CALICO_IPV4POOL_BLOCK_SIZE must be at least 22 in 10.244.0.0/22, got 20; a block is a part of its pool',
    ],
    [
      { CALICO_IPV4POOL_CIDR: 'fd00::/64' },
      'CALICO_IPV4POOL_CIDR must be a network of IPv4, got fd00::/64; write it with its prefix length, for example 10.244.0.0/16',
    ],
    [
      { CALICO_IPV6POOL_CIDR: 'fd00::1' },
      'CALICO_IPV6POOL_CIDR must be a network of IPv6, got fd00::1; write it with its prefix length, for example fd00:244::/56',
    ],
    [
      { CALICO_IPV4POOL_NAT_OUTGOING: 'perhaps' },
      'CALICO_IPV4POOL_NAT_OUTGOING must be true or false, got perhaps; correct it, or leave it out',
    ],
    [
      { NO_DEFAULT_POOLS: 'True', ...both },
      'NO_DEFAULT_POOLS must be left out with CALICO_IPV4POOL_CIDR and CALICO_IPV6POOL_CIDR, got True; calico-node exits when it has both; remove one of them',
    ],
  ])('%j throws', (env, text) => {
    expect(() => read(env)).toThrow(refusal(text));
  });
});

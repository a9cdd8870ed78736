import { TunedCalico } from '../../lib/cni';
import { dualStack } from '../support/dual-stack';
import { render, said } from './calico';

type Env = Record<string, string>;

const sayEnv = (env: Env, facts = {}) => said(render(TunedCalico.fromManifestEnv(env), facts));
const both = {
  CALICO_IPV4POOL_CIDR: '10.244.0.0/16',
  CALICO_IPV6POOL_CIDR: 'fd00:244::/56',
};

describe('findings', () => {
  const counts = / counts? only when the first pool is made/;
  const special = (env: Record<string, string>, facts = {}) =>
    sayEnv(env, facts).filter((text) => text.includes('-04') && !counts.test(text));

  test.each<[Env, any]>([
    [
      { CALICO_IPV4POOL_CIDR: '192.168.0.0/16' },
      'GW-CNI-043 CALICO_IPV4POOL_CIDR=192.168.0.0/16 must be the pod network of the cluster, 10.244.0.0/16',
    ],
    [
      { CALICO_IPV4POOL_CIDR: '10.244.0.0/17' },
      'GW-CNI-043 CALICO_IPV4POOL_CIDR=10.244.0.0/17 must be the pod network of the cluster, 10.244.0.0/16',
    ],
    [
      { CALICO_IPV6POOL_CIDR: 'fd00:244::/56' },
      'GW-CNI-043 CALICO_IPV6POOL_CIDR=fd00:244::/56 must be left out in a cluster without IPv6',
    ],
    [
      { CALICO_IPV4POOL_CIDR: 'none' },
      'GW-CNI-044 CALICO_IPV4POOL_CIDR=none made no pool there; here the IPv4 pod network is one, because pods get addresses from it',
    ],
    [
      { NO_DEFAULT_POOLS: 'true' },
      'GW-CNI-045 NO_DEFAULT_POOLS=true kept calico-node from making pools; here every pod network is a pool, because the operator waits for one',
    ],
  ])('%j', (env, text) => {
    expect(special(env)).toEqual([text]);
  });

  test('nothing where all agrees', () => {
    expect(special(both, dualStack())).toEqual([]);
    expect(special({ CALICO_IPV6POOL_CIDR: 'none', NO_DEFAULT_POOLS: 'false' })).toEqual([]);
    expect(
      special({ CALICO_IPV4POOL_CIDR: '10.244.0.0/17', CALICO_IPV4POOL_NODE_SELECTOR: 'has(x)' }),
    ).toEqual([]);
  });

  test('IPv6 that was not to be translated', () => {
    expect(special({ CALICO_IPV6POOL_NAT_OUTGOING: 'false' }, dualStack())).toEqual([
      'GW-CNI-044 CALICO_IPV6POOL_NAT_OUTGOING=false let IPv6 pods keep their own addresses; here natOutgoing is for both families',
    ]);
    expect(special({ CALICO_IPV6POOL_NAT_OUTGOING: 'false' })).toEqual([]);
  });

  test('variables of a pool that is not there', () => {
    expect(special({ CALICO_IPV6POOL_CIDR: 'none', CALICO_IPV6POOL_BLOCK_SIZE: '124' })).toEqual([
      'GW-CNI-045 CALICO_IPV6POOL_BLOCK_SIZE=124 has no effect: with CALICO_IPV6POOL_CIDR=none there is no such pool',
    ]);
    expect(special({ IP: 'none', CALICO_IPV4POOL_NAT_OUTGOING: 'true' })).toContain(
      'GW-CNI-045 CALICO_IPV4POOL_NAT_OUTGOING=true has no effect: with IP=none no pod has an IPv4 address',
    );
  });
});

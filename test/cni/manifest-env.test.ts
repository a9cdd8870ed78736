import { Chart, Testing } from 'cdk8s';
import { Encapsulation, Severity, Underlay } from '../../lib';
import { TunedCalico } from '../../lib/cni';
import { dualStack } from '../support/dual-stack';
import { validateStrictly } from '../support/strict-schema';
import { describeWithUpstream } from '../support/upstream';
import { network, ours, render, said } from './calico';

const read = (env: Record<string, string>) => TunedCalico.fromManifestEnv(env);
const renderEnv = (env: Record<string, string>, facts = {}) => render(read(env), facts);

/** The containers calico-node and install-cni of upstream's calico.yaml v3.32.1, its ConfigMap filled in. */
const upstream = {
  KUBERNETES_NODE_NAME: 'cp-1',
  CALICO_NETWORKING_BACKEND: 'bird',
  CNI_CONF_NAME: '10-calico.conflist',
  CNI_NETWORK_CONFIG: '{"plugins": [{"type": "calico", "ipam": {"type": "calico-ipam"}}]}',
  CNI_MTU: '0',
  SLEEP: 'false',
  DATASTORE_TYPE: 'kubernetes',
  WAIT_FOR_DATASTORE: 'true',
  NODENAME: 'cp-1',
  CLUSTER_TYPE: 'k8s,bgp',
  IP: 'autodetect',
  CALICO_IPV4POOL_IPIP: 'Always',
  CALICO_IPV4POOL_VXLAN: 'Never',
  CALICO_IPV6POOL_VXLAN: 'Never',
  FELIX_IPINIPMTU: '0',
  FELIX_VXLANMTU: '0',
  FELIX_WIREGUARDMTU: '0',
  CALICO_DISABLE_FILE_LOGGING: 'true',
  FELIX_DEFAULTENDPOINTTOHOSTACTION: 'ACCEPT',
  FELIX_IPV6SUPPORT: 'false',
  FELIX_HEALTHENABLED: 'true',
};

describe("the article's environment", () => {
  const env = { CALICO_IPV4POOL_IPIP: 'Off', FELIX_IPINIPMTU: '1440' };

  test('options', () => {
    expect(read(env)).toEqual({
      encapsulation: Encapsulation.NONE,
      mtu: 1440,
      manifestEnv: env,
    });
  });

  test('the objects have what the variables were to achieve', () => {
    expect(network(renderEnv(env))).toMatchObject({
      mtu: 1440,
      bgp: 'Enabled',
      ipPools: [{ cidr: '10.244.0.0/16', encapsulation: 'None' }],
    });
  });

  test('findings', () => {
    const rendered = renderEnv(env);
    expect(said(rendered)).toEqual([
      'GW-CNI-044 FELIX_IPINIPMTU=1440 did nothing with CALICO_IPV4POOL_IPIP=Off: Felix reads it only with IP in IP on, and pods had the veth_mtu of the file (CNI_MTU), or that of their machine; here it is the MTU of pods, and leaves 60 bytes of every packet unused, of 1500 on a path of 1500',
      'GW-CNI-007 mtu 1440 leaves 60 bytes of every packet unused; None on this underlay allows 1500',
      'GW-CNI-045 CALICO_IPV4POOL_IPIP=Off counts only when the first pool is made: a running cluster keeps the pool that it has',
    ]);
    const [warning] = ours(rendered.cluster);
    expect(warning).toMatchObject({
      severity: 'warning',
      path: 'oslo/cni',
      remedy:
        'leave FELIX_IPINIPMTU out for the largest MTU that fits, or say mtu 1440 in its place',
    });
    expect(() => Testing.synth(Chart.of(rendered.calico))).not.toThrow();
  });

  test('configure takes the options, too', () => {
    expect(TunedCalico.configure(read(env)).kind).toBe('calico');
  });

  test('where 1440 is all that fits, nothing is said to be unused', () => {
    const messages = said(renderEnv(env, { underlay: Underlay.flatL2({ mtu: 1440 }) }));
    expect(messages[0]).toMatch(/that of their machine; here it is the MTU of pods$/);
  });

  test('another mtu beside the options is what counts', () => {
    const messages = said(render({ ...read(env), mtu: 1400 }));
    expect(messages[0]).toMatch(/that of their machine; here mtu is 1400$/);
  });

  test('the environment is a copy', () => {
    const mine: Record<string, string> = { ...env };
    const { manifestEnv } = read(mine);
    mine.CALICO_IPV4POOL_IPIP = 'Always';
    expect(manifestEnv).toEqual(env);
  });
});

describe("upstream's own environment", () => {
  test('options', () => {
    expect(read(upstream)).toEqual({
      encapsulation: Encapsulation.IPIP,
      bgp: { enabled: true },
      manifestEnv: upstream,
    });
  });

  test('only notes, each with its variable', () => {
    const rendered = renderEnv(upstream);
    expect(ours(rendered.cluster).filter(({ severity }) => severity !== Severity.NOTE)).toEqual([]);
    expect(said(rendered)).toEqual([
      'GW-CNI-006 encapsulation IPIP needs IP protocol 4 through every firewall between machines',
      'GW-CNI-045 CALICO_DISABLE_FILE_LOGGING=true has no effect: the operator sets it to false, and calico-node logs to files on the machine as well',
      'GW-CNI-045 CALICO_IPV4POOL_IPIP=Always, CALICO_IPV4POOL_VXLAN=Never, CALICO_IPV6POOL_VXLAN=Never count only when the first pool is made: a running cluster keeps the pool that it has',
      'GW-CNI-045 CNI_NETWORK_CONFIG has no effect: the operator writes the configuration of the plugin',
      'GW-CNI-045 IP=autodetect took the first address that a machine lists; here it is the one that kubelet was given',
    ]);
  });

  describeWithUpstream('by the schema', () => {
    test.each(['Installation', 'FelixConfiguration'])('its %s is valid', (kind) => {
      expect(validateStrictly(renderEnv(upstream).objects.find(kind))).toEqual([]);
    });
  });

  test('with IPv6 it says that IPv6 travels otherwise', () => {
    expect(said(renderEnv(upstream, dualStack()))).toEqual(
      expect.arrayContaining([
        'GW-CNI-044 CALICO_IPV6POOL_VXLAN=Never means encapsulation None; here IPv6 has VXLAN, which follows from that of IPv4',
        'GW-CNI-045 FELIX_IPV6SUPPORT=false has no effect: the operator goes by the cluster, which has IPv4 and IPv6',
      ]),
    );
  });
});

test('an empty environment is no option and no finding', () => {
  expect(read({})).toEqual({ manifestEnv: {} });
  expect(said(renderEnv({}))).toEqual([]);
});

test('all problems come at once, under the name of the function', () => {
  expect(() => read({ DATASTORE_TYPE: 'etcdv3', CALICO_IPV4POOL_IPIP: 'sometimes' })).toThrow(
    new Error(
      [
        '[TunedCalico.fromManifestEnv] DATASTORE_TYPE must be kubernetes, got etcdv3; the operator keeps its data in Kubernetes only; move the data with `calicoctl datastore migrate` first',
        '[TunedCalico.fromManifestEnv] CALICO_IPV4POOL_IPIP must be Always, CrossSubnet, Never or Off, got sometimes; calico-node exits at any other word',
      ].join('\n'),
    ),
  );
});

describe('MTU', () => {
  test.each<[Record<string, string>, number | undefined]>([
    // The tunnel in use decides, 0 is automatic, and the smallest counts.
    [{ CALICO_IPV4POOL_IPIP: 'Always', FELIX_IPINIPMTU: '1440' }, 1440],
    [{ CALICO_IPV4POOL_IPIP: 'Always', FELIX_IPINIPMTU: '0', CNI_MTU: '0' }, undefined],
    [{ CALICO_IPV4POOL_IPIP: 'Always', FELIX_IPINIPMTU: '1440', FELIX_VXLANMTU: '1400' }, 1440],
    [{ CALICO_IPV4POOL_VXLAN: 'Always', FELIX_VXLANMTU: '1400', CNI_MTU: '1450' }, 1400],
    [{ CALICO_IPV4POOL_VXLAN: 'Always', FELIX_VXLANMTU: '1450', CNI_MTU: '1400' }, 1400],
    [{ CALICO_IPV6POOL_VXLAN: 'Always', FELIX_VXLANMTUV6: '1400', FELIX_VXLANMTU: '1300' }, 1400],
    [{ FELIX_WIREGUARDENABLED: 'true', FELIX_WIREGUARDMTU: '1420', FELIX_IPINIPMTU: '1300' }, 1420],
    [{ FELIX_WIREGUARDENABLEDV6: 'true', FELIX_WIREGUARDMTUV6: '1410' }, 1410],
    [{ FELIX_IPINIPENABLED: 'true', FELIX_IPINIPMTU: '1470', FELIX_VXLANMTU: '1400' }, 1470],
    // A tunnel with an automatic MTU is one in use: what another was given would not fit it.
    [{ CALICO_IPV4POOL_VXLAN: 'Always', FELIX_IPINIPMTU: '1480' }, undefined],
    [{ FELIX_VXLANENABLED: 'true', FELIX_IPINIPMTU: '1480' }, undefined],
    [
      { CALICO_IPV6POOL_VXLAN: 'Always', FELIX_IPV6SUPPORT: 'false', FELIX_IPINIPMTU: '1480' },
      1480,
    ],
    [{ CNI_MTU: '1400' }, 1400],
    [{ FELIX_IPINIPMTU: '1440', FELIX_VXLANMTU: '1410' }, 1410],
  ])('%j → %s', (env, mtu) => {
    expect(read(env).mtu).toBe(mtu);
  });

  test('what was too much for the tunnel is a warning', () => {
    const env = { CALICO_IPV4POOL_VXLAN: 'Always', FELIX_VXLANMTU: '1400', CNI_MTU: '1450' };
    expect(said(renderEnv(env))).toContain(
      'GW-CNI-044 CNI_MTU=1450 was more than the tunnel carried; here pods have 1400, as the tunnel',
    );
  });

  test('what does not count is a note', () => {
    const used = { CALICO_IPV4POOL_IPIP: 'Always', FELIX_IPINIPMTU: '1440' };
    expect(said(renderEnv({ ...used, FELIX_VXLANMTU: '1440' })).join()).not.toContain('VXLANMTU');
    expect(said(renderEnv({ ...used, FELIX_VXLANMTU: '1400' }))).toContain(
      'GW-CNI-045 FELIX_VXLANMTU=1400 has no effect without CALICO_IPV4POOL_VXLAN; mtu is 1440',
    );
    expect(said(renderEnv({ ...used, CNI_MTU: '1400' }))).toContain(
      'GW-CNI-045 FELIX_IPINIPMTU=1440 has no effect: there is one MTU, and 1400 is the smallest that was given',
    );
  });

  test('what does not count beside an automatic MTU is a note', () => {
    expect(said(renderEnv({ CALICO_IPV4POOL_VXLAN: 'Always', FELIX_IPINIPMTU: '1480' }))).toContain(
      'GW-CNI-045 FELIX_IPINIPMTU=1480 has no effect without CALICO_IPV4POOL_IPIP; mtu is what fits the tunnel in use',
    );
  });

  test.each(['1199', '9217', 'auto', '-1'])('%s is none', (value) => {
    expect(() => read({ CNI_MTU: value })).toThrow(
      new Error(
        `[TunedCalico.fromManifestEnv] CNI_MTU must be a whole number between 1200 and 9216, got ${value}; 0 lets Calico find the largest that fits`,
      ),
    );
  });
});

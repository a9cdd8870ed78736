import { TunedCalico } from '../../lib/cni';
import { dualStack } from '../support/dual-stack';
import { network, render, said } from './calico';

type Env = Record<string, string>;

const read = (env: Env) => TunedCalico.fromManifestEnv(env);
const sayEnv = (env: Record<string, string>, facts = {}) => said(render(read(env), facts));
const refusal = (text: string) => new Error(`[TunedCalico.fromManifestEnv] ${text}`);

describe('addresses', () => {
  test.each([
    ['first-found', { firstFound: true }],
    ['kubernetes-internal-ip', { kubernetes: 'NodeInternalIP' }],
    ['interface=eno.*,bond0', { interface: 'eno.*,bond0' }],
    ['skip-interface=wg.*', { skipInterface: 'wg.*' }],
    ['can-reach=10.20.0.1', { canReach: '10.20.0.1' }],
    ['cidr=10.20.0.7/24, 10.21.0.0/24', { cidrs: ['10.20.0.0/24', '10.21.0.0/24'] }],
  ])('%s', (method, spec) => {
    const detecting: Env[] = [{ IP: 'autodetect' }, { IP: '' }, {}];
    for (const env of detecting) {
      const rendered = render(read({ ...env, IP_AUTODETECTION_METHOD: method }));
      expect(network(rendered).nodeAddressAutodetectionV4).toEqual(spec);
    }
  });

  test('IPv6', () => {
    const env = { IP6: 'autodetect', IP6_AUTODETECTION_METHOD: 'cidr=fd00:20::/64' };
    const rendered = render(read(env), dualStack());
    expect(network(rendered).nodeAddressAutodetectionV6).toEqual({ cidrs: ['fd00:20::/64'] });
    expect(said(rendered)).toEqual([]);
  });

  test.each([
    'can-reach=router.example',
    'can-reach=fd00::1',
    'cidr=fd00::/64',
    'cidr=',
    'interface=',
    'skip-interface= ',
    'best',
  ])('%s throws', (method) => {
    expect(() => read({ IP_AUTODETECTION_METHOD: method })).toThrow(
      refusal(
        `IP_AUTODETECTION_METHOD must be first-found, kubernetes-internal-ip, interface=, skip-interface=, can-reach= with an IPv4 address or cidr= with IPv4 networks, got ${method}; kubernetes-internal-ip takes the address that kubelet was given`,
      ),
    );
  });

  test('a fixed address throws', () => {
    expect(() => read({ IP: '10.20.0.11/24' })).toThrow(
      refusal(
        "IP must be autodetect or none, got 10.20.0.11/24; the operator has no fixed addresses; write IP_AUTODETECTION_METHOD=kubernetes-internal-ip, or cidr= with the machines' network",
      ),
    );
  });

  test.each<[Env, any]>([
    [
      { IP: 'none' },
      [
        'GW-CNI-044 IP=none gave nodes no IPv4 address; here they have one, because the cluster has IPv4',
      ],
    ],
    [{ IP6: 'none' }, []],
    [
      { IP: 'autodetect' },
      [
        'GW-CNI-045 IP=autodetect took the first address that a machine lists; here it is the one that kubelet was given',
      ],
    ],
    [{ IP: 'autodetect', IP_AUTODETECTION_METHOD: 'kubernetes-internal-ip' }, []],
    [{ IP6: 'autodetect' }, ['GW-CNI-045 IP6=autodetect has no effect: the cluster has no IPv6']],
    [
      { IP6_AUTODETECTION_METHOD: 'first-found' },
      ['GW-CNI-045 IP6_AUTODETECTION_METHOD=first-found has no effect: IP6 is not set'],
    ],
    [
      { IP6: 'none', IP6_AUTODETECTION_METHOD: 'first-found' },
      ['GW-CNI-045 IP6_AUTODETECTION_METHOD=first-found has no effect: IP6 is none'],
    ],
  ])('%j', (env, findings) => {
    expect(sayEnv(env)).toEqual(findings);
  });
});

describe('datastore and backend', () => {
  const DATA =
    'the operator keeps its data in Kubernetes only; move the data with `calicoctl datastore migrate` first';

  test.each<[Env, any]>([
    [{ DATASTORE_TYPE: 'etcdv3' }, `DATASTORE_TYPE must be kubernetes, got etcdv3; ${DATA}`],
    [
      { ETCD_ENDPOINTS: 'https://10.0.0.1:2379' },
      `ETCD_ENDPOINTS must be left out, got https://10.0.0.1:2379; ${DATA}`,
    ],
    [
      { FELIX_DATASTORETYPE: 'etcdv3' },
      'FELIX_DATASTORETYPE must be kubernetes, got etcdv3; the operator keeps its data in Kubernetes only',
    ],
    [
      { CALICO_NETWORKING_BACKEND: 'none' },
      'CALICO_NETWORKING_BACKEND must be bird or vxlan, got none; TunedCalico is the network of the cluster; for policy alone beside another network it has no form',
    ],
  ])('%j throws', (env, text) => {
    expect(() => read(env)).toThrow(refusal(text));
  });

  test('what is left of etcd is a note', () => {
    expect(
      sayEnv({ DATASTORE_TYPE: 'kubernetes', ETCD_ENDPOINTS: 'x', ETCD_CA_CERT_FILE: '/ca' }),
    ).toEqual([
      'GW-CNI-045 ETCD_CA_CERT_FILE=/ca has no effect: the operator keeps its data in Kubernetes',
      'GW-CNI-045 ETCD_ENDPOINTS=x has no effect: the operator keeps its data in Kubernetes',
    ]);
  });
});

describe('BGP', () => {
  test.each<[Env, any]>([
    [{ CALICO_NETWORKING_BACKEND: 'bird' }, { enabled: true }],
    [{ CALICO_NETWORKING_BACKEND: 'vxlan' }, { enabled: false }],
    [{ CALICO_NETWORKING_BACKEND: 'vxlan', AS: '64513' }, { enabled: false }],
    [{ AS: '64513' }, { enabled: true, asNumber: 64513 }],
    [{ AS: '1.10' }, { enabled: true, asNumber: 65546 }],
    [{ CALICO_ADVERTISE_CLUSTER_IPS: '10.96.0.0/16' }, { advertiseServiceCidr: true }],
  ])('%j', (env, bgp) => {
    expect(read(env).bgp).toEqual(bgp);
    expect(() => render(read(env))).not.toThrow();
  });

  test('Services are advertised', () => {
    const rendered = render(read({ CALICO_ADVERTISE_CLUSTER_IPS: '10.96.0.0/16', AS: '64513' }));
    expect(rendered.objects.find('BGPConfiguration').spec).toMatchObject({
      asNumber: 64513,
      serviceClusterIPs: [{ cidr: '10.96.0.0/16' }],
    });
  });

  test.each(['0', '2147483648', '4200000000', 'mine', '1.2.3', '1.65536', '-5'])(
    'AS %s',
    (value) => {
      expect(() => read({ AS: value })).toThrow(
        refusal(
          `AS must be an AS number between 1 and 2147483647, got ${value}; Calico's schema takes no larger one; use a private number, 64512 to 65534, or your own`,
        ),
      );
    },
  );

  test.each<[Env, any]>([
    [
      { CALICO_ADVERTISE_CLUSTER_IPS: '10.97.0.0/16' },
      'GW-CNI-043 CALICO_ADVERTISE_CLUSTER_IPS=10.97.0.0/16 must be a Service network of the cluster, 10.96.0.0/16',
    ],
    [
      { BGP_LOGSEVERITYSCREEN: 'debug' },
      'GW-CNI-045 BGP_LOGSEVERITYSCREEN=debug is not taken over: BIRD logs at Info',
    ],
    [
      { CALICO_NETWORKING_BACKEND: 'vxlan', AS: '64513' },
      'GW-CNI-045 AS=64513 has no effect: with CALICO_NETWORKING_BACKEND=vxlan there is no BGP',
    ],
  ])('%j', (env, text) => {
    // The routers that hear it stand in objects of their own, which no variable names.
    expect(sayEnv(env).filter((line) => !line.startsWith('GW-CNI-046'))).toEqual([text]);
  });

  test('the usual severity is none to speak of', () => {
    expect(sayEnv({ BGP_LOGSEVERITYSCREEN: 'info' })).toEqual([]);
  });
});

test.each<Env>([
  { USE_POD_CIDR: 'true' },
  { CNI_NETWORK_CONFIG: '{"ipam": {"type": "host-local"}}' },
])('host-local by %j', (env) => {
  expect(render(read(env)).objects.find('Installation').spec.cni.ipam.type).toBe('HostLocal');
});

test('what the operator decides, and what nobody knows', () => {
  expect(
    sayEnv({
      WAIT_FOR_DATASTORE: 'false',
      CALICO_ROUTER_ID: 'hash',
      NODENAME: 'cp-1',
      AUTODETECT_POLL_INTERVAL: '60s',
      DISABLE_NODE_IP_CHECK: 'true',
      CALICO_IPV4POOL_IPP: 'Always',
    }),
  ).toEqual([
    'GW-CNI-045 CALICO_IPV4POOL_IPP=Always is no variable of calico-node that is known here, and has no effect',
    'GW-CNI-045 CALICO_ROUTER_ID=hash has no effect: the operator sets it to hash where there is no IPv4, and else the address of the machine is the router id',
    'GW-CNI-045 DISABLE_NODE_IP_CHECK=true has no effect: calico-node has no such setting under the operator',
    'GW-CNI-045 WAIT_FOR_DATASTORE=false has no effect: the operator always waits',
  ]);
});

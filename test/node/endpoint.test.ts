import { parse } from 'yaml';
import { ApiEndpoint, ApiEndpointKind, Machine, Zone, type ClusterProps } from '../../lib';
import { unexplainedLeaves } from '../support/coverage';
import { behind, bgpPeers, endpoints } from '../support/endpoints';
import { osloMachine } from '../support/oslo';
import { validateStrictly } from '../support/strict-schema';
import { describeWithUpstream } from '../support/upstream';
import { documents, file, oslo, unpacked } from './support';
import { ready } from './trial';

const { KUBE_VIP, KUBE_VIP_BGP, KEEPALIVED_HAPROXY, LOCAL_PROXY, EXTERNAL } = ApiEndpointKind;
const of = (kind: ApiEndpointKind, changes: Partial<ClusterProps> = {}) =>
  oslo(behind(endpoints[kind], changes));
const files = (kind: ApiEndpointKind, changes: Partial<ClusterProps> = {}) =>
  of(kind, changes).files();
const HAPROXY = '/etc/haproxy/haproxy.cfg';
const KEEPALIVED = '/etc/keepalived/keepalived.conf';
const has = (output: Record<string, string>, machine: string, path: string) =>
  `nodes/${machine}/files${path}` in output;
const words = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim().replace(/\s+/g, ' '))
    .filter((line) => line !== '' && !line.startsWith('#'));
const servers = (text: string) => words(text).filter((line) => line.startsWith('server '));

describe('the way to the API on a machine', () => {
  test.each([
    [KUBE_VIP, '10.20.0.10'],
    [KUBE_VIP_BGP, '10.99.0.10'],
    [KEEPALIVED_HAPROXY, '10.20.0.10'],
    [LOCAL_PROXY, '127.0.0.1'],
    [EXTERNAL, '10.9.9.9'],
  ])('%s: the name stands in /etc/hosts and in the certificates', (kind, address) => {
    const output = files(kind);
    for (const machine of ['cp-1', 'cp-3', 'w-1']) {
      expect(words(unpacked(output, machine, '/etc/hosts'))).toContain(
        `${address} api.oslo.example`,
      );
    }
    const [, cluster] = documents(output, 'cp-1', '/etc/groundwork/kubeadm.conf');
    expect(cluster.apiServer.certSANs).toEqual([
      ...['api.oslo.example', address, '10.20.0.11', '10.20.0.12', '10.20.0.13'],
    ]);
    expect(cluster.controlPlaneEndpoint).toBe(`api.oslo.example:${endpoints[kind].port}`);
  });

  test('a worker waits at the endpoint, a control plane at the one before it', () => {
    const env = (kind: ApiEndpointKind, machine: string) =>
      unpacked(files(kind), machine, '/etc/groundwork/machine.env');
    expect(env(LOCAL_PROXY, 'w-1')).toContain("WAIT_URL='https://api.oslo.example:7443'");
    expect(env(LOCAL_PROXY, 'cp-2')).toContain("WAIT_URL='https://10.20.0.11:6443'");
    expect(env(KEEPALIVED_HAPROXY, 'cp-1')).toContain(
      "PEERS='https://10.20.0.12:6443 https://10.20.0.13:6443'",
    );
  });

  test('API servers listen where the endpoint says', () => {
    const endpoint = ApiEndpoint.localProxy({ dnsName: 'api.oslo.example', apiServerPort: 8443 });
    const output = oslo(behind(endpoint)).files();
    const [init] = documents(output, 'cp-1', '/etc/groundwork/kubeadm.conf');
    expect(init.localAPIEndpoint.bindPort).toBe(8443);
    expect(unpacked(output, 'cp-2', '/etc/groundwork/machine.env')).toContain(
      "WAIT_URL='https://10.20.0.11:8443'",
    );
    expect(servers(unpacked(output, 'w-1', HAPROXY))[0]).toBe('server cp-1 10.20.0.11:8443');
  });

  test('programs are on those machines only that need them', () => {
    const programs = (kind: ApiEndpointKind, machine: string) => {
      const output = files(kind);
      const packages = words(unpacked(output, machine, '/etc/groundwork/packages.list'));
      const units = words(unpacked(output, machine, '/etc/groundwork/units.list'));
      return [
        ...['haproxy', 'keepalived'].filter((name) => packages.includes(name)),
        ...units.filter((unit) => /^(haproxy|keepalived)\./.test(unit)),
        ...[HAPROXY, KEEPALIVED].filter((path) => has(output, machine, path)),
      ];
    };
    const balancer = ['haproxy', 'haproxy.service', HAPROXY];
    for (const kind of [KUBE_VIP, KUBE_VIP_BGP, EXTERNAL]) {
      expect([programs(kind, 'cp-1'), programs(kind, 'w-1')]).toEqual([[], []]);
    }
    expect(programs(LOCAL_PROXY, 'cp-1')).toEqual(balancer);
    expect(programs(LOCAL_PROXY, 'w-1')).toEqual(balancer);
    expect(programs(KEEPALIVED_HAPROXY, 'w-1')).toEqual([]);
    expect(programs(KEEPALIVED_HAPROXY, 'cp-2')).toEqual([
      ...['haproxy', 'keepalived', 'haproxy.service', 'keepalived.service', HAPROXY, KEEPALIVED],
    ]);
  });

  test('ports: VRRP among control planes, the balancer for everybody', () => {
    const ports = (kind: ApiEndpointKind, machine: number) => {
      const { cluster } = of(kind);
      return cluster.ledger.forMachine(cluster.machines[machine]!).ports.map(({ key }) => key);
    };
    expect(ports(KEEPALIVED_HAPROXY, 0)).toEqual([
      ...['10250/tcp from machines', '10250/tcp from pods', '2379-2380/tcp from control-plane'],
      ...['6443/tcp from anywhere', '7443/tcp from anywhere', 'protocol 112 from control-plane'],
    ]);
    expect(ports(KEEPALIVED_HAPROXY, 3)).toEqual([
      '10250/tcp from machines',
      '10250/tcp from pods',
    ]);
    expect(ports(LOCAL_PROXY, 3)).toEqual(['10250/tcp from machines', '10250/tcp from pods']);
    expect(ports(KUBE_VIP_BGP, 0)).toEqual(ports(EXTERNAL, 0));
  });
});

describe('HAProxy', () => {
  test('on loopback a control plane asks its own API server first', () => {
    const output = files(LOCAL_PROXY);
    expect(servers(unpacked(output, 'cp-2', HAPROXY))).toEqual([
      'server cp-2 10.20.0.12:6443',
      'server cp-1 10.20.0.11:6443 backup',
      'server cp-3 10.20.0.13:6443 backup',
    ]);
    expect(servers(unpacked(output, 'w-1', HAPROXY))).toEqual([
      'server cp-1 10.20.0.11:6443',
      'server cp-2 10.20.0.12:6443',
      'server cp-3 10.20.0.13:6443',
    ]);
    expect(words(unpacked(output, 'w-1', HAPROXY))).toContain('bind 127.0.0.1:7443');
  });

  test('behind keepalived all are equal, and a machine without the address listens too', () => {
    const text = unpacked(files(KEEPALIVED_HAPROXY), 'cp-2', HAPROXY);
    expect(servers(text).filter((line) => line.endsWith('backup'))).toEqual([]);
    expect(words(text)).toContain('bind *:7443');
  });

  test('writes IPv6 addresses in brackets', () => {
    const endpoint = ApiEndpoint.keepalivedHaproxy('fd00:20::10');
    const output = oslo({
      ...{ endpoint, podCidr: 'fd00:10:244::/56', serviceCidr: 'fd00:10:96::/112' },
      zones: [Zone.of('oslo-1', { country: 'NO', nodeCidr: 'fd00:20::/64' })],
      machines: [osloMachine(1, { address: 'fd00:20::11' })],
    }).files();
    expect(words(unpacked(output, 'cp-1', HAPROXY))).toEqual(
      expect.arrayContaining(['bind [::]:7443 v4v6', 'server cp-1 [fd00:20::11]:6443']),
    );
    const vrrp = words(unpacked(output, 'cp-1', KEEPALIVED));
    expect(vrrp).toContain('fd00:20::10/128 dev eno1');
    expect(vrrp.join('\n')).toContain('https://[::1]:7443/readyz');
    // alone it has nobody to speak to
    expect(vrrp.join('\n')).not.toMatch(/unicast_(src_ip|peer)/);
  });

  test('asks seldom enough that a thousand machines do not wear API servers out', () => {
    const interval = (workers: number) => {
      const machines = [1, 2, 3].map((n) => osloMachine(n));
      for (let n = 0; n < workers; n += 1) {
        const address = `10.20.${1 + Math.floor(n / 200)}.${10 + (n % 200)}`;
        machines.push(Machine.worker(`w-${n}`, { zone: 'oslo-1', address }));
      }
      const zones = [Zone.of('oslo-1', { country: 'NO', nodeCidr: '10.20.0.0/16' })];
      const { cluster } = oslo({
        ...{ endpoint: endpoints[LOCAL_PROXY], machines, zones },
        podCidr: '10.128.0.0/12',
      });
      const [config] = cluster.ledger
        .forMachine(cluster.workers[0]!)
        .files.filter(({ key }) => key === HAPROXY);
      return Number(/ inter (\d+)s /.exec(config!.value)![1]);
    };
    expect(interval(1)).toBe(3);
    expect(interval(147)).toBe(3);
    expect(interval(148)).toBe(4);
    expect(interval(997)).toBe(20);
  });

  test('keeps a low port to itself without being root', () => {
    const unit = (port: number) =>
      unpacked(
        oslo(behind(ApiEndpoint.keepalivedHaproxy('10.20.0.10', { port }))).files(),
        'cp-1',
        '/etc/systemd/system/haproxy.service',
      );
    expect(words(unit(443))).toEqual(
      expect.arrayContaining(['User=haproxy', 'AmbientCapabilities=CAP_NET_BIND_SERVICE']),
    );
    expect(words(unit(7443))).toEqual(
      expect.arrayContaining(['User=haproxy', 'AmbientCapabilities=', 'CapabilityBoundingSet=']),
    );
  });
});

describe('keepalived', () => {
  test('has priorities by position, and neither passwords nor multicast', () => {
    const output = files(KEEPALIVED_HAPROXY);
    const text = (machine: string) => words(unpacked(output, machine, KEEPALIVED));
    expect(['cp-1', 'cp-2', 'cp-3'].map((m) => text(m).find((l) => /^priority/.test(l)))).toEqual([
      'priority 150',
      'priority 149',
      'priority 148',
    ]);
    const second = text('cp-2');
    const peers = second.slice(second.indexOf('unicast_peer {'));
    expect(peers.slice(1, peers.indexOf('}'))).toEqual(['10.20.0.11', '10.20.0.13']);
    expect(second).toEqual(
      expect.arrayContaining([
        ...['state BACKUP', 'nopreempt', 'interface eno1', 'virtual_router_id 10'],
        ...['unicast_src_ip 10.20.0.12', '10.20.0.10/32 dev eno1', 'vrrp_version 3'],
        'script "/usr/bin/curl --silent --fail --insecure --output /dev/null --max-time 2 https://127.0.0.1:7443/readyz"',
      ]),
    );
    expect(second.join('\n')).not.toMatch(/auth_pass|authentication/);
  });
});

describe('kube-vip by BGP', () => {
  const pod = (changes: Partial<ClusterProps> = {}) =>
    file(files(KUBE_VIP_BGP, changes), 'cp-2', '/etc/groundwork/kube-vip.manifest').yaml();
  const env = (object: any): Record<string, any> =>
    Object.fromEntries(
      object.spec.containers[0].env.map((e: any) => [e.name, e.value ?? e.valueFrom]),
    );

  test('announces the address from every control plane that is ready', () => {
    expect(env(pod())).toEqual({
      bgp_enable: 'true',
      vip_interface: 'lo',
      vip_leaderelection: 'false',
      bgp_as: '64512',
      bgp_routerid: '10.20.0.12',
      bgp_peers: '10.20.0.1:64513::false,10.20.0.2:64514::false',
      bgp_sourceip: '10.20.0.12',
      bgp_hold_time: '9',
      bgp_keepalive_interval: '3',
      control_plane_health_check_address: 'https://kubernetes:6443/readyz',
      control_plane_health_check_ca_path: '/etc/kubernetes/pki/ca.crt',
      control_plane_health_check_period_seconds: '2',
      control_plane_health_check_timeout_seconds: '2',
      control_plane_health_check_failure_threshold: '3',
      address: '10.99.0.10',
      vip_subnet: '32',
      port: '6443',
      cp_enable: 'true',
      cp_namespace: 'kube-system',
      svc_enable: 'false',
      lb_enable: 'false',
      prometheus_server: '127.0.0.1:2112',
      vip_nodename: { fieldRef: { fieldPath: 'spec.nodeName' } },
    });
  });

  test('starts sessions where it is told to', () => {
    const source = (more: object) => {
      const endpoint = ApiEndpoint.kubeVipBgp('10.99.0.10', {
        ...{ asNumber: 64512, peers: bgpPeers, multihop: true },
        ...more,
      });
      const { bgp_sourceip, bgp_sourceif, bgp_peers } = env(pod({ endpoint }));
      return { bgp_sourceip, bgp_sourceif, bgp_peers };
    };
    const peers = '10.20.0.1:64513::true,10.20.0.2:64514::true';
    expect(source({ sourceInterface: 'bond0' })).toEqual({
      bgp_sourceif: 'bond0',
      bgp_peers: peers,
    });
    const sourceAddresses = { 'cp-1': '10.8.0.1', 'cp-2': '10.8.0.2', 'cp-3': '10.8.0.3' };
    expect(source({ sourceAddresses })).toEqual({ bgp_sourceip: '10.8.0.2', bgp_peers: peers });
  });

  test('of IPv6 machines has routers in brackets and a number of its own', () => {
    const machines = [1, 2, 3].map((n) => osloMachine(n, { address: `fd00:20::1${n}` }));
    const output = oslo({
      ...{ podCidr: 'fd00:10:244::/56', serviceCidr: 'fd00:10:96::/112', machines },
      zones: [Zone.of('oslo-1', { country: 'NO', nodeCidr: 'fd00:20::/64' })],
      endpoint: ApiEndpoint.kubeVipBgp('fd00:99::10', {
        ...{ asNumber: 64512, peers: [{ address: 'fd00:20::1', asNumber: 64513 }] },
      }),
    }).files();
    const all = machines.map(({ name }) =>
      env(file(output, name, '/etc/groundwork/kube-vip.manifest').yaml()),
    );
    expect(all[0]).toMatchObject({
      bgp_peers: '[fd00:20::1]:64513::false',
      bgp_sourceip: 'fd00:20::11',
      vip_subnet: '128',
    });
    expect(new Set(all.map(({ bgp_routerid: id }) => id)).size).toBe(3);
    for (const { bgp_routerid: id } of all) {
      expect(id).toMatch(/^([1-9]|[1-9]\d|1\d\d|2[01]\d|22[0-3])(\.\d{1,3}){3}$/);
    }
  });

  test('every leaf is a fact, a decision or structure', () => {
    const { cluster, files: render } = of(KUBE_VIP_BGP);
    const object = file(render(), 'cp-1', '/etc/groundwork/kube-vip.manifest').yaml();
    const decisions = cluster
      .decisions()
      .map((d) => ({ ...d, key: d.key.replace('kube-vip ', 'kube-vip.') }));
    const name = (key: string) => `kube-vip.${key}`;
    expect(
      unexplainedLeaves(
        { kind: 'kube-vip', ...env(object) },
        {
          decisions,
          facts: [
            ...['address', 'port', 'vip_nodename', 'bgp_as', 'bgp_peers', 'bgp_sourceip'],
            ...['bgp_routerid', 'control_plane_health_check_address'],
          ].map(name),
          structural: [
            ...['bgp_enable', 'vip_subnet', 'cp_enable', 'cp_namespace'],
            'control_plane_health_check_ca_path',
          ].map(name),
        },
      ),
    ).toEqual([]);
  });
});

describeWithUpstream('kube-vip by BGP, by the schema of Kubernetes', () => {
  test('is a pod', () => {
    const manifest = unpacked(files(KUBE_VIP_BGP), 'cp-1', '/etc/groundwork/kube-vip.manifest');
    expect(validateStrictly(parse(manifest))).toEqual([]);
  });
});

test('what is tuned is recorded, for the kind that is used', () => {
  const keys = (kind: ApiEndpointKind) =>
    of(kind)
      .cluster.decisions()
      .map(({ key }) => key.split(' ')[0])
      .filter((word) => /^(kube-vip|haproxy\.cfg|keepalived\.conf)$/.test(word!));
  expect(new Set(keys(KEEPALIVED_HAPROXY))).toEqual(new Set(['haproxy.cfg', 'keepalived.conf']));
  expect(new Set(keys(LOCAL_PROXY))).toEqual(new Set(['haproxy.cfg']));
  expect(new Set(keys(KUBE_VIP_BGP))).toEqual(new Set(['kube-vip']));
  expect(keys(EXTERNAL)).toEqual([]);
});

describe('the entry script', () => {
  const changes = () => behind(endpoints[KEEPALIVED_HAPROXY]);
  const reloads = (calls: readonly string[]) =>
    calls.filter((call) => call.startsWith('systemctl try-reload-or-restart'));

  test('starts HAProxy and keepalived before it waits for anybody, and kubeadm comes last', () => {
    const trial = ready('cp-2', changes());
    const { output, code } = trial.run();
    expect({ code, output }).toMatchObject({ code: 0 });
    const at = (start: string) => trial.calls.findIndex((call) => call.startsWith(start));
    const order = [
      'systemctl start haproxy.service',
      'systemctl start keepalived.service',
      'curl',
      'kubeadm join',
    ].map(at);
    expect(order).not.toContain(-1);
    expect(order.slice(0, 2).every((n) => n < at('kubeadm join'))).toBe(true);
    expect(order[1]).toBeGreaterThan(order[0]!);
    const wait = trial.calls.findIndex((call) => call.includes('https://10.20.0.11:6443/readyz'));
    expect(wait).toBeGreaterThan(order[1]!);
    expect(order[3]).toBeGreaterThan(wait);
  });

  test('lets them take a new file without a break, and only then', () => {
    const trial = ready('cp-2', changes());
    trial.run();
    const before = reloads(trial.calls).length;
    trial.run('--only', 'config');
    expect(reloads(trial.calls)).toHaveLength(before);
    trial.write(HAPROXY, `${trial.read(HAPROXY)}# changed\n`);
    trial.run('--only', 'config');
    expect(reloads(trial.calls).slice(before)).toEqual([
      'systemctl try-reload-or-restart haproxy.service',
    ]);
  });

  test('restarts them when their unit is another one, and tells why one does not come back', () => {
    const trial = ready('cp-2', changes());
    trial.run();
    const restarts = () =>
      trial.calls.filter((call) => /try-restart (haproxy|keepalived)/.test(call));
    const before = restarts().length;
    trial.run('--only', 'config');
    expect(restarts()).toHaveLength(before);
    const unit = '/etc/systemd/system/haproxy.service';
    trial.write(unit, `${trial.read(unit)}# changed\n`);
    trial.stub(
      'systemctl',
      'case "$*" in "try-restart haproxy.service" | "start haproxy.service") exit 1 ;; esac',
    );
    trial.stub('journalctl', 'echo no room');
    expect(trial.run('--only', 'config').code).toBe(1);
    expect(restarts().slice(before)).toEqual(['systemctl try-restart haproxy.service']);
    expect(trial.read('/var/lib/groundwork/status')).toBe(
      'failed: units: unit haproxy.service does not start: no room\n',
    );
  });

  test('takes away what kube-vip left on loopback, before it looks for the API there', () => {
    const trial = ready('cp-2', behind(endpoints[KUBE_VIP_BGP]));
    trial.run();
    const gone = trial.calls.indexOf('ip address delete 10.99.0.10/32 dev lo');
    expect(gone).not.toBe(-1);
    expect(trial.calls.findIndex((call) => call.startsWith('kubeadm join'))).toBeGreaterThan(gone);
    const other = ready('cp-2', behind(endpoints[KUBE_VIP]));
    other.run();
    expect(other.calls.filter((call) => call.startsWith('ip address delete'))).toEqual([]);
  });
});

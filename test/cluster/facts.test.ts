import { App, Chart } from 'cdk8s';
import {
  ApiEndpoint,
  Cluster,
  EtcdDisk,
  Machine,
  Zone,
  type ClusterProps,
  type MachineOptions,
} from '../../lib';
import { osloCluster, osloMachine, osloProps } from '../support/oslo';
import { expectProblems } from './oslo-problems';

const worker = (name: string, options: Partial<MachineOptions> = {}) =>
  Machine.worker(name, { zone: 'oslo-1', address: '10.20.0.21', ...options });
const external = { endpoint: ApiEndpoint.external({ dnsName: 'api.oslo.example' }) };
const zone = (name: string, nodeCidr: string) => Zone.of(name, { country: 'NO', nodeCidr });

test('the facts of the flagship hold together', () => {
  expect(() => osloCluster()).not.toThrow();
});

test('the path of the cluster stands in front of its errors', () => {
  const chart = new Chart(new App(), 'site');
  expect(() => new Cluster(chart, 'oslo', osloProps({ dnsDomain: '' }))).toThrow(
    '[site/oslo] dnsDomain must be an RFC 1123 subdomain, got nothing; use cluster.local unless certificates need another name',
  );
});

test('several problems come in one error, one a line', () => {
  expectProblems(
    {
      clusterName: 'Oslo',
      podCidr: '10.20.0.0/16',
      serviceCidr: '10.96.0.0/8',
      machines: [osloMachine(1), osloMachine(2)],
    },
    [
      'clusterName must be an RFC 1123 label, got Oslo; use lower-case letters, digits and hyphens, at most 63',
      'serviceCidr must be a canonical CIDR, got 10.96.0.0/8; write the network address with its prefix length, for example 10.244.0.0/16',
      'podCidr must be apart from nodeCidr of zone oslo-1 10.20.0.0/24, got 10.20.0.0/16; give every network its own range; packets to a shared address go to only one of them',
      'machines must be an odd number of control planes from 1 to 7, got 2; three survive the loss of one, five of two; an even member adds no tolerance, and above seven every write waits for too many disks',
      'endpoint.address must be outside podCidr 10.20.0.0/16, got 10.20.0.10; pods would reach something else at this address',
    ],
  );
});

describe('zones and machines', () => {
  test.each<[string, Partial<ClusterProps>, string[]]>([
    [
      'a zone name twice',
      { zones: [zone('oslo-1', '10.20.0.0/24'), zone('oslo-1', '10.20.1.0/24')] },
      ['zones must be unique by name, got oslo-1; rename one of them'],
    ],
    [
      'no zone',
      { zones: [], ...external },
      [
        "zones must be at least one zone, got nothing; name where the machines stand: Zone.of('oslo-1', { country: 'NO', nodeCidr: '10.20.0.0/24' })",
      ],
    ],
    [
      'a machine name twice',
      { machines: [osloMachine(1), worker('cp-1')] },
      ['machines must be unique by name, got cp-1; rename one of them'],
    ],
    [
      'an address twice',
      { machines: [osloMachine(1), worker('w-1', { address: '10.20.0.11' })] },
      [
        'machines must be unique by address, got 10.20.0.11; two machines cannot answer on one address',
      ],
    ],
    [
      'a disk serial twice',
      {
        machines: [1, 2, 3].map((n) =>
          osloMachine(n, { etcdDisk: EtcdDisk.nvmeSerial(n === 3 ? 'S2' : 'S1') }),
        ),
      },
      [
        'machines must be unique by etcd disk, got S1; a serial belongs to one disk; read it again on both machines',
      ],
    ],
    [
      'an unknown zone',
      { machines: [osloMachine(1, { zone: 'bergen-1' })] },
      [
        'zone of machine cp-1 must be one of oslo-1, got bergen-1; add the zone or correct its name',
      ],
    ],
    [
      'an address outside the zone',
      { machines: [osloMachine(1), worker('w-1', { address: '10.20.1.21' })] },
      [
        'address of machine w-1 must be inside 10.20.0.0/24 of zone oslo-1, got 10.20.1.21; correct the address, the zone, or the nodeCidr of the zone',
      ],
    ],
    [
      'the address of the network itself',
      { machines: [osloMachine(1), worker('w-1', { address: '10.20.0.0' })] },
      [
        'address of machine w-1 must be a host address of 10.20.0.0/24, got 10.20.0.0; the first and the last address of a network are its own and its broadcast address',
      ],
    ],
    [
      'the broadcast address',
      { machines: [osloMachine(1), worker('w-1', { address: '10.20.0.255' })] },
      [
        'address of machine w-1 must be a host address of 10.20.0.0/24, got 10.20.0.255; the first and the last address of a network are its own and its broadcast address',
      ],
    ],
    [
      'a gateway elsewhere',
      { machines: [osloMachine(1, { gateway: '10.21.0.1' })] },
      [
        "gateway of machine cp-1 must be inside 10.20.0.0/24 of zone oslo-1, got 10.21.0.1; a gateway is on the machine's own network",
      ],
    ],
  ])('%s', (_, changes, lines) => expectProblems(changes, lines));

  test('two machines may name their disks by the same link', () => {
    const etcdDisk = EtcdDisk.byId('virtio-etcd');
    const machines = [1, 2, 3].map((n) => osloMachine(n, { etcdDisk }));
    expect(() => osloCluster(new App(), { machines })).not.toThrow();
  });

  test.each([0, 2, 4, 8, 9])('%i control planes are refused', (count) => {
    const machines = Array.from({ length: count }, (_, n) =>
      osloMachine(n, { etcdDisk: undefined }),
    );
    expectProblems({ machines, ...external }, [
      `machines must be an odd number of control planes from 1 to 7, got ${count}; three survive the loss of one, five of two; an even member adds no tolerance, and above seven every write waits for too many disks`,
    ]);
  });

  test.each([1, 3, 5, 7])('%i control planes are accepted', (count) => {
    const machines = Array.from({ length: count }, (_, n) => osloMachine(n + 1));
    expect(osloCluster(new App(), { machines }).controlPlanes).toHaveLength(count);
  });

  test('workers do not count as control planes', () => {
    expectProblems({ machines: [worker('w-1')] }, [
      'machines must be an odd number of control planes from 1 to 7, got 0; three survive the loss of one, five of two; an even member adds no tolerance, and above seven every write waits for too many disks',
    ]);
  });
});

describe('the endpoint', () => {
  const inPods = { podCidr: '10.244.0.0/16' };
  test.each<[string, ApiEndpoint, string]>([
    [
      'a virtual IP that a machine has',
      ApiEndpoint.kubeVip('10.20.0.12'),
      "endpoint.address must be no machine's own address, but cp-2 has it, got 10.20.0.12; a virtual IP moves; reserve a free address for it",
    ],
    [
      'a virtual IP on no segment of the machines',
      ApiEndpoint.kubeVip('10.21.0.10'),
      "endpoint.address must be inside the nodeCidr of a zone, got 10.21.0.10; kube-vip answers ARP for it on the control planes' own segment",
    ],
    [
      'a virtual IP of another family',
      ApiEndpoint.kubeVip('fd00::10'),
      "endpoint.address must be inside the nodeCidr of a zone, got fd00::10; kube-vip answers ARP for it on the control planes' own segment",
    ],
    [
      'a broadcast address as virtual IP',
      ApiEndpoint.kubeVip('10.20.0.255'),
      'endpoint.address must be a host address of 10.20.0.0/24, got 10.20.0.255; the first and the last address of a network are its own and its broadcast address',
    ],
    [
      'a load balancer among the pods',
      ApiEndpoint.external({ address: '10.244.3.4' }),
      'endpoint.address must be outside podCidr 10.244.0.0/16, got 10.244.3.4; pods would reach something else at this address',
    ],
    [
      'a load balancer among the Services',
      ApiEndpoint.external({ address: '10.96.0.1' }),
      'endpoint.address must be outside serviceCidr 10.96.0.0/16, got 10.96.0.1; pods would reach something else at this address',
    ],
    [
      'a load balancer of another family',
      ApiEndpoint.external({ address: 'fd00::10' }),
      "endpoint.address must be of the machines' family IPv4, got fd00::10; machines must reach it with their own addresses",
    ],
  ])('%s', (_, endpoint, line) => expectProblems({ endpoint, ...inPods }, [line]));

  test('a single control plane may be the endpoint itself', () => {
    const endpoint = ApiEndpoint.external({ address: '10.20.0.11' });
    expect(() => osloCluster(new App(), { endpoint, machines: [osloMachine(1)] })).not.toThrow();
  });
});

describe('names and addresses of mirrors', () => {
  test.each<[Partial<ClusterProps>, string]>([
    [
      { imageRegistry: 'https://mirror.example.no/k8s' },
      'imageRegistry must be a registry host with an optional port and path, without scheme, tag and slash at the end, got https://mirror.example.no/k8s; write for example mirror.example.no/k8s; credentials go into imagePullSecrets',
    ],
    [
      { imageRegistry: 'mirror.example.no/' },
      'imageRegistry must be a registry host with an optional port and path, without scheme, tag and slash at the end, got mirror.example.no/; write for example mirror.example.no/k8s; credentials go into imagePullSecrets',
    ],
    [
      { downloadBaseUrl: 'https://mirror.example.no/' },
      'downloadBaseUrl must be an http or https URL without user, query, fragment and slash at the end, got https://mirror.example.no/; machines fetch their archives from there, and everybody on them can read it',
    ],
    [
      { downloadBaseUrl: 'mirror.example.no' },
      'downloadBaseUrl must be an http or https URL without user, query, fragment and slash at the end, got mirror.example.no; machines fetch their archives from there, and everybody on them can read it',
    ],
    [
      { imageRegistry: 'mirror.no:5000/k8s:latest' },
      'imageRegistry must be a registry host with an optional port and path, without scheme, tag and slash at the end, got mirror.no:5000/k8s:latest; write for example mirror.example.no/k8s; credentials go into imagePullSecrets',
    ],
    [
      { imageRegistry: 'mirror.no/../x' },
      'imageRegistry must be a registry host with an optional port and path, without scheme, tag and slash at the end, got mirror.no/../x; write for example mirror.example.no/k8s; credentials go into imagePullSecrets',
    ],
    [
      { imageRegistry: 'm$(id)' },
      'imageRegistry must be a registry host with an optional port and path, without scheme, tag and slash at the end, got m$(id); write for example mirror.example.no/k8s; credentials go into imagePullSecrets',
    ],
    [
      { downloadBaseUrl: 'https://me:secret@mirror.no' },
      'downloadBaseUrl must be an http or https URL without user, query, fragment and slash at the end, got https://…@mirror.no; machines fetch their archives from there, and everybody on them can read it',
    ],
    [
      { downloadBaseUrl: 'https://mirror.no/a?b' },
      'downloadBaseUrl must be an http or https URL without user, query, fragment and slash at the end, got https://mirror.no/a?b; machines fetch their archives from there, and everybody on them can read it',
    ],
    [
      { imagePullSecrets: ['good', 'A_B'] },
      'imagePullSecrets must be names of Secrets, RFC 1123 subdomains, got A_B; create the Secret in each namespace and name it here',
    ],
    [
      { dnsDomain: 'cluster.local.' },
      'dnsDomain must be an RFC 1123 subdomain, got cluster.local.; use cluster.local unless certificates need another name',
    ],
    [
      { clusterName: 'a'.repeat(64) },
      `clusterName must be an RFC 1123 label, got ${'a'.repeat(64)}; use lower-case letters, digits and hyphens, at most 63`,
    ],
  ])('%j', (changes, line) => expectProblems(changes, [line]));
});

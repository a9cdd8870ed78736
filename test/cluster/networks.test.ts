import { App } from 'cdk8s';
import { ApiEndpoint, Cluster, Zone, type ClusterProps } from '../../lib';
import { osloCluster, osloMachine, osloProps } from '../support/oslo';
import { expectProblems } from './oslo-problems';

const external = { endpoint: ApiEndpoint.external({ dnsName: 'api.oslo.example' }) };
const zone = (name: string, nodeCidr: string) => Zone.of(name, { country: 'NO', nodeCidr });

describe('networks', () => {
  const apart =
    'give every network its own range; packets to a shared address go to only one of them';

  test.each<[string, Partial<ClusterProps>, string]>([
    [
      'pods and Services',
      { podCidr: '10.96.0.0/15' },
      `serviceCidr must be apart from podCidr 10.96.0.0/15, got 10.96.0.0/16; ${apart}`,
    ],
    [
      'pods and machines',
      { podCidr: '10.20.0.0/16', ...external },
      `podCidr must be apart from nodeCidr of zone oslo-1 10.20.0.0/24, got 10.20.0.0/16; ${apart}`,
    ],
    [
      'Services and machines',
      { serviceCidr: '10.20.0.128/25' },
      `serviceCidr must be apart from nodeCidr of zone oslo-1 10.20.0.0/24, got 10.20.0.128/25; ${apart}`,
    ],
    [
      'the machines of two zones',
      { zones: [zone('oslo-1', '10.20.0.0/24'), zone('oslo-2', '10.20.0.0/23')] },
      `nodeCidr of zone oslo-2 must be apart from nodeCidr of zone oslo-1 10.20.0.0/24, got 10.20.0.0/23; ${apart}`,
    ],
  ])('%s share no address', (_, changes, line) => expectProblems(changes, [line]));

  test('networks outside are no networks of pods or Services; machines may stand on them', () => {
    expectProblems({ outsideCidrs: ['10.0.0.0/8', '172.17.0.1/16', '192.0.2.0/24'] }, [
      'outsideCidrs must be apart from podCidr 10.244.0.0/16, got 10.0.0.0/8; change podCidr: nothing in the cluster could reach these addresses',
      'outsideCidrs must be apart from serviceCidr 10.96.0.0/16, got 10.0.0.0/8; change serviceCidr: nothing in the cluster could reach these addresses',
      'outsideCidrs must be canonical CIDRs, got 172.17.0.1/16; write the network address with its prefix length, for example 172.17.0.0/16',
    ]);
    expect(() => osloCluster(new App(), { outsideCidrs: ['10.20.0.0/16'] })).not.toThrow();
  });

  test.each([
    '10.244.0.1/16',
    '10.244.0.0/016',
    '010.244.0.0/16',
    '10.244.0.0',
    '10.244.0.0/33',
    'fd00::1/64',
    'FD00::/64',
    '::ffff:10.0.0.0/104',
    'pods',
  ])('%s is no canonical CIDR', (podCidr) => {
    expectProblems({ podCidr }, [
      `podCidr must be a canonical CIDR, got ${podCidr}; write the network address with its prefix length, for example 10.244.0.0/16`,
    ]);
  });

  test.each(['11.0.0.0/8', '10.96.0.0/11', '10.96.0.0/29', '10.96.0.0/30'])(
    'a service network of %s is refused',
    (serviceCidr) => {
      expectProblems({ serviceCidr }, [
        `serviceCidr must be between /12 and /28, got ${serviceCidr}; a /16 holds 65,000 Services`,
      ]);
    },
  );

  test.each(['10.96.0.0/12', '10.96.0.0/28'])('a service network of %s is accepted', (cidr) => {
    expect(osloCluster(new App(), { serviceCidr: cidr }).serviceCidr).toBe(cidr);
  });

  test.each(['10.244.0.0/25', '8.0.0.0/7'])('a pod network of %s is refused', (podCidr) => {
    expectProblems({ podCidr, serviceCidr: '172.16.0.0/16', ...external }, [
      `podCidr must be between /8 and /24, got ${podCidr}; kubeadm sets a /24 aside for every machine; a /16 serves 256 machines`,
    ]);
  });

  test('every machine needs its own part of the pod network', () => {
    expectProblems({ podCidr: '10.244.0.0/23' }, [
      'podCidr must be large enough for 3 machines, got 10.244.0.0/23; every machine gets a /24 of it; shorten the prefix',
    ]);
    expect(osloCluster(new App(), { podCidr: '10.244.0.0/22' }).podCidr).toBe('10.244.0.0/22');
  });
});

describe('IPv6', () => {
  const v6 = (changes: Partial<ClusterProps> = {}): ClusterProps =>
    osloProps({
      endpoint: ApiEndpoint.kubeVip('fd00:20::10'),
      podCidr: 'fd00:244::/48',
      serviceCidr: 'fd00:96::/112',
      zones: [zone('oslo-1', 'fd00:20::/64')],
      machines: [osloMachine(1, { address: 'fd00:20::11' })],
      ...changes,
    });
  const expectV6Problems = (changes: Partial<ClusterProps>, lines: string[]) =>
    expect(() => new Cluster(new App(), 'oslo', v6(changes))).toThrow(
      new Error(lines.map((line) => `[oslo] ${line}`).join('\n')),
    );

  test('a cluster of one family is accepted', () => {
    const cluster = new Cluster(new App(), 'oslo', v6());
    expect([cluster.kubernetesServiceIp, cluster.clusterDnsIp]).toEqual([
      'fd00:96::1',
      'fd00:96::a',
    ]);
    expect(cluster.endpoint.url).toBe('https://[fd00:20::10]:6443');
  });

  test('sizes are those of the family', () => {
    expectV6Problems({ serviceCidr: 'fd00:96::/64' }, [
      'serviceCidr must be between /108 and /124, got fd00:96::/64; a /112 holds 65,000 Services',
    ]);
    expectV6Problems({ podCidr: 'fd00:244::/80' }, [
      'podCidr must be between /48 and /64, got fd00:244::/80; kubeadm sets a /64 aside for every machine; a /56 serves 256 machines',
    ]);
  });

  test('families are not mixed', () => {
    expectV6Problems({ serviceCidr: '10.96.0.0/16' }, [
      'serviceCidr must be an IPv6 network, as the nodeCidr of zone oslo-1 is, got 10.96.0.0/16; give machines, pods and Services one family',
    ]);
    expectProblems({ podCidr: 'fd00:244::/48' }, [
      'podCidr must be an IPv4 network, as the nodeCidr of zone oslo-1 is, got fd00:244::/48; give machines, pods and Services one family',
    ]);
    expectProblems({ zones: [...osloProps().zones, zone('oslo-2', 'fd00:20::/64')] }, [
      'nodeCidr of zone oslo-2 must be an IPv4 network, as the nodeCidr of zone oslo-1 is, got fd00:20::/64; give machines, pods and Services one family',
    ]);
  });
});

import { Size } from 'cdk8s';
import { ApiEndpoint, LoadBalancerKind } from '../../lib';
import { Phase } from '../../lib/cluster';
import { CalicoBaseline, CalicoIpamType, IpPoolUse } from '../../lib/cni';
import { dualStack } from '../support/dual-stack';
import { phases } from '../support/phases';
import { network, render, type Rendered } from './calico';
import { ALL_OF_POOLS, DIGESTS, onlyV6 } from './calico-variants';

const denied = (...args: Parameters<typeof render>) =>
  render(...args).objects.find('GlobalNetworkPolicy', 'groundwork-metadata-guard').spec;
const deny = (options: object, facts = {}) =>
  render({ policy: { baseline: CalicoBaseline.DEFAULT_DENY, ...options } }, facts).objects.find(
    'GlobalNetworkPolicy',
    'groundwork-default-deny',
  ).spec;
const kinds = ({ objects }: Rendered) => objects.all.map(({ kind }) => kind);
const phase = ({ calico }: Rendered, kind: string) =>
  phases(calico)
    .map((line) => line.split(' '))
    .flatMap(([of, each]) => (each === kind ? [of] : []));

describe('the metadata guard', () => {
  test('stands in a tier of its own, and passes on what it does not deny', () => {
    expect(render().objects.find('Tier')).toMatchObject({
      apiVersion: 'projectcalico.org/v3',
      metadata: { name: 'groundwork' },
      spec: { order: 200, defaultAction: 'Pass' },
    });
    expect(denied()).toEqual({
      tier: 'groundwork',
      order: 100,
      namespaceSelector: 'all()',
      types: ['Egress'],
      egress: [{ action: 'Deny', destination: { nets: ['169.254.169.254/32'] } }],
    });
  });

  // The validator of Calico's API server refuses a rule with both families.
  test('has one rule for each family', () => {
    const nets = (...args: Parameters<typeof render>) =>
      denied(...args).egress.map((rule: any) => rule.destination.nets);
    expect(nets({}, dualStack())).toEqual([['169.254.169.254/32'], ['fd00:ec2::254/128']]);
    expect(nets({}, onlyV6())).toEqual([['fd00:ec2::254/128']]);
    const metadataNetworks = ['169.254.169.254/32', 'fd00:ec2::254/128', '100.100.100.200/32'];
    expect(nets({ policy: { metadataNetworks } }, dualStack())).toEqual([
      ['169.254.169.254/32', '100.100.100.200/32'],
      ['fd00:ec2::254/128'],
    ]);
  });

  test('is not there with baseline none', () => {
    const none = render({ policy: { baseline: CalicoBaseline.NONE } });
    expect(kinds(none)).not.toContain('GlobalNetworkPolicy');
    expect(kinds(none)).not.toContain('Tier');
  });
});

describe('default deny', () => {
  test('never selects a host endpoint, and leaves out what must work before it', () => {
    const { namespaceSelector, ...spec } = deny({ exemptNamespaces: ['web', 'monitoring'] });
    const [guard, list, ours, ...rest] = namespaceSelector.split(' && ');
    // Host endpoints have no namespace: "not in" alone would be true of them.
    expect(guard).toBe('has(kubernetes.io/metadata.name)');
    expect(list).toBe(
      "kubernetes.io/metadata.name not in {'calico-system', 'kube-node-lease', 'kube-public', 'kube-system', 'monitoring', 'tigera-operator', 'web'}",
    );
    expect(ours).toBe('!has(cdk8s-groundwork/cluster)');
    expect(rest).toEqual([]);
    expect(spec).not.toHaveProperty('selector');
    expect(spec).not.toHaveProperty('ingress');
    expect(spec).toMatchObject({ tier: 'default', types: ['Ingress', 'Egress'] });
  });

  test('comes after the policies of Kubernetes, which have order 1000', () => {
    expect(deny({}).order).toBeGreaterThan(1000);
  });

  test('lets everybody ask for names, at pods, at the cache and at its Service', () => {
    const asked = (facts = {}) =>
      deny({}, facts).egress.map(
        ({ action, protocol, destination }: any) =>
          `${action} ${protocol} ${destination.ports} ${destination.selector ?? destination.nets}`,
      );
    const to = (protocol: string, ...nets: string[]) => [
      `Allow ${protocol} 53 k8s-app == 'kube-dns'`,
      ...nets.map((net) => `Allow ${protocol} 53 ${net}`),
    ];
    const v4 = '169.254.20.10/32,10.96.0.10/32';
    expect(asked()).toEqual([...to('UDP', v4), ...to('TCP', v4)]);
    const v6 = ['169.254.20.10/32', 'fd00:96::a/128'];
    expect(asked(onlyV6())).toEqual([...to('UDP', ...v6), ...to('TCP', ...v6)]);
  });

  test('is there beside the metadata guard', () => {
    const rendered = render({ policy: { baseline: CalicoBaseline.DEFAULT_DENY } });
    expect(kinds(rendered).filter((kind) => kind === 'GlobalNetworkPolicy')).toHaveLength(2);
    expect(phase(rendered, 'GlobalNetworkPolicy')).toEqual([
      Phase.NETWORK_POLICY,
      Phase.NETWORK_POLICY,
    ]);
  });
});

describe('host endpoints', () => {
  const ports = (list: any[]) => list.map(({ protocol, port }) => `${protocol} ${port}`);

  test('are made by the controller of Calico, with the ports that keep a machine reachable', () => {
    const rendered = render({ hostEndpoints: {} });
    expect(rendered.objects.find('KubeControllersConfiguration')).toMatchObject({
      apiVersion: 'projectcalico.org/v3',
      metadata: { name: 'default' },
      spec: {
        controllers: {
          node: { hostEndpoint: { autoCreate: 'Enabled', createDefaultHostEndpoint: 'Enabled' } },
        },
      },
    });
    const { spec } = rendered.objects.find('FelixConfiguration');
    const tcp = [179, 2379, 2380, 5473, 6443].map((port) => `TCP ${port}`);
    expect(ports(spec.failsafeInboundHostPorts)).toEqual(['TCP 22', ...tcp, 'TCP 10250', 'UDP 68']);
    expect(ports(spec.failsafeOutboundHostPorts)).toEqual([...tcp, 'UDP 53', 'UDP 67']);
  });

  test('know the ports of this cluster', () => {
    const endpoint = ApiEndpoint.external({ address: '10.20.0.10', port: 8443 });
    const options = { hostEndpoints: {}, bgp: { listenPort: 1790 } };
    const { spec } = render(options, { endpoint }).objects.find('FelixConfiguration');
    const both = [spec.failsafeInboundHostPorts, spec.failsafeOutboundHostPorts].map(ports);
    // Routers keep their own port, whatever machines listen on.
    both.forEach((list) =>
      expect(list).toEqual(expect.arrayContaining(['TCP 179', 'TCP 1790', 'TCP 8443'])),
    );
  });

  test('switched off they change nothing', () => {
    const off = render({ hostEndpoints: { autoCreate: false } });
    expect(off.objects).toEqual(render().objects);
  });
});

describe('addresses', () => {
  test('pools for Services come late and stand outside of the Installation', () => {
    const rendered = render(ALL_OF_POOLS, { loadBalancer: LoadBalancerKind.CALICO });
    expect(rendered.objects.find('IPPool')).toMatchObject({
      apiVersion: 'projectcalico.org/v3',
      metadata: { name: 'services' },
      spec: {
        cidr: '198.51.100.0/24',
        blockSize: 26,
        ipipMode: 'Never',
        vxlanMode: 'Never',
        natOutgoing: false,
        nodeSelector: 'all()',
        allowedUses: ['LoadBalancer'],
        assignmentMode: 'Automatic',
        disableBGPExport: false,
      },
    });
    expect(phase(rendered, 'IPPool')).toEqual([Phase.LOAD_BALANCER_CONFIG]);
    expect(network(rendered).ipPools.map((p: any) => p.name)).toEqual([
      'default-ipv4-ippool',
      'edge',
    ]);
  });

  test('a small pool for Services is one block, whatever pods have', () => {
    const services = { name: 's', cidr: '198.51.100.0/28', allowedUses: [IpPoolUse.LOAD_BALANCER] };
    const ipPools = [{ cidr: '10.244.0.0/16' }, services];
    expect(render({ ipPools, blockSize: 24 }).objects.find('IPPool').spec.blockSize).toBe(28);
  });

  test('every field of a pool', () => {
    const rendered = render(ALL_OF_POOLS);
    expect(network(rendered).ipPools[1]).toEqual({
      name: 'edge',
      cidr: '10.244.128.0/20',
      encapsulation: 'VXLANCrossSubnet',
      blockSize: 28,
      natOutgoing: 'Disabled',
      nodeSelector: "edge == 'true'",
      allowedUses: ['Workload'],
      assignmentMode: 'Manual',
      disableBGPExport: true,
      disableNewAllocations: false,
    });
    const why = rendered.cluster
      .decisions()
      .filter(({ key }) => /ipPools\[edge\]\.(name|allowed|assignment|disableBGP)/.test(key));
    expect(why.map((d) => d.why)).toEqual(Array(4).fill('chosen in the spec'));
  });

  test('how they are given out is stored before the first pod asks', () => {
    const rendered = render(ALL_OF_POOLS);
    expect(rendered.objects.find('IPAMConfig')).toMatchObject({
      apiVersion: 'crd.projectcalico.org/v1',
      metadata: { name: 'default' },
      spec: { strictAffinity: true, autoAllocateBlocks: true, maxBlocksPerHost: 4 },
    });
    expect(phase(rendered, 'IPAMConfig')).toEqual([Phase.CNI]);
    expect(kinds(render())).not.toContain('IPAMConfig');
  });

  test('HostLocal', () => {
    const rendered = render({ ipam: { type: CalicoIpamType.HOST_LOCAL } });
    expect(rendered.objects.find('Installation').spec.cni).toEqual({
      type: 'Calico',
      ipam: { type: 'HostLocal' },
    });
    expect(kinds(rendered)).not.toContain('IPAMConfig');
    expect(render().objects.find('Installation').spec).not.toHaveProperty('cni');
  });
});

test('digests of images, under the name that the operator looks for', () => {
  const rendered = render({ imageDigests: DIGESTS });
  const set = rendered.objects.find('ImageSet');
  expect(set.metadata.name).toBe('calico-v3.32.1');
  expect(set.spec.images).toEqual(
    Object.entries(DIGESTS).map(([image, digest]) => ({ image, digest })),
  );
  expect(phase(rendered, 'ImageSet')).toEqual([Phase.CNI]);
});

test('what is set aside for Typha and for calico-node', () => {
  const resources = { cpuRequestMillicores: 250, memoryRequest: Size.gibibytes(1) };
  const { spec } = render({
    typha: { metricsPort: 9093, resources },
    nodeResources: { cpuRequestMillicores: 5 },
  }).objects.find('Installation');
  const containers = (field: string) => spec[field].spec.template.spec.containers;
  expect(spec.typhaMetricsPort).toBe(9093);
  expect(containers('typhaDeployment')).toEqual([
    { name: 'calico-typha', resources: { requests: { cpu: '250m', memory: '1024Mi' } } },
  ]);
  expect(containers('calicoNodeDaemonSet')).toEqual([
    { name: 'calico-node', resources: { requests: { cpu: '5m' } } },
  ]);
  const empty = render({ typha: { resources: {} }, nodeResources: {} }).objects.find(
    'Installation',
  ).spec;
  expect(empty).not.toHaveProperty('typhaDeployment');
  expect(empty).not.toHaveProperty('calicoNodeDaemonSet');
});

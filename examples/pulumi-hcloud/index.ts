import * as pulumi from '@pulumi/pulumi';
import { Size } from 'cdk8s';
import {
  ApiEndpoint,
  EtcdDisk,
  EtcdOnNvme,
  HardenedNginxIngress,
  Machine,
  MachineRole,
  type NvmeControlPlaneProps,
  OperatingSystem,
  RealIp,
  TunedCalico,
  Underlay,
  UserDataLimit,
  Zone,
} from 'cdk8s-groundwork';
import { type MachineFactory, NvmeControlPlaneStack } from 'cdk8s-groundwork/pulumi';
import * as hcloud from './hcloud'; // '@pulumi/hcloud' in a program of yours

const config = new pulumi.Config();
/** Networks of the people who administer the machines. */
const administrators = config.getObject<string[]>('administrators') ?? ['192.0.2.0/24'];

/** Private addresses of the load balancers. */
const API = '10.0.0.5';
const EDGE = '10.0.0.6';
const location = 'hel1';

const spec: NvmeControlPlaneProps = {
  operatingSystem: OperatingSystem.DEBIAN_12,
  // Private networks are routed and answer no ARP, so no machine can take over an address: a load
  // balancer stands before the API servers. Machines know its private address.
  endpoint: ApiEndpoint.external({ dnsName: 'api.helsinki.example', address: API }),
  podCidr: '10.244.0.0/16',
  serviceCidr: '10.96.0.0/16',
  underlay: Underlay.filtered({ mtu: 1450, singleAddresses: true }),
  zones: [Zone.of('hel1', { country: 'FI', nodeCidr: '10.0.0.0/24' })],
  machines: [
    ...[1, 2, 3].map((n) =>
      Machine.controlPlane(`cp-${n}`, {
        zone: 'hel1',
        address: `10.0.0.1${n}`,
        nic: 'enp7s0',
        cpus: 4,
        memory: Size.gibibytes(16),
        etcdDisk: EtcdDisk.sharedWithRoot(),
      }),
    ),
    ...[1, 2].map((n) =>
      Machine.worker(`w-${n}`, {
        zone: 'hel1',
        address: `10.0.0.2${n}`,
        nic: 'enp7s0',
        cpus: 8,
        memory: Size.gibibytes(32),
      }),
    ),
  ],
  cni: TunedCalico.configure(),
  ingress: HardenedNginxIngress.configure({
    replicas: 2,
    realIp: RealIp.fromProxyProtocol([`${EDGE}/32`]),
  }),
  etcd: EtcdOnNvme.configure(),
  nodes: {
    userDataLimit: UserDataLimit.HETZNER_CLOUD,
    // The metadata service shows user-data to every process of a machine: keys come by SSH.
    keysBySsh: true,
    firewall: { sshFrom: administrators },
  },
};

// Ids are numbers where they are used, and strings where they come from.
const number = (resource: pulumi.CustomResource) => resource.id.apply(Number);

const network = new hcloud.Network('helsinki', { ipRange: '10.0.0.0/16' });
const subnet = new hcloud.NetworkSubnet('helsinki', {
  networkId: number(network),
  type: 'cloud',
  networkZone: 'eu-central',
  ipRange: '10.0.0.0/24',
});

/** A load balancer before all machines of a role. */
function balancer(name: string, ip: string, role: MachineRole): hcloud.LoadBalancer {
  const made = new hcloud.LoadBalancer(name, { loadBalancerType: 'lb11', location });
  const attachment = new hcloud.LoadBalancerNetwork(name, {
    loadBalancerId: number(made),
    subnetId: subnet.id,
    ip,
  });
  new hcloud.LoadBalancerTarget(
    name,
    {
      loadBalancerId: number(made),
      type: 'label_selector',
      labelSelector: `cluster=helsinki,role=${role}`,
      usePrivateIp: true,
    },
    { dependsOn: attachment },
  );
  return made;
}

const api = balancer('helsinki-api', API, MachineRole.CONTROL_PLANE);
new hcloud.LoadBalancerService('helsinki-api', {
  loadBalancerId: api.id,
  protocol: 'tcp',
  listenPort: 6443,
  destinationPort: 6443,
  healthCheck: {
    protocol: 'http',
    port: 6443,
    interval: 3,
    timeout: 2,
    retries: 2,
    http: { path: '/readyz', tls: true, statusCodes: ['200'] },
  },
});

const edge = balancer('helsinki-edge', EDGE, MachineRole.WORKER);
for (const [listenPort, destinationPort] of [
  [80, 30080],
  [443, 30043],
]) {
  new hcloud.LoadBalancerService(`helsinki-edge-${listenPort}`, {
    loadBalancerId: edge.id,
    protocol: 'tcp',
    listenPort,
    destinationPort,
    // Otherwise every client has the address of the balancer.
    proxyprotocol: true,
  });
}

const firewall = new hcloud.Firewall('helsinki', {
  rules: [{ direction: 'in', protocol: 'tcp', port: '22', sourceIps: administrators }],
});
const spread = new hcloud.PlacementGroup('helsinki', { type: 'spread' });

const machines: MachineFactory = (request, opts) => {
  const server = new hcloud.Server(
    request.resourceName,
    {
      name: request.name,
      image: 'debian-12',
      // Dedicated cores: on shared ones, stolen time stalls etcd.
      serverType: request.role === MachineRole.CONTROL_PLANE ? 'ccx23' : 'ccx33',
      location,
      labels: request.labels,
      placementGroupId: number(spread),
      networks: [{ subnetId: subnet.id, ip: request.address, aliasIps: [] }],
      firewallIds: [number(firewall)],
      sshKeys: config.getObject<string[]>('sshKeys') ?? ['administrator'],
      userData: request.userData,
    },
    opts,
  );
  return { resource: server, sshHost: server.ipv4Address };
};

const cluster = new NvmeControlPlaneStack('helsinki', {
  spec,
  machines,
  // Without a key the agent of whoever runs Pulumi is asked.
  ssh: { privateKey: config.getSecret('sshPrivateKey') },
  acknowledge: {
    'GW-ETCD-010':
      'the root disk is a local NVMe; every volume of this platform is behind its network',
  },
});

/** What api.helsinki.example has to lead to. */
export const apiAddress = api.ipv4;
export const edgeAddress = edge.ipv4;
export const kubeconfig = cluster.kubeconfig;

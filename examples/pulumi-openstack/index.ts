import * as pulumi from '@pulumi/pulumi';
import { Size } from 'cdk8s';
import {
  ApiEndpoint,
  EtcdDisk,
  EtcdOnNvme,
  HardenedNginxIngress,
  Machine,
  MachineRole,
  MetalLb,
  type NvmeControlPlaneProps,
  OperatingSystem,
  TunedCalico,
  Underlay,
  UserDataLimit,
  Zone,
} from 'cdk8s-groundwork';
import { type MachineFactory, NvmeControlPlaneStack } from 'cdk8s-groundwork/pulumi';
import * as openstack from './openstack'; // '@pulumi/openstack' in a program of yours

const config = new pulumi.Config();

const NODES = '10.20.0.0/24';
const PODS = '10.244.0.0/16';
const API = '10.20.0.10';
const EDGE = '10.20.0.192/28';
const MTU = 1450;

const machineOf = { zone: 'oslo-1', nic: 'ens3' };
const spec: NvmeControlPlaneProps = {
  operatingSystem: OperatingSystem.DEBIAN_12,
  endpoint: ApiEndpoint.kubeVip(API, { dnsName: 'api.oslo.example' }),
  podCidr: PODS,
  serviceCidr: '10.96.0.0/16',
  // A tenant network is an Ethernet segment. Port security drops what a port does not have; below, every
  // port is allowed what this spec makes its machine send.
  underlay: Underlay.flatL2({ mtu: MTU }),
  zones: [Zone.of('oslo-1', { country: 'NO', nodeCidr: NODES })],
  machines: [
    ...[1, 2, 3].map((n) =>
      Machine.controlPlane(`cp-${n}`, {
        ...machineOf,
        address: `10.20.0.1${n}`,
        cpus: 4,
        memory: Size.gibibytes(16),
        etcdDisk: EtcdDisk.sharedWithRoot(),
      }),
    ),
    ...[1, 2].map((n) =>
      Machine.worker(`w-${n}`, {
        ...machineOf,
        address: `10.20.0.2${n}`,
        cpus: 8,
        memory: Size.gibibytes(32),
      }),
    ),
  ],
  cni: TunedCalico.configure(),
  loadBalancer: MetalLb.configure({ pools: [{ name: 'edge', addresses: [EDGE] }] }),
  ingress: HardenedNginxIngress.configure(),
  etcd: EtcdOnNvme.configure(),
  nodes: {
    userDataLimit: UserDataLimit.OPENSTACK,
    // The metadata service shows user-data to every process of a machine, whether there is a configuration
    // drive or not: keys come by SSH.
    keysBySsh: true,
  },
};

const network = new openstack.networking.Network('oslo', { mtu: MTU });
const subnet = new openstack.networking.Subnet('oslo', {
  networkId: network.id,
  cidr: NODES,
  ipVersion: 4,
  dnsNameservers: ['10.20.0.2'],
  // What others ask for must not get an address of the spec.
  allocationPools: [{ start: '10.20.0.100', end: '10.20.0.149' }],
});
const router = new openstack.networking.Router('oslo', {
  externalNetworkId: config.get('externalNetworkId') ?? '00000000-0000-0000-0000-000000000000',
});
const way = new openstack.networking.RouterInterface('oslo', {
  routerId: router.id,
  subnetId: subnet.id,
});

const group = new openstack.networking.SecGroup('oslo', { description: 'Machines of the cluster' });
const admit = (name: string, rule: { protocol?: string; port?: number; from?: string }) =>
  new openstack.networking.SecGroupRule(`oslo-${name}`, {
    securityGroupId: group.id,
    direction: 'ingress',
    ethertype: 'IPv4',
    protocol: rule.protocol,
    portRangeMin: rule.port,
    portRangeMax: rule.port,
    remoteIpPrefix: rule.from ?? '0.0.0.0/0',
  });
admit('machines', { from: NODES });
admit('pods', { from: PODS });
admit('ssh', { protocol: 'tcp', port: 22, from: config.get('administrators') ?? '192.0.2.0/24' });
admit('api', { protocol: 'tcp', port: 6443, from: config.get('administrators') ?? '192.0.2.0/24' });
admit('http', { protocol: 'tcp', port: 80 });
admit('https', { protocol: 'tcp', port: 443 });

const apart = new openstack.compute.ServerGroup('oslo', { policies: ['anti-affinity'] });

const machines: MachineFactory = (request, opts) => {
  const port = new openstack.networking.Port(
    request.resourceName,
    {
      networkId: network.id,
      fixedIps: [{ subnetId: subnet.id, ipAddress: request.address }],
      securityGroupIds: [group.id],
      // Pods without encapsulation, addresses of the edge, and on control planes that of the API.
      allowedAddressPairs: [
        { ipAddress: PODS },
        { ipAddress: EDGE },
        ...(request.role === MachineRole.CONTROL_PLANE ? [{ ipAddress: API }] : []),
      ],
    },
    { parent: opts.parent },
  );
  const server = new openstack.compute.Instance(
    request.resourceName,
    {
      name: request.name,
      imageName: 'debian-12',
      flavorName: request.role === MachineRole.CONTROL_PLANE ? 'nvme.4c16r' : 'nvme.8c32r',
      keyPair: config.get('keyPair') ?? 'administrator',
      metadata: request.labels,
      networks: [{ port: port.id }],
      schedulerHints: [{ group: apart.id }],
      // cloud-init reads a drive without having to find a service first.
      configDrive: true,
      stopBeforeDestroy: true,
      userData: request.userData,
    },
    pulumi.mergeOptions(opts, { dependsOn: way }),
  );
  return { resource: server };
};

const cluster = new NvmeControlPlaneStack('oslo', {
  spec,
  machines,
  // Debian's image knows no root. Without a key the agent of whoever runs Pulumi is asked.
  ssh: { user: 'debian', privateKey: config.getSecret('sshPrivateKey') },
  acknowledge: {
    'GW-ETCD-010': 'these flavours have a local NVMe as root disk, and no second one',
  },
});

export const kubeconfig = cluster.kubeconfig;

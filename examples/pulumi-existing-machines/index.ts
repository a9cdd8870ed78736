import { remote } from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';
import { Size } from 'cdk8s';
import {
  ApiEndpoint,
  Encapsulation,
  EtcdDisk,
  EtcdOnNvme,
  HardenedNginxIngress,
  Machine,
  MetalLb,
  type NvmeControlPlaneProps,
  OperatingSystem,
  TunedCalico,
  Underlay,
  Zone,
} from 'cdk8s-groundwork';
import {
  ApiProbe,
  type MachineFactory,
  NvmeControlPlaneStack,
  type SshAccess,
} from 'cdk8s-groundwork/pulumi';
import { installScript } from './install-script';

const config = new pulumi.Config();

const spec: NvmeControlPlaneProps = {
  operatingSystem: OperatingSystem.DEBIAN_12,
  endpoint: ApiEndpoint.kubeVip('10.30.0.10', { dnsName: 'api.bergen.example' }),
  podCidr: '10.244.0.0/16',
  serviceCidr: '10.96.0.0/16',
  underlay: Underlay.flatL2({ mtu: 1500 }),
  zones: [Zone.of('bergen-1', { country: 'NO', nodeCidr: '10.30.0.0/24' })],
  machines: [
    ...['S6P1NX0T4411', 'S6P1NX0T4412', 'S6P1NX0T4417'].map((serial, index) =>
      Machine.controlPlane(`cp-${index + 1}`, {
        zone: 'bergen-1',
        address: `10.30.0.1${index + 1}`,
        nic: 'eno1',
        cpus: 16,
        memory: Size.gibibytes(64),
        etcdDisk: EtcdDisk.nvmeSerial(serial, { minSize: Size.gibibytes(200) }),
      }),
    ),
    Machine.worker('w-1', {
      zone: 'bergen-1',
      address: '10.30.0.21',
      nic: 'eno1',
      cpus: 32,
      memory: Size.gibibytes(128),
    }),
  ],
  cni: TunedCalico.configure({ encapsulation: Encapsulation.NONE }),
  loadBalancer: MetalLb.configure({
    pools: [{ name: 'edge', addresses: ['10.30.0.200-10.30.0.219'] }],
  }),
  ingress: HardenedNginxIngress.configure(),
  etcd: EtcdOnNvme.configure(),
};

// Without a key the agent of whoever runs Pulumi is asked.
const ssh: SshAccess = { user: 'root', privateKey: config.getSecret('sshPrivateKey') };

/** The machine is there: "making" it is to bring what cloud-init would have written, and to start it. */
const machines: MachineFactory = (request, opts) => ({
  resource: new remote.Command(
    request.resourceName,
    {
      connection: {
        host: request.address,
        user: ssh.user,
        privateKey: ssh.privateKey,
        dialErrorLimit: 30,
      },
      create: 'bash -s',
      stdin: installScript(request.files, request.secretFiles),
      addPreviousOutputInEnv: false,
    },
    opts,
  ),
});

const cluster = new NvmeControlPlaneStack('bergen', {
  spec,
  machines,
  machineOptions: { userDataProps: ['stdin'] },
  ssh,
  // A machine that needs a person says so, instead of half an hour of silence.
  apiReady: { probe: ApiProbe.SSH },
  // A changed spec reaches the machines: one after the other, without a reboot.
  nodeConfigSync: {},
});

export const kubeconfig = cluster.kubeconfig;

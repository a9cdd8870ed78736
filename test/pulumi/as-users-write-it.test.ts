// Unit tests as a user of the package writes them: no Pulumi, no cluster, no machines.
import * as pulumi from '@pulumi/pulumi';
import { ApiObject, App, Chart, Size } from 'cdk8s';
import {
  ApiEndpoint,
  EtcdDisk,
  Machine,
  type NvmeControlPlaneProps,
  OperatingSystem,
  TunedCalico,
  Underlay,
  Zone,
} from 'cdk8s-groundwork';
import {
  Cdk8sStack,
  type MachineFactory,
  NvmeControlPlaneStack,
  token,
} from 'cdk8s-groundwork/pulumi';
import { type PulumiRecording, recordPulumi } from 'cdk8s-groundwork/testing/pulumi';

jest.setTimeout(120_000);

/** A server of some cloud. */
class Server extends pulumi.CustomResource {
  constructor(name: string, inputs: pulumi.Inputs, opts?: pulumi.CustomResourceOptions) {
    super('cloud:index:Server', name, inputs, opts);
  }
}

const spec: NvmeControlPlaneProps = {
  operatingSystem: OperatingSystem.DEBIAN_12,
  endpoint: ApiEndpoint.kubeVip('10.20.0.10', { dnsName: 'api.oslo.example' }),
  podCidr: '10.244.0.0/16',
  serviceCidr: '10.96.0.0/16',
  underlay: Underlay.flatL2({ mtu: 1500 }),
  zones: [Zone.of('oslo-1', { country: 'NO', nodeCidr: '10.20.0.0/24' })],
  machines: [1, 2, 3].map((n) =>
    Machine.controlPlane(`cp-${n}`, {
      zone: 'oslo-1',
      address: `10.20.0.1${n}`,
      nic: 'eno1',
      cpus: 8,
      memory: Size.gibibytes(16),
      etcdDisk: EtcdDisk.nvmeSerial(`S4EVNX0R${n}`),
    }),
  ),
  cni: TunedCalico.configure(),
};

const machines: MachineFactory = (request, opts) => ({
  resource: new Server(
    request.resourceName,
    { userData: request.userData, labels: request.labels, spec: request.userDataSha256 },
    opts,
  ),
});

const oslo = () =>
  new NvmeControlPlaneStack('oslo', {
    spec,
    machines,
    acknowledge: { 'GW-ETCD-001': 'an image of our own is on its way' },
  });

describe('a whole cluster', () => {
  let recording: PulumiRecording<NvmeControlPlaneStack>;

  beforeAll(async () => {
    recording = await recordPulumi(oslo);
  });

  test('there is one server for each machine, with secret user-data', () => {
    const servers = recording.ofType('cloud:index:Server');
    expect(servers.map(({ name }) => name).sort()).toEqual(['oslo-cp-1', 'oslo-cp-2', 'oslo-cp-3']);
    for (const { secrets, inputs, options } of servers) {
      expect(secrets).toEqual(['userData']);
      expect(inputs.labels.cluster).toBe('oslo');
      expect(inputs.spec).toMatch(/^[0-9a-f]{64}$/);
      expect(options).toMatchObject({ protect: true, ignoreChanges: ['userData'] });
    }
  });

  test('objects go to the new cluster when its machines are there', () => {
    const servers = recording.ofType('cloud:index:Server');
    const installation = recording.find('Installation', 'default');
    for (const server of servers) {
      expect(recording.comesAfter(installation, server)).toBe(true);
    }
    expect(
      recording.comesAfter(
        installation,
        recording.find('Deployment', 'tigera-operator', 'tigera-operator'),
      ),
    ).toBe(true);
  });

  test('nothing secret is in the open', () => {
    recording.expectNoPlaintext();
    const [stack] = recording.ofType('cdk8s-groundwork:index:NvmeControlPlaneStack');
    expect(stack!.secretOutputs).toEqual(['kubeconfig']);
  });
});

test('a preview knows every object before there is anything', async () => {
  const options = {
    preview: true,
    mocks: { newResource: ({ inputs }: { inputs: any }) => ({ id: undefined, state: inputs }) },
  };
  const preview = await recordPulumi(oslo, options);
  expect(preview.find('Installation', 'default').unknown).toEqual([]);
  for (const server of preview.ofType('cloud:index:Server')) {
    expect(server.unknown).toContain('userData');
  }
});

test('a chart of my own takes a password from the configuration', async () => {
  const recording = await recordPulumi(
    () => {
      const password = new pulumi.Config('app').requireSecret('password');
      const chart = new Chart(new App(), 'app');
      new ApiObject(chart, 'settings', {
        ...{
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'settings', namespace: 'app' },
        },
        data: { url: `https://app:${token(password)}@db.example`, timeout: '5s' },
      });
      return new Cdk8sStack('app', { chart });
    },
    { config: { 'app:password': 'not to be seen' }, secretConfig: ['app:password'] },
  );
  const settings = recording.find('ConfigMap', 'settings', 'app');
  expect(settings.inputs.data).toEqual({
    url: 'https://app:not to be seen@db.example',
    timeout: '5s',
  });
  expect(settings.secrets).toEqual(['data.url']);
  recording.expectNoPlaintext(['not to be seen']);
});

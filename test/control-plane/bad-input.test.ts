import { readdirSync } from 'node:fs';
import { App } from 'cdk8s';
import {
  ApiEndpoint,
  Encapsulation,
  EtcdDisk,
  GroundworkApp,
  KubernetesVersion,
  TunedCalico,
  Underlay,
  Zone,
  type NvmeControlPlaneProps,
} from '../../lib';
import { osloMachine } from '../support/oslo';
import { tempDir } from '../support/temp-app';
import { osloPlane } from './oslo-plane';

/** What a user sees who gives the flagship one wrong prop; nothing may have been written by then. */
function errorOf(changes: () => Partial<NvmeControlPlaneProps>): string {
  const outdir = tempDir();
  const app = new GroundworkApp({ outdir });
  try {
    osloPlane(app, changes());
    app.synth();
  } catch (error) {
    expect(readdirSync(outdir)).toEqual([]);
    return (error as Error).message;
  }
  throw new Error('the wrong prop was accepted');
}

test.each<[string, () => Partial<NvmeControlPlaneProps>, string]>([
  [
    'overlapping CIDRs',
    () => ({ serviceCidr: '10.244.0.0/16' }),
    '[oslo/cluster] serviceCidr must be apart from podCidr 10.244.0.0/16, got 10.244.0.0/16; give every network its own range; packets to a shared address go to only one of them',
  ],
  [
    'an even control plane',
    () => ({ machines: [osloMachine(1), osloMachine(2)] }),
    '[oslo/cluster] machines must be an odd number of control planes from 1 to 7, got 2; three survive the loss of one, five of two; an even member adds no tolerance, and above seven every write waits for too many disks',
  ],
  [
    'a duplicate address',
    () => ({
      machines: [osloMachine(1), osloMachine(2, { address: '10.20.0.11' }), osloMachine(3)],
    }),
    '[oslo/cluster] machines must be unique by address, got 10.20.0.11; two machines cannot answer on one address',
  ],
  [
    'an address outside its zone',
    () => ({
      machines: [osloMachine(1), osloMachine(2), osloMachine(3, { address: '10.21.0.13' })],
    }),
    '[oslo/cluster] address of machine cp-3 must be inside 10.20.0.0/24 of zone oslo-1, got 10.21.0.13; correct the address, the zone, or the nodeCidr of the zone',
  ],
  [
    'a kernel device name',
    () => ({ machines: [osloMachine(1, { etcdDisk: EtcdDisk.byId('/dev/nvme0n1') })] }),
    '[EtcdDisk] link must be an identity that survives a reboot, not a kernel device name, got /dev/nvme0n1; take the serial from `lsblk -o NAME,SERIAL`, or a name from /dev/disk/by-id',
  ],
  [
    'an MTU above the underlay',
    () => ({ cni: TunedCalico.configure({ mtu: 9000 }) }),
    '[oslo/cni] mtu must be between 1280 and 1500, got 9000; lower it or raise underlay.mtu',
  ],
  [
    'half a second family',
    () => ({ podCidrV6: 'fd00:244::/56', machines: [osloMachine(1)] }),
    '[oslo/cluster] addressV6 of machine cp-1 must be given in a dual-stack cluster, which podCidrV6 makes this one, got nothing; leave it out, or give podCidrV6, serviceCidrV6, nodeCidrV6 and addressV6 throughout',
  ],
  [
    'Kubernetes 1.34',
    () => ({ kubernetesVersion: KubernetesVersion.of('1.34.2') }),
    '[KubernetesVersion] kubernetesVersion must be one of 1.35, 1.36, 1.37, got 1.34; 1.34 is out of support since 2026-10-27, upgrade to 1.35 first',
  ],
  [
    'Kubernetes 1.43',
    () => ({ kubernetesVersion: KubernetesVersion.of('1.43.0') }),
    "[KubernetesVersion] kubernetesVersion must be one of 1.35, 1.36, 1.37, got 1.43; 1.43 is not in this release's catalogue, choose one that is or update cdk8s-groundwork",
  ],
])('%s', (_, changes, message) => {
  expect(errorOf(changes)).toContain(message);
});

test('no encapsulation on an underlay that filters source addresses', () => {
  const message = errorOf(() => ({
    underlay: Underlay.filtered({ mtu: 1500 }),
    cni: TunedCalico.configure({ encapsulation: Encapsulation.NONE }),
  }));
  const [headline, calico, virtualIp, ...rest] = message.split('\n');
  expect(headline).toBe('validation found 2 errors, nothing was written:');
  expect(calico).toBe(
    '  GW-CNI-001 [oslo/cni] encapsulation must be VXLAN on an underlay that drops foreign source addresses, got None; ' +
      "choose Encapsulation.VXLAN, which carries pod packets between the machines' own addresses",
  );
  // The virtual IP of the flagship does not work there either.
  expect(virtualIp).toContain('GW-NODE-002 [oslo/nodes]');
  expect(rest).toEqual([]);
});

test('Kubernetes 1.37 is a preview: it renders, and says so', () => {
  const app = new GroundworkApp({ outdir: tempDir() });
  const plane = osloPlane(app, { kubernetesVersion: KubernetesVersion.V1_37 });
  expect(app.files()).toHaveProperty(['00-kube-proxy.k8s.yaml']);
  expect(plane.cluster.findings()).toContainEqual({
    id: 'GW-CLUSTER-001',
    severity: 'warning',
    path: 'oslo/cluster',
    message: 'Kubernetes 1.37 is a preview in this release of the library',
    remedy: 'use it to try out; run production on 1.36 until the catalogue lists it as supported',
    reference: 'https://kubernetes.io/releases/',
  });
});

test('an endpoint in the pod network', () => {
  expect(errorOf(() => ({ endpoint: ApiEndpoint.external({ address: '10.244.1.1' }) }))).toContain(
    '[oslo/cluster] endpoint.address must be outside podCidr 10.244.0.0/16, got 10.244.1.1; pods would reach something else at this address',
  );
});

test('the same rules hold under a plain App', () => {
  const app = new App({ outdir: tempDir() });
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  osloPlane(app, {
    underlay: Underlay.filtered({ mtu: 1500 }),
    zones: [Zone.of('oslo-1', { country: 'NO', nodeCidr: '10.20.0.0/24' })],
    cni: TunedCalico.configure({ encapsulation: Encapsulation.NONE }),
  });
  expect(() => app.synth()).toThrow(/GW-CNI-\d{3} \[oslo\/cni\]/);
  jest.restoreAllMocks();
});

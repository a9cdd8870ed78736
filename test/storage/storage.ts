import { ApiObject, Chart, Duration, Size } from 'cdk8s';
import {
  Cluster,
  DataDisk,
  Machine,
  Residency,
  ResidentStorage,
  Zone,
  type ClusterProps,
  type ResidentClassOptions,
  type ResidentStorageOptions,
} from '../../lib';
import { osloMachine, osloProps } from '../support/oslo';
import { tempApp } from '../support/temp-app';
import { celValue } from '../support/cel-rules';

export const anchor = {
  name: 'nix-oslo',
  address: '192.0.2.1',
  country: 'NO',
  maxRoundTripTime: Duration.millis(2),
};
export const norway = Residency.of(['NO'], { anchors: [anchor] });
export const cinder: ResidentClassOptions = {
  name: 'block',
  provisioner: 'cinder.csi.openstack.org',
  topologyKey: 'topology.cinder.csi.openstack.org/zone',
  zones: { 'oslo-1': 'az1' },
};
export const files: ResidentClassOptions = {
  name: 'files',
  provisioner: 'nfs.csi.k8s.io',
  country: 'NO',
  parameters: { server: 'nfs.example.no', share: '/k8s' },
};

/** The flagship with a worker that has two disks for volumes, and a second site. */
export function facts(changes: Partial<ClusterProps> = {}): Partial<ClusterProps> {
  return {
    residency: norway,
    zones: [
      Zone.of('oslo-1', { country: 'NO', nodeCidr: '10.20.0.0/24', region: 'oslo' }),
      Zone.of('bergen-1', { country: 'NO', nodeCidr: '10.21.0.0/24' }),
    ],
    machines: [
      ...[1, 2, 3].map((n) => osloMachine(n)),
      Machine.worker('w-1', {
        zone: 'bergen-1',
        address: '10.21.0.21',
        dataDisks: [
          DataDisk.nvmeSerial('S64GNX0W1', { capacity: Size.gibibytes(900) }),
          DataDisk.byId('virtio-Data_2', {
            capacity: Size.gibibytes(100),
            maxSize: Size.gibibytes(200),
            model: 'VIRT*',
          }),
        ],
      }),
    ],
    ...changes,
  };
}

export function render(
  options: ResidentStorageOptions = {},
  changes: Partial<ClusterProps> = {},
  before: (chart: Chart, cluster: Cluster) => void = () => undefined,
  foreign = false,
) {
  const chart = new Chart(tempApp(), 'oslo');
  const props = osloProps({ clusterName: 'oslo', ...facts(changes) });
  const cluster = foreign
    ? Cluster.fromFacts(chart, 'cluster', props)
    : new Cluster(chart, 'cluster', props);
  before(chart, cluster);
  const storage = new ResidentStorage(chart, 'storage', { cluster, ...options });
  const nodes = storage.node.findAll().filter((each) => ApiObject.isApiObject(each)) as ApiObject[];
  const objects: any[] = nodes.map((node) => node.toJson());
  const of = (kind: string, name?: string): any =>
    objects.find((o) => o.kind === kind && (name === undefined || o.metadata.name === name));
  return { chart, cluster, storage, nodes, objects, of };
}

/** `id message` of every finding of this room. */
export function said(cluster: Cluster): string[] {
  return cluster
    .findings()
    .filter(({ id }) => id.startsWith('GW-STORAGE'))
    .map(({ id, message }) => `${id} ${message}`);
}

export function thrown(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing';
}

/** What a policy says of an object, as the API server evaluates it; nothing when it lets it in. */
export function judged(policy: any, object: object, oldObject: object | null = null): string[] {
  const variables: Record<string, unknown> = {};
  const names = { object, oldObject, variables };
  for (const { name, expression } of policy.spec.variables) {
    variables[name] = plain(celValue(expression, names));
  }
  return policy.spec.validations.flatMap((one: any) => {
    const verdict = celValue(one.expression, names);
    if (typeof verdict !== 'boolean') {
      throw new Error(`${one.expression} is no boolean`);
    }
    const words = one.messageExpression ? celValue(one.messageExpression, names) : one.message;
    return verdict ? [] : [words];
  });
}

/** Lists and maps of CEL as those of JSON. */
function plain(value: any): unknown {
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const isMap =
    typeof value.get === 'function' &&
    typeof value.entries === 'function' &&
    value.size !== undefined &&
    !('add' in value) &&
    typeof [...value.entries()][0]?.[0] === 'string';
  return isMap
    ? Object.fromEntries([...value.entries()].map(([key, inner]) => [key, plain(inner)]))
    : [...value].map(plain);
}

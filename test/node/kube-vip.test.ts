import { ApiEndpoint, KubernetesVersion, Machine } from '../../lib';
import { unexplainedLeaves } from '../support/coverage';
import { osloMachine } from '../support/oslo';
import { validateStrictly } from '../support/strict-schema';
import { describeWithUpstream } from '../support/upstream';
import { file, oslo } from './support';

const pod = (files: Record<string, string>, machine: string, name = 'kube-vip') =>
  file(files, machine, `/etc/groundwork/${name}.manifest`).yaml();
const env = (object: any) =>
  Object.fromEntries(
    object.spec.containers[0].env.map((e: any) => [e.name, e.value ?? e.valueFrom]),
  );

describe('kube-vip', () => {
  test('holds the address on the named interface and leaves Services and IPVS alone', () => {
    expect(env(pod(oslo().files(), 'cp-2'))).toEqual({
      vip_arp: 'true',
      vip_interface: 'eno1',
      address: '10.20.0.10',
      vip_subnet: '32',
      port: '6443',
      cp_enable: 'true',
      cp_namespace: 'kube-system',
      svc_enable: 'false',
      lb_enable: 'false',
      prometheus_server: '127.0.0.1:2112',
      vip_leaderelection: 'true',
      vip_leasename: 'plndr-cp-lock',
      vip_nodename: { fieldRef: { fieldPath: 'spec.nodeName' } },
    });
  });

  test('runs with admin.conf from the start where kubeadm init does not go through its address', () => {
    for (const patch of ['1.35.5', '1.36.1', '1.37.0']) {
      const files = oslo({ kubernetesVersion: KubernetesVersion.of(patch) }).files();
      expect(files).not.toHaveProperty(['nodes/cp-1/files/etc/groundwork/kube-vip-init.manifest']);
      expect(pod(files, 'cp-1').spec.volumes[0].hostPath.path).toBe('/etc/kubernetes/admin.conf');
    }
  });

  test.each(['1.35.4', '1.36.0'])(
    'of %s: only the first machine starts with super-admin.conf',
    (patch) => {
      const files = oslo({ kubernetesVersion: KubernetesVersion.of(patch) }).files();
      const path = (machine: string, name?: string) =>
        pod(files, machine, name).spec.volumes[0].hostPath;
      expect(path('cp-1', 'kube-vip-init')).toEqual({
        path: '/etc/kubernetes/super-admin.conf',
        type: 'File',
      });
      expect(path('cp-1')).toEqual({ path: '/etc/kubernetes/admin.conf', type: 'File' });
      expect(path('cp-2')).toEqual({ path: '/etc/kubernetes/admin.conf', type: 'File' });
      expect(files).not.toHaveProperty(['nodes/cp-2/files/etc/groundwork/kube-vip-init.manifest']);
    },
  );

  test('is on control planes only, and only for a virtual IP', () => {
    const worker = Machine.worker('w-1', { zone: 'oslo-1', address: '10.20.0.21' });
    const withWorker = oslo({ machines: [osloMachine(1), worker] }).files();
    expect(withWorker).not.toHaveProperty(['nodes/w-1/files/etc/groundwork/kube-vip.manifest']);
    const external = oslo({
      endpoint: ApiEndpoint.external({ dnsName: 'api.oslo.example' }),
    }).files();
    expect(Object.keys(external).filter((path) => path.includes('kube-vip'))).toEqual([]);
  });

  test('takes its image from the mirror, or from the prop', () => {
    const image = (changes: object, options = {}) =>
      pod(oslo(changes, options).files(), 'cp-2').spec.containers[0].image;
    expect(image({ imageRegistry: 'mirror.example.no/k8s' })).toMatch(
      /^mirror\.example\.no\/k8s\/kube-vip\/kube-vip:v\d/,
    );
    expect(image({}, { kubeVipImage: 'registry.example.no/vip:v9' })).toBe(
      'registry.example.no/vip:v9',
    );
  });

  test('every leaf is a fact, a decision or structure', () => {
    const { cluster, files } = oslo();
    const object = pod(files(), 'cp-1');
    // an env list has no keys of its own: give each value its name, as the decisions do
    const variables = { kind: 'kube-vip', ...env(object) };
    expect(
      unexplainedLeaves(variables, {
        decisions: cluster
          .decisions()
          .map((d) => ({ ...d, key: d.key.replace('kube-vip ', 'kube-vip.') })),
        facts: [
          'kube-vip.address',
          'kube-vip.vip_interface',
          'kube-vip.port',
          'kube-vip.vip_nodename',
        ],
        structural: [
          'kube-vip.vip_arp',
          'kube-vip.vip_subnet',
          'kube-vip.cp_enable',
          'kube-vip.cp_namespace',
          'kube-vip.vip_leaderelection',
          'kube-vip.vip_leasename',
        ],
      }),
    ).toEqual([]);
  });
});

describeWithUpstream('kube-vip by the schema of Kubernetes', () => {
  test.each(['kube-vip', 'kube-vip-init'])('%s', (name) => {
    const files = oslo({ kubernetesVersion: KubernetesVersion.of('1.36.0') }).files();
    expect(validateStrictly(pod(files, 'cp-1', name))).toEqual([]);
  });
});

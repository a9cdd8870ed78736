import { KubernetesVersion, Machine } from '../../lib';
import { kubernetesMinor } from '../../lib/catalog';
import { NodeFile } from '../../lib/testing';
import { osloMachine } from '../support/oslo';
import type { NodeCheck } from './node-checks';
import { documents, file, messages, oslo, unpacked } from './support';

// What broke clusters before they ran, as far as kubeadm, kubelet and the control plane go. Each is
// refused, found by a rule, or cannot be written down at all.

const worker = Machine.worker('w-1', { zone: 'oslo-1', address: '10.20.0.21' });
const versions = ['1.35.8', '1.36.4', '1.37.1'].map((v) => KubernetesVersion.of(v));

/** All files of a cluster with a worker, for every version of the catalogue. */
function everyVersion(check: (files: Record<string, string>, version: KubernetesVersion) => void) {
  for (const kubernetesVersion of versions) {
    const machines = [osloMachine(1), osloMachine(2), osloMachine(3), worker];
    check(oslo({ machines, kubernetesVersion }).files(), kubernetesVersion);
  }
}

const kubeadmFiles = (files: Record<string, string>) =>
  Object.entries(files).filter(([path]) =>
    /\/files\/etc\/groundwork\/(kubeadm[^/]*|images)\.conf$/.test(path),
  );

export const kubeadmChecks: NodeCheck[] = [
  {
    title: 'a sandbox image that kubeadm does not expect',
    impossible: [
      'containerd is told the image of the catalogue row that kubeadm has built in',
      () =>
        everyVersion((files, version) => {
          const config = file(files, 'cp-1', '/etc/containerd/config.toml').toml();
          const { sandbox } = config.plugins['io.containerd.cri.v1.images'].pinned_images;
          expect(sandbox).toMatch(/\/pause:/);
          expect(sandbox.split(':')[1]).toBe(kubernetesMinor(version.minor).pauseTag.value);
        }),
    ],
  },
  {
    title: 'kubelet and runtime with two cgroup drivers',
    impossible: [
      'both are told systemd, and no option changes either',
      () =>
        everyVersion((files) => {
          const config = file(files, 'cp-1', '/etc/containerd/config.toml').toml();
          const { runtimes } = config.plugins['io.containerd.cri.v1.runtime'].containerd;
          expect(runtimes.runc.options.SystemdCgroup).toBe(true);
          const kubelet = documents(files, 'cp-1', '/etc/groundwork/kubeadm.conf')[2];
          expect(kubelet.cgroupDriver).toBe('systemd');
        }),
    ],
  },
  {
    title: 'an old configuration API that a new kubeadm does not read',
    impossible: [
      'every document of kubeadm is v1beta4, which all versions of the catalogue read',
      () =>
        everyVersion((files, version) => {
          expect(kubernetesMinor(version.minor).kubeadmApi.value).toBe('v1beta4');
          const found = kubeadmFiles(files).flatMap(([path, text]) =>
            new NodeFile(path, text).yamlDocuments(),
          );
          expect(found.length).toBeGreaterThan(10);
          expect(new Set(found.map((d) => d.apiVersion))).toEqual(
            new Set(['kubeadm.k8s.io/v1beta4', 'kubelet.config.k8s.io/v1beta1']),
          );
        }),
    ],
  },
  {
    title: 'a token, a key or a hash of another form than kubeadm takes',
    impossible: [
      'the documents hold placeholders only, and the first step of the machine checks what fills them',
      () =>
        everyVersion((files) => {
          const text = kubeadmFiles(files)
            .map(([, content]) => content)
            .join('\n');
          expect(new Set(text.match(/@[A-Z_]+@/g))).toEqual(
            new Set(['@BOOTSTRAP_TOKEN@', '@CERTIFICATE_KEY@', '@CA_CERT_HASH@']),
          );
          expect(text).not.toMatch(/[a-z0-9]{6}\.[a-z0-9]{16}|[0-9a-f]{64}/);
          const script = unpacked(files, 'cp-1', '/usr/local/lib/groundwork/bootstrap');
          for (const form of ['[a-z0-9]{6}[.][a-z0-9]{16}', '[0-9a-f]{64}', '[A-Za-z0-9+/]{43}=']) {
            expect(script).toContain(`grep -Eqx '${form}'`);
            expect(files['nodes/secrets.manifest']).toContain(form);
          }
        }),
    ],
  },
  {
    title: 'binaries of another version than the configuration says',
    impossible: [
      'archives and documents come from one fact',
      () =>
        everyVersion((files, version) => {
          const archives = unpacked(files, 'cp-1', '/etc/groundwork/archives.list');
          for (const name of ['kubelet', 'kubeadm', 'kubectl']) {
            expect(archives).toMatch(
              new RegExp(`^${name} \\S+ \\S+/v${version.patch.replace(/\./g, '\\.')}/bin/`, 'm'),
            );
          }
          const [, cluster] = documents(files, 'cp-1', '/etc/groundwork/kubeadm.conf');
          expect(cluster.kubernetesVersion).toBe(`v${version.patch}`);
        }),
    ],
  },
  {
    title: 'a flag that the component does not know',
    throws: [
      () => oslo({}, { controlPlane: { schedulerExtraArgs: { 'policy-config-file': '/x' } } }),
      'controlPlane.schedulerExtraArgs.policy-config-file must be a flag of kube-scheduler 1.36, got policy-config-file; the component would not start; look in its reference for this minor',
    ],
  },
  {
    title: 'a flag that is gone after the next upgrade',
    rules: [
      ['GW-NODE-021'],
      () =>
        messages(
          oslo({}, { controlPlane: { apiServerExtraArgs: { 'apiserver-count': '3' } } }).cluster,
          'GW-NODE-021',
        ),
    ],
  },
  {
    title: 'a patch file that kubeadm passes over',
    rules: [
      ['GW-NODE-020'],
      () => {
        const { cluster, node } = oslo();
        cluster.ledger.requireFile('/etc/groundwork/patches/kube-proxy0+strategic.conf', {
          by: node,
          why: 'test',
          content: 'spec: {}\n',
        });
        return messages(cluster, 'GW-NODE-020');
      },
    ],
  },
  {
    title: 'etcd that shares its disk with the audit log',
    rules: [
      ['GW-NODE-023'],
      () =>
        messages(
          oslo({
            machines: [osloMachine(1, { etcdDisk: undefined }), osloMachine(2), osloMachine(3)],
          }).cluster,
          'GW-NODE-023',
        ),
    ],
  },
  {
    title: 'files of the API server that differ between control planes',
    impossible: [
      'they are rendered once for all of them',
      () =>
        everyVersion((files) => {
          const under = (name: string) =>
            Object.entries(files)
              .filter(([path]) => path.startsWith(`nodes/${name}/files/etc/kubernetes/`))
              .map(([path, text]) => [path.replace(name, ''), text]);
          expect(under('cp-1').length).toBeGreaterThanOrEqual(3);
          expect(under('cp-2')).toEqual(under('cp-1'));
          expect(under('cp-3')).toEqual(under('cp-1'));
        }),
    ],
  },
];

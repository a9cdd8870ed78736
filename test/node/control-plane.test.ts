import { Duration, Size } from 'cdk8s';
import { Machine } from '../../lib';
import {
  EncryptionAlgorithm,
  PodSecurityLevel,
  TaintEffect,
  TlsMinVersion,
  type NodeBootstrapOptions,
} from '../../lib/node';
import '../../lib/testing/jest';
import { osloMachine } from '../support/oslo';
import { documents, oslo, unpacked } from './support';
import { unknownFields } from './v1beta4';

const worker = Machine.worker('w-1', {
  zone: 'oslo-1',
  address: '10.20.0.21',
  cpus: 2,
  memory: Size.gibibytes(2),
});
const machines = [osloMachine(1), osloMachine(2), osloMachine(3), worker];

function rendered(options: NodeBootstrapOptions = {}) {
  return oslo({ machines }, options);
}

function clusterDocument(options: NodeBootstrapOptions = {}): any {
  return documents(rendered(options).files(), 'cp-1', '/etc/groundwork/kubeadm.conf')[1];
}

const args = (component: any) =>
  Object.fromEntries(component.extraArgs.map((arg: any) => [arg.name, arg.value]));

describe('hardening', () => {
  test('is on, with every file that the API server reads mounted into it', () => {
    const files = rendered().files();
    const { apiServer, controllerManager, scheduler } = clusterDocument();
    expect(args(apiServer)).toEqual({
      'admission-control-config-file': '/etc/kubernetes/admission.conf',
      'audit-log-maxage': '30',
      'audit-log-maxbackup': '10',
      'audit-log-maxsize': '100',
      'audit-log-path': '/var/log/kubernetes/audit.log',
      'audit-policy-file': '/etc/kubernetes/audit-policy.conf',
      'authentication-config': '/etc/kubernetes/authentication.conf',
      'encryption-provider-config': '/etc/kubernetes/encryption.conf',
      profiling: 'false',
      'tls-min-version': 'VersionTLS13',
    });
    const both = { profiling: 'false', 'tls-min-version': 'VersionTLS13' };
    expect([args(controllerManager), args(scheduler)]).toEqual([both, both]);
    const mounted = apiServer.extraVolumes.map((volume: any) => volume.mountPath);
    for (const value of Object.values<string>(args(apiServer)).filter((v) => v.startsWith('/'))) {
      expect(mounted.some((path: string) => value === path || value.startsWith(`${path}/`))).toBe(
        true,
      );
    }
    // A file that is missing keeps the pod from starting instead of becoming an empty folder.
    expect(
      apiServer.extraVolumes.map((volume: any) => [volume.name, volume.pathType, volume.readOnly]),
    ).toEqual([
      ['admission', 'File', true],
      ['audit-log', 'DirectoryOrCreate', undefined],
      ['audit-policy', 'File', true],
      ['authentication', 'File', true],
      ['encryption', 'File', true],
    ]);
    const written = ['admission', 'audit-policy', 'authentication'].map(
      (name) => `/etc/kubernetes/${name}.conf`,
    );
    for (const path of [...written, '/etc/groundwork/encryption.conf']) {
      const texts = ['cp-1', 'cp-2', 'cp-3'].map((name) => unpacked(files, name, path));
      expect(new Set(texts).size).toBe(1);
      expect(documents(files, 'cp-1', path).flatMap(unknownFields)).toEqual([]);
      expect(files).not.toHaveProperty([`nodes/w-1/files${path}`]);
    }
  });

  test('has an off switch each, and then neither flag, file, volume nor secret', () => {
    const { cluster, files } = rendered({
      controlPlane: {
        auditLog: { enabled: false },
        encryptionAtRest: { enabled: false },
        podSecurity: { enabled: false },
        anonymousAnywhere: true,
        profiling: true,
        tlsMinVersion: TlsMinVersion.TLS_1_2,
      },
      kubelet: { seccompDefault: false, podPidsLimit: -1 },
    });
    const output = files();
    const [, document, kubelet] = documents(output, 'cp-1', '/etc/groundwork/kubeadm.conf');
    const left = { profiling: 'true', 'tls-min-version': 'VersionTLS12' };
    expect(args(document.apiServer)).toEqual(left);
    expect(document.apiServer).not.toHaveProperty('extraVolumes');
    expect(kubelet).toMatchObject({
      seccompDefault: false,
      podPidsLimit: -1,
      tlsMinVersion: 'VersionTLS12',
      enableProfilingHandler: true,
    });
    expect(Object.keys(output).filter((path) => path.includes('/files/etc/kubernetes/'))).toEqual(
      [],
    );
    expect(output['nodes/secrets.manifest']).not.toContain('encryption-key');
    expect(cluster).toHaveFinding('GW-NODE-022', {
      message:
        'switched off: audit log, encryption of Secrets in etcd, Pod Security default, bounds of anonymous requests, refusal of profiling, seccomp by default, limit of processes in a pod',
    });
  });

  test('anonymous requests reach what kubeadm needs before there are credentials, and nothing else', () => {
    const files = rendered().files();
    const [configuration] = documents(files, 'cp-1', '/etc/kubernetes/authentication.conf');
    const paths = configuration.anonymous.conditions.map(({ path }: any) => path);
    // Paths are compared as a whole, without the query.
    const script = unpacked(files, 'cp-1', '/usr/local/lib/groundwork/bootstrap');
    const asked = [...script.matchAll(/"\$(?:1|url)(\/[a-z0-9/-]+)"/g)].map(([, path]) => path);
    expect(asked).toEqual(
      expect.arrayContaining([
        '/readyz',
        '/livez',
        '/api/v1/namespaces/kube-public/configmaps/cluster-info',
      ]),
    );
    expect(asked.filter((path) => !paths.includes(path))).toEqual([]);
    expect(paths).toHaveLength(4);
  });

  test('the audit log never holds the body of a Secret', () => {
    const [policy] = documents(rendered().files(), 'cp-1', '/etc/kubernetes/audit-policy.conf');
    const rules: any[] = policy.rules;
    const names = (rule: any) => (rule.resources ?? []).flatMap((r: any) => r.resources ?? []);
    const secrets = rules.findIndex((rule) => names(rule).includes('secrets'));
    expect(rules[secrets].level).toBe('Metadata');
    expect(rules.slice(0, secrets).every((rule) => rule.level === 'None')).toBe(true);
    // nothing before it leaves Secrets out
    expect(
      rules
        .slice(0, secrets)
        .every((rule) => rule.nonResourceURLs !== undefined || rule.resources !== undefined),
    ).toBe(true);
    expect(rules[rules.length - 1]).toEqual({ level: 'Metadata' });
  });

  test('says how much of the disk the audit log takes', () => {
    const said = (options: NodeBootstrapOptions) =>
      rendered(options)
        .cluster.decisions()
        .find((d) => d.key === 'ClusterConfiguration.apiServer.extraArgs[audit-log-maxbackup]')
        ?.why;
    expect(said({})).toContain('at most 1100 MiB');
    expect(
      said({ controlPlane: { auditLog: { maxBackups: 3, maxSize: Size.mebibytes(50) } } }),
    ).toContain('at most 200 MiB');
  });

  test('encrypts with secretbox and reads plain text only as the last resort', () => {
    const [configuration] = documents(
      rendered({
        controlPlane: { encryptionAtRest: { resources: ['secrets', 'configmaps'] } },
      }).files(),
      'cp-1',
      '/etc/groundwork/encryption.conf',
    );
    expect(configuration.resources).toEqual([
      {
        resources: ['secrets', 'configmaps'],
        providers: [
          { secretbox: { keys: [{ name: '@ENCRYPTION_KEY_ID@', secret: '@ENCRYPTION_KEY@' }] } },
          { identity: {} },
        ],
      },
    ]);
    expect(rendered().files()['nodes/secrets.manifest']).toMatch(
      /^encryption-key +0600 +cp-1,cp-2,cp-3 +user-data\|ssh +\[A-Za-z0-9\+\/\]\{43\}=$/m,
    );
  });

  test('Pod Security: the level, and who is left alone', () => {
    const [admission] = documents(
      rendered({
        controlPlane: {
          podSecurity: { enforce: PodSecurityLevel.RESTRICTED, exemptNamespaces: ['storage'] },
        },
      }).files(),
      'cp-1',
      '/etc/kubernetes/admission.conf',
    );
    expect(admission.plugins[0].configuration).toMatchObject({
      defaults: { enforce: 'restricted', 'enforce-version': 'v1.36', warn: 'restricted' },
      exemptions: { namespaces: ['kube-system', 'storage'] },
    });
  });
});

describe("kubeadm's other choices", () => {
  test('algorithm, validity and time limits arrive, the limits on every machine', () => {
    const { files } = rendered({
      controlPlane: {
        encryptionAlgorithm: EncryptionAlgorithm.RSA_3072,
        certificateValidityPeriod: Duration.days(90),
        timeouts: { etcdApiCall: Duration.minutes(5), discovery: Duration.minutes(10) },
        apiServerExtraArgs: { 'event-ttl': '3h' },
        apiServerMounts: ['/etc/kubernetes/webhook'],
      },
    });
    const output = files();
    const [init, document] = documents(output, 'cp-1', '/etc/groundwork/kubeadm.conf');
    expect(document).toMatchObject({
      encryptionAlgorithm: 'RSA-3072',
      certificateValidityPeriod: '2160h0m0s',
    });
    expect(args(document.apiServer)['event-ttl']).toBe('3h');
    expect(document.apiServer.extraVolumes).toContainEqual({
      name: 'spec-0',
      hostPath: '/etc/kubernetes/webhook',
      mountPath: '/etc/kubernetes/webhook',
      readOnly: true,
    });
    const timeouts = { discovery: '600s', etcdAPICall: '300s' };
    expect(init.timeouts).toEqual(timeouts);
    const [join] = documents(output, 'w-1', '/etc/groundwork/kubeadm.conf');
    const [upgrade] = documents(output, 'cp-2', '/etc/groundwork/kubeadm-upgrade.conf');
    expect([join.timeouts, upgrade.timeouts]).toEqual([timeouts, timeouts]);
    expect([init, document, join, upgrade].flatMap(unknownFields)).toEqual([]);
  });

  test('patches: kubeadm looks for them exactly where there are any', () => {
    const { cluster, node, files } = rendered();
    cluster.ledger.requireFile('/etc/groundwork/patches/etcd0+strategic.conf', {
      by: node,
      why: 'test',
      machines: ['cp-1', 'cp-2', 'cp-3'],
      content: 'spec: {}\n',
    });
    const output = files();
    const patches = { directory: '/etc/kubernetes/patches' };
    for (const name of ['kubeadm', 'kubeadm-join', 'images']) {
      const [first] = documents(output, 'cp-1', `/etc/groundwork/${name}.conf`);
      expect(first.patches).toEqual(patches);
    }
    const [upgrade] = documents(output, 'cp-2', '/etc/groundwork/kubeadm-upgrade.conf');
    expect([upgrade.apply.patches, upgrade.node.patches]).toEqual([patches, patches]);
    expect(unknownFields(upgrade)).toEqual([]);
    expect(documents(output, 'w-1', '/etc/groundwork/kubeadm.conf')[0]).not.toHaveProperty(
      'patches',
    );
    expect(
      documents(rendered().files(), 'cp-1', '/etc/groundwork/kubeadm.conf')[0],
    ).not.toHaveProperty('patches');
  });

  test('labels and taints go to the machines of their role; control planes keep their own taint', () => {
    const output = rendered({
      kubelet: {
        workerLabels: { 'example.no/rack': 'r1' },
        controlPlaneLabels: { 'node.kubernetes.io/disk': 'nvme' },
        workerTaints: [{ key: 'example.no/gpu', effect: TaintEffect.NO_SCHEDULE }],
        extraArgs: { 'root-dir': '/srv/kubelet' },
      },
    }).files();
    const registration = (machine: string) =>
      documents(output, machine, '/etc/groundwork/kubeadm.conf')[0].nodeRegistration;
    expect(registration('cp-1').kubeletExtraArgs).toContainEqual({
      name: 'node-labels',
      value:
        'node.kubernetes.io/disk=nvme,topology.kubernetes.io/region=oslo-1,topology.kubernetes.io/zone=oslo-1',
    });
    expect(registration('cp-1')).not.toHaveProperty('taints');
    expect(registration('w-1')).toMatchObject({
      taints: [{ key: 'example.no/gpu', effect: 'NoSchedule' }],
      imagePullSerial: false,
      kubeletExtraArgs: [
        { name: 'node-ip', value: '10.20.0.21' },
        {
          name: 'node-labels',
          value:
            'example.no/rack=r1,topology.kubernetes.io/region=oslo-1,topology.kubernetes.io/zone=oslo-1',
        },
        { name: 'root-dir', value: '/srv/kubelet' },
      ],
    });
  });
});

describe('the kubelet', () => {
  const DROP_IN = '/etc/groundwork/kubelet.conf.d/50-machine.conf';

  test('keeps back what its machine can spare', () => {
    const files = rendered().files();
    // 8 cores and 16 GiB: 60+10+5+5+4×2.5 thousandths and 255 + 110×11 MiB; a worker of 2 GiB gives a quarter.
    expect(documents(files, 'cp-1', DROP_IN)[0]).toMatchObject({
      kubeReserved: { cpu: '90m', memory: '1465Mi' },
      systemReserved: { cpu: '80m', memory: '819Mi' },
    });
    expect(documents(files, 'w-1', DROP_IN)[0]).toMatchObject({
      kubeReserved: { cpu: '70m', memory: '512Mi' },
      systemReserved: { cpu: '50m', memory: '102Mi' },
    });
    expect(documents(files, 'w-1', DROP_IN).flatMap(unknownFields)).toEqual([]);
  });

  test('reads that file where kubeadm does not reach, also when nothing is known of the machine', () => {
    const bare = Machine.worker('w-2', { zone: 'oslo-1', address: '10.20.0.22' });
    const files = oslo({ machines: [...machines, bare] }).files();
    expect(documents(files, 'w-2', DROP_IN)[0]).toEqual({
      apiVersion: 'kubelet.config.k8s.io/v1beta1',
      kind: 'KubeletConfiguration',
    });
    expect(
      unpacked(files, 'w-2', '/etc/systemd/system/kubelet.service.d/10-kubeadm.conf'),
    ).toContain(
      '--config=/var/lib/kubelet/config.yaml --config-dir=/etc/groundwork/kubelet.conf.d"',
    );
  });

  test('serving certificates: the approver is named, API servers verify, and the note is gone', () => {
    const { cluster, files } = rendered({
      kubelet: { servingCertificates: { approver: 'kubelet-csr-approver' } },
    });
    const [, document, kubelet] = documents(files(), 'cp-1', '/etc/groundwork/kubeadm.conf');
    expect(kubelet.serverTLSBootstrap).toBe(true);
    expect(args(document.apiServer)['kubelet-certificate-authority']).toBe(
      '/etc/kubernetes/pki/ca.crt',
    );
    expect(cluster).not.toHaveFinding('GW-NODE-005');
  });

  test('leaves at upstream what is right there', () => {
    const [, , kubelet] = documents(rendered().files(), 'cp-1', '/etc/groundwork/kubeadm.conf');
    // 0, true, none, true: a value of ours could only be wrong
    for (const field of [
      'readOnlyPort',
      'failSwapOn',
      'evictionSoft',
      'rotateCertificates',
      'maxPods',
    ]) {
      expect(kubelet).not.toHaveProperty(field);
    }
    expect(unknownFields(kubelet)).toEqual([]);
  });
});

import { ApiObject, App, Chart, Duration, Size } from 'cdk8s';
import { parseAllDocuments } from 'yaml';
import { TunedFlannel } from '../../lib';
import { componentFlags, kubernetesGates, kubernetesMinors } from '../../lib/catalog';
import { NodeBootstrap, TlsMinVersion, type NodeBootstrapOptions } from '../../lib/node';
import { controlPlaneRules } from '../../lib/node/control-plane/rules';
import { flagFate } from '../../lib/node/control-plane/flags';
import { patchFault } from '../../lib/node/control-plane/patches';
import { osloPlane } from '../control-plane/oslo-plane';
import { osloCluster } from '../support/oslo';
import { kubeadmChecks } from './kubeadm-checks';
import { messages, oslo } from './support';

const thrown = (options: NodeBootstrapOptions, changes = {}) => {
  try {
    oslo(changes, options);
  } catch (error) {
    return (error as Error).message.split('\n').map((line) => line.replace('[nodes] ', ''));
  }
  return [];
};

describe('what broke clusters', () => {
  test.each(kubeadmChecks.map((check) => [check.title, check] as const))('%s', (_title, check) => {
    expect([check.throws, check.rules, check.impossible].some((way) => way !== undefined)).toBe(
      true,
    );
    if (check.throws !== undefined) {
      expect(check.throws[0]).toThrow(check.throws[1]);
    }
    if (check.rules !== undefined) {
      const known = controlPlaneRules.map(({ id }) => id);
      expect(known).toEqual(expect.arrayContaining(check.rules[0]));
      expect(check.rules[1]()).not.toEqual([]);
    }
    check.impossible?.[1]();
  });
});

describe('flags', () => {
  const api = (flags: Record<string, string>) =>
    thrown({ controlPlane: { apiServerExtraArgs: flags } });

  test.each([
    [
      { '--event-ttl': '2h' },
      'controlPlane.apiServerExtraArgs.--event-ttl must be a flag without leading hyphens, got --event-ttl; write the name alone',
    ],
    [
      { eventTTL: '2h' },
      'controlPlane.apiServerExtraArgs.eventTTL must be a flag of kube-apiserver 1.36, got eventTTL; it is spelt event-ttl',
    ],
    [
      { 'etcd-servers': 'https://x' },
      'controlPlane.apiServerExtraArgs.etcd-servers must be left out, got https://x; kubeadm sets it from the facts of the cluster',
    ],
    [
      { 'audit-log-maxage': '1' },
      'controlPlane.apiServerExtraArgs.audit-log-maxage must be left out, got 1; the prop auditLog sets it',
    ],
    [
      { 'service-node-port-range': '20000-30000' },
      'controlPlane.apiServerExtraArgs.service-node-port-range must be left out, got 20000-30000; firewall, network plugin and reserved ports of the machines go by 30000-32767',
    ],
    [
      { 'anonymous-auth': 'false' },
      'controlPlane.apiServerExtraArgs.anonymous-auth must be left out, got false; probes and joining machines have no credentials; the prop anonymousAnywhere says where else none are needed',
    ],
    [
      { 'oidc-issuer-url': 'https://id.example.no' },
      'controlPlane.apiServerExtraArgs.oidc-issuer-url must be left out, got https://id.example.no; the API server does not start with it beside its authentication file; set anonymousAnywhere and give authentication-config a file of your own that is in apiServerMounts',
    ],
    [
      { 'enable-admission-plugins': 'AlwaysPullImages' },
      'controlPlane.apiServerExtraArgs.enable-admission-plugins must be a list with NodeRestriction, got AlwaysPullImages; it replaces the list of kubeadm as a whole',
    ],
    [
      { 'authorization-mode': 'Node,RBAC,AlwaysAllow' },
      'controlPlane.apiServerExtraArgs.authorization-mode must be a list without AlwaysAllow, got Node,RBAC,AlwaysAllow; the cluster relies on it being the other way',
    ],
    [
      { 'tls-cipher-suites': 'TLS_AES_128_GCM_SHA256' },
      'controlPlane.apiServerExtraArgs.tls-cipher-suites must be left out, got TLS_AES_128_GCM_SHA256; TLS 1.3 has no choice of ciphers; set tlsMinVersion to TLS_1_2 with it',
    ],
    [
      { 'event-ttl': '2h\n- --insecure' },
      'controlPlane.apiServerExtraArgs.event-ttl must be one line, got 2h',
    ],
  ])('%j of the API server', (flags, message) => {
    expect(api(flags as Record<string, string>)[0]).toBe(message);
  });

  test('what a prop does not set is free again, and lists may grow', () => {
    expect(
      thrown({
        controlPlane: {
          auditLog: { enabled: false },
          tlsMinVersion: TlsMinVersion.TLS_1_2,
          anonymousAnywhere: true,
          apiServerExtraArgs: {
            'audit-log-path': '-',
            'oidc-issuer-url': 'https://id.example.no',
            'tls-cipher-suites': 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
            'enable-admission-plugins': 'NodeRestriction,AlwaysPullImages',
          },
          controllerManagerExtraArgs: { 'bind-address': '0.0.0.0' },
          schedulerExtraArgs: { 'bind-address': '0.0.0.0' },
        },
      }),
    ).toEqual([]);
  });

  test('the other programs have their own', () => {
    expect(
      thrown({
        controlPlane: {
          controllerManagerExtraArgs: {
            'leader-elect': 'false',
            'node-cidr-mask-size': '25',
            controllers: '*',
          },
          schedulerExtraArgs: { 'event-ttl': '1h' },
        },
        kubelet: {
          extraArgs: { 'node-ip': '10.0.0.1', 'max-pods': '200', 'pod-infra-container-image': 'x' },
        },
      }),
    ).toEqual([
      'controlPlane.controllerManagerExtraArgs.controllers must be a list with bootstrapsigner and tokencleaner, got *; it replaces the list of kubeadm as a whole',
      'controlPlane.controllerManagerExtraArgs.leader-elect must be left out, got false; three of them would work against each other',
      'controlPlane.controllerManagerExtraArgs.node-cidr-mask-size must be left out, got 25; pod networks are checked and routed in blocks of /24 and /64',
      'controlPlane.schedulerExtraArgs.event-ttl must be a flag of kube-scheduler 1.36, got event-ttl; the component would not start; look in its reference for this minor',
      'kubelet.extraArgs.max-pods must be left out, got 200; it belongs into the configuration of the kubelet and is deprecated as a flag',
      'kubelet.extraArgs.node-ip must be left out, got 10.0.0.1; the bootstrap sets it on every machine',
      'kubelet.extraArgs.pod-infra-container-image must be a flag of kubelet 1.36, got pod-infra-container-image; the component would not start; look in its reference for this minor',
    ]);
  });

  test('every flag that we set is one that every minor knows', () => {
    const { cluster } = oslo({}, { kubelet: { servingCertificates: { approver: 'x' } } });
    const [, document] = documentsOf(
      cluster._summary('nodes')!.files()['nodes/cp-1/files/etc/groundwork/kubeadm.conf']!,
    );
    const names = {
      apiServer: 'kube-apiserver',
      controllerManager: 'kube-controller-manager',
      scheduler: 'kube-scheduler',
    } as const;
    for (const minor of Object.keys(kubernetesMinors)) {
      for (const [component, program] of Object.entries(names)) {
        const { known, deprecated } = componentFlags(minor, program);
        // The scheduler would rather have its whole configuration in a file; kubeadm gives it none.
        const outdated = deprecated.filter(
          (flag) => program !== 'kube-scheduler' || flag !== 'profiling',
        );
        const flags: string[] = document[component].extraArgs.map((arg: any) => arg.name);
        expect(flags.filter((flag) => !known.includes(flag) || outdated.includes(flag))).toEqual(
          [],
        );
      }
      const { known } = componentFlags(minor, 'kubelet');
      expect(known).toEqual(
        expect.arrayContaining([
          'config',
          'config-dir',
          'kubeconfig',
          'bootstrap-kubeconfig',
          'node-ip',
          'node-labels',
        ]),
      );
      expect(known).not.toContain('pod-infra-container-image');
    }
  });

  test('what becomes of a flag', () => {
    expect(flagFate('1.36', 'kube-apiserver', 'apiserver-count')).toBe('is deprecated in 1.36');
    expect(flagFate('1.36', 'kube-apiserver', 'event-ttl')).toBeUndefined();
    expect(flagFate('1.35', 'kube-apiserver', 'no-such')).toBe('is not in 1.36 any more');
    expect(flagFate('1.37', 'kube-apiserver', 'event-ttl')).toBeUndefined();
  });
});

describe('other options', () => {
  test('sizes, numbers and names', () => {
    expect(
      thrown({
        controlPlane: {
          auditLog: { maxAgeDays: 0, maxBackups: 1001 },
          encryptionAtRest: { resources: ['*.*'] },
          podSecurity: { exemptNamespaces: ['No'] },
          certificateValidityPeriod: Duration.days(3650),
          timeouts: { discovery: Duration.hours(2) },
          apiServerMounts: ['etc/x', '/a', '/a'],
        },
        kubelet: {
          containerLogMaxFiles: 1,
          maxParallelImagePulls: 0,
          podPidsLimit: 0,
          featureGates: { NoSuchGate: true },
          servingCertificates: { approver: ' ' },
          kubeReserved: { cpuMillis: -1 },
        },
      }),
    ).toEqual([
      'controlPlane.auditLog.maxAgeDays must be between 1 and 3650, got 0; 0 would keep files for ever',
      'controlPlane.auditLog.maxBackups must be between 1 and 1000, got 1001; 0 would keep files until they are too old, however many',
      'controlPlane.encryptionAtRest.resources must be names such as secrets or widgets.example.no, got *.*; write the plural in lower case, with the group after a dot; wildcards make every write of leases slower',
      'controlPlane.podSecurity.exemptNamespaces must be names of namespaces, got No; RFC 1123 labels',
      'controlPlane.apiServerMounts must be absolute paths, got etc/x; letters, digits, dots, hyphens and underscores, no slash at the end',
      'controlPlane.apiServerMounts must be named once each, got /a; remove one of the two',
      'controlPlane.certificateValidityPeriod must be whole hours, between 90 and 365 days, got 3650 days; kubeadm advises against more than a year; they are renewed with 45 days left',
      'controlPlane.timeouts.discovery (seconds) must be between 1 and 3600, got 7200; give whole seconds, an hour at most',
      'kubelet.featureGates must be gates of Kubernetes 1.36, got NoSuchGate; a kubelet does not start with a gate that it does not know; gates go when their feature is settled',
      'kubelet.kubeReserved.cpuMillis must be between 0 and 64000, got -1; thousandths of a core',
      'kubelet.containerLogMaxFiles must be between 2 and 100, got 1; the kubelet refuses less than two',
      'kubelet.maxParallelImagePulls must be between 1 and 50, got 0; 1 pulls one after the other',
      'kubelet.podPidsLimit must be between 64 and 1048576, got 0; -1 means no limit',
      'kubelet.servingCertificates.approver must be the name of what approves requests in the cluster, got nothing; kubeadm brings none; leave servingCertificates out for self-signed ones',
    ]);
    expect(thrown({ controlPlane: { auditLog: { maxSize: Size.kibibytes(1500) } } })).toEqual([
      'controlPlane.auditLog.maxSize (MiB) must be a whole number between 1 and 4096, got 1.46484375; give whole MiB',
    ]);
    expect(
      thrown({ controlPlane: { certificateValidityPeriod: Duration.minutes(100 * 24 * 60 + 90) } }),
    ).toEqual([
      'controlPlane.certificateValidityPeriod must be whole hours, between 90 and 365 days, got 100.0625 days; kubeadm advises against more than a year; they are renewed with 45 days left',
    ]);
    expect(thrown({ controlPlane: { encryptionAtRest: { resources: [] } } })).toEqual([
      'controlPlane.encryptionAtRest.resources must be at least one resource, got nothing; set enabled to false to encrypt nothing',
    ]);
  });

  test('labels that a kubelet may not give itself', () => {
    const labels = (workerLabels: Record<string, string>) => thrown({ kubelet: { workerLabels } });
    expect(labels({ 'node-role.kubernetes.io/worker': '' })).toEqual([
      'kubelet.workerLabels must be labels that a kubelet may give itself, got node-role.kubernetes.io/worker; it would not start; set roles with kubectl label node, or use a prefix of your own',
    ]);
    expect(labels({ 'topology.kubernetes.io/zone': 'b' })).toEqual([
      'kubelet.workerLabels must be without region and zone, got topology.kubernetes.io/zone; they are facts of the zone',
    ]);
    expect(labels({ 'a b': 'c' })).toEqual([
      'kubelet.workerLabels must be label keys and values as Kubernetes spells them, got a b=c; for example example.no/rack: r1',
    ]);
    expect(
      labels({ 'node.kubernetes.io/x': 'y', 'team.kubelet.kubernetes.io/z': '', rack: 'r1' }),
    ).toEqual([]);
  });

  test('a machine keeps something for pods', () => {
    const said = thrown({
      kubelet: { kubeReserved: { memory: Size.mebibytes(15500), cpuMillis: 7950 } },
    });
    expect(said.slice(0, 2)).toEqual([
      `kubelet reservations of machine cp-1 must be less than its 16384 MiB, got ${15500 + 819 + 100} MiB; lower the memory of kubeReserved and systemReserved; pods need the rest`,
      'kubelet reservations of machine cp-1 must be less than its 8 CPUs, got 8030 thousandths; lower the CPU of kubeReserved and systemReserved; pods need the rest',
    ]);
  });
});

describe('rules', () => {
  test('GW-NODE-020: names of patches, by what kubeadm takes', () => {
    const fault = (name: string, targets = ['etcd', 'kube-apiserver', 'kubeletconfiguration']) =>
      patchFault(`/etc/groundwork/patches/${name}`, targets);
    expect(
      ['etcd0+strategic.conf', 'etcd.conf', 'kube-apiserver10+json.conf'].map((n) => fault(n)),
    ).toEqual([undefined, undefined, undefined]);
    expect(fault('etcd0+strategic.manifest')).toBe(
      'the name must be <target><number>+<strategic|merge|json>.conf',
    );
    expect(fault('etcd0+replace.conf')).toBe('the kind must be strategic, merge or json');
    expect(fault('kubeproxydaemonset0.conf')).toBe(
      'kubeadm knows etcd, kube-apiserver, kubeletconfiguration',
    );
  });

  test('GW-NODE-024: pods that the label of their namespace refuses, else the default unless it is exempt', () => {
    const app = new App();
    const cluster = osloCluster(app);
    const chart = new Chart(app, 'own');
    const pod = (id: string, namespace: string, spec: object, kind = 'DaemonSet') =>
      new ApiObject(chart, id, {
        apiVersion: 'apps/v1',
        kind,
        metadata: { name: id, namespace },
        spec: kind === 'Pod' ? spec : { template: { spec } },
      });
    pod('speaker', 'metallb-system', { hostNetwork: true, containers: [] });
    pod('agent', 'monitoring', { volumes: [{ name: 'root', hostPath: { path: '/' } }] }, 'Pod');
    pod(
      'tool',
      'default',
      { containers: [{ name: 'x', securityContext: { privileged: true } }] },
      'Deployment',
    );
    pod('edge', 'open', { containers: [{ name: 'x', ports: [{ hostPort: 80 }] }] });
    pod(
      'web',
      'shop',
      { containers: [{ name: 'x', ports: [{ containerPort: 80 }] }] },
      'Deployment',
    );
    pod('cni', 'kube-system', { hostNetwork: true });
    new ApiObject(chart, 'open', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'open', labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
    });
    pod('ids', 'guarded', { hostPID: true });
    new ApiObject(chart, 'guarded', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'guarded', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
    });
    new NodeBootstrap(app, 'nodes', {
      cluster,
      controlPlane: { podSecurity: { exemptNamespaces: ['monitoring'] } },
    });
    expect(messages(cluster, 'GW-NODE-024')).toEqual([
      'DaemonSet guarded/ids is refused by Pod Security restricted: hostPID',
      'DaemonSet metallb-system/speaker is refused by Pod Security baseline: hostNetwork',
      'Deployment default/tool is refused by Pod Security baseline: privileged container x',
    ]);
  });

  test('flannel and its own namespace pass too', () => {
    const { cluster } = osloPlane(new App(), { cni: TunedFlannel.configure() });
    expect(messages(cluster, 'GW-NODE-024')).toEqual([]);
  });

  test('every namespace of the flagship says itself what its pods may do', () => {
    const app = new App();
    const { cluster } = osloPlane(app);
    const namespaces = app.node
      .findAll()
      .filter((each) => ApiObject.isApiObject(each))
      .map((each) => each.toJson())
      .filter(({ kind }) => kind === 'Namespace');
    expect(namespaces.length).toBeGreaterThan(1);
    for (const { metadata } of namespaces) {
      expect(Object.keys(metadata.labels)).toContain('pod-security.kubernetes.io/enforce');
    }
    expect(messages(cluster, 'GW-NODE-024')).toEqual([]);
  });
});

describe('feature gates', () => {
  test('those of a minor, and no settled ones', () => {
    expect(kubernetesGates('1.36')).toContain('GracefulNodeShutdownBasedOnPodPriority');
    expect(kubernetesGates('1.36')).not.toContain('KubeProxyIPVS');
    expect(
      thrown({ kubelet: { featureGates: { GracefulNodeShutdownBasedOnPodPriority: true } } }),
    ).toEqual([]);
  });
});

function documentsOf(text: string): any[] {
  return parseAllDocuments(text).map((d) => d.toJS());
}

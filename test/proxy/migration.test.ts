import { Chart } from 'cdk8s';
import { parseAllDocuments } from 'yaml';
import {
  ApiEndpoint,
  CniKind,
  GroundworkApp,
  IptablesKubeProxy,
  IpvsKubeProxy,
  KubeProxyCleaner,
  KubeProxyMigration,
  KubeProxyMode,
  KubeProxyNames,
  Machine,
  NftablesKubeProxy,
  Cluster,
  type ClusterProps,
  type KubeProxyMigrationOptions,
} from '../../lib';
import { osloPlane } from '../control-plane/oslo-plane';
import { osloCluster, osloMachine, osloProps } from '../support/oslo';
import { validateStrictly } from '../support/strict-schema';
import { tempApp, tempDir } from '../support/temp-app';
import { describeWithUpstream } from '../support/upstream';
import { errorOf } from './support';

const { IPTABLES, IPVS, NFTABLES, NONE } = KubeProxyMode;

function migrate(options: KubeProxyMigrationOptions, facts: Partial<ClusterProps> = {}) {
  const chart = new Chart(tempApp(), 'oslo');
  const cluster: Cluster = osloCluster(chart, facts);
  return new KubeProxyMigration(chart, 'migration', { cluster, ...options });
}

const jobs = (migration: KubeProxyMigration): any[] =>
  parseAllDocuments(migration.cleanupManifest()).map((document) => document.toJS());

describe('what stays behind', () => {
  // Written from platformCleanup of kube-proxy, not from the code under test: it deletes nft tables when
  // it starts in a mode of iptables, and iptables and IPVS leftovers when it starts in nftables mode.
  test.each<[KubeProxyMode, KubeProxyMode, KubeProxyCleaner]>([
    [IPTABLES, NFTABLES, KubeProxyCleaner.NEW_KUBE_PROXY],
    [IPVS, NFTABLES, KubeProxyCleaner.NEW_KUBE_PROXY],
    [NFTABLES, IPTABLES, KubeProxyCleaner.NEW_KUBE_PROXY],
    [NFTABLES, IPVS, KubeProxyCleaner.NEW_KUBE_PROXY],
    [IPTABLES, IPVS, KubeProxyCleaner.CLEANUP_JOB],
    [IPVS, IPTABLES, KubeProxyCleaner.CLEANUP_JOB],
    [IPTABLES, NONE, KubeProxyCleaner.CLEANUP_JOB],
    [NFTABLES, NONE, KubeProxyCleaner.CLEANUP_JOB],
  ])('from %s to %s is taken away by the %s', (from, to, cleaner) => {
    const migration = migrate({ from, to });
    const others = migration
      .leftovers()
      .map(({ cleanedBy }) => cleanedBy)
      .filter((cleanedBy) => cleanedBy !== KubeProxyCleaner.RESTART);
    expect(new Set(others)).toEqual(new Set([cleaner]));
    const byHand = cleaner === KubeProxyCleaner.CLEANUP_JOB;
    expect(migration.needsCleanup).toBe(byHand);
    expect(jobs(migration)).toHaveLength(byHand ? 3 : 0);
    expect(migration.runbook().includes('report/kube-proxy-cleanup.manifest')).toBe(byHand);
  });

  test('IPVS leaves sysctls that only a restart takes away, whatever comes next', () => {
    for (const to of [IPTABLES, NFTABLES]) {
      const subjects = migrate({ from: IPVS, to })
        .leftovers()
        .filter(({ cleanedBy }) => cleanedBy === KubeProxyCleaner.RESTART)
        .map(({ subject }) => subject);
      expect(subjects).toEqual([
        'net.ipv4.conf.all.arp_ignore and arp_announce, where strictARP was true',
        'module ip_vs with net.ipv4.vs.*',
      ]);
    }
  });
});

describe('the Jobs', () => {
  const migration = () => migrate({ from: IPVS, to: IPTABLES }, { imagePullSecrets: ['mirror'] });

  test('one for each machine, waiting, with all rights and no credentials', () => {
    const found = jobs(migration());
    expect(found.map((job) => job.metadata.name)).toEqual([
      'kube-proxy-cleanup-cp-1',
      'kube-proxy-cleanup-cp-2',
      'kube-proxy-cleanup-cp-3',
    ]);
    for (const [index, { spec, metadata }] of found.entries()) {
      expect(metadata.namespace).toBe('kube-system');
      expect(spec.suspend).toBe(true);
      const pod = spec.template.spec;
      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        hostNetwork: true,
        restartPolicy: 'Never',
        nodeSelector: { 'kubernetes.io/hostname': `cp-${index + 1}` },
        tolerations: [{ operator: 'Exists' }],
        imagePullSecrets: [{ name: 'mirror' }],
      });
      expect(pod.containers).toHaveLength(1);
      expect(pod.containers[0]).toMatchObject({
        image: 'registry.k8s.io/kube-proxy:v1.36.4',
        command: ['/usr/local/bin/kube-proxy', '--cleanup'],
        securityContext: { privileged: true },
      });
      const mounted = pod.containers[0].volumeMounts.map((m: any) => m.name);
      expect(mounted).toEqual(pod.volumes.map((v: any) => v.name));
    }
  });

  test('a long name of a machine still makes a label', () => {
    const long = 'c'.repeat(60);
    const machines = [
      osloMachine(1),
      Machine.worker(long, { zone: 'oslo-1', address: '10.20.0.21' }),
    ];
    const found = jobs(migrate({ from: IPVS, to: IPTABLES }, { machines }));
    expect(found.map((job) => job.metadata.name)).toEqual([
      'kube-proxy-cleanup-cp-1',
      'kube-proxy-cleanup-machine-2',
    ]);
    expect(found[1].spec.template.spec.nodeSelector).toEqual({ 'kubernetes.io/hostname': long });
  });

  test('take another image', () => {
    const [job] = jobs(migrate({ from: IPVS, to: IPTABLES, image: 'mirror.example.no/kp:v1' }));
    expect(job.spec.template.spec.containers[0].image).toBe('mirror.example.no/kp:v1');
  });

  describeWithUpstream('the API server', () => {
    test.each(['1.35', '1.36'])('of %s accepts every field', (minor) => {
      expect(jobs(migration()).flatMap((job) => validateStrictly(job, minor))).toEqual([]);
    });
  });
});

describe('the runbook', () => {
  const steps = (text: string) => text.split('\n').filter((line) => /^\d+\. /.test(line));

  test('within the packet filter of the old mode: apply, then machine by machine', () => {
    const text = migrate({ from: IPVS, to: IPTABLES }, { cni: CniKind.CALICO }).runbook();
    expect(text.split('\n')[0]).toBe('# kube-proxy of oslo: from ipvs to iptables');
    expect(steps(text).map((line) => line.slice(0, 44))).toEqual([
      '1. See that all is well now: `kubectl -n kub',
      '2. Apply `00-kube-proxy.k8s.yaml` and wait: ',
      '3. Felix starts itself again when `kube-ipvs',
      '4. `kubectl apply -f report/kube-proxy-clean',
      '5. One machine after another:',
      '6. `kubectl delete -f report/kube-proxy-clea',
      '7. `kubectl -n kube-system logs daemonset/ku',
    ]);
    expect(text).toContain('   - cp-2: `kube-proxy-cleanup-cp-2`\n');
    expect(text).toContain(
      'delete pod -l k8s-app=kube-proxy --field-selector spec.nodeName=<machine>',
    );
  });

  test('to another packet filter: the plugin follows at once, and nothing is cleaned by hand', () => {
    const calico = migrate({ from: IPVS, to: NFTABLES }, { cni: CniKind.CALICO }).runbook();
    expect(steps(calico)).toHaveLength(4);
    expect(calico).toContain('Apply the phases `10-cni-operator` and `20-cni` at once');
    const flannel = migrate({ from: IPVS, to: NFTABLES }, { cni: CniKind.FLANNEL }).runbook();
    expect(flannel).toContain('Apply the phase `20-cni` at once');
    expect(migrate({ from: IPVS, to: NFTABLES }).runbook()).toContain(
      'Change the packet filter of the network plugin, if it has one.',
    );
    expect(migrate({ from: IPVS, to: IPTABLES }, { cni: CniKind.FLANNEL }).runbook()).not.toContain(
      '20-cni',
    );
  });

  test('to no kube-proxy: delete, let the plugin serve, clean', () => {
    const text = migrate({ from: IPTABLES, to: NONE }, { cni: CniKind.CALICO }).runbook();
    expect(steps(text).map((line) => line.slice(0, 44))).toEqual([
      '1. See that all is well now: `kubectl -n kub',
      '2. Delete kube-proxy: `kubectl -n kube-syste',
      '3. Apply the phases of the network plugin, w',
      '4. `kubectl apply -f report/kube-proxy-clean',
      '5. One machine after another:',
      '6. `kubectl delete -f report/kube-proxy-clea',
      '7. A pod reaches `kubernetes.default`, a nam',
    ]);
    expect(text).not.toContain('00-kube-proxy');
    expect(text).not.toContain('delete pod');
  });

  test('names: what runs under another name goes first', () => {
    const chart = new Chart(tempApp(), 'oslo');
    const cluster = osloCluster(chart);
    const migration = new KubeProxyMigration(chart, 'migration', {
      cluster,
      from: IPVS,
      to: NFTABLES,
      previousDaemonSet: 'kube-proxy-ipvs',
    });
    // Created later, and still in the text.
    new NftablesKubeProxy(chart, 'kube-proxy', { cluster, names: KubeProxyNames.OWN });
    const text = migration.runbook();
    expect(text).toContain('delete daemonset kube-proxy-ipvs`');
    expect(text).toContain('rollout status daemonset/kube-proxy-nftables`');
    expect(migrate({ from: IPVS, to: NFTABLES }).runbook()).not.toContain('delete daemonset');
  });
});

test('machines of others: kubeadm is told before kube-proxy goes for good', () => {
  const chart = new Chart(tempApp(), 'oslo');
  const foreign = Cluster.fromFacts(chart, 'cluster', { ...osloProps(), clusterName: 'oslo' });
  const runbook = (cluster: Cluster, id: string) =>
    new KubeProxyMigration(new Chart(tempApp(), id), 'm', {
      cluster,
      from: IPTABLES,
      to: NONE,
    }).runbook();
  expect(runbook(foreign, 'a')).toMatch(
    /\n2\. Tell kubeadm that there is none.*\n3\. Delete kube-proxy: /,
  );
  expect(runbook(osloCluster(), 'b')).not.toContain('kubeadm-config');
});

describe('options', () => {
  test.each<[KubeProxyMigrationOptions, string]>([
    [
      { from: NONE, to: IPVS },
      'from must be one of iptables, ipvs, nftables, got none; name the mode whose rules are on the machines now',
    ],
    [
      { from: IPVS, to: IPVS },
      'to must be one of iptables, nftables, none, got ipvs; name the mode that is to run, or create the proxy before this construct',
    ],
    [
      { from: IPVS, to: NONE },
      'to must be iptables or nftables, from ipvs, got none; restart every machine there and go on to none after that: what IPVS leaves behind can lock a machine out under BPF',
    ],
    [
      { from: IPVS },
      'to must be one of iptables, nftables, none, got nothing; name the mode that is to run, or create the proxy before this construct',
    ],
    [
      { from: IPVS, to: NFTABLES, previousDaemonSet: 'kube_proxy' },
      'previousDaemonSet must be an RFC 1123 name, got kube_proxy; copy it from `kubectl -n kube-system get daemonsets`',
    ],
    [
      { from: IPVS, to: NFTABLES, image: 'kube-proxy' },
      'image must be a full reference with a tag or a digest, got kube-proxy; write registry/repository:tag',
    ],
  ])('%j is refused', (options, message) => {
    expect(errorOf(() => migrate(options))).toBe(`[oslo/migration] ${message}`);
  });

  test('the mode to come is that of the cluster', () => {
    expect(migrate({ from: IPVS }, { kubeProxyMode: NFTABLES }).to).toBe(NFTABLES);
    expect(errorOf(() => migrate({ from: IPVS, to: IPTABLES }, { kubeProxyMode: NFTABLES }))).toBe(
      '[oslo/migration] cluster.kubeProxyMode must be iptables for this construct, got nftables; change the fact or use the construct for nftables',
    );
  });
});

describe('GroundworkApp', () => {
  const files = (from: KubeProxyMode, kubeProxy = IpvsKubeProxy.configure()) => {
    const app = new GroundworkApp({ outdir: tempDir() });
    const plane = osloPlane(app, {
      kubeProxy,
      endpoint: ApiEndpoint.external({ dnsName: 'api.oslo.example' }),
    });
    new KubeProxyMigration(plane, 'migration', { cluster: plane.cluster, from });
    return { plane, all: app.files() };
  };

  test('writes the runbook and the Jobs where nothing applies them', () => {
    const { all } = files(IPTABLES);
    expect(Object.keys(all)).toEqual(
      expect.arrayContaining([
        'report/kube-proxy-migration.md',
        'report/kube-proxy-cleanup.manifest',
      ]),
    );
    const applied = Object.entries(all).filter(([file]) => /\.(yaml|sh)$/.test(file));
    expect(applied.filter(([, text]) => text.includes('--cleanup'))).toEqual([]);
    expect(all['apply.sh']).not.toContain('kube-proxy-cleanup');
  });

  test('writes no Jobs where the new kube-proxy cleans up', () => {
    const { all } = files(IPVS, NftablesKubeProxy.configure());
    expect(Object.keys(all)).toContain('report/kube-proxy-migration.md');
    expect(Object.keys(all)).not.toContain('report/kube-proxy-cleanup.manifest');
  });

  test('a second migration is refused', () => {
    const { plane } = files(IPVS, IptablesKubeProxy.configure());
    const { cluster } = plane;
    expect(errorOf(() => new KubeProxyMigration(plane, 'again', { cluster, from: IPVS }))).toBe(
      '[oslo/again] report/kube-proxy-migration.md must be written by one construct, got another one that writes it; remove one of the two',
    );
  });
});

import { run } from '@bufbuild/cel';
import { ApiObject, Chart, Duration, type App } from 'cdk8s';
import { parse, parseAllDocuments } from 'yaml';
import {
  FluxSourceKind,
  GitOps,
  GroundworkApp,
  HardenedNginxIngress,
  MetalLb,
  NginxController,
  type NvmeControlPlaneProps,
} from '../../lib';
import type { Manifest } from '../../lib/cluster';
import { forArgo } from '../../lib/control-plane/gitops/argo';
import { osloPlane } from './oslo-plane';
import { tempDir } from '../support/temp-app';

const balanced: Partial<NvmeControlPlaneProps> = {
  loadBalancer: MetalLb.configure({
    pools: [{ name: 'edge', addresses: ['10.20.0.200-10.20.0.219'] }],
  }),
};

function rendered(gitops?: GitOps, more?: (app: App) => void): Record<string, string> {
  const app = new GroundworkApp({ outdir: tempDir(), gitops });
  osloPlane(app, balanced);
  more?.(app);
  return app.files();
}

function shop(app: App): void {
  const chart = new Chart(app, 'shop');
  const object = (id: string, annotations?: Record<string, string>) =>
    new ApiObject(chart, id, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: id, annotations },
    });
  object('plain');
  object('early', { 'argocd.argoproj.io/sync-wave': '-1' });
  object('hook', { 'argocd.argoproj.io/hook': 'PreSync' });
}

const isManifest = (path: string) => path.endsWith('.k8s.yaml');
const objectsIn = (text: string) => parseAllDocuments(text).map((one) => one.toJS());

describe('for Argo CD', () => {
  const files = rendered(GitOps.argo(), shop);
  const annotationsOf = (file: string, kind: string) =>
    objectsIn(files[file]!).find((one) => one.kind === kind).metadata.annotations;

  test('the wave of an object is the number of its phase', () => {
    const phases = Object.keys(files).filter((file) => /^\d\d-.*\.k8s\.yaml$/.test(file));
    expect(phases.length).toBeGreaterThan(6);
    for (const file of phases) {
      const waves = objectsIn(files[file]!).map(
        ({ metadata }) => metadata.annotations['argocd.argoproj.io/sync-wave'],
      );
      expect(new Set(waves)).toEqual(new Set([String(Number(file.slice(0, 2)))]));
    }
  });

  test('custom resources skip the dry run, the network is never deleted', () => {
    const options = 'argocd.argoproj.io/sync-options';
    expect(annotationsOf('20-cni.k8s.yaml', 'Installation')[options]).toBe(
      'Delete=false,Prune=false,ServerSideApply=true,SkipDryRunOnMissingResource=true',
    );
    expect(annotationsOf('00-kube-proxy.k8s.yaml', 'DaemonSet')[options]).toBe(
      'Delete=false,Prune=false,ServerSideApply=true',
    );
    expect(annotationsOf('50-ingress.k8s.yaml', 'Deployment')[options]).toBe(
      'ServerSideApply=true',
    );
    // With it would go the Secrets that somebody put there.
    expect(annotationsOf('50-ingress.k8s.yaml', 'Namespace')[options]).toBe(
      'Delete=false,Prune=false,ServerSideApply=true',
    );
  });

  test('without the two annotations every file has the same bytes as for nobody in particular', () => {
    const stripped = (text: string) =>
      text
        .replace(/^ {4}argocd\.argoproj\.io\/.*\n/gm, '')
        .replace(/^ {2}annotations:\n(?! {4})/gm, '');
    const plain = rendered();
    for (const file of Object.keys(plain).filter(isManifest)) {
      expect({ file, text: stripped(files[file]!) }).toEqual({ file, text: plain[file] });
    }
  });

  test.each([
    ['Namespace', true],
    ['CustomResourceDefinition', true],
    ['PersistentVolume', true],
    ['PersistentVolumeClaim', true],
    ['StorageClass', false],
  ])('of a phase that is pruned %s stays: %s', (kind, stays) => {
    const object: Manifest = { apiVersion: 'v1', kind, metadata: { name: 'a' } };
    const { annotations } = forArgo(object, '60-storage-policy').metadata!;
    const options = annotations!['argocd.argoproj.io/sync-options'];
    expect(options!.split(',').includes('Prune=false')).toBe(stays);
  });

  test('a Job that deletes itself is a hook, else it would be missed and made again for ever', () => {
    const job = (spec: object) => {
      const metadata: NonNullable<Manifest['metadata']> = { name: 'a' };
      return forArgo({ apiVersion: 'batch/v1', kind: 'Job', metadata, spec }, '50-ingress').metadata
        .annotations;
    };
    expect(job({ ttlSecondsAfterFinished: 0 })).toMatchObject({
      'argocd.argoproj.io/hook': 'Sync',
      'argocd.argoproj.io/sync-wave': '50',
    });
    expect(job({})).not.toHaveProperty(['argocd.argoproj.io/hook']);
  });

  test("a user's own chart comes after the network, unless it says when", () => {
    const wave = 'argocd.argoproj.io/sync-wave';
    const [early, hook, plain] = ['early', 'hook', 'plain'].map(
      (name) => objectsIn(files['shop.k8s.yaml']!).find((o) => o.metadata.name === name).metadata,
    );
    expect(plain.annotations).toEqual({ [wave]: '65' });
    expect(early.annotations).toEqual({ [wave]: '-1' });
    expect(hook.annotations).toEqual({ 'argocd.argoproj.io/hook': 'PreSync' });
  });

  test('apply.sh applies in the name of Argo CD, so that no field has two owners', () => {
    expect(files['apply.sh']).toContain('--field-manager=argocd-controller -f');
    expect(rendered()['apply.sh']).toContain('--field-manager=cdk8s-groundwork -f');
  });

  test('options that an object brings along stand', () => {
    const app = new GroundworkApp({ outdir: tempDir(), gitops: GitOps.argo() });
    const plane = osloPlane(app);
    const daemonSet = plane.node
      .findAll()
      .find((one): one is ApiObject => one instanceof ApiObject && one.kind === 'DaemonSet')!;
    daemonSet.metadata.addAnnotation('argocd.argoproj.io/sync-options', 'Prune=confirm');
    daemonSet.metadata.addAnnotation('argocd.argoproj.io/sync-wave', '3');
    const all = objectsIn(app.files()['00-kube-proxy.k8s.yaml']!);
    expect(all.find((one) => one.kind === 'DaemonSet').metadata.annotations).toMatchObject({
      'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=false,ServerSideApply=true',
      'argocd.argoproj.io/sync-wave': '3',
    });
  });
});

describe('for Flux', () => {
  const files = rendered(GitOps.flux({ path: 'clusters/oslo' }), shop);
  const kustomization = (phase: string) => parse(files[`flux/${phase}.yaml`]!);
  const order: string[] = parse(files['flux/kustomization.yaml']!).resources.map((file: string) =>
    file.replace('.yaml', ''),
  );

  test('every phase has a folder with the same bytes, and lists them', () => {
    const plain = rendered(undefined, shop);
    for (const file of Object.keys(plain).filter(isManifest)) {
      const folder = file === 'shop.k8s.yaml' ? '65-own-charts' : file.replace('.k8s.yaml', '');
      expect(files[`${folder}/${file}`]).toBe(plain[file]);
      const { patches, ...list } = parse(files[`${folder}/kustomization.yaml`]!);
      expect(list).toEqual({
        apiVersion: 'kustomize.config.k8s.io/v1beta1',
        kind: 'Kustomization',
        resources: [file],
      });
      expect(patches === undefined).toBe(folder !== '50-ingress');
    }
    expect(Object.keys(files).filter((file) => isManifest(file) && !file.includes('/'))).toEqual(
      [],
    );
  });

  test('each waits for the one before', () => {
    expect(order).toEqual([...order].sort());
    expect(order).toContain('65-own-charts');
    order.forEach((phase, n) => {
      const { metadata, spec } = kustomization(phase);
      expect(metadata).toMatchObject({ name: `oslo-${phase}`, namespace: 'flux-system' });
      expect(spec.dependsOn).toEqual(n === 0 ? undefined : [{ name: `oslo-${order[n - 1]}` }]);
      expect(spec).toMatchObject({
        path: `./clusters/oslo/${phase}`,
        interval: '10m',
        retryInterval: '1m',
        force: false,
        sourceRef: { kind: 'GitRepository', name: 'flux-system' },
      });
      expect(spec.wait).toBeUndefined();
    });
  });

  test('only what comes after the network is ever pruned', () => {
    const pruned = order.filter((phase) => kustomization(phase).spec.prune);
    expect(pruned).toEqual(['50-ingress', '65-own-charts']);
  });

  test('the namespace of what is pruned is not, for what others put into it', () => {
    const { patches } = parse(files['50-ingress/kustomization.yaml']!);
    expect(patches).toEqual([{ patch: expect.any(String), target: { kind: 'Namespace' } }]);
    expect(parse(patches[0].patch)).toEqual({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        annotations: { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' },
        name: expect.any(String),
      },
    });
  });

  test('apply.sh takes no Kustomization for an orphan: who deletes one loses what it applied', () => {
    const [, list = ''] = /<<'LIST'\n([^]*?)\nLIST\n/.exec(files['apply.sh']!) ?? [];
    const kustomizations = list.split('\n').filter((line) => line.includes(' Kustomization '));
    expect(kustomizations).toEqual(
      order.map((phase) => `kustomize.toolkit.fluxcd.io Kustomization flux-system/oslo-${phase}`),
    );
  });

  test('a name that Flux cannot write as a label is refused', () => {
    const clusterName = `a${'-long'.repeat(9)}`;
    const render = (changes: object) => {
      const app = new GroundworkApp({ outdir: tempDir(), gitops: GitOps.flux({ path: '.' }) });
      osloPlane(app, { ...balanced, ...changes });
      return app.files();
    };
    expect(() => render({ clusterName })).toThrow(
      `clusterName must be short enough for names of Kustomizations, which have 63 characters at most, got ${clusterName}-45-load-balancer-config (70); leave out 7 or more`,
    );
    const shorter = clusterName.slice(0, -7);
    expect(Object.keys(render({ clusterName: shorter }))).toContain('flux/20-cni.yaml');
  });

  test('health is what apply.sh waits for', () => {
    const checks = (phase: string) =>
      kustomization(phase).spec.healthChecks.map(
        (one: { kind: string; name: string }) => `${one.kind}/${one.name}`,
      );
    expect(checks('00-kube-proxy')).toEqual(['DaemonSet/kube-proxy']);
    expect(checks('10-cni-operator')).toEqual(
      expect.arrayContaining([
        'Deployment/tigera-operator',
        'CustomResourceDefinition/installations.operator.tigera.io',
      ]),
    );
    expect(checks('20-cni')).toEqual(['Installation/default', 'APIServer/default']);
    expect(kustomization('20-cni').spec.healthCheckExprs).toEqual(
      ['Installation', 'APIServer'].map((kind) => ({
        apiVersion: 'operator.tigera.io/v1',
        kind,
        current:
          "status.conditions.exists(c, c.type == 'Ready' && c.status == 'True' && (!has(c.observedGeneration) || c.observedGeneration == metadata.generation))",
      })),
    );
    expect(kustomization('20-cni').spec.timeout).toBe('35m');
    expect(checks('40-load-balancer')).toEqual(
      expect.arrayContaining([
        'DaemonSet/speaker',
        'CustomResourceDefinition/ipaddresspools.metallb.io',
      ]),
    );
  });

  test.each([
    [true, { observedGeneration: 2 }],
    [true, {}],
    [false, { observedGeneration: 1 }],
    [false, { observedGeneration: 2, status: 'False' }],
    [false, { observedGeneration: 2, type: 'Available' }],
  ])('Calico is well: %s when it says %j', (well, said) => {
    const { current } = kustomization('20-cni').spec.healthCheckExprs[0];
    const conditions = [
      { type: 'Degraded', status: 'False' },
      { type: 'Ready', status: 'True', ...said },
    ];
    expect(run(current, { metadata: { generation: 2 }, status: { conditions } })).toBe(well);
  });

  test('apply.sh finds the files, in the name of Flux', () => {
    expect(files['apply.sh']).toContain('\n  apply 20-cni/20-cni.k8s.yaml\n');
    expect(files['apply.sh']).toContain('--field-manager=kustomize-controller -f');
    expect(files['apply.sh']).toContain('chart of your own: 65-own-charts/shop.k8s.yaml');
  });

  test('the source may be another', () => {
    const other = rendered(
      GitOps.flux({
        path: '.',
        sourceKind: FluxSourceKind.OCI_REPOSITORY,
        sourceName: 'oslo',
        namespace: 'gitops',
        interval: Duration.seconds(90),
      }),
    );
    expect(parse(other['flux/20-cni.yaml']!)).toMatchObject({
      metadata: { namespace: 'gitops' },
      spec: {
        interval: '90s',
        path: './20-cni',
        sourceRef: { kind: 'OCIRepository', name: 'oslo' },
      },
    });
  });

  test.each([
    ['./clusters/oslo/', './clusters/oslo/20-cni'],
    ['./', './20-cni'],
  ])('path %s is understood', (path, expected) => {
    expect(parse(rendered(GitOps.flux({ path }))['flux/20-cni.yaml']!).spec.path).toBe(expected);
  });

  test('bad options are all named at once', () => {
    expect(() =>
      GitOps.flux({
        path: '/clusters',
        sourceName: 'My Source',
        namespace: 'a.b',
        interval: Duration.seconds(30),
      }),
    ).toThrow(
      [
        '[GitOps.flux] path must be a folder inside of the source, got /clusters; name it as the repository does, without a slash in front',
        '[GitOps.flux] sourceName must be a DNS name in lower case, got My Source; name the source as `flux get sources all` shows it',
        '[GitOps.flux] namespace must be a DNS label in lower case, got a.b; name the namespace that the source is in',
        '[GitOps.flux] interval must be whole seconds, 60 or more, got 30 s; changes in the source are applied at once, whatever the interval',
      ].join('\n'),
    );
  });
});

test('an app without a cluster is laid out, too', () => {
  const app = new GroundworkApp({ outdir: tempDir(), gitops: GitOps.flux({ path: 'apps' }) });
  shop(app);
  expect(Object.keys(app.files())).toEqual([
    '65-own-charts/shop.k8s.yaml',
    '65-own-charts/kustomization.yaml',
    'flux/65-own-charts.yaml',
    'flux/kustomization.yaml',
  ]);
});

test('what apply.sh would fetch is a finding, once, and only where an engine applies', () => {
  const found = (gitops?: GitOps) => {
    const app = new GroundworkApp({ outdir: tempDir(), gitops });
    const plane = osloPlane(app, {
      ingress: HardenedNginxIngress.configure({ controller: NginxController.gatewayFabric() }),
    });
    app.files();
    app.files();
    return plane.cluster.findings().filter(({ id }) => id === 'GW-GITOPS-001');
  };
  expect(found()).toEqual([]);
  expect(found(GitOps.argo()).map(({ message }) => message)).toEqual([
    expect.stringMatching(
      /^50-ingress needs Gateway API .* \(.*\.yaml\), which is not in the output$/,
    ),
    expect.stringMatching(
      /^50-ingress needs .*NGINX Gateway Fabric.* \(.*\), which is not in the output$/,
    ),
  ]);
});

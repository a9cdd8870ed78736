import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { App } from 'cdk8s';
import { parseAllDocuments } from 'yaml';
import { validateStrictly } from './support/strict-schema';
import { tempApp, tempChart, tempDir } from './support/temp-app';
import { describeWithUpstream, upstreamFile } from './support/upstream';

const daemonSet = (podSpec: object) => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent', namespace: 'kube-system', labels: { app: 'agent' } },
  spec: {
    selector: { matchLabels: { app: 'agent' } },
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%' } },
    template: {
      metadata: { labels: { app: 'agent' } },
      spec: {
        containers: [
          {
            name: 'agent',
            image: 'example.org/agent:v1',
            resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: 1 } },
            livenessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 5 },
          },
        ],
        ...podSpec,
      },
    },
  },
});
const installation = (spec: object) => ({
  apiVersion: 'operator.tigera.io/v1',
  kind: 'Installation',
  metadata: { name: 'default' },
  spec,
});

/** What an API server does with a null before it looks at the schema. */
const withoutNulls = (object: object): object =>
  JSON.parse(JSON.stringify(object, (_, value) => value ?? undefined));

describeWithUpstream('strict schemas', () => {
  test('a right DaemonSet passes', () => {
    expect(validateStrictly(daemonSet({ hostNetwork: true }))).toEqual([]);
    expect(validateStrictly(daemonSet({ hostNetwork: true }), '1.35')).toEqual([]);
  });

  test('an unknown field is named with its place', () => {
    expect(validateStrictly(daemonSet({ hostNetwrok: true }))).toEqual([
      'apps/v1 DaemonSet agent: /spec/template/spec has the unknown field hostNetwrok',
    ]);
  });

  test('a missing field, a wrong type and a bad quantity are faults', () => {
    const faults = validateStrictly(
      daemonSet({
        hostNetwork: 'yes',
        containers: [{ image: 'a', resources: { limits: { memory: '64 MB' } } }],
      }),
    );
    expect(faults.map((fault) => fault.replace(/^.*: /, ''))).toEqual([
      "/spec/template/spec/containers/0 must have required property 'name'",
      expect.stringContaining('/resources/limits/memory must match pattern'),
      '/spec/template/spec/hostNetwork must be boolean',
    ]);
  });

  test('an unknown kind is a fault', () => {
    expect(validateStrictly({ apiVersion: 'apps/v1beta1', kind: 'DaemonSet' })).toEqual([
      'apps/v1beta1 DaemonSet (no name): no schema knows this apiVersion and kind',
    ]);
  });

  test('a right Installation passes', () => {
    const right = installation({
      calicoNetwork: {
        bgp: 'Enabled',
        mtu: 1450,
        ipPools: [{ cidr: '10.244.0.0/16', encapsulation: 'None', natOutgoing: 'Enabled' }],
      },
    });
    expect(validateStrictly(right)).toEqual([]);
  });

  test('a misspelt field, a wrong choice and misspelt metadata of an Installation fail', () => {
    const wrong = installation({ calicoNetwork: { mtuu: 1450, bgp: 'On' } });
    expect(validateStrictly({ ...wrong, metadata: { name: 'default', label: {} } })).toEqual([
      'operator.tigera.io/v1 Installation default: /metadata has the unknown field label',
      'operator.tigera.io/v1 Installation default: /spec/calicoNetwork has the unknown field mtuu',
      'operator.tigera.io/v1 Installation default: /spec/calicoNetwork/bgp must be equal to one of the allowed values: Enabled, Disabled',
    ]);
  });

  test('a field that takes a number or a name takes both and nothing else', () => {
    const policy = (port: unknown) => ({
      apiVersion: 'projectcalico.org/v3',
      kind: 'GlobalNetworkPolicy',
      metadata: { name: 'a' },
      spec: { ingress: [{ action: 'Allow', protocol: 'TCP', destination: { ports: [port] } }] },
    });
    expect(validateStrictly(policy(80))).toEqual([]);
    expect(validateStrictly(policy('80:90'))).toEqual([]);
    expect(validateStrictly(policy(true))).not.toEqual([]);
  });

  test("every complete manifest of upstream's own passes", () => {
    const judged = readdirSync(upstreamFile('manifests'))
      .map((file) => readFileSync(upstreamFile('manifests', file), 'utf8'))
      // A template with placeholders and a component configuration are not API objects.
      .filter((text) => !text.includes('__PILLAR__') && !text.includes('KubeProxyConfiguration'))
      .flatMap((text) => parseAllDocuments(text).map((document) => document.toJS()))
      .filter((object) => object !== null)
      .map(withoutNulls);
    expect(judged.length).toBeGreaterThan(50);
    expect(judged.flatMap((object) => validateStrictly(object))).toEqual([]);
  });

  test('every schema can be compiled', () => {
    const kinds = readdirSync(upstreamFile('crds'))
      .flatMap((file) => JSON.parse(readFileSync(upstreamFile('crds', file), 'utf8')))
      .flatMap(({ spec }) =>
        spec.versions.map(({ name }: { name: string }) => ({
          apiVersion: `${spec.group}/${name}`,
          kind: spec.names.kind,
          unknownField: 1,
        })),
      );
    for (const object of kinds) {
      expect(validateStrictly(object).join()).toContain('unknown field unknownField');
    }
  });
});

describe('temporary folders', () => {
  let outdir: string;

  test('exist during the test', () => {
    const app: App = tempApp();
    outdir = app.outdir;
    expect(existsSync(outdir)).toBe(true);
    expect(tempChart().node.path).toBe('test');
    expect(tempDir()).not.toBe(outdir);
  });

  test('are gone after it', () => {
    expect(existsSync(outdir)).toBe(false);
  });
});

import { readFileSync } from 'node:fs';
import {
  calico,
  images,
  ingressNginxRetired,
  kubernetesMinor,
  kubernetesMinors,
  knowsKind,
  lifeCycle,
  lifeCycles,
  nextMinor,
  operatingSystems,
  pinned,
  minorOf,
  servedApis,
  traefikProxy,
} from '../../lib/catalog';
import { describeWithUpstream, upstreamFile } from '../support/upstream';

test('every line is once in the table, with a day or with what ends it', () => {
  const names = lifeCycles.map(({ component, line }) => `${component} ${line}`);
  expect(new Set(names).size).toBe(names.length);
  for (const { component, line, fixesUntil, endsWith, extended } of lifeCycles) {
    const day = fixesUntil.value;
    expect([component, line, day === undefined]).toEqual([component, line, endsWith !== undefined]);
    if (extended !== undefined) {
      expect(day! < extended.until).toBe(true);
    }
  }
});

test('what a cluster can be made of is in the table', () => {
  for (const minor of Object.keys(kubernetesMinors)) {
    expect(lifeCycle('Kubernetes', minor)!.fixesUntil).toBe(kubernetesMinor(minor).endOfLife);
    expect(lifeCycle('etcd', minorOf(kubernetesMinor(minor).etcdImageTag.value))).toBeDefined();
  }
  for (const { label } of Object.values(operatingSystems)) {
    const [component, line] = label.split(' ');
    expect(lifeCycle(component as 'Debian', line!)).toBeDefined();
  }
  expect(lifeCycle('containerd', minorOf(pinned.containerd.value))).toBeDefined();
  expect(lifeCycle('Calico', minorOf(calico.version.value))).toBeDefined();
  expect(lifeCycle('flannel', minorOf(images.flannel.tag))).toBeDefined();
  expect(lifeCycle('Traefik', minorOf(traefikProxy.version.value))).toBeDefined();
  expect(lifeCycle('ingress-nginx', minorOf(ingressNginxRetired.version.value))).toBeDefined();
});

test('the minor after one', () => {
  expect(['1.35', '1.36', '1.37'].map(nextMinor)).toEqual(['1.36', '1.37', undefined]);
});

test("kinds of others' groups, and of minors that are not known, are nobody's business", () => {
  expect(knowsKind('1.36', 'apps/v1', 'Deployment')).toBe(true);
  expect(knowsKind('1.36', 'apps/v1', 'Deploymint')).toBe(false);
  expect(knowsKind('1.36', 'toString', 'Deployment')).toBe(false);
  expect(knowsKind('1.36', 'metallb.io/v1beta1', 'IPAddressPool')).toBeUndefined();
  expect(knowsKind('1.36', 'gateway.networking.k8s.io/v1', 'Gateway')).toBeUndefined();
  expect(knowsKind('1.37', 'apps/v1', 'Deploymint')).toBeUndefined();
});

interface Definition {
  readonly properties?: Record<string, unknown>;
  readonly 'x-kubernetes-group-version-kind'?: ReadonlyArray<{
    readonly group: string;
    readonly version: string;
    readonly kind: string;
  }>;
}

describeWithUpstream('kinds of each minor', () => {
  test.each(Object.keys(servedApis))('%s has those of its OpenAPI document', (minor) => {
    const file = upstreamFile('openapi', `kubernetes-${minor}-definitions.json`);
    const document = JSON.parse(readFileSync(file, 'utf8')) as {
      definitions?: Record<string, Definition>;
    };
    const kinds = new Set<string>();
    for (const definition of Object.values(document.definitions ?? document)) {
      const { properties = {}, 'x-kubernetes-group-version-kind': names = [] } =
        definition as Definition;
      // Lists, and what every group has, are no objects that anybody writes.
      if (names.length === 1 && properties.metadata !== undefined && !('items' in properties)) {
        const { group, version, kind } = names[0]!;
        kinds.add(`${group === '' ? '' : `${group}/`}${version} ${kind}`);
      }
    }
    const ours = Object.entries(servedApis[minor]!.value).flatMap(([apiVersion, text]) =>
      text === '' ? [] : text.split(' ').map((kind) => `${apiVersion} ${kind}`),
    );
    expect(ours.sort()).toEqual([...kinds].sort());
  });
});

import { posix } from 'node:path';
import { calico, calicoImages, imageReference, images } from '../../lib/catalog';
import { phaseOf } from '../../lib/cluster';
import { describeWithUpstream, upstreamManifest } from '../support/upstream';
import { render } from './calico';

const rendered = render();
const pod = rendered.objects.find('Deployment').spec.template.spec;

interface Rule {
  readonly apiGroups: string[];
  readonly resources: string[];
  readonly resourceNames?: string[];
  readonly verbs: string[];
}

/** Every single right as `group resource name verb`; one without a name covers those with a name. */
function grants(rules: Rule[]): string[] {
  const all = new Set<string>();
  for (const { apiGroups, resources, resourceNames = ['*'], verbs } of rules) {
    for (const group of apiGroups) {
      for (const resource of resources) {
        for (const name of resourceNames) {
          verbs.forEach((verb) => all.add(`${group} ${resource} ${name} ${verb}`));
        }
      }
    }
  }
  return [...all]
    .filter((g) => {
      const [group, resource, name, verb] = g.split(' ');
      return name === '*' || !all.has(`${group} ${resource} * ${verb}`);
    })
    .sort();
}

describeWithUpstream('against the manifest of the pinned release', () => {
  const upstream = upstreamManifest('calico-3.32.1-tigera-operator.yaml');
  const theirs = (kind: string, name: string) => upstream.find(kind, name);
  const theirPod = theirs('Deployment', 'tigera-operator').spec.template.spec;

  test('the same objects, by kind, name and namespace', () => {
    const identity = (o: any) =>
      `${o.apiVersion} ${o.kind} ${o.metadata.namespace ?? ''}/${o.metadata.name}`;
    const operator = rendered.calico.node
      .findAll()
      .filter((node: any) => node.kind !== undefined && phaseOf(node) === '10-cni-operator')
      .map((node: any) => identity(node.toJson()));
    expect(operator.sort()).toEqual(upstream.all.map(identity).sort());
    expect(operator).toHaveLength(7);
  });

  test.each(['tigera-operator', 'tigera-operator-secrets'])(
    'ClusterRole %s grants the same',
    (name) => {
      const own = grants(rendered.objects.find('ClusterRole', name).rules);
      const other = grants(theirs('ClusterRole', name).rules);
      expect({
        missing: other.filter((g) => !own.includes(g)),
        extra: own.filter((g) => !other.includes(g)),
      }).toEqual({ missing: [], extra: [] });
      expect(own.length).toBeGreaterThan(2);
    },
  );

  test.each([
    ['ClusterRoleBinding', 'tigera-operator'],
    ['RoleBinding', 'tigera-operator-secrets'],
  ])('%s %s binds the same', (kind, name) => {
    const { roleRef, subjects } = rendered.objects.find(kind, name);
    expect({ roleRef, subjects }).toEqual({
      roleRef: theirs(kind, name).roleRef,
      subjects: theirs(kind, name).subjects,
    });
  });

  test("the namespace and the objects carry upstream's labels", () => {
    for (const other of upstream.all) {
      expect(rendered.objects.find(other.kind, other.metadata.name).metadata.labels).toMatchObject(
        other.metadata.labels,
      );
    }
  });

  test('the operator is started the same; the API group is the only extra', () => {
    const [own] = pod.containers;
    const [other] = theirPod.containers;
    const extra = [{ name: 'CALICO_API_GROUP', value: 'crd.projectcalico.org/v1' }];
    expect({ ...own, env: undefined }).toEqual({ ...other, env: undefined });
    expect(own.env).toEqual([...other.env, ...extra]);
    expect({ ...pod, containers: [] }).toEqual({ ...theirPod, containers: [] });
    expect(rendered.objects.find('Deployment').spec.selector).toEqual(
      theirs('Deployment', 'tigera-operator').spec.selector,
    );
  });
});

test('the API group is one that the operator reads as the stored v1 kinds', () => {
  // Exactly projectcalico.org/v3 means native kinds, any other word means these.
  expect(calico.apiGroup.value).not.toBe('projectcalico.org/v3');
  expect(rendered.objects.find('FelixConfiguration').apiVersion).toBe(calico.apiGroup.value);
});

test('no object redirects the operator past kube-proxy', () => {
  expect(rendered.objects.ofKind('ConfigMap')).toEqual([]);
});

test('a mirror serves the operator, pull secrets reach the pod', () => {
  const mirrored = render(
    {},
    { imageRegistry: 'mirror.example.no/k8s', imagePullSecrets: ['mirror'] },
  );
  const spec = mirrored.objects.find('Deployment').spec.template.spec;
  expect(spec.containers[0].image).toBe('mirror.example.no/k8s/tigera/operator:v1.42.3');
  expect(spec.imagePullSecrets).toEqual([{ name: 'mirror' }]);
});

test('the operator makes the same image paths on the mirror as the catalogue', () => {
  const mirror = 'mirror.example.no/k8s';
  const { registry } = render({}, { imageRegistry: mirror }).objects.find('Installation').spec;
  expect(registry.endsWith('/')).toBe(true);
  for (const image of calicoImages) {
    // registry, default image path, image name: pkg/components/references.go of the operator.
    const made = `${posix.join(registry, 'calico/', image.component.replace(/^calico-/, ''))}:${image.tag}`;
    expect(made).toBe(imageReference(image, mirror));
  }
});

test("an operator of one's own says its version to itself", () => {
  const other = render({ operatorImage: 'registry.example.no:5000/tigera/operator:v1.42.4' });
  const [container] = other.objects.find('Deployment').spec.template.spec.containers;
  expect(container.image).toBe('registry.example.no:5000/tigera/operator:v1.42.4');
  expect(container.env).toContainEqual({
    name: 'TIGERA_OPERATOR_INIT_IMAGE_VERSION',
    value: 'v1.42.4',
  });
});

test('by default the version is that of the catalogue', () => {
  expect(pod.containers[0].env).toContainEqual({
    name: 'TIGERA_OPERATOR_INIT_IMAGE_VERSION',
    value: images['tigera-operator'].tag,
  });
});

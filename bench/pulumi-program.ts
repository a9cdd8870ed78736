// A program for the engine: the same objects through Cdk8sStack, or registered bare, in the same order and
// with the same edges. Which one, and how many, is in the environment.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as pulumi from '@pulumi/pulumi';

// What one way does not need must not cost it anything.
const load = createRequire(__filename);
const { BENCH_WAY: way, BENCH_OBJECTS: count, BENCH_FILE: file } = process.env;

/** One bare resource. */
interface Bare {
  readonly name: string;
  readonly type: string;
  readonly version: string;
  readonly inputs: Record<string, unknown>;
  readonly dependsOn: number[];
}

class Plain extends pulumi.CustomResource {}

/** Sets of 50: a Namespace, a definition, one of its kind, an account with its rights, and what runs. */
function app(objects: number) {
  const { ApiObject, App, Chart } = load('cdk8s') as typeof import('cdk8s');
  const made = new App();
  const chart = new Chart(made, 'bench');
  for (let set = 0; set < objects / 50; set++) {
    const namespace = `team-${set}`;
    const object = (apiVersion: string, kind: string, name: string, rest: object, inside = true) =>
      new ApiObject(chart, `${kind}-${set}-${name}`, {
        ...{ apiVersion, kind, metadata: { name, ...(inside ? { namespace } : {}) } },
        ...rest,
      });
    object('v1', 'Namespace', namespace, {}, false);
    const group = `set-${set}.example`;
    const names = { kind: `Widget${set}`, plural: `widget${set}s` };
    const schema = { openAPIV3Schema: { type: 'object', description: 'x'.repeat(4000) } };
    const version = { name: 'v1', served: true, storage: true, schema };
    const spec = { group, names, scope: 'Namespaced', versions: [version] };
    const api = 'apiextensions.k8s.io/v1';
    object(api, 'CustomResourceDefinition', `${names.plural}.${group}`, { spec }, false);
    object(`${group}/v1`, names.kind, 'one', { spec: {} });
    object('v1', 'ServiceAccount', 'agent', {});
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }];
    object('rbac.authorization.k8s.io/v1', 'ClusterRole', namespace, { rules }, false);
    const role = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: namespace };
    const subjects = [{ kind: 'ServiceAccount', name: 'agent', namespace }];
    const binding = { roleRef: role, subjects };
    object('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', namespace, binding, false);
    const labels = { app: 'agent' };
    const containers = [{ name: 'agent', image: 'registry.example/agent:1' }];
    const pod = { serviceAccountName: 'agent', hostNetwork: true, containers };
    const template = { metadata: { labels }, spec: pod };
    object('apps/v1', 'DaemonSet', 'agent', {
      spec: { selector: { matchLabels: labels }, template },
    });
    object('v1', 'Service', 'agent', { spec: { selector: labels, ports: [{ port: 80 }] } });
    for (let n = 0; n < 42; n++) {
      object('v1', 'ConfigMap', `settings-${n}`, { data: { text: 'y'.repeat(800) } });
    }
  }
  return made;
}

if (way === 'stack') {
  const { Cdk8sStack } = load(
    'cdk8s-groundwork/pulumi',
  ) as typeof import('cdk8s-groundwork/pulumi');
  new Cdk8sStack('bench', { app: app(Number(count)) });
} else if (way === 'bare') {
  const parent = new pulumi.ComponentResource('bench:index:Bare', 'bench');
  const made: pulumi.Resource[] = [];
  for (const one of JSON.parse(readFileSync(file!, 'utf8')) as Bare[]) {
    const { name, type, version, inputs } = one;
    const dependsOn = one.dependsOn.map((index) => made[index]!);
    made.push(new Plain(type, name, inputs, { parent, version, dependsOn }));
  }
}

import { ApiObject, App, Chart, Include } from 'cdk8s';
import type { Phase } from '../../../lib';
import { assignPhase } from '../../../lib/cluster';
import { planOf, type Plan, type PlanOptions } from '../../../lib/pulumi/adapter/plan';

/** An object as a test writes it: `kind namespace/name` or `kind name`, and the fields that matter. */
export interface Written {
  readonly is: string;
  readonly api?: string;
  readonly phase?: Phase;
  readonly annotations?: Record<string, string>;
  readonly [field: string]: any;
}

/** Adds an object to a chart. */
export function add(chart: Chart, { is, api, phase, annotations, ...fields }: Written): ApiObject {
  const [kind, place] = is.split(' ') as [string, string];
  const [name, namespace] = place.split('/').reverse() as [string, string | undefined];
  const object = new ApiObject(chart, is.replace(/[ /]/g, '-'), {
    apiVersion: api ?? apiOf(kind),
    kind,
    metadata: { name, namespace, annotations },
    ...fields,
  });
  if (phase !== undefined) {
    assignPhase(object, phase);
  }
  return object;
}

/** An app with these objects in one chart. */
export function appWith(written: readonly Written[]): App {
  const app = new App();
  const chart = new Chart(app, 'chart');
  written.forEach((one) => add(chart, one));
  return app;
}

export const NO_OPTIONS: PlanOptions = { adopt: [], awaits: [], hasUpsertProvider: false };

export function planned(written: readonly Written[], options: Partial<PlanOptions> = {}): Plan {
  return planOf('net', appWith(written), { ...NO_OPTIONS, ...options });
}

/** The plan of a manifest file. */
export function plannedFile(file: string): Plan {
  const app = new App();
  new Include(new Chart(app, 'chart'), 'file', { url: file });
  return planOf('net', app, NO_OPTIONS);
}

/** What an object comes after, with the reasons. */
export function after(plan: Plan, key: string): Record<string, string> {
  expect(plan.objects.map((object) => object.key)).toContain(key);
  return Object.fromEntries(plan.graph.after(key));
}

function apiOf(kind: string): string {
  const groups: Record<string, string[]> = {
    'apps/v1': ['Deployment', 'DaemonSet', 'StatefulSet'],
    'gateway.networking.k8s.io/v1': ['Gateway', 'HTTPRoute'],
    'metallb.io/v1beta1': [
      'BFDProfile',
      'BGPAdvertisement',
      'BGPPeer',
      'IPAddressPool',
      'L2Advertisement',
    ],
    'batch/v1': ['Job', 'CronJob'],
    'rbac.authorization.k8s.io/v1': ['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'],
    'apiextensions.k8s.io/v1': ['CustomResourceDefinition'],
    'networking.k8s.io/v1': ['Ingress', 'IngressClass', 'NetworkPolicy'],
    'storage.k8s.io/v1': ['StorageClass'],
    'scheduling.k8s.io/v1': ['PriorityClass'],
    'node.k8s.io/v1': ['RuntimeClass'],
    'apiregistration.k8s.io/v1': ['APIService'],
    'admissionregistration.k8s.io/v1': [
      'ValidatingWebhookConfiguration',
      'MutatingWebhookConfiguration',
      'ValidatingAdmissionPolicy',
      'ValidatingAdmissionPolicyBinding',
    ],
  };
  return Object.keys(groups).find((api) => groups[api]!.includes(kind)) ?? 'v1';
}

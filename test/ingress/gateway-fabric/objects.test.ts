import type { ClusterProps } from '../../../lib/cluster';
import { EdgeExposure } from '../../../lib/ingress';
import { unexplainedLeaves } from '../../support/coverage';
import { validateStrictly } from '../../support/strict-schema';
import { describeWithUpstream } from '../../support/upstream';
import { fabric, shop } from './fabric';
import { everyOption, everyOwn, variants } from './variants';

describeWithUpstream('schema of Kubernetes, the Gateway API and NGINX Gateway Fabric', () => {
  test.each(variants)('%s', (_name, own, options, facts) => {
    const { objects } = fabric(own, options, facts);
    for (const minor of ['1.35', '1.36']) {
      expect(objects.all.flatMap((o) => validateStrictly(o, minor))).toEqual([]);
    }
  });
});

const STRUCTURAL = [
  'ClusterRoleBinding.roleRef',
  'ClusterRoleBinding.subjects',
  'RoleBinding.roleRef',
  'RoleBinding.subjects',
  'ServiceAccount.automountServiceAccountToken',
  'PriorityClass.description',
  'PodDisruptionBudget.spec.selector',
  'NetworkPolicy.spec.podSelector',
  'NetworkPolicy.spec.policyTypes',
  'Service.spec',
  'Job.spec.template.spec',
  'GatewayClass.spec',
  'Gateway.spec',
  'HTTPRoute.spec',
  'ClientSettingsPolicy.spec.targetRef',
  'ProxySettingsPolicy.spec.targetRefs',
  'RateLimitPolicy.spec.targetRefs',
  'UpstreamSettingsPolicy.spec.targetRefs',
  'SnippetsPolicy.spec',
  'ValidatingAdmissionPolicy.spec',
  'ValidatingAdmissionPolicyBinding.spec',
  'Deployment.spec.selector',
  'Deployment.spec.template.metadata',
  'Deployment.spec.template.spec.serviceAccountName',
  'Deployment.spec.template.spec.automountServiceAccountToken',
  'Deployment.spec.template.spec.*.name',
  'Deployment.spec.template.spec.containers.args',
  'Deployment.spec.template.spec.containers.env',
  'Deployment.spec.template.spec.containers.ports',
  'Deployment.spec.template.spec.containers.readinessProbe.httpGet',
  'Deployment.spec.template.spec.containers.volumeMounts',
  'Deployment.spec.template.spec.volumes',
  'NginxProxy.spec.kubernetes.*.patches.type',
  'NginxProxy.spec.kubernetes.*.patches.value.spec.*.type',
  'NginxProxy.spec.kubernetes.*.patches.value.spec.template.spec.volumes.name',
  'NginxProxy.spec.kubernetes.*.autoscaling.enable',
  // The control plane stands where the data plane does, and is as important.
  'Deployment.spec.template.spec.priorityClassName',
  'Deployment.spec.template.spec.tolerations',
  'Deployment.spec.template.spec.affinity',
];
const FACTS = [
  'Deployment.spec.template.spec.containers.image',
  'Deployment.spec.template.spec.imagePullSecrets',
  'NginxProxy.spec.kubernetes.*.container.image',
  'NginxProxy.spec.kubernetes.service.patches',
];

test.each(variants)('every leaf has a reason: %s', (_name, own, options, facts) => {
  const { cluster, objects } = fabric(own, options, facts);
  const explained = { decisions: cluster.decisions(), facts: FACTS, structural: STRUCTURAL };
  expect(objects.all.flatMap((o) => unexplainedLeaves(o, explained))).toEqual([]);
});

test.each(variants)(
  'no decision is about a part that is not there, and none is twice: %s',
  (_name, own, options, facts) => {
    const { cluster, objects } = fabric(own, options, facts);
    const keys = cluster.decisions().map((d) => d.key);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
    const kinds = [...objects.all.map((o) => o.kind), 'Edge'];
    expect(keys.filter((key) => !kinds.includes(/^\w+/.exec(key)![0]))).toEqual([]);
    const proxy = { NginxProxy: objects.find('NginxProxy') };
    const missing = keys
      .filter((key) => key.startsWith('NginxProxy.'))
      .filter((key) => !isIn(proxy, key.split('.')));
    expect(missing).toEqual([]);
  },
);

/** Whether a path leads somewhere; steps into lists are left out of it. */
function isIn(value: any, path: string[]): boolean {
  if (Array.isArray(value)) {
    return value.some((item) => isIn(item, path));
  }
  const [step, ...rest] = path;
  return step === undefined || (value?.[step] !== undefined && isIn(value[step], rest));
}

test('what names a thing and the thing have the same name', () => {
  const { objects } = fabric({ httpsListeners: [shop] }, { ingressClassName: 'public' });
  const [container] = objects.find('Deployment').spec.template.spec.containers;
  const arg = (flag: string) =>
    container.args.find((a: string) => a.startsWith(`--${flag}=`)).split('=')[1];
  const job = objects.find('Job').spec.template.spec.containers[0].args.join(' ');
  const secret = objects.find('Deployment').spec.template.spec.volumes[0].secret.secretName;
  expect(arg('gatewayclass')).toBe(objects.find('GatewayClass').metadata.name);
  expect(objects.find('Gateway').spec.gatewayClassName).toBe('public');
  expect(arg('gateway-ctlr-name')).toBe(objects.find('GatewayClass').spec.controllerName);
  expect(arg('config')).toBe(objects.find('NginxGateway').metadata.name);
  expect(arg('service')).toBe(objects.find('Service').metadata.name);
  expect(job).toContain(`--service=${objects.find('Service').metadata.name}`);
  expect(job).toContain(`--agent-tls-secret=${arg('agent-tls-secret')}`);
  expect(job).toContain(`--server-tls-secret=${secret}`);
  const { name, namespace } = objects.find('GatewayClass').spec.parametersRef;
  expect(objects.find('NginxProxy').metadata).toMatchObject({ name, namespace });
  const gateway = objects.find('Gateway').metadata;
  for (const o of objects.all.filter((each) => each.spec?.targetRefs ?? each.spec?.targetRef)) {
    const [target] = o.spec.targetRefs ?? [o.spec.targetRef];
    expect(target).toMatchObject({ kind: 'Gateway', name: gateway.name });
    expect(o.metadata.namespace).toBe(gateway.namespace);
  }
  expect(objects.find('HTTPRoute').spec.parentRefs).toEqual([
    { name: gateway.name, sectionName: 'http' },
  ]);
  const pods = { 'gateway.networking.k8s.io/gateway-name': gateway.name };
  expect(objects.find('PodDisruptionBudget', 'edge').spec.selector.matchLabels).toEqual(pods);
  expect(objects.find('NetworkPolicy', 'edge').spec.podSelector.matchLabels).toEqual(pods);
});

test('Pod Security restricted admits what is rendered here; host ports need privileged', () => {
  const { objects } = fabric();
  const level = 'pod-security.kubernetes.io/enforce';
  expect(objects.find('Namespace').metadata.labels[level]).toBe('restricted');
  for (const kind of ['Deployment', 'Job']) {
    const { spec } = objects.find(kind).spec.template;
    expect(spec.hostNetwork ?? spec.hostPID ?? spec.hostIPC).toBeUndefined();
    expect(spec.containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      runAsGroup: 1001,
      runAsNonRoot: true,
      runAsUser: 101,
      seccompProfile: { type: 'RuntimeDefault' },
    });
  }
  const open = fabric({}, { exposure: EdgeExposure.HOST_PORT });
  expect(open.objects.find('Namespace').metadata.labels[level]).toBe('privileged');
});

test('the Job is another one when it is made of something else, and stays otherwise', () => {
  const name = (facts: Partial<ClusterProps>) =>
    fabric({}, {}, facts).objects.find('Job').metadata.name;
  expect(name({})).toBe(name({}));
  expect(name({})).toMatch(/^nginx-gateway-cert-generator-[0-9a-f]{8}$/);
  expect(name({ imageRegistry: 'mirror.example.no' })).not.toBe(name({}));
  expect(fabric().objects.find('Job').spec.ttlSecondsAfterFinished).toBeUndefined();
});

test('snippets of anybody else are refused', () => {
  const { matchConstraints, validations, failurePolicy } = fabric().objects.find(
    'ValidatingAdmissionPolicy',
  ).spec;
  expect(failurePolicy).toBe('Fail');
  expect(matchConstraints.resourceRules).toEqual([
    {
      apiGroups: ['gateway.nginx.org'],
      apiVersions: ['*'],
      operations: ['CREATE', 'UPDATE'],
      resources: ['snippetsfilters', 'snippetspolicies'],
    },
  ]);
  expect(validations[0].expression).toBe(
    'object.kind == "SnippetsPolicy" && object.metadata.namespace == "nginx-gateway"',
  );
});

test('pull secrets reach both planes', () => {
  const { objects } = fabric({}, {}, { imagePullSecrets: ['mirror'] });
  for (const kind of ['Deployment', 'Job']) {
    expect(objects.find(kind).spec.template.spec.imagePullSecrets).toEqual([{ name: 'mirror' }]);
  }
  expect(objects.find('Deployment').spec.template.spec.containers[0].args).toContain(
    '--nginx-docker-secret=mirror',
  );
});

test('the same input renders the same bytes', () => {
  const bytes = () => JSON.stringify(fabric(everyOwn, everyOption).objects);
  expect(bytes()).toBe(bytes());
});

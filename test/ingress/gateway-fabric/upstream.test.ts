import { describeWithUpstream, upstreamManifest } from '../../support/upstream';
import { grants } from '../grants';
import { fabric } from './fabric';

// Compared by meaning with what upstream itself deploys at 2.6.7.

describeWithUpstream('upstream deployment 2.6.7', () => {
  const find = (kind: string, name: string) =>
    upstreamManifest('ngf-2.6.7-deploy.yaml').find(kind, name);
  const control = (f = fabric()) => f.objects.find('Deployment').spec.template.spec.containers[0];

  test("rights are upstream's, with snippets and without usage reports", () => {
    const oracle = grants(find('ClusterRole', 'nginx-gateway').rules);
    const { objects } = fabric();
    const ours = grants([
      ...objects.find('ClusterRole').rules,
      ...objects.find('Role', 'nginx-gateway').rules,
    ]);
    expect([...oracle].filter((g) => !ours.has(g))).toEqual(['/nodes list']);
    expect([...ours].filter((g) => !oracle.has(g)).sort()).toEqual([
      'gateway.nginx.org/snippetsfilters list',
      'gateway.nginx.org/snippetsfilters watch',
      'gateway.nginx.org/snippetsfilters/status update',
      'gateway.nginx.org/snippetspolicies list',
      'gateway.nginx.org/snippetspolicies watch',
      'gateway.nginx.org/snippetspolicies/status update',
    ]);
  });

  test('cluster-wide it writes status and events, and nothing else', () => {
    const writes = [...grants(fabric().objects.find('ClusterRole').rules)].filter(
      (g) => !/ (get|list|watch)$/.test(g) && !/\/(status|finalizers) update$/.test(g),
    );
    expect(writes.sort()).toEqual([
      '/events create',
      '/events patch',
      'authentication.k8s.io/tokenreviews create',
      'events.k8s.io/events create',
      'events.k8s.io/events patch',
    ]);
  });

  test('with watched namespaces, nothing in a namespace is seen elsewhere', () => {
    const f = fabric({ watchNamespaces: ['shop'], gatewayNamespaces: ['blog'] });
    const everywhere = [...grants(f.objects.find('ClusterRole').rules)].map((g) => g.split(' ')[0]);
    expect([...new Set(everywhere)].sort()).toEqual([
      '/namespaces',
      'apiextensions.k8s.io/customresourcedefinitions',
      'authentication.k8s.io/tokenreviews',
      'gateway.networking.k8s.io/gatewayclasses',
      'gateway.networking.k8s.io/gatewayclasses/status',
    ]);
    const roles = f.objects.all.filter(
      (o) => o.kind === 'Role' && o.metadata.name === 'nginx-gateway',
    );
    const secrets = roles.map((role) => [
      role.metadata.namespace,
      ...[...grants(role.rules)].flatMap((g) => /^\/secrets (\w+)$/.exec(g)?.[1] ?? []),
    ]);
    expect(secrets).toEqual([
      ['nginx-gateway', 'get', 'list', 'watch', 'create', 'update', 'delete'],
      ['blog', 'get', 'list', 'watch', 'create', 'update', 'delete'],
      ['shop', 'get', 'list', 'watch'],
    ]);
    expect(control(f).args).toContain('--watch-namespaces=nginx-gateway,shop,blog');
  });

  test('the control plane is started as upstream starts it, and told two things more', () => {
    const theirs = find('Deployment', 'nginx-gateway').spec.template.spec.containers[0];
    const ours = control(fabric({}, { metricsNamespace: 'monitoring' }));
    const ports = (container: any) =>
      Object.fromEntries(container.ports.map((p: any) => [p.name, p.containerPort]));
    expect([...ours.args].sort()).toEqual(
      [...theirs.args, '--product-telemetry-disable', '--snippets'].sort(),
    );
    expect(ours.env).toEqual(theirs.env);
    expect(ours.image).toBe(theirs.image);
    expect(ours.securityContext).toMatchObject(theirs.securityContext);
    expect(ours.volumeMounts).toEqual(theirs.volumeMounts);
    expect(ports(ours)).toEqual(ports(theirs));
    expect(ours.readinessProbe.httpGet).toEqual(theirs.readinessProbe.httpGet);
    expect(control().args).toContain('--metrics-disable');
  });

  test('the Job reads the Secrets that it makes, and no certificate of a listener', () => {
    const { objects } = fabric();
    const { args } = objects.find('Job').spec.template.spec.containers[0];
    const made = args.flatMap(
      (a: string) => /^--(?:server|agent)-tls-secret=(.+)/.exec(a)?.[1] ?? [],
    );
    const { rules } = objects.find('Role', 'nginx-gateway-cert-generator');
    expect(rules).toEqual([
      { apiGroups: [''], resources: ['secrets'], resourceNames: made.sort(), verbs: ['get'] },
      { apiGroups: [''], resources: ['secrets'], verbs: ['create'] },
    ]);
    // Upstream may change any, for --overwrite, which this Job is not told.
    expect(args).not.toContain('--overwrite');
    const theirs = grants(find('Role', 'nginx-gateway-cert-generator').rules);
    expect([...grants(rules)].filter((g) => !theirs.has(g))).toEqual([]);
  });

  test('the Job, the Service and the class are those of upstream', () => {
    const { objects } = fabric();
    const job = find('Job', 'nginx-gateway-cert-generator').spec.template.spec.containers[0];
    const ours = objects.find('Job').spec.template.spec.containers[0];
    expect(ours.args).toEqual(job.args);
    expect(ours.env).toEqual(job.env);
    const service = find('Service', 'nginx-gateway').spec;
    expect(objects.find('Service').spec).toEqual(service);
    expect(objects.find('GatewayClass').spec.controllerName).toBe(
      find('GatewayClass', 'nginx').spec.controllerName,
    );
  });
});

import type { ObjectSet } from '../../../lib/testing';
import { describeWithUpstream, upstreamManifest } from '../../support/upstream';
import { byResource, grants } from '../grants';
import { droppedGrants } from './flags';
import { retired } from './render';

// Compared by meaning with what upstream itself deploys.

describeWithUpstream('upstream deployment 1.15.1', () => {
  const theirs = upstreamManifest('ingress-nginx-1.15.1-baremetal.yaml');
  const rules = (list: ObjectSet, name: string) => [
    ...list.find('ClusterRole', name).rules,
    ...list.find('Role', name).rules,
  ];

  test("every right of ours is one of upstream's, and what we leave out is listed", () => {
    const oracle = grants(rules(theirs, 'ingress-nginx'));
    const full = grants(
      rules(retired({}, { statusAddress: '192.0.2.1' }).objects, 'ingress-nginx'),
    );
    expect([...full].filter((g) => !oracle.has(g))).toEqual([]);
    const least = grants(rules(retired().objects, 'ingress-nginx'));
    expect(byResource([...oracle].filter((g) => !least.has(g)))).toEqual(
      Object.keys(droppedGrants),
    );
    expect([...full].filter((g) => !least.has(g)).sort()).toEqual([
      'coordination.k8s.io/leases create',
      'coordination.k8s.io/leases get',
      'coordination.k8s.io/leases update',
      'networking.k8s.io/ingresses/status update',
    ]);
    const watched = retired({ watchNamespace: 'shop' }, { statusAddress: '192.0.2.1' }).objects;
    const all = grants([
      ...rules(watched, 'ingress-nginx'),
      ...watched.find('Role', 'ingress-nginx-watched').rules,
    ]);
    expect([...all].filter((g) => !oracle.has(g))).toEqual([]);
  });

  test('no right to write anything cluster-wide but events and status', () => {
    const { rules: all } = retired({}, { statusAddress: '192.0.2.1' }).objects.find('ClusterRole');
    const writes = all.filter((r: any) =>
      r.verbs.some((v: string) => !['get', 'list', 'watch'].includes(v)),
    );
    expect(writes.flatMap((r: any) => r.resources)).toEqual(['events', 'ingresses/status']);
  });

  test('same names, selector, class, user, capability, ports, certificate and environment', () => {
    const edge = retired({ webhook: true });
    const name = 'ingress-nginx-controller';
    const deployment = theirs.find('Deployment', name);
    const [container] = deployment.spec.template.spec.containers;
    expect(edge.objects.find('Deployment', name).spec.selector).toEqual(deployment.spec.selector);
    expect(edge.objects.find('IngressClass').spec).toEqual(
      theirs.find('IngressClass', 'nginx').spec,
    );
    const { seccompProfile, ...security } = container.securityContext;
    expect(edge.container.securityContext).toEqual(security);
    expect(edge.pod.securityContext).toEqual({ seccompProfile });
    expect(edge.container.image).toBe(container.image);
    expect(edge.container.env).toEqual(container.env);
    const ports = (list: any[]) => list.map((p) => `${p.name} ${p.containerPort}`);
    expect(ports(edge.container.ports)).toEqual(expect.arrayContaining(ports(container.ports)));
    expect(edge.container.readinessProbe.httpGet.path).toBe(container.readinessProbe.httpGet.path);
    const certificate = (list: string[]) => list.filter((a) => a.startsWith('--validating'));
    expect(certificate(edge.container.args)).toEqual(certificate(container.args));
  });

  test('the webhook is whole: the same kinds, and the same configuration, Jobs and Service', () => {
    const edge = retired({ webhook: true });
    const names = (list: ObjectSet) =>
      list.all.map((o) => `${o.kind} ${o.metadata.name}`).filter((o) => o.includes('admission'));
    expect(names(edge.objects)).toEqual(expect.arrayContaining(names(theirs)));
    const [ours] = edge.objects.find('ValidatingWebhookConfiguration').webhooks;
    const [oracle] = theirs.find(
      'ValidatingWebhookConfiguration',
      'ingress-nginx-admission',
    ).webhooks;
    expect(ours).toEqual(oracle);
    for (const job of ['ingress-nginx-admission-create', 'ingress-nginx-admission-patch']) {
      const [mine] = edge.objects.find('Job', job).spec.template.spec.containers;
      const [container] = theirs.find('Job', job).spec.template.spec.containers;
      expect([mine.image, mine.args, mine.env]).toEqual([
        container.image,
        container.args,
        container.env,
      ]);
    }
    const admission = 'ingress-nginx-controller-admission';
    const { selector, ports } = edge.objects.find('Service', admission).spec;
    const service = theirs.find('Service', admission).spec;
    expect(selector).toEqual(service.selector);
    expect(ports[0]).toMatchObject({
      port: service.ports[0].port,
      targetPort: service.ports[0].targetPort,
    });
    const surplus = [...grants(rules(edge.objects, 'ingress-nginx-admission'))].filter(
      (g) => !grants(rules(theirs, 'ingress-nginx-admission')).has(g),
    );
    expect(surplus).toEqual([]);
  });
});

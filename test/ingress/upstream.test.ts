import { readFileSync } from 'node:fs';
import { describeWithUpstream, upstreamFile, upstreamManifest } from '../support/upstream';
import { edge } from './edge';
import { byResource, grants } from './grants';
import { droppedGrants } from './nic';

// Compared by meaning with what upstream itself deploys.

describeWithUpstream('upstream deployment 5.5.4', () => {
  test("every right of ours is one of upstream's, and what we leave out is listed", () => {
    const oracle = grants(upstreamManifest('nic-5.5.4-rbac.yaml').find('ClusterRole').rules);
    const ours = ({ objects }: ReturnType<typeof edge>) =>
      grants([...objects.find('ClusterRole').rules, ...objects.find('Role').rules]);
    const full = ours(edge({ statusAddress: '192.0.2.1' }));
    expect([...full].filter((g) => !oracle.has(g))).toEqual([]);
    const least = ours(edge());
    expect(byResource([...oracle].filter((g) => !least.has(g)))).toEqual(
      Object.keys(droppedGrants),
    );
    expect([...full].filter((g) => !least.has(g)).sort()).toEqual([
      'coordination.k8s.io/leases create',
      'coordination.k8s.io/leases get',
      'coordination.k8s.io/leases update',
      'networking.k8s.io/ingresses/status update',
    ]);
  });

  test('no right to write anything cluster-wide but events and status', () => {
    const writes = edge({ statusAddress: '192.0.2.1' })
      .objects.find('ClusterRole')
      .rules.filter((r: any) => r.verbs.some((v: string) => !['get', 'list', 'watch'].includes(v)));
    expect(writes.flatMap((r: any) => r.resources)).toEqual(['events', 'ingresses/status']);
  });

  test('same class controller, user, capability, probe, ports and mounts', () => {
    const deployment = upstreamManifest('nic-5.5.4-deployment.yaml').find('Deployment');
    const [theirs] = deployment.spec.template.spec.containers;
    const { container, objects } = edge({ metricsNamespace: 'monitoring' });
    expect(objects.find('IngressClass').spec).toEqual(
      upstreamManifest('nic-5.5.4-ingress-class.yaml').find('IngressClass').spec,
    );
    expect(container.securityContext).toMatchObject(theirs.securityContext);
    expect(container.readinessProbe).toMatchObject({ httpGet: theirs.readinessProbe.httpGet });
    expect(container.env).toEqual(theirs.env);
    expect(
      container.ports.map(({ name, containerPort }: any) => ({ name, containerPort })),
    ).toEqual(theirs.ports);
    expect(container.image).toBe(`docker.io/${theirs.image}`);
    expect(theirs.args).toContain(container.args[0]);
    const commented = readFileSync(upstreamFile('manifests', 'nic-5.5.4-deployment.yaml'), 'utf8');
    for (const { mountPath } of container.volumeMounts) {
      expect(commented).toContain(`mountPath: ${mountPath}\n`);
    }
  });
});

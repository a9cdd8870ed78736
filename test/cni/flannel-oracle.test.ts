import { FlannelBackend } from '../../lib';
import { describeWithUpstream, upstreamManifest } from '../support/upstream';
import { args, cniConf, netConf, pod, render } from './flannel';

// Upstream's default backend, so that every difference is one that we mean.
const rendered = render({ backend: FlannelBackend.vxlan({ directRouting: false }) });

describeWithUpstream('against the manifest of the pinned release', () => {
  const upstream = upstreamManifest('flannel-0.28.9-kube-flannel.yml');
  const theirs = (kind: string) => upstream.find(kind);
  const ours = (kind: string) => rendered.objects.find(kind);
  const theirSpec = () => theirs('DaemonSet').spec;
  const theirPod = () => theirSpec().template.spec;
  const spec = ours('DaemonSet').spec;
  const [container] = pod(rendered).containers;
  const [other] = theirPod().containers;

  test('the same objects, by kind, name and namespace', () => {
    const identity = (o: any) =>
      `${o.apiVersion} ${o.kind} ${o.metadata.namespace ?? ''}/${o.metadata.name}`;
    expect(rendered.objects.all.map(identity).sort()).toEqual(upstream.all.map(identity).sort());
  });

  test("every object carries upstream's labels", () => {
    for (const o of upstream.all) {
      expect(ours(o.kind).metadata.labels).toMatchObject(o.metadata.labels);
    }
  });

  test('the same rights, to the same account', () => {
    expect(ours('ClusterRole').rules).toEqual(theirs('ClusterRole').rules);
    const { roleRef, subjects } = ours('ClusterRoleBinding');
    expect(roleRef).toEqual(theirs('ClusterRoleBinding').roleRef);
    expect(subjects).toEqual(theirs('ClusterRoleBinding').subjects);
  });

  test('the same chain of plugins', () => {
    expect(cniConf(rendered)).toEqual(JSON.parse(theirs('ConfigMap').data['cni-conf.json']));
  });

  test('the same network; the families, identifier, port and MTU are written out', () => {
    const { EnableIPv4, EnableIPv6, Backend, ...rest } = netConf(rendered);
    const { VNI, Port, DirectRouting, MTU, ...backend } = Backend;
    expect({ ...rest, Backend: backend }).toEqual(
      JSON.parse(theirs('ConfigMap').data['net-conf.json']),
    );
    // What flannel takes for each of them when it is left out; the NIC of the flagship has 1500.
    expect({ EnableIPv4, EnableIPv6, VNI, Port, DirectRouting, MTU }).toEqual({
      EnableIPv4: true,
      EnableIPv6: false,
      VNI: 1,
      Port: 8472,
      DirectRouting: false,
      MTU: 1500,
    });
  });

  test("flanneld gets upstream's arguments, and two of ours", () => {
    expect(args(rendered).filter((arg) => other.args.includes(arg))).toEqual(other.args);
    expect(args(rendered).filter((arg) => !other.args.includes(arg))).toEqual([
      '--healthz-ip=127.0.0.1',
      '--iface=$(HOST_IP)',
    ]);
  });

  test("the container is upstream's, with a startup probe, a pull policy and its machine's address", () => {
    const { imagePullPolicy, startupProbe, ...rest } = container;
    expect(imagePullPolicy).toBe('IfNotPresent');
    expect(startupProbe.httpGet.path).toBe('/healthz');
    const host = (probe: any) => ({ ...probe, httpGet: { host: '127.0.0.1', ...probe.httpGet } });
    const env = (list: any[]) => [...list].sort((a, b) => (a.name < b.name ? -1 : 1));
    expect({ ...rest, args: [], env: env(rest.env) }).toEqual({
      ...other,
      args: [],
      livenessProbe: host(other.livenessProbe),
      readinessProbe: host(other.readinessProbe),
      env: env([
        ...other.env,
        { name: 'HOST_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } },
      ]),
    });
  });

  test('the same init containers, with a pull policy', () => {
    expect(pod(rendered).initContainers).toEqual(
      theirPod().initContainers.map((c: any) => ({ ...c, imagePullPolicy: 'IfNotPresent' })),
    );
  });

  test('the same pod otherwise; it stays on machines with a NoExecute taint, too', () => {
    const { containers: _c, initContainers: _i, tolerations, ...rest } = pod(rendered);
    const {
      containers: _oc,
      initContainers: _oi,
      tolerations: theirTolerations,
      ...others
    } = theirPod();
    expect(rest).toEqual(others);
    expect(tolerations).toEqual([
      ...theirTolerations.map((t: any) => ({ effect: t.effect, operator: t.operator })),
      { effect: 'NoExecute', operator: 'Exists' },
    ]);
  });

  test('the same DaemonSet otherwise; several machines at a time, and a hash of the ConfigMap', () => {
    expect(spec.selector).toEqual(theirSpec().selector);
    expect(spec.template.metadata.labels).toEqual(theirSpec().template.metadata.labels);
    expect(Object.keys(spec.template.metadata.annotations)).toEqual([
      'cdk8s-groundwork/config-hash',
    ]);
    expect(theirSpec()).not.toHaveProperty('updateStrategy');
    expect(spec.updateStrategy).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: '10%' },
    });
    expect(Object.keys(spec).sort()).toEqual(['selector', 'template', 'updateStrategy']);
  });
});

import { ApiObject, App, Chart, Testing } from 'cdk8s';
import { Phase } from '../../lib';
import { addManifest, phaseOf } from '../../lib/cluster';
import { osloCluster } from '../support/oslo';

const ours = {
  'app.kubernetes.io/managed-by': 'cdk8s-groundwork',
  'cdk8s-groundwork/cluster': 'oslo',
};

function site(chartProps = {}) {
  const app = new App();
  return { cluster: osloCluster(app), chart: new Chart(app, 'net', chartProps) };
}
const config = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: 'kube-proxy',
    namespace: 'kube-system',
    labels: { 'k8s-app': 'kube-proxy' },
    annotations: { note: 'kept' },
  },
  data: { mode: 'ipvs' },
};
const role = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'calico-node' },
  rules: [],
};

describe('addManifest', () => {
  test('keeps the object and adds our two labels', () => {
    const { cluster, chart } = site();
    addManifest(chart, cluster, Phase.KUBE_PROXY, config);
    expect(Testing.synth(chart)).toEqual([
      { ...config, metadata: { ...config.metadata, labels: { 'k8s-app': 'kube-proxy', ...ours } } },
    ]);
    expect(config.metadata.labels).toEqual({ 'k8s-app': 'kube-proxy' });
  });

  test('our labels win over labels of the same name', () => {
    const { cluster, chart } = site({ labels: { ...ours, team: 'net' } });
    const labels = { 'app.kubernetes.io/managed-by': 'somebody' };
    const object = addManifest(chart, cluster, Phase.CNI, {
      ...role,
      metadata: { ...role.metadata, labels },
    });
    expect(object.toJson().metadata.labels).toEqual({ team: 'net', ...ours });
  });

  test("a chart's namespace reaches no object: ours name their own or have none", () => {
    const { cluster, chart } = site({ namespace: 'team-net' });
    addManifest(chart, cluster, Phase.CNI, role);
    addManifest(chart, cluster, Phase.CNI, config);
    const [clusterRole, configMap] = Testing.synth(chart);
    expect(clusterRole.metadata).toEqual({ name: 'calico-node', labels: ours });
    expect(configMap.metadata.namespace).toBe('kube-system');
  });

  test('construct ids say kind, namespace and name', () => {
    const { cluster, chart } = site();
    const paths = [config, role].map(
      (object) => addManifest(chart, cluster, Phase.CNI, object).node.path,
    );
    expect(paths).toEqual(['net/configmap-kube-system-kube-proxy', 'net/clusterrole-calico-node']);
  });

  test('the phase stands in the metadata of the node, not in the object', () => {
    const { cluster, chart } = site();
    const object = addManifest(chart, cluster, Phase.CNI_OPERATOR, role);
    expect(object.node.metadata).toMatchObject([
      { type: 'cdk8s-groundwork/phase', data: '10-cni-operator' },
    ]);
    expect(phaseOf(object)).toBe(Phase.CNI_OPERATOR);
    expect(JSON.stringify(object.toJson())).not.toContain('10-cni-operator');
  });

  test('a cluster of another App is refused, whose rules would never run', () => {
    const { chart } = site();
    expect(() => addManifest(chart, osloCluster(), Phase.CNI, role)).toThrow(
      '[net] cluster must be in the same App as this construct, got oslo; create the Cluster in the App that synthesizes this chart',
    );
  });

  test('objects of others have no phase', () => {
    const { chart } = site();
    expect(
      phaseOf(new ApiObject(chart, 'theirs', { apiVersion: 'v1', kind: 'ConfigMap' })),
    ).toBeUndefined();
  });
});

test('phases are applied in this order, which is that of their names', () => {
  const order = [
    '00-kube-proxy',
    '05-node-local-dns',
    '10-cni-operator',
    '20-cni',
    '30-network-policy',
    '40-load-balancer',
    '45-load-balancer-config',
    '50-ingress',
    '55-residency',
    '60-storage-policy',
    '70-observability',
  ];
  expect(Object.values(Phase)).toEqual(order);
  expect([...order].sort()).toEqual(order);
});

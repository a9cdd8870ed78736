import { App, Chart, Testing } from 'cdk8s';
import { Construct } from 'constructs';
import {
  Cluster,
  CniKind,
  Encapsulation,
  KubeProxyMode,
  Severity,
  type ClusterFacts,
} from '../../lib';
import { images } from '../../lib/catalog';
import {
  agreeWithFact,
  rule,
  Tuning,
  tuned,
  type CniSummary,
  type KubeProxySummary,
} from '../../lib/cluster';
import { osloCluster, osloProps } from '../support/oslo';

const cni: CniSummary = {
  path: 'oslo/cni',
  kind: CniKind.CALICO,
  label: 'Calico',
  encapsulation: Encapsulation.NONE,
  bgp: true,
  devices: [],
  podMtu: 1500,
  dataplane: 'Iptables',
  podDevice: 'cali*',
  ways: [],
  inspect: [],
  own: {},
};
const proxy = { path: 'oslo/proxy', mode: KubeProxyMode.IPVS } as KubeProxySummary;

describe('a cluster whose machines belong to somebody else', () => {
  const { machines, zones, ...rest } = osloProps();
  const facts: ClusterFacts = { machines, zones, ...rest };

  test('answers as any other, but owns no machine', () => {
    const cluster = Cluster.fromFacts(new App(), 'oslo', facts);
    expect(cluster).toBeInstanceOf(Cluster);
    expect(cluster.ownsMachines).toBe(false);
    expect(cluster.clusterDnsIp).toBe('10.96.0.10');
  });

  test('is checked as any other', () => {
    expect(() => Cluster.fromFacts(new App(), 'oslo', { ...facts, dnsDomain: '.' })).toThrow(
      new Error(
        '[oslo] dnsDomain must be an RFC 1123 subdomain, got .; use cluster.local unless certificates need another name',
      ),
    );
    const app = new App();
    const cluster = Cluster.fromFacts(app, 'oslo', facts);
    const record = {
      id: 'GW-X-001',
      severity: Severity.ERROR,
      title: '',
      why: '',
      remedy: 'mend it',
      reference: '',
    };
    cluster.addRule(
      rule(record, ({ ownsMachines }) => (ownsMachines ? [] : [{ message: 'not ours' }])),
    );
    expect(() => Testing.synth(new Chart(app, 'net'))).toThrow('GW-X-001 [oslo] not ours; mend it');
  });
});

describe('what rooms say about themselves', () => {
  test('is there for all others, and fills facts that nobody gave', () => {
    const cluster = osloCluster();
    expect([cluster._summary('cni'), cluster.cni, cluster.kubeProxyMode]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    cluster._register('cni', cni);
    cluster._register('kubeProxy', proxy);
    expect(cluster._summary('cni')).toEqual(cni);
    expect([cluster.cni, cluster.kubeProxyMode]).toEqual([CniKind.CALICO, KubeProxyMode.IPVS]);
  });

  test('never changes a fact that was given', () => {
    const cluster = osloCluster(new App(), { cni: CniKind.FLANNEL });
    cluster._register('cni', cni);
    expect(cluster.cni).toBe(CniKind.FLANNEL);
  });

  test('is said by one construct of each room', () => {
    const cluster = osloCluster();
    cluster._register('cni', cni);
    cluster._register('kubeProxy', proxy);
    expect(() => cluster._register('cni', { ...cni, path: 'oslo/other' })).toThrow(
      new Error(
        '[oslo/other] cluster must be a cluster without another construct of this room (cni), got oslo/cni; remove one of the two',
      ),
    );
    expect(cluster._summary('cni')).toEqual(cni);
  });
});

describe('agreeWithFact', () => {
  test('a construct that contradicts a fact throws', () => {
    expect(() =>
      agreeWithFact('oslo/proxy', 'kubeProxyMode', KubeProxyMode.NFTABLES, KubeProxyMode.IPVS),
    ).toThrow(
      new Error(
        '[oslo/proxy] cluster.kubeProxyMode must be ipvs for this construct, got nftables; change the fact or use the construct for nftables',
      ),
    );
  });

  test.each([undefined, 'ipvs'])('the fact %s does not stand in the way of ipvs', (fact) => {
    expect(() => agreeWithFact('oslo/proxy', 'kubeProxyMode', fact, 'ipvs')).not.toThrow();
  });
});

test('a tuning table gives values with their type, and reasons as decisions', () => {
  const tuning = new Tuning({
    strict: tuned('A.strict', true, 'false', 'why one', 'source one'),
    scheduler: tuned('A.scheduler', 'rr', "''", 'why two', 'source two'),
    limits: tuned('A.limits', { cpu: 1 }, 'none', 'why three', 'source three'),
  });
  const strict: boolean = tuning.get('strict');
  expect([strict, tuning.get('scheduler')]).toEqual([true, 'rr']);
  expect(tuning.decisions('oslo/proxy')).toEqual([
    {
      path: 'oslo/proxy',
      key: 'A.strict',
      value: 'true',
      upstream: 'false',
      why: 'why one',
      source: 'source one',
    },
    {
      path: 'oslo/proxy',
      key: 'A.scheduler',
      value: 'rr',
      upstream: "''",
      why: 'why two',
      source: 'source two',
    },
    {
      path: 'oslo/proxy',
      key: 'A.limits',
      value: '{"cpu":1}',
      upstream: 'none',
      why: 'why three',
      source: 'source three',
    },
  ]);
});

test('images come from their own registry, or from the mirror', () => {
  const pin = Object.values(images)[0]!;
  const [own, mirrored] = [undefined, 'mirror.example.no/k8s'].map((imageRegistry) =>
    osloCluster(new App(), { imageRegistry })._image(pin),
  );
  expect(own).toMatch(new RegExp(`^${pin.registry}/${pin.repository}[:@]`));
  expect(mirrored).toMatch(new RegExp(`^mirror.example.no/k8s/${pin.repository}[:@]`));
});

test('nothing is put into the tree beside the cluster itself', () => {
  const app = new App();
  const cluster = osloCluster(app);
  expect(cluster.node.findAll()).toEqual([cluster]);
  expect(new Construct(cluster, 'cni').node.path).toBe('oslo/cni');
});

import { ApiObject, App, Chart } from 'cdk8s';
import { KubernetesVersion, NodeBootstrap, OperatingSystem, type ClusterProps } from '../../lib';
import { findingLine, standing } from '../../lib/cluster';
import { osloCluster, osloProps } from '../support/oslo';

const { V1_35, V1_36, V1_37 } = KubernetesVersion;
const { DEBIAN_12, DEBIAN_13, UBUNTU_22_04 } = OperatingSystem;

/** What the flagship is told on a day. */
const said = (changes: Partial<ClusterProps>) =>
  osloCluster(new App(), { operatingSystem: DEBIAN_13, ...changes })
    .findings()
    .map((finding) => `${finding.severity} ${findingLine(finding)}`);

describe('ends of support', () => {
  test('without a day nothing is said of any', () => {
    expect(said({ kubernetesVersion: V1_35, operatingSystem: DEBIAN_12 })).toEqual([]);
  });

  test('GW-CLUSTER-009 and 010: a quarter before, on the day, and after it', () => {
    const on = (asOf: string) => said({ kubernetesVersion: V1_35, asOf });
    const next =
      'upgrade one minor at a time; report/upgrade.md has the order where the spec owns machines';
    expect(on('2026-11-29')).toEqual([]);
    expect(on('2026-11-30')).toEqual([
      `note GW-CLUSTER-010 [oslo] fixes for Kubernetes 1.35 end on 2027-02-28, 90 days from 2026-11-30; ${next}`,
    ]);
    expect(on('2027-02-28')).toEqual([
      `note GW-CLUSTER-010 [oslo] fixes for Kubernetes 1.35 end on 2027-02-28, 0 days from 2027-02-28; ${next}`,
    ]);
    expect(on('2027-03-01')).toEqual([
      `warning GW-CLUSTER-009 [oslo] fixes for Kubernetes 1.35 ended on 2027-02-28, 1 day before 2027-03-01; ${next}`,
    ]);
    expect(said({ kubernetesVersion: V1_36, asOf: '2027-03-01' })).toEqual([]);
  });

  test('what has no day of its own, and what has', () => {
    expect(standing({ component: 'etcd', line: '3.5', label: '' })).toMatchObject({
      until: '2027-07-08',
      then: 'leave imageTag out: it follows the minor of Kubernetes',
    });
    expect(standing({ component: 'etcd', line: '3.6', label: '' }).until).toBe(
      'no day is named: the two newest minors are repaired; 3.5, 3.6 and 3.7 all were on 2026-09-22',
    );
  });

  test('GW-CLUSTER-011 and 012: others repair Debian for nothing, Ubuntu for a subscription', () => {
    const on = (operatingSystem: OperatingSystem, asOf: string) =>
      said({ operatingSystem, asOf }).filter((line) => /GW-CLUSTER-01[12]/.test(line));
    const next = 'replace the machines one by one by ones with a newer release of the distribution';
    expect(on(DEBIAN_12, '2026-07-11')).toEqual([
      `note GW-CLUSTER-012 [oslo] fixes for Debian 12 end on 2026-07-11, 0 days from 2026-07-11; Debian LTS goes on until 2028-06-30; ${next}`,
    ]);
    expect(on(DEBIAN_12, '2026-11-27')).toEqual([
      `note GW-CLUSTER-012 [oslo] regular support of Debian 12 ended on 2026-07-11; Debian LTS repairs it until 2028-06-30 on fewer packages; ${next}`,
    ]);
    expect(on(DEBIAN_12, '2028-07-01')).toEqual([
      `warning GW-CLUSTER-011 [oslo] fixes for Debian 12 ended on 2028-06-30, 1 day before 2028-07-01; ${next}`,
    ]);
    expect(on(UBUNTU_22_04, '2027-06-03')).toEqual([
      `warning GW-CLUSTER-011 [oslo] fixes for Ubuntu 22.04 LTS ended on 2027-06-01, 2 days before 2027-06-03; Ubuntu Pro goes on until 2032-04-21 for machines that have it; ${next}, or attach them to Ubuntu Pro and acknowledge`,
    ]);
    expect(on(UBUNTU_22_04, '2032-04-22')).toEqual([
      `warning GW-CLUSTER-011 [oslo] fixes for Ubuntu 22.04 LTS ended on 2027-06-01, 1787 days before 2032-04-22; ${next}`,
    ]);
    expect(on(DEBIAN_13, '2026-11-27')).toEqual([]);
  });

  test('GW-CLUSTER-013: a catalogue that nobody has read for half a year', () => {
    const on = (asOf: string) =>
      said({ kubernetesVersion: V1_37, asOf }).filter((line) => line.includes('GW-CLUSTER-013'));
    expect(on('2027-05-26')).toEqual([]);
    expect(on('2027-05-27')).toEqual([
      'note GW-CLUSTER-013 [oslo] the catalogue of this release of the library was read on 2026-11-27, 181 days before 2027-05-27; update cdk8s-groundwork and read the findings again',
    ]);
  });

  test.each(['2026-02-30', '27.11.2026', '2026-11-27T00:00:00Z', '2026-1-1', ''])(
    '%p is no day',
    (asOf) => {
      expect(() => osloCluster(new App(), { asOf })).toThrow(
        new Error(
          `[oslo] asOf must be an ISO day such as 2026-11-27, got ${asOf === '' ? 'nothing' : asOf}; let CI pass its own day, or write one; there is no clock in a synth`,
        ),
      );
    },
  );
});

describe('kinds that Kubernetes has', () => {
  const withObjects = (
    kubernetesVersion: KubernetesVersion,
    ...objects: Array<[apiVersion: string, kind: string]>
  ) => {
    const chart = new Chart(new App(), 'oslo');
    objects.forEach(([apiVersion, kind], index) => {
      new ApiObject(chart, `o${index}`, { apiVersion, kind });
    });
    return osloCluster(chart, osloProps({ kubernetesVersion }))
      .findings()
      .filter(({ id }) => /GW-CLUSTER-01[45]/.test(id))
      .map(findingLine);
  };

  test('GW-CLUSTER-014: what old guides write, and what is misspelt', () => {
    expect(
      withObjects(
        V1_36,
        ['networking.k8s.io/v1', 'Ingress'],
        ['networking.k8s.io/v1beta1', 'Ingress'],
        ['extensions/v1beta1', 'Deployment'],
        ['policy/v1beta1', 'PodSecurityPolicy'],
        ['v1', 'Sevrice'],
        ['v1', 'List'],
        ['cert-manager.io/v1', 'Certificate'],
        ['gateway.networking.k8s.io/v1', 'Gateway'],
        ['settings.k8s.io/v1alpha1', 'PodPreset'],
      ),
    ).toEqual([
      'GW-CLUSTER-014 [oslo/o1] Kubernetes 1.36 has no Ingress in networking.k8s.io/v1beta1; write it in networking.k8s.io/v1',
      'GW-CLUSTER-014 [oslo/o2] Kubernetes 1.36 has no Deployment in extensions/v1beta1; write it in apps/v1',
      'GW-CLUSTER-014 [oslo/o3] Kubernetes 1.36 has no PodSecurityPolicy in policy/v1beta1; write the object in a version that is served',
      'GW-CLUSTER-014 [oslo/o4] Kubernetes 1.36 has no Sevrice in v1; write the object in a version that is served',
      'GW-CLUSTER-014 [oslo/o8] Kubernetes 1.36 has no PodPreset in settings.k8s.io/v1alpha1; write the object in a version that is served',
    ]);
  });

  test('GW-CLUSTER-014: what is alpha or beta is there and off', () => {
    const preview: Array<[string, string]> = [
      ['admissionregistration.k8s.io/v1beta1', 'MutatingAdmissionPolicy'],
      ['certificates.k8s.io/v1beta1', 'ClusterTrustBundle'],
      ['autoscaling/v2', 'HorizontalPodAutoscaler'],
      ['metallb.io/v1beta1', 'IPAddressPool'],
    ];
    expect(withObjects(V1_36, ...preview)).toEqual([
      'GW-CLUSTER-014 [oslo/o0] Kubernetes 1.36 serves MutatingAdmissionPolicy in admissionregistration.k8s.io/v1beta1 only where runtime-config of kube-apiserver says so; write it in admissionregistration.k8s.io/v1',
      'GW-CLUSTER-014 [oslo/o1] Kubernetes 1.36 serves ClusterTrustBundle in certificates.k8s.io/v1beta1 only where runtime-config of kube-apiserver says so; set runtime-config in apiServerExtraArgs to certificates.k8s.io/v1beta1=true, with the feature gate that the kind has; or acknowledge where that is done',
    ]);
    expect(withObjects(V1_37, ...preview)).toEqual([]);
    const app = new App();
    const cluster = osloCluster(app);
    new NodeBootstrap(app, 'nodes', {
      cluster,
      controlPlane: {
        apiServerExtraArgs: { 'runtime-config': 'certificates.k8s.io/v1beta1=true' },
      },
    });
    new ApiObject(new Chart(app, 'c'), 'o', {
      apiVersion: 'certificates.k8s.io/v1beta1',
      kind: 'ClusterTrustBundle',
    });
    expect(cluster.findings().filter(({ id }) => id === 'GW-CLUSTER-014')).toEqual([]);
  });

  test('GW-CLUSTER-015: what the next minor drops', () => {
    const workload: [string, string] = ['scheduling.k8s.io/v1alpha1', 'Workload'];
    expect(withObjects(V1_35, workload, ['v1', 'Sevrice'])).toEqual([
      'GW-CLUSTER-014 [oslo/o0] Kubernetes 1.35 serves Workload in scheduling.k8s.io/v1alpha1 only where runtime-config of kube-apiserver says so; set runtime-config in apiServerExtraArgs to scheduling.k8s.io/v1alpha1=true, with the feature gate that the kind has; or acknowledge where that is done',
      'GW-CLUSTER-014 [oslo/o1] Kubernetes 1.35 has no Sevrice in v1; write the object in a version that is served',
      'GW-CLUSTER-015 [oslo/o0] Kubernetes 1.36 will have no Workload in scheduling.k8s.io/v1alpha1; write it in scheduling.k8s.io/v1alpha2',
    ]);
    expect(withObjects(V1_36, workload)).toEqual([
      'GW-CLUSTER-014 [oslo/o0] Kubernetes 1.36 has no Workload in scheduling.k8s.io/v1alpha1; write it in scheduling.k8s.io/v1alpha2',
    ]);
    // Nothing is known of its kinds.
    expect(withObjects(V1_37, workload)).toEqual([]);
  });
});

import { Size } from 'cdk8s';
import { ApiEndpoint, KubernetesVersion, Underlay, Zone } from '../../lib';
import { unexplainedLeaves } from '../support/coverage';
import { dualMachine, dualStack } from '../support/dual-stack';
import { osloMachine, osloProps } from '../support/oslo';
import { documents, messages, oslo } from './support';

describe('findings', () => {
  test('the flagship has notes only', () => {
    // no etcd construct here, which another room finds
    expect(
      oslo()
        .cluster.findings()
        .filter((f) => f.id.startsWith('GW-NODE-'))
        .map((f) => `${f.severity} ${f.id}`),
    ).toEqual(['note GW-NODE-004', 'note GW-NODE-005']);
  });

  test("GW-NODE-001: what kubeadm's preflight would stop on", () => {
    const machines = [
      osloMachine(1, { cpus: 1, memory: Size.mebibytes(1699) }),
      osloMachine(2, { cpus: 2, memory: Size.mebibytes(1700) }),
      osloMachine(3, { cpus: undefined, memory: undefined }),
    ];
    expect(messages(oslo({ machines }).cluster, 'GW-NODE-001')).toEqual([
      'control plane cp-1 has 1 CPU, kubeadm wants 2',
      'control plane cp-1 has 1699 MiB, kubeadm wants 1700',
    ]);
  });

  test('GW-NODE-002: a virtual IP where ARP does not reach', () => {
    const found = (changes: object) => messages(oslo(changes).cluster, 'GW-NODE-002');
    expect(found({ underlay: Underlay.filtered({ mtu: 1500 }) })).toEqual([
      '10.20.0.10 is moved by ARP, but the underlay says that machines do not share an Ethernet segment',
    ]);
    const zones = [
      ...osloProps().zones,
      Zone.of('oslo-2', { country: 'NO', nodeCidr: '10.21.0.0/24' }),
    ];
    const machines = [
      osloMachine(1),
      osloMachine(2),
      osloMachine(3, { zone: 'oslo-2', address: '10.21.0.13' }),
    ];
    expect(found({ zones, machines })).toEqual([
      '10.20.0.10 is not on the network of control plane cp-3 (10.21.0.0/24)',
    ]);
    expect(
      found({ zones, machines, endpoint: ApiEndpoint.external({ dnsName: 'api.oslo.example' }) }),
    ).toEqual([]);
  });

  test('GW-NODE-003: archives without a pinned checksum', () => {
    expect(
      messages(oslo({ kubernetesVersion: KubernetesVersion.of('1.36.99') }).cluster, 'GW-NODE-003'),
    ).toEqual([
      'no pinned checksum for kubelet 1.36.99 amd64, kubeadm 1.36.99 amd64, kubectl 1.36.99 amd64',
    ]);
    expect(messages(oslo().cluster, 'GW-NODE-003')).toEqual([]);
  });
});

test("every value of the kubelet's configuration has a reason or is a fact", () => {
  const { cluster, files } = oslo();
  const found = documents(files(), 'cp-1', '/etc/groundwork/kubeadm.conf');
  const explained = {
    decisions: cluster.decisions(),
    facts: [
      'KubeletConfiguration.clusterDNS',
      'KubeletConfiguration.clusterDomain',
      'ClusterConfiguration.clusterName',
      'ClusterConfiguration.kubernetesVersion',
      'ClusterConfiguration.controlPlaneEndpoint',
      'ClusterConfiguration.networking',
      'ClusterConfiguration.apiServer.certSANs',
      'InitConfiguration.localAPIEndpoint',
      'InitConfiguration.nodeRegistration',
    ],
    structural: [
      'InitConfiguration.bootstrapTokens',
      'InitConfiguration.certificateKey',
      'ClusterConfiguration.apiServer.extraVolumes',
    ],
  };
  expect(found.flatMap((document) => unexplainedLeaves(document, explained))).toEqual([]);
});

test('GW-NODE-015: an IPv6 gateway that nobody wrote down', () => {
  const said = (changes: Parameters<typeof oslo>[0]) =>
    messages(oslo(changes).cluster, 'GW-NODE-015');
  expect(said(dualStack())).toEqual([
    'the IPv6 gateway of cp-1, cp-2, cp-3 is not in the spec; routers must be heard in spite of forwarding',
  ]);
  const written = { gateway: '10.20.0.1', gatewayV6: 'fe80::1' };
  const machines = [1, 2, 3].map((n) => dualMachine(n, written));
  expect(said(dualStack({ machines }))).toEqual([]);
  expect(said({})).toEqual([]);
});

import {
  CalicoLoadBalancer,
  KubeProxyMode,
  LoadBalancerKind,
  MetalLb,
  MetalLbMode,
  TunedCalico,
  type NvmeControlPlaneProps,
} from '../../lib';
import { ObjectSet } from '../../lib/testing';
import { osloPlane } from '../control-plane/oslo-plane';
import '../../lib/testing/jest';
import { tempApp } from '../support/temp-app';
import { edgePool, said } from './balancer';

const plane = (changes: Partial<NvmeControlPlaneProps>) => osloPlane(tempApp(), changes);
const metalLb = MetalLb.configure({ pools: [edgePool] });
const routed = { pools: [{ name: 'edge', addresses: ['203.0.113.16/28'] }] };
const tor = { peerIp: '10.20.0.1', asNumber: 64513 };
const announced = {
  cni: TunedCalico.configure({ bgp: { topOfRackPeers: [tor] } }),
  loadBalancer: CalicoLoadBalancer.configure({ pools: [{ name: 'edge', cidr: '192.0.2.0/27' }] }),
};
const edge = (made: ReturnType<typeof plane>) =>
  ObjectSet.of(made).findLike({ kind: 'Service', metadata: { namespace: 'nginx-ingress' } });

test.each<[string, Partial<NvmeControlPlaneProps>, LoadBalancerKind]>([
  ['MetalLB', { loadBalancer: metalLb }, LoadBalancerKind.METALLB_L2],
  ['Calico', announced, LoadBalancerKind.CALICO],
])('%s becomes a fact, and the edge asks it for an address', (_name, props, kind) => {
  const made = plane(props);
  expect(made.cluster.loadBalancer).toBe(kind);
  expect(edge(made).spec.type).toBe('LoadBalancer');
  expect(made.cluster).toHaveNoFindings({ from: 'error' });
});

test('without one the edge has node ports', () => {
  const made = plane({});
  expect(made.cluster.loadBalancer).toBe(LoadBalancerKind.NONE);
  expect(edge(made).spec.type).toBe('NodePort');
});

test('a kind is known before there is a cluster', () => {
  const mode = MetalLbMode.bgp({
    asNumber: 64512,
    peers: [{ address: '192.0.2.1', asNumber: 64513 }],
  });
  expect(metalLb.kind).toBe(LoadBalancerKind.METALLB_L2);
  expect(MetalLb.configure({ ...routed, mode }).kind).toBe(LoadBalancerKind.METALLB_BGP);
  expect(announced.loadBalancer.kind).toBe(LoadBalancerKind.CALICO);
});

test('what Calico announces stands in its own objects', () => {
  const objects = ObjectSet.of(plane(announced));
  expect(objects.find('BGPConfiguration').spec).toMatchObject({
    serviceLoadBalancerIPs: [{ cidr: '192.0.2.0/27' }],
    serviceLoadBalancerAggregation: 'Disabled',
  });
  expect(objects.find('KubeControllersConfiguration').spec.controllers).toEqual({
    loadBalancer: { assignIPs: 'AllServices' },
  });
});

test('the host firewall lets packets for the pool in, and speakers ask each other', () => {
  const made = plane({ loadBalancer: metalLb, nodes: { firewall: { sshFrom: ['192.0.2.0/24'] } } });
  expect(made.cluster.kubeProxyMode).toBe(KubeProxyMode.IPVS);
  expect(said(made, 'GW-NODE-046')).toEqual([]);
  const rules = made.nodeFiles()['nodes/cp-1/files/etc/groundwork/firewall.nft'];
  expect(rules).toContain('10.20.0.128/28');
  expect(rules).toContain('7946');
});

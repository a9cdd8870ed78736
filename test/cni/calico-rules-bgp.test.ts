import { Encapsulation, LoadBalancerKind, Machine } from '../../lib';
import { SecretRef } from '../../lib/cluster';
import { ClusterRoutingMode, IpPoolUse, type CalicoBgpOptions } from '../../lib/cni';
import { dualStack } from '../support/dual-stack';
import { foreign, ours, render, said, spread, type Rendered } from './calico';
import { ALL_OF_BGP } from './calico-variants';

const of = (id: string, rendered: Rendered) =>
  said(rendered)
    .filter((line) => line.startsWith(id))
    .map((line) => line.slice(id.length + 1));
const by = (id: string, ...args: Parameters<typeof render>) => of(id, render(...args));

const router = (zone?: string, peerIp = '10.20.0.1') => ({ zone, peerIp, asNumber: 65001 });
const routers = (...topOfRackPeers: ReturnType<typeof router>[]): CalicoBgpOptions => ({
  nodeToNodeMesh: false,
  topOfRackPeers,
});

describe('GW-CNI-031: routes of bare packets', () => {
  const off = { bgp: { enabled: false } };

  test.each([Encapsulation.NONE, Encapsulation.IPIP, Encapsulation.IPIP_CROSS_SUBNET])(
    '%s without BGP',
    (encapsulation) => {
      expect(by('GW-CNI-031', { ...off, encapsulation })).toEqual([
        `encapsulation must be VXLAN or VXLANCrossSubnet with bgp.enabled false, got ${encapsulation}`,
      ]);
      const clusterRoutingMode = ClusterRoutingMode.FELIX;
      expect(by('GW-CNI-031', { ...off, encapsulation, clusterRoutingMode })).toEqual([]);
      expect(by('GW-CNI-031', { encapsulation })).toEqual([]);
    },
  );

  test('VXLAN has them from Felix', () => {
    expect(by('GW-CNI-031', { ...off, encapsulation: Encapsulation.VXLAN })).toEqual([]);
  });

  test('a pool that BGP keeps to itself is unknown to the other machines, too', () => {
    const ipPools = [{ cidr: '10.244.0.0/16', disableBgpExport: true }];
    const make = (more = {}, facts = {}) => by('GW-CNI-031', { ipPools, ...more }, facts);
    expect(make()).toEqual([
      'disableBgpExport must be false for the pool 10.244.0.0/16 with encapsulation None, got true',
    ]);
    expect(make({ encapsulation: Encapsulation.VXLAN })).toEqual([]);
    expect(make({ clusterRoutingMode: ClusterRoutingMode.FELIX })).toEqual([]);
    expect(make({}, spread(1, 1))).toEqual([]);
    const [finding] = ours(render({ ipPools }).cluster);
    expect(finding!.remedy).toContain('bgp.filters');
  });
});

describe('GW-CNI-033: a machine without a session', () => {
  test('no neighbour at all', () => {
    expect(by('GW-CNI-033', { bgp: { nodeToNodeMesh: false } })).toEqual([
      'nodeToNodeMesh is off, and machines in zone oslo-1 have no IPv4 neighbour',
    ]);
  });

  test('a zone that was forgotten', () => {
    const two = spread(4, 2);
    expect(by('GW-CNI-033', { bgp: routers(router('oslo-1')) }, two)).toEqual([
      'nodeToNodeMesh is off, and machines in zone oslo-2 have no IPv4 neighbour',
    ]);
    const both = routers(router('oslo-1'), router('oslo-2', '10.20.1.1'));
    expect(by('GW-CNI-033', { bgp: both }, two)).toEqual([]);
    expect(by('GW-CNI-033', { bgp: routers(router()) }, two)).toEqual([]);
  });

  test('a family that was forgotten', () => {
    expect(by('GW-CNI-033', { bgp: routers(router()) }, dualStack())).toEqual([
      'nodeToNodeMesh is off, and machines in zone oslo-1 have no IPv6 neighbour',
    ]);
    const both = routers(router(), router(undefined, 'fd00:20::1'));
    expect(by('GW-CNI-033', { bgp: both }, dualStack())).toEqual([]);
  });

  test('not where Felix has the routes, reflectors hand them on, or one machine is alone', () => {
    const bgp = { enabled: true, nodeToNodeMesh: false };
    expect(by('GW-CNI-033', { bgp, encapsulation: Encapsulation.VXLAN })).toEqual([]);
    expect(by('GW-CNI-033', { bgp, clusterRoutingMode: ClusterRoutingMode.FELIX })).toEqual([]);
    expect(by('GW-CNI-033', { bgp: { routeReflectors: { machines: ['cp-1'] } } })).toEqual([]);
    expect(by('GW-CNI-033', { bgp }, spread(1, 1))).toEqual([]);
  });
});

test('GW-CNI-034: one reflector', () => {
  const on = (machines: string[], more = {}) =>
    by('GW-CNI-034', { bgp: { routeReflectors: { machines }, ...more } });
  expect(on(['cp-2'])).toEqual(['cp-2 is the only route reflector']);
  expect(on(['cp-2'], { nodeToNodeMesh: true })).toEqual([]);
  expect(on(['cp-1', 'cp-2'])).toEqual([]);
});

test('GW-CNI-035: two steps on a running cluster', () => {
  const routeReflectors = { machines: ['cp-1', 'cp-2'] };
  const mesh = { bgp: { routeReflectors, nodeToNodeMesh: true } };
  const first = 'nodeToNodeMesh is on beside route reflectors: the first of two steps';
  expect(by('GW-CNI-035', mesh)).toEqual([first]);
  expect(of('GW-CNI-035', foreign(mesh))).toEqual([first]);
  expect(by('GW-CNI-035', { bgp: { routeReflectors } })).toEqual([]);
  expect(of('GW-CNI-035', foreign({ bgp: { routeReflectors } }))).toEqual([
    'route reflectors come and the mesh goes in one step, on machines that may be running',
  ]);
  expect(by('GW-CNI-035')).toEqual([]);
});

test('GW-CNI-037: MetalLB speaks BGP, too', () => {
  const beside = (loadBalancer: LoadBalancerKind, options = {}) =>
    by('GW-CNI-037', options, { loadBalancer });
  expect(beside(LoadBalancerKind.METALLB_BGP)).toEqual([
    'Calico speaks BGP with routers or machines, and MetalLB perhaps with the same',
  ]);
  expect(beside(LoadBalancerKind.METALLB_BGP, { encapsulation: Encapsulation.VXLAN })).toEqual([]);
  expect(beside(LoadBalancerKind.METALLB_L2)).toEqual([]);
});

test('GW-CNI-038: passwords, each Secret once', () => {
  expect(by('GW-CNI-038', ALL_OF_BGP)).toEqual([
    'a session waits for Secret mesh in namespace calico-system',
    'a session waits for Secret routers in namespace calico-system',
  ]);
  const password = SecretRef.of('one', 'a');
  const peers = [1, 2].map((n) => ({ ...router(undefined, `10.20.0.${n}`), password }));
  expect(by('GW-CNI-038', { bgp: { topOfRackPeers: peers } })).toHaveLength(1);
  expect(by('GW-CNI-038')).toEqual([]);
});

test('GW-CNI-046: nobody hears what is advertised', () => {
  const advertised = { bgp: { advertiseServiceCidr: true } };
  expect(by('GW-CNI-046', advertised)).toEqual([
    'Services are advertised, and bgp.topOfRackPeers names no router',
  ]);
  const heard = { bgp: { ...advertised.bgp, topOfRackPeers: [router()] } };
  expect(by('GW-CNI-046', heard)).toEqual([]);
  expect(by('GW-CNI-046')).toEqual([]);
});

test('GW-CNI-047: LoadBalancer addresses that BGP does not tell', () => {
  const ipPools = [
    { cidr: '10.244.0.0/16' },
    { name: 'edge', cidr: '192.0.2.0/25', allowedUses: [IpPoolUse.LOAD_BALANCER] },
  ];
  expect(by('GW-CNI-047', { ipPools })).toEqual([
    'the pool 192.0.2.0/25 for LoadBalancer addresses is not in bgp.serviceLoadBalancerIps',
  ]);
  const told = { serviceLoadBalancerIps: ['192.0.2.0/24'], topOfRackPeers: [router()] };
  expect(by('GW-CNI-047', { ipPools, bgp: told })).toEqual([]);
  expect(by('GW-CNI-047')).toEqual([]);
});

test('GW-CNI-039: nobody announces Services', () => {
  const bgp = { advertiseServiceCidr: true };
  expect(of('GW-CNI-039', foreign({ bgp }))).toEqual([
    'Services are advertised, and every machine is a control plane',
  ]);
  // NodeBootstrap takes the label off where control planes run workloads.
  expect(by('GW-CNI-039', { bgp })).toEqual([]);
  expect(of('GW-CNI-039', foreign())).toEqual([]);
  const machines = [
    Machine.controlPlane('cp-1', { zone: 'oslo-1', address: '10.20.0.11', nic: 'eno1' }),
    Machine.worker('w-1', { zone: 'oslo-1', address: '10.20.0.21', nic: 'eno1' }),
  ];
  expect(of('GW-CNI-039', foreign({ bgp }, { machines }))).toEqual([]);
});

test('GW-CNI-040: one router is one session', () => {
  const two = spread(4, 2);
  const on = (bgp: CalicoBgpOptions) => by('GW-CNI-040', { bgp }, two);
  const text = (zone: string) => `machines in zone ${zone} have one BGP session, with their router`;
  expect(on(routers(router()))).toEqual([text('oslo-1'), text('oslo-2')]);
  expect(on(routers(router(), router('oslo-2', '10.20.1.1')))).toEqual([text('oslo-1')]);
  expect(on({ topOfRackPeers: [router()] })).toEqual([]);
});

test('GW-CNI-002: routers that learn the routes of pods carry them anywhere', () => {
  const encapsulation = Encapsulation.NONE;
  const on = (bgp: CalicoBgpOptions, more = {}) =>
    by('GW-CNI-002', { encapsulation, bgp, ...more }, spread(4, 2));
  expect(on(routers(router()))).toEqual([]);
  expect(on(routers(router('oslo-1')))).toHaveLength(1);
  const ipPools = [{ cidr: '10.244.0.0/16', disableBgpExport: true }];
  expect(on(routers(router()), { ipPools })).toHaveLength(1);
});

test('GW-CNI-004 counts sessions of the mesh only', () => {
  const routeReflectors = { machines: ['m-0', 'm-1'] };
  expect(by('GW-CNI-004', { bgp: { routeReflectors } }, spread(101, 1))).toEqual([]);
  expect(by('GW-CNI-004', {}, spread(101, 1))).toHaveLength(1);
});

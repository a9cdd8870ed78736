import { Encapsulation, FlannelBackend, Machine } from '../../lib';
import { osloMachine } from '../support/oslo';
import { render as calico } from './calico';
import { render as flannel } from './flannel';

const worker = (n: number, cpus?: number) =>
  Machine.worker(`w-${n}`, { zone: 'oslo-1', address: `10.20.0.2${n}`, cpus });
const machines = [...[1, 2, 3].map((n) => osloMachine(n)), worker(1, 1), worker(2, 2), worker(3)];

/** What the rule says of one cluster. */
const said = ({ cluster }: { readonly cluster: ReturnType<typeof calico>['cluster'] }) =>
  cluster
    .findings()
    .filter(({ id }) => id === 'GW-CNI-049' || id === 'GW-CNI-124')
    .map(({ id, severity, message }) => `${id} ${severity} ${message}`);

test('GW-CNI-049 and 124: one core for pods and for tunnels', () => {
  const vxlan = { encapsulation: Encapsulation.VXLAN };
  expect(said(calico(vxlan, { machines }))).toEqual([
    'GW-CNI-049 note w-1 has one core, for pods and for VXLAN',
  ]);
  expect(said(calico({ ...vxlan, wireguard: {} }, { machines }))).toEqual([
    'GW-CNI-049 note w-1 has one core, for pods and for WireGuard',
  ]);
  expect(said(calico({ encapsulation: Encapsulation.NONE }, { machines }))).toEqual([]);
  const two = [...machines, worker(4, 1)];
  expect(said(flannel({ backend: FlannelBackend.vxlan() }, { machines: two }))).toEqual([
    'GW-CNI-124 note w-1, w-4 have one core, for pods and for VXLAN',
  ]);
  expect(said(flannel({ backend: FlannelBackend.hostGw() }, { machines }))).toEqual([]);
  expect(said(calico(vxlan))).toEqual([]);
});

import { Duration } from 'cdk8s';
import {
  ApiEndpoint,
  Cluster,
  Machine,
  Underlay,
  Zone,
  ZoneLink,
  type ClusterProps,
} from '../../lib';
import { reportHtml } from '../../lib/report';
import { layOut } from '../../lib/report/html/layout';
import { dualStack } from '../support/dual-stack';
import { parsePage, partOf } from '../support/html';
import { osloCluster, osloMachine } from '../support/oslo';

function drawn(cluster: Cluster): string[] {
  const page = parsePage(reportHtml(cluster));
  return partOf(page, 'topology')
    .querySelectorAll('svg text')
    .map(({ text }) => text);
}

/** So many zones, one control plane in each of the first three and workers after that. */
function zoned(count: number, machines: number): Partial<ClusterProps> {
  const zones = Array.from({ length: count }, (_, n) =>
    Zone.of(`z${n}`, { country: 'NO', nodeCidr: `10.${20 + n}.0.0/16` }),
  );
  const placed = Array.from({ length: machines }, (_, n) => {
    const place = { zone: `z${n % count}`, address: `10.${20 + (n % count)}.1.${n + 1}` };
    return n < 3 ? osloMachine(n + 1, place) : Machine.worker(`w-${n}`, place);
  });
  return { zones, machines: placed, endpoint: ApiEndpoint.external({ dnsName: 'api.example' }) };
}

test('many machines are drawn as one box for each role of a zone', () => {
  expect(drawn(osloCluster(undefined, zoned(1, 40)))).toEqual([
    'z0 · NO',
    '10.20.0.0/16 · MTU 1500',
    '3 control planes',
    'cp-1 and 2 more',
    '37 workers',
    'w-3 and 36 more',
  ]);
});

test('few zones are drawn with every way between them, many around one network', () => {
  const links = [ZoneLink.between('z0', 'z1', { mtu: 1400, roundTripTime: Duration.millis(7) })];
  const underlay = Underlay.routed({ mtu: 1500, links });
  const ways = (zones: number) =>
    drawn(osloCluster(undefined, { ...zoned(zones, 6), underlay })).filter((text) =>
      /bytes/.test(text),
    );
  expect(ways(3)).toEqual(['1400 bytes · 7 ms', '1500 bytes · 1 ms', '1500 bytes · 1 ms']);
  expect(ways(6)).toEqual([]);
  expect(drawn(osloCluster(undefined, { ...zoned(6, 6), underlay }))).toContain('network');
});

test('both addresses of a machine are there, and what does not fit is in the title', () => {
  const cluster = osloCluster(undefined, dualStack());
  const page = parsePage(reportHtml(cluster));
  const machine = cluster.machines[0]!;
  const titles = partOf(page, 'topology')
    .querySelectorAll('title')
    .map(({ text }) => text);
  expect(titles).toContainEqual(expect.stringContaining(`${machine.name}, ${machine.address}`));
  expect(titles).toContainEqual(expect.stringContaining(machine.addressV6!));
});

test('the same boxes lie at the same places, and none on another', () => {
  const boxes = ['a', 'b', 'c', 'd'].map((id) => ({ id, width: 100, height: 40 }));
  const connections = [
    { from: 'a', to: 'b', width: 60, height: 20 },
    { from: 'a', to: 'c', width: 60, height: 20 },
    { from: 'b', to: 'd', width: 8, height: 4 },
    { from: 'c', to: 'd', width: 8, height: 4 },
  ];
  const first = layOut(boxes, connections);
  expect(layOut(boxes, connections)).toEqual(first);
  const places = [...first.boxes.values()];
  places.forEach((one, index) =>
    places
      .slice(index + 1)
      .forEach((other) =>
        expect(Math.abs(one.x - other.x) >= 100 || Math.abs(one.y - other.y) >= 40).toBe(true),
      ),
  );
});

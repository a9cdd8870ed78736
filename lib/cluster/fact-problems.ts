import { Cidr, familyOf, isLinkLocalV6 } from './cidr';
import type { ClusterProps } from './cluster-props';
import { DataDiskKind } from './data-disk';
import { dualStackProblems } from './dual-stack-problems';
import { EtcdDiskKind } from './etcd-disk';
import { dayProblems } from './life-cycle';
import { linkProblems } from './link-problems';
import type { Machine } from './machine';
import { isDnsLabel, isDnsName } from './names';
import { networkProblems } from './network-problems';
import type { Problem } from './problem';

const RESERVED =
  'the first and the last address of a network are its own and its broadcast address';

/** Everything that is wrong with the facts of a cluster, each on its own; empty when they hold together. */
export function factProblems(name: string, props: ClusterProps): Problem[] {
  return [
    ...nameProblems(name, props),
    ...dayProblems('asOf', props.asOf),
    ...networkProblems(props),
    ...dualStackProblems(props),
    ...linkProblems(props),
    ...zoneProblems(props),
    ...machineProblems(props),
    ...controlPlaneProblems(props.machines),
    ...endpointProblems(props),
    ...residencyProblems(props),
  ];
}

function nameProblems(name: string, props: ClusterProps): Problem[] {
  const problems: Problem[] = [];
  if (!isDnsLabel(name)) {
    problems.push({
      prop: 'clusterName',
      allowed: 'an RFC 1123 label',
      got: name,
      remedy: 'use lower-case letters, digits and hyphens, at most 63',
    });
  }
  if (props.dnsDomain !== undefined && !isDnsName(props.dnsDomain)) {
    problems.push({
      prop: 'dnsDomain',
      allowed: 'an RFC 1123 subdomain',
      got: props.dnsDomain,
      remedy: 'use cluster.local unless certificates need another name',
    });
  }
  return [...problems, ...mirrorProblems(props)];
}

/** Mirrors and pull secrets end in files on every machine, which anybody there can read. */
function mirrorProblems(props: ClusterProps): Problem[] {
  const problems: Problem[] = [];
  const { imageRegistry, downloadBaseUrl, imagePullSecrets = [] } = props;
  if (imageRegistry !== undefined && !isRegistry(imageRegistry)) {
    problems.push({
      prop: 'imageRegistry',
      allowed:
        'a registry host with an optional port and path, without scheme, tag and slash at the end',
      got: imageRegistry,
      remedy: 'write for example mirror.example.no/k8s; credentials go into imagePullSecrets',
    });
  }
  if (downloadBaseUrl !== undefined && !isBaseUrl(downloadBaseUrl)) {
    problems.push({
      prop: 'downloadBaseUrl',
      allowed: 'an http or https URL without user, query, fragment and slash at the end',
      // What stands before an @ is a password: an error is printed, and logs keep it.
      got: downloadBaseUrl.replace(/\/\/[^/]*@/, '//…@'),
      remedy: 'machines fetch their archives from there, and everybody on them can read it',
    });
  }
  for (const got of imagePullSecrets.filter((name) => !isDnsName(name))) {
    problems.push({
      prop: 'imagePullSecrets',
      allowed: 'names of Secrets, RFC 1123 subdomains',
      got,
      remedy: 'create the Secret in each namespace and name it here',
    });
  }
  return problems;
}

function isRegistry(text: string): boolean {
  const [host, ...path] = text.split('/');
  const named = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/.test(host!);
  return named && path.every((part) => /^[a-z0-9]+([._-]+[a-z0-9]+)*$/.test(part));
}

function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text) || !/^[\x21-\x7e]+$/.test(text) || text.endsWith('/')) {
    return false;
  }
  const url = new URL(text);
  const plain = url.username === '' && url.password === '' && !/[?#'"`$\\]/.test(text);
  return /^https?:$/.test(url.protocol) && plain;
}

function zoneProblems(props: ClusterProps): Problem[] {
  if (props.zones.length === 0) {
    return [
      {
        prop: 'zones',
        allowed: 'at least one zone',
        got: undefined,
        remedy:
          "name where the machines stand: Zone.of('oslo-1', { country: 'NO', nodeCidr: '10.20.0.0/24' })",
      },
    ];
  }
  return duplicates(props.zones.map((z) => z.name)).map((got) => ({
    prop: 'zones',
    allowed: 'unique by name',
    got,
    remedy: 'rename one of them',
  }));
}

function machineProblems(props: ClusterProps): Problem[] {
  const problems: Problem[] = [];
  const unique = (what: string, values: string[], remedy: string) =>
    duplicates(values).forEach((got) =>
      problems.push({ prop: 'machines', allowed: `unique by ${what}`, got, remedy }),
    );
  unique(
    'name',
    props.machines.map((m) => m.name),
    'rename one of them',
  );
  unique(
    'address',
    props.machines.map((m) => m.address),
    'two machines cannot answer on one address',
  );
  unique(
    'etcd disk',
    props.machines
      .flatMap((m) => [m.etcdDisk, m.etcdWalDisk])
      .flatMap((disk) => (disk?.kind === EtcdDiskKind.NVME_SERIAL ? [disk.identity] : [])),
    'a serial belongs to one disk; read it again on both machines',
  );
  unique(
    'data disk',
    props.machines
      .flatMap((m) => m.dataDisks)
      .flatMap((disk) => (disk.kind === DataDiskKind.NVME_SERIAL ? [disk.identity] : [])),
    'a serial belongs to one disk; read it again on both machines',
  );
  for (const machine of props.machines) {
    const zone = props.zones.find((z) => z.name === machine.zone);
    if (zone === undefined && props.zones.length > 0) {
      problems.push({
        prop: `zone of machine ${machine.name}`,
        allowed: `one of ${props.zones.map((z) => z.name).join(', ')}`,
        got: machine.zone,
        remedy: 'add the zone or correct its name',
      });
    } else if (zone !== undefined && !zone._cidr.contains(machine.address)) {
      problems.push({
        prop: `address of machine ${machine.name}`,
        allowed: `inside ${zone.nodeCidr} of zone ${zone.name}`,
        got: machine.address,
        remedy: 'correct the address, the zone, or the nodeCidr of the zone',
      });
    } else if (zone?._cidr.reserves(machine.address)) {
      problems.push({
        prop: `address of machine ${machine.name}`,
        allowed: `a host address of ${zone.nodeCidr}`,
        got: machine.address,
        remedy: RESERVED,
      });
    }
    if (
      machine.gateway !== undefined &&
      zone !== undefined &&
      !zone._cidr.contains(machine.gateway) &&
      !(zone._cidr.family === 'IPv6' && isLinkLocalV6(machine.gateway))
    ) {
      problems.push({
        prop: `gateway of machine ${machine.name}`,
        allowed: `inside ${zone.nodeCidr} of zone ${zone.name}`,
        got: machine.gateway,
        remedy: "a gateway is on the machine's own network",
      });
    }
  }
  return problems;
}

function controlPlaneProblems(machines: readonly Machine[]): Problem[] {
  const members = machines.filter((m) => m.isControlPlane).length;
  if (members % 2 === 1 && members <= 7) {
    return [];
  }
  return [
    {
      prop: 'machines',
      allowed: 'an odd number of control planes from 1 to 7',
      got: members,
      remedy:
        'three survive the loss of one, five of two; an even member adds no tolerance, and above seven every write waits for too many disks',
    },
  ];
}

function endpointProblems(props: ClusterProps): Problem[] {
  const { endpoint } = props;
  const problems: Problem[] = [];
  const named = props.machines.find((m) => m.name === endpoint.dnsName);
  if (named !== undefined && (endpoint.isVirtual || endpoint.isLoopback)) {
    problems.push({
      prop: 'endpoint.dnsName',
      allowed: "no machine's own name",
      got: named.name,
      remedy: 'the name of a machine resolves to its own address everywhere; choose another one',
    });
  }
  if (endpoint.address === undefined) {
    return problems;
  }
  const add = (allowed: string, remedy: string) =>
    problems.push({ prop: 'endpoint.address', allowed, got: endpoint.address, remedy });
  const taken = props.machines.find((m) => m.address === endpoint.address);
  const virtual = endpoint.isVirtual;
  if (virtual && taken !== undefined) {
    add(
      `no machine's own address, but ${taken.name} has it`,
      'a virtual IP moves; reserve a free address for it',
    );
  }
  const zone = props.zones.find((z) => z._cidr.contains(endpoint.address!));
  if (endpoint.needsLayer2 && zone === undefined) {
    const who = endpoint._byKubeVip ? 'kube-vip' : 'keepalived';
    add(
      'inside the nodeCidr of a zone',
      `${who} answers ARP for it on the control planes' own segment`,
    );
  }
  if (endpoint.needsBgp && zone !== undefined) {
    add(
      `outside nodeCidr ${zone.nodeCidr} of zone ${zone.name}`,
      'machines would look for it by ARP on their own network instead of asking a router',
    );
  }
  if (endpoint.needsLayer2 && zone?._cidr.reserves(endpoint.address)) {
    add(`a host address of ${zone.nodeCidr}`, RESERVED);
  }
  for (const prop of ['podCidr', 'serviceCidr'] as const) {
    if (Cidr.parse(props[prop])?.contains(endpoint.address)) {
      add(`outside ${prop} ${props[prop]}`, 'pods would reach something else at this address');
    }
  }
  const family = familyOf(props.machines[0]?.address ?? endpoint.address);
  if (!endpoint.needsLayer2 && familyOf(endpoint.address) !== family) {
    add(`of the machines' family ${family}`, 'machines must reach it with their own addresses');
  }
  return problems;
}

function residencyProblems({ residency, zones, machines }: ClusterProps): Problem[] {
  const names = zones.map(({ name }) => name);
  return (residency?.anchors ?? []).flatMap(({ name, address, zones: own = [] }) => [
    ...own
      .filter((zone) => !names.includes(zone))
      .map((got) => ({
        prop: `zones of anchor ${name}`,
        allowed: `of ${names.join(', ')}`,
        got,
        remedy: 'machines of these zones measure the way to it',
      })),
    ...machines
      .filter((machine) => [machine.address, machine.addressV6].includes(address))
      .map((machine) => ({
        prop: `address of anchor ${name}`,
        allowed: 'no machine of the cluster',
        got: `${address} of ${machine.name}`,
        remedy: 'to be near itself shows nothing; give a point whose place is known',
      })),
  ]);
}

function duplicates(values: string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}

import type { Duration } from 'cdk8s';
import { ApiEndpointKind, type ApiEndpointBgpPeer } from './api-endpoint-options';
import { familyOf } from './cidr';
import { controlPlanePortOwner } from './control-plane-ports';
import { isDnsName } from './names';
import { checkInteger, type Problem } from './problem';

/** What kube-vip is told of BGP, with its defaults filled in. */
export interface EndpointBgp {
  readonly asNumber: number;
  readonly peers: readonly ApiEndpointBgpPeer[];
  readonly multihop: boolean;
  readonly sourceInterface?: string;
  readonly sourceAddresses?: Readonly<Record<string, string>>;
  readonly holdTime: Duration;
}

/** An endpoint with its defaults filled in, before anybody looked whether it makes sense. */
export interface EndpointDetails {
  readonly kind: ApiEndpointKind;
  readonly address?: string;
  readonly dnsName?: string;
  readonly port: number;
  readonly apiServerPort: number;
  readonly virtualRouterId?: number;
  readonly bgp?: EndpointBgp;
}

const TOP_AS = 2 ** 32 - 2;

/** Everything that is wrong with one endpoint by itself. */
export function endpointProblems(details: EndpointDetails): Problem[] {
  return [
    ...nameProblems(details),
    ...portProblems(details),
    ...checkInteger(
      'virtualRouterId',
      details.virtualRouterId,
      { min: 1, max: 255 },
      'VRRP has one byte for it; choose one that no other VRRP router on the segment uses',
    ),
    ...(details.bgp === undefined ? [] : bgpProblems(details.bgp, details.address)),
  ];
}

function nameProblems({ address, dnsName }: EndpointDetails): Problem[] {
  const problems: Problem[] = [];
  if (address === undefined && dnsName === undefined) {
    problems.push({
      prop: 'dnsName',
      allowed: 'given when there is no address',
      got: undefined,
      remedy: 'name the load balancer by dnsName, address, or both',
    });
  }
  if (address !== undefined && familyOf(address) === undefined) {
    problems.push({
      prop: 'address',
      allowed: 'an IP address in canonical spelling',
      got: address,
      remedy: 'write it without a prefix length and without leading zeros',
    });
  }
  if (dnsName !== undefined && (!isDnsName(dnsName) || familyOf(dnsName) !== undefined)) {
    problems.push({
      prop: 'dnsName',
      allowed: 'an RFC 1123 subdomain',
      got: dnsName,
      remedy: 'write a name such as api.oslo.example; the port goes into the prop port',
    });
  } else if (dnsName === 'localhost') {
    problems.push({
      prop: 'dnsName',
      allowed: 'a name of its own',
      got: dnsName,
      remedy: 'every machine calls itself so; write a name such as api.oslo.example',
    });
  }
  return problems;
}

function portProblems({ kind, port, apiServerPort }: EndpointDetails): Problem[] {
  const range = { min: 1, max: 65535 };
  const elsewhere = kind === ApiEndpointKind.EXTERNAL;
  // Behind kube-vip both are one and the same.
  const ownPort = elsewhere || separatePorts(kind);
  const problems = [
    ...checkInteger('port', port, range, 'use 6443 unless it is taken'),
    ...(ownPort ? checkInteger('apiServerPort', apiServerPort, range, 'use 6443') : []),
    ...(elsewhere ? [] : takenProblems('port', port)),
    ...(ownPort ? takenProblems('apiServerPort', apiServerPort) : []),
  ];
  if (separatePorts(kind) && port === apiServerPort) {
    problems.push({
      prop: 'port',
      allowed: `another one than apiServerPort ${apiServerPort}`,
      got: port,
      remedy: 'HAProxy and the API server stand on one machine and cannot share a port',
    });
  }
  return problems;
}

/** Whether a balancer and an API server listen on the same machine. */
function separatePorts(kind: ApiEndpointKind): boolean {
  return kind === ApiEndpointKind.KEEPALIVED_HAPROXY || kind === ApiEndpointKind.LOCAL_PROXY;
}

function takenProblems(prop: string, port: number): Problem[] {
  const by = controlPlanePortOwner(port);
  return by === undefined
    ? []
    : [
        {
          prop,
          allowed: 'a port that is free on every control plane',
          got: port,
          remedy: `${by} listens there`,
        },
      ];
}

function bgpProblems(bgp: EndpointBgp, address: string | undefined): Problem[] {
  const asRange = { min: 1, max: TOP_AS };
  const asRemedy = 'ask who runs the routers; 64512 to 65534 are for private use';
  const { peers, sourceInterface, sourceAddresses, holdTime } = bgp;
  const problems = checkInteger('asNumber', bgp.asNumber, asRange, asRemedy);
  if (peers.length === 0) {
    problems.push({
      prop: 'peers',
      allowed: 'at least one router',
      got: undefined,
      remedy: 'without a router that is told of it nobody finds the address',
    });
  }
  peers.forEach((peer, index) => {
    problems.push(
      ...checkInteger(`asNumber of peer ${peer.address}`, peer.asNumber, asRange, asRemedy),
    );
    if (
      familyOf(peer.address) === undefined ||
      familyOf(peer.address) !== familyOf(address ?? '')
    ) {
      problems.push({
        prop: `peers[${index}].address`,
        allowed: `an address of the family of ${address}`,
        got: peer.address,
        remedy: 'kube-vip announces a route over a session of its own family',
      });
    }
    if (peers.findIndex((other) => other.address === peer.address) < index) {
      problems.push({
        prop: 'peers',
        allowed: 'unique by address',
        got: peer.address,
        remedy: 'a router has one session with an address',
      });
    }
  });
  if (sourceInterface !== undefined && sourceAddresses !== undefined) {
    problems.push({
      prop: 'sourceInterface',
      allowed: 'left out beside sourceAddresses',
      got: sourceInterface,
      remedy: 'kube-vip takes one of the two and stops when it gets both',
    });
  }
  if (sourceInterface !== undefined && !/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,14}$/.test(sourceInterface)) {
    problems.push({
      prop: 'sourceInterface',
      allowed: 'an interface name of at most 15 characters',
      got: sourceInterface,
      remedy: 'copy it from `ip -brief link`',
    });
  }
  for (const [machine, got] of Object.entries(sourceAddresses ?? {})) {
    if (familyOf(got) === undefined || familyOf(got) !== familyOf(address ?? '')) {
      problems.push({
        prop: `sourceAddresses of ${machine}`,
        allowed: `an address of the family of ${address}`,
        got,
        remedy: 'a session starts and ends in one family',
      });
    }
  }
  const seconds = holdTime.toSeconds({ integral: false });
  return [
    ...problems,
    ...checkInteger(
      'holdTime',
      seconds,
      { min: 3, max: 65535 },
      'BGP carries it in whole seconds and has no shorter one; 9 seconds find a dead machine soon enough',
    ),
  ];
}

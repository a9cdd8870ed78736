import { IPVS, NFTABLES, type Shape } from '../test/tools/service-rules';
import { CLIENT, SERVER } from './lookup-client';
import { CONNECTIONS, FEW, MANY, MIDDLE, PORT, servicesOf } from './lookup-figures';

// What the guest of the bench finds in its tree: a script that builds one node for each case, the
// rules of each node, the two programs, and the list of connections to make.

/** What a line of the guest begins with, so that it is told apart from what the kernel says. */
export const MARK = 'LOOKUP';

/** A node in a namespace of its own, with the rules of a mode; without a shape it only forwards. */
export interface Node {
  readonly shape?: Shape;
  readonly count: number;
  /** Of its subnets: 10.<number>.0.0/16 to its Services, 172.16 to the client, 172.17 to the server. */
  readonly number: number;
}

/** Connections from the client to one address through one node. */
export interface Case {
  readonly key: string;
  readonly address: string;
  readonly port: number;
}

/** A mode, with a small and a large number of Services. */
export interface Contender {
  readonly shape: Shape;
  readonly few: number;
  readonly many: number;
}

// The nft of Debian 12 needs 14 thousand million instructions to load 5,000 Services, more than all
// the rest together; a tenfold number shows the growth as well.
export const CONTENDERS: readonly Contender[] = [
  { shape: IPVS, few: FEW, many: MANY },
  { shape: NFTABLES, few: FEW, many: MIDDLE },
];
export const DIRECT = 'direct';
export const keyOf = (shape: Shape, count: number, which: 'first' | 'last') =>
  `${shape.mode} ${count} ${which}`;

export const NODES: readonly Node[] = [
  { count: 0, number: 100 },
  ...CONTENDERS.flatMap(({ shape, few, many }, index) =>
    [few, many].map((count, size) => ({ shape, count, number: 101 + 2 * index + size })),
  ),
];

export const CASES: readonly Case[] = NODES.flatMap(({ shape, count, number }) => {
  if (shape === undefined) {
    return [{ key: DIRECT, address: `172.17.${number}.2`, port: PORT }];
  }
  const services = servicesOf(count, number);
  return (['first', 'last'] as const).map((which) => ({
    key: keyOf(shape, count, which),
    address: services.at(which === 'first' ? 0 : -1)!.address,
    port: 80,
  }));
});

/** The files of the guest that measures every case so many times. */
export function guestFiles(rounds: number): Record<string, string> {
  const files: Record<string, string> = {
    '/t.sh': script(),
    '/bench/server.pl': SERVER,
    '/bench/client.pl': CLIENT,
    '/bench/cases': `${Array.from({ length: rounds }, () => CASES)
      .flat()
      .map(({ address, port }) => `${address} ${port} ${CONNECTIONS}`)
      .join('\n')}\n`,
  };
  for (const { shape, count, number } of NODES) {
    if (shape !== undefined) {
      files[`/bench/${number}`] = shape.rules(servicesOf(count, number), {
        podCidr: `172.16.${number}.0/24`,
        serviceCidr: `10.${number}.0.0/16`,
      });
    }
  }
  return files;
}

const loads = () =>
  NODES.flatMap(({ shape, count, number }) =>
    shape === undefined
      ? [`node ${number}`]
      : [
          `node ${number}`,
          `load ${number} '${shape.mode}, ${count} services' ${shape.load.join(' ')}`,
        ],
  );

// The client is never on the node: with the address of the Service on kube-ipvs0 the kernel would
// take that very address as the source, and the answer would never leave the machine.
function script(): string {
  return `#!/bin/bash
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs run /run
set -Eeuo pipefail
say() { echo "${MARK} $*"; }
REASON=
trap 'REASON="line $LINENO: $BASH_COMMAND"' ERR
trap 'say "stopped: $REASON"; echo o > /proc/sysrq-trigger; sleep 20' EXIT

at() { local name=$1; shift; ip netns exec "$name" "$@"; }

# A node between client and server; all that its number does not say is the same for each.
node() {
  local n=$1 side peer
  ip netns add "node$n"
  at "node$n" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; ip link set lo up'
  for side in 16 17; do
    peer=client
    [ $side = 16 ] || peer=server
    ip link add "to$side" netns "node$n" type veth peer name "way$n" netns $peer
    ip -n "node$n" addr add "172.$side.$n.1/24" dev "to$side"
    ip -n "node$n" link set "to$side" up
    ip -n $peer addr add "172.$side.$n.2/24" dev "way$n"
    ip -n $peer link set "way$n" up
  done
  ip -n client route add "10.$n.0.0/16" via "172.16.$n.1"
  ip -n client route add "172.17.$n.0/24" via "172.16.$n.1"
  ip -n server route add "172.16.$n.0/24" via "172.17.$n.1"
  # Where the address would go if no rule caught it; the kernel asks before it translates.
  ip -n "node$n" route add "10.$n.0.0/16" dev to17
}

load() {
  local n=$1 what=$2 began
  shift 2
  began=$(date +%s%N)
  at "node$n" "$@" < "/bench/$n"
  say "loaded $(($(date +%s%N) - began)) $what"
}

# The firmware leaves half a line behind.
echo
modprobe -a ip_vs ip_vs_rr nf_conntrack veth dummy
say "clock $(cat /sys/devices/system/clocksource/clocksource0/current_clocksource)"
for name in client server; do
  ip netns add $name
  ip -n $name link set lo up
done
${loads().join('\n')}
at server perl /bench/server.pl ${PORT} > /run/server &
for try in 1 2 3 4 5 6 7 8 9 10; do
  ! grep -q ready /run/server || break
  sleep 0.5
done
at client perl /bench/client.pl < /bench/cases > /run/figures
while read -r seconds; do
  say "connect $seconds"
done < /run/figures
REASON=finished
`;
}

/**
 * Runs every pair that starts from this machine, one after the other. Servers are the machines' own
 * addresses, or pods that a headless Service lists and that say which machine they are on.
 */
export const matrixScript = `#!/bin/sh
# Every pair that starts from this machine, one after the other.
#   matrix.sh SECONDS PORT machines NAME=ADDRESS...
#   matrix.sh SECONDS PORT pods COUNT NAME-PORT SERVICE A|AAAA NAME...
set -u
seconds=$1
port=$2
kind=$3
shift 3

# All servers together are waited for a minute: those that never come must not take the time of others,
# and when time is up the logs are gone as well.
tries=0
# TCP for the throughput, UDP at a modest rate for loss and jitter.
pair() {
  if [ "$1" = "$NODE_NAME" ]; then return; fi
  until nc -z -w 2 "$2" "$port" >/dev/null 2>&1 || [ "$tries" -ge 15 ]; do
    tries=$((tries + 1))
    sleep 2
  done
  /scripts/iperf.sh "$1" "$2" tcp "$seconds" "$port"
  /scripts/iperf.sh "$1" "$2" udp "$seconds" "$port"
}

if [ "$kind" = machines ]; then
  for target; do pair "\${target%%=*}" "\${target#*=}"; done
  exit
fi

count=$1
name_port=$2
service=$3
type=$4
shift 4
# A pod that is still pulled is not listed yet, and one on a machine that is away never will be.
looks=0
while :; do
  addresses=$(dig +short "$service" "$type" | sort)
  found=$(printf '%s\\n' "$addresses" | grep -c .)
  if [ "$found" -ge "$count" ] || [ "$looks" -ge 12 ]; then break; fi
  looks=$((looks + 1))
  sleep 5
done
for address in $addresses; do
  name=$(nc -w 3 "$address" "$name_port" </dev/null)
  for wanted; do
    if [ "$name" = "$wanted" ]; then pair "$name" "$address"; fi
  done
done
`;

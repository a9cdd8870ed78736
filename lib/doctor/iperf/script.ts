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

# TCP for the throughput, UDP at a modest rate for loss and jitter.
pair() {
  if [ "$1" = "$NODE_NAME" ]; then return; fi
  tries=0
  until nc -z -w 2 "$2" "$port" >/dev/null 2>&1 || [ "$tries" -ge 30 ]; do
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
# A pod that is still pulled is not listed yet.
tries=0
while :; do
  addresses=$(dig +short "$service" "$type" | sort)
  found=$(printf '%s\\n' "$addresses" | grep -c .)
  if [ "$found" -ge "$count" ] || [ "$tries" -ge 60 ]; then break; fi
  tries=$((tries + 1))
  sleep 5
done
for address in $addresses; do
  name=$(nc -w 3 "$address" "$name_port" </dev/null)
  for wanted; do
    if [ "$name" = "$wanted" ]; then pair "$name" "$address"; fi
  done
done
`;

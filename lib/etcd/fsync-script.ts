import type { Surroundings } from '../cluster';
import { FsyncGate } from './fsync-gate';

/** What the measuring script is made from. */
export interface FsyncFacts {
  readonly mode: FsyncGate.STOP | FsyncGate.WARN;
  /** A directory of the filesystem that the log will be on. */
  readonly dir: string;
  /** etcd's own directory, which exists as soon as there is a member. */
  readonly member: string;
  /** Options of fio's job. */
  readonly job: string;
  /** From this many nanoseconds on it is no NVMe disk by our measure. */
  readonly warnNs: number;
  /** From this many nanoseconds on etcd is not safe from elections. */
  readonly stopNs: number;
}

/**
 * Measures what etcd waits for, before etcd is there: small writes to the end of a file, each followed
 * by an fdatasync. The slowest 1 % decide, because a heartbeat waits behind each of them. Only awk
 * reads fio's JSON: it is on every machine.
 */
export function fsyncScript(facts: FsyncFacts, { root }: Surroundings = { root: '' }): string {
  const { mode, dir, member, job, warnNs, stopNs } = facts;
  return `#!/bin/sh
# Measures the disk of etcd's log before etcd is there: 99 of 100 fdatasyncs take less than how long?
#   verify-etcd-fsync               once, before this machine is a member
#   verify-etcd-fsync --again       also beside a running etcd, which gets slower meanwhile
#   verify-etcd-fsync --judge FILE  what a measurement of fio in JSON means; nothing is measured or kept
# The last verdict is in /var/lib/groundwork/fsync-gate.
set -eu
export LC_ALL=C
dir='${root}${dir}'
member='${root}${member}'
kept='${root}/var/lib/groundwork/fsync-gate'

verdict() {
  line="$1 fsync of etcd in $dir: $2"
  if [ -n "$kept" ]; then
    mkdir -p "\${kept%/*}"
    printf '%s\\n' "$line" >"$kept.new"
    mv -f "$kept.new" "$kept"
  fi
  printf '%s\\n' "$line"
  if [ "$1" = FAIL ]; then exit 1; fi
  exit 0
}

judge() {
  # fio writes one key a line. An engine is called "sync" too, but only latencies open a brace.
  ns=$(awk -F: '/"sync" *: *[{]/ { on = 1 } on && /"99[.]0+" *:/ { gsub(/[^0-9]/, "", $2); print $2; exit }' "$1" 2>/dev/null) || ns=''
  case "$ns" in
    '' | *[!0-9]*) verdict ${mode === FsyncGate.STOP ? 'FAIL' : 'WARN'} 'not measured, fio says nothing of it; try it by hand: '"$0 --again" ;;
  esac
  took="99 of 100 take less than $((ns / 1000000)).$(printf '%03d' $((ns % 1000000 / 1000))) ms"
  if [ "$ns" -lt ${warnNs} ]; then
    verdict PASS "$took, under ${inMs(warnNs)} ms"
  elif [ "$ns" -lt ${stopNs} ]; then
    verdict WARN "$took: enough for etcd (${inMs(stopNs)} ms), not what an NVMe disk with power-loss protection does (${inMs(warnNs)} ms)"
  fi
  verdict ${
    mode === FsyncGate.STOP
      ? `FAIL "$took, etcd needs ${inMs(stopNs)} ms: leaders would change under load; give it a disk with power-loss protection that nobody shares, or set fsyncGate of EtcdOnNvme to WARN"`
      : `WARN "$took, etcd needs ${inMs(stopNs)} ms: leaders will change under load; fsyncGate lets it pass"`
  }
}

case "\${1:-}" in
  '')
    if [ -e "$member" ]; then
      echo "etcd has data here already, nothing is measured beside it; by hand: $0 --again"
      exit 0
    fi
    ;;
  --again) ;;
  --judge)
    kept=''
    judge "\${2:?a file}"
    ;;
  *)
    echo "usage: $0 [--again | --judge FILE]" >&2
    exit 2
    ;;
esac
[ -d "$dir" ] || (umask 077 && mkdir -p "$dir")
# What a power cut left of an earlier run.
rm -rf "$dir"/.fsync.*
work=$(mktemp -d "$dir/.fsync.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
# A job that broke off, on a full disk for example, says nothing.
fio --name=etcd --directory="$work" ${job} --output-format=json --output="$work/result" >&2 || rm -f "$work/result"
judge "$work/result"
`;
}

function inMs(ns: number): number {
  return ns / 1_000_000;
}

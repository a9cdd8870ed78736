import { PROTOCOL, type Network } from '../protocol';

/** A shell script that looks at one thing and prints what it saw. It judges nothing. */
export interface Collector {
  readonly name: string;
  /** What it prints, in one line. */
  readonly what: string;
  /** Its arguments. */
  readonly usage: string;
  /** The most that it costs, whatever the arguments: time, traffic, load. */
  readonly worst: string;
  /** Networks in which its output means something. */
  readonly networks: readonly Network[];
  /** Programs that it calls besides awk, sed and what a shell has; a missing one is said in the output. */
  readonly programs: readonly string[];
  /** Shell commands; the frame around them is the same for all. */
  readonly body: string;
}

/** Name of the file of a collector. */
export function fileNameOf({ name }: Collector): string {
  return `${name}.sh`;
}

/**
 * The whole script: POSIX shell, for dash as for busybox. It never stops at a program that fails: what
 * is missing is said, and the rest still counts.
 */
export function scriptOf({ name, what, usage, worst, body }: Collector): string {
  return `#!/bin/sh
# ${what}
#   ${`${name}.sh ${usage}`.trim()}
# At worst: ${worst}.
# Prints key<TAB>value lines. NODE_NAME is the name of the machine, NETWORK is host or pod, and ROOT is
# where the file system of the machine is mounted.
set -u
export LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
ROOT=\${ROOT:-}

say() { printf '%s\\t%s\\n' "$1" "$2"; }
keyed() { awk -v key="$1" '{ print key "\\t" $0 }'; }
file() { if [ -r "$2" ]; then keyed "$1" <"$2"; else say missing "$2"; fi; }
have() { command -v "$1" >/dev/null 2>&1 || { say missing "$1" && return 1; }; }
# A whole number, or the default; never more than the limit.
bounded() {
  case "$1" in '' | *[!0-9]* | ??????*) echo "$2" ;; *) if [ "$1" -gt "$3" ]; then echo "$3"; else echo "$1"; fi ;; esac
}

say collector '${name} ${PROTOCOL}'
say node "\${NODE_NAME:-$(uname -n)}"
say network "\${NETWORK:-host}"
${body.trim()}
say end ${name}
`;
}

import type { Collector } from './collector';
import { conntrackCounters } from './counters';

/** Hundredths of a second since the machine started: every shell can read that, and no clock steps it. */
const now = `
now() {
  read -r up _ </proc/uptime
  echo "\${up%.*}\${up#*.}"
}
`;

export const connect: Collector = {
  name: 'connect',
  what: 'How long TCP connections to Services take to come up.',
  usage: 'COUNT NAME=ADDRESS=PORT...',
  worst: '50 connections to each target, closed at once, one after the other, 4 seconds each',
  networks: ['host', 'pod'],
  programs: ['nc'],
  body: `
count=$(bounded "\${1:-}" 20 50)
if [ $# -gt 0 ]; then shift; fi
${now}
if have nc; then
  for target; do
    name=\${target%%=*}
    rest=\${target#*=}
    say target "$name \${rest%%=*} \${rest#*=}"
    i=0
    while [ "$i" -lt "$count" ]; do
      i=$((i + 1))
      start=$(now)
      if nc -z -w 4 "\${rest%%=*}" "\${rest#*=}" >/dev/null 2>&1; then word=ok; else word=failed; fi
      say "connect $name" "$(($(now) - start)) $word"
    done
  done
fi
`,
};

export const dnsStorm: Collector = {
  name: 'dns-storm',
  what: 'How DNS bears many questions at once, A and AAAA from one socket, and what is lost meanwhile.',
  usage: 'SERVER NAME [WORKERS] [QUESTIONS]',
  worst:
    '20 workers that ask 200 times each, two packets a time: 8,000 packets; it starts no question after 60 seconds',
  networks: ['host', 'pod'],
  programs: ['busybox with nslookup', 'conntrack'],
  body: `
server=\${1:-}
name=\${2:-}
workers=$(bounded "\${3:-}" 10 20)
questions=$(bounded "\${4:-}" 100 200)
say server "$server"
say name "$name"
${now}
${conntrackCounters}
ask() {
  asked=0 slow=0 failed=0 slowest=0
  while [ "$asked" -lt "$questions" ] && [ "$(now)" -lt "$until" ]; do
    start=$(now)
    # This one sends A and AAAA from one socket without waiting, as the resolvers of libc do.
    busybox nslookup "$name" "$server" >/dev/null 2>&1 || failed=$((failed + 1))
    took=$(($(now) - start))
    asked=$((asked + 1))
    if [ "$took" -ge 100 ]; then slow=$((slow + 1)); fi
    if [ "$took" -gt "$slowest" ]; then slowest=$took; fi
  done
  say worker "$asked $slow $failed $slowest"
}
if have busybox; then
  busybox nslookup >/dev/null 2>&1
  if [ "$?" = 127 ]; then
    say missing 'nslookup of busybox'
    workers=0
  fi
  until=$(($(now) + 6000))
  file before.uptime /proc/uptime
  conntrack_counters before
  while [ "$workers" -gt 0 ]; do
    workers=$((workers - 1))
    ask &
  done
  wait
  conntrack_counters after
  file after.uptime /proc/uptime
fi
`,
};

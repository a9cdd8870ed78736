import type { RunbookFacts } from './facts';
import { commands, part, see } from './sections';

export function snapshotPart({ members }: RunbookFacts): string {
  return part(
    'snapshot',
    'From one member, before anything that could go wrong. It holds every Secret: keep it readable by root alone.',
    '',
    commands(
      'umask 077',
      `ETCDCTL_ENDPOINTS=${members[0]!.clientUrl} etcdctl snapshot save /root/etcd.db`,
      'etcdutl snapshot status /root/etcd.db --write-out=table',
    ),
  );
}

export function quotaPart({ members, quotaBytes }: RunbookFacts): string {
  const first = members[0]!.clientUrl;
  return part(
    'quota',
    `At ${quotaBytes / 1024 ** 3} GiB etcd raises the alarm NOSPACE and takes nothing but deletions; \`endpoint health\` then calls every`,
    'member unhealthy, `endpoint status` still answers. First see what fills it:',
    '',
    commands(
      'etcdctl get /registry --prefix --keys-only | awk -F/ \'NF { print $3 ~ /[.]/ ? $3 "/" $4 : $3 }\' | sort | uniq -c | sort -n | tail',
    ),
    'Stop what writes it (events, leases and custom resources of a controller that runs wild), delete what can go,',
    'then drop old revisions, give the space back member by member, and only then take the alarm away:',
    '',
    commands(
      `revision=$(ETCDCTL_ENDPOINTS=${first} etcdctl endpoint status --write-out=json | sed 's/.*"revision":\\([0-9]*\\).*/\\1/')`,
      'etcdctl compaction --physical "$revision"',
    ),
    `${see('defragment')}, then:`,
    '',
    commands('etcdctl alarm disarm', 'etcdctl alarm list'),
  );
}

export function defragmentPart({ members }: RunbookFacts): string {
  const only = members.length === 1;
  return part(
    'defragment',
    'A member answers nothing while it is defragmented, and writes a second copy of its database. Worth it only when',
    'less than half is in use (`PERCENTAGE NOT IN USE` over 50 in the status). Never on a timer on all at once.',
    '',
    ...(only
      ? ['There is one member: the API pauses meanwhile.', '']
      : [
          'One at a time, the leader last. See who leads, then take the lines of the others in this order, and go on to the',
          'next only when all answer again:',
          '',
        ]),
    commands(
      'etcdctl endpoint status --write-out=table',
      ...members.map(
        ({ clientUrl }) =>
          `ETCDCTL_ENDPOINTS=${clientUrl} etcdctl --command-timeout=120s defrag && etcdctl endpoint status --write-out=table`,
      ),
    ),
    ...(only
      ? []
      : [
          'Before the last one hand over the lead, asked of the leader itself, to the id of another member:',
          '',
          commands(
            'ETCDCTL_ENDPOINTS=<client URL of the leader> etcdctl move-leader <id of another member>',
          ),
        ]),
  );
}

import { posix } from 'node:path';
import type { RunbookFacts } from './facts';
import { commands, part, see } from './sections';

const PKI = '/etc/kubernetes/pki/etcd';
const RUNNING = `"$(crictl ps --quiet --name '^etcd$')"`;

export function membersPart({ members, dataDir, walDir, quorum, image }: RunbookFacts): string {
  return part(
    'members',
    '| machine | clients | peers |',
    '| --- | --- | --- |',
    ...members.map(({ name, clientUrl, peerUrl }) => `| ${name} | ${clientUrl} | ${peerUrl} |`),
    '',
    `Data is in \`${dataDir}\`${walDir === undefined ? '' : `, the write-ahead log in \`${walDir}\``}. The image is \`${image}\`. ${
      members.length === 1
        ? 'There is one member: while it is down, the API is.'
        : `Writing needs ${quorum} of ${members.length} members.`
    }`,
  );
}

export function toolsPart({ image, members, ownUrl }: RunbookFacts): string {
  return part(
    'tools',
    'Everything below is done as root on a control plane. The programs are in the image that runs there; the',
    'image has no shell, so they are copied out of it once:',
    '',
    commands(
      'mkdir -p /run/etcd-image',
      `ctr -n k8s.io images mount ${image} /run/etcd-image`,
      'install -m 0755 /run/etcd-image/usr/local/bin/etcdctl /run/etcd-image/usr/local/bin/etcdutl /usr/local/sbin/',
      'ctr -n k8s.io images unmount --rm /run/etcd-image',
    ),
    'In each shell:',
    '',
    commands(
      `export ETCDCTL_ENDPOINTS=${members.map(({ clientUrl }) => clientUrl).join(',')}`,
      `export ETCDCTL_CACERT=${PKI}/ca.crt`,
      `export ETCDCTL_CERT=${PKI}/healthcheck-client.crt`,
      `export ETCDCTL_KEY=${PKI}/healthcheck-client.key`,
    ),
    'Leave the address of a machine that is gone out of the first line. A flag `--endpoints` beside it is refused, so single',
    'members are named before the command. Without the copy, while etcd runs:',
    '',
    commands(
      `crictl exec ${RUNNING} etcdctl --endpoints=${ownUrl} --cacert=${PKI}/ca.crt --cert=${PKI}/healthcheck-client.crt --key=${PKI}/healthcheck-client.key endpoint status --cluster --write-out=table`,
    ),
  );
}

export function statusPart({ members }: RunbookFacts): string {
  return part(
    'status',
    commands(
      'etcdctl endpoint health',
      'etcdctl endpoint status --write-out=table',
      'etcdctl member list --write-out=table',
      'etcdctl alarm list',
    ),
    `Well: ${members.length === 1 ? 'the member is' : `all ${members.length} members are`} healthy and \`started\`, one is leader, none is a learner, RAFT TERM is the same`,
    'everywhere and does not grow, there is no alarm. A learner that stays is a join that broke off: see',
    `${see('replaceMember')}.`,
  );
}

export function slowDiskPart(facts: RunbookFacts): string {
  const { dataDir, walDir, metricsUrl } = facts;
  return part(
    'slowDisk',
    'Every write waits for an fsync of the write-ahead log. How many were faster than 1 ms, 2 ms, 4 ms, …:',
    '',
    commands(
      `curl -s ${metricsUrl}/metrics | grep 'etcd_disk_wal_fsync_duration_seconds_[bc]'`,
      `crictl logs ${RUNNING} 2>&1 | grep -c 'slow fdatasync'`,
      'cat /proc/pressure/io',
      `findmnt --target ${walDir ?? dataDir}`,
      'lsblk -o NAME,MODEL,SERIAL,MOUNTPOINTS',
    ),
    'Look for: another writer on the same disk (findmnt shows which disk it is), a disk without power-loss',
    'protection (every fsync goes to flash), a worn or hot disk (`nvme smart-log`), CPU that the host takes away',
    '(`st` in `vmstat 1`). Leaders change and requests time out long before anything fails, so replace a disk',
    `that stays slow: ${see('replaceDisk')}.`,
  );
}

export function memberDownPart({ members, quorum, walDir }: RunbookFacts): string {
  const spare = members.length - quorum;
  return part(
    'memberDown',
    members.length === 1
      ? 'There is only this one: start it, or go to the restore below.'
      : `${spare} of ${members.length} may be away; with fewer than ${quorum} nothing is written any more. On the machine:`,
    '',
    commands(
      'systemctl status kubelet',
      "crictl ps -a --name '^etcd$'",
      `crictl logs --tail 50 "$(crictl ps -a --quiet --name '^etcd$' | head -n 1)"`,
      // Not the directories themselves: they are gone with their disk.
      `df -h /var/lib/etcd${walDir === undefined ? '' : ` ${posix.dirname(walDir)}`}`,
    ),
    `A machine that comes back with its data needs nothing. One that does not: ${see('replaceMember')}. While`,
    `fewer than ${quorum} can come back: ${see('restore')}.`,
  );
}

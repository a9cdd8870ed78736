import { DATA_DIR, WAL_DIR } from './disk';
import type { Surroundings } from '../cluster';

/**
 * Runs before every start of kubelet. etcd tells a new member from an old one by its log alone: with an
 * empty directory the first machine would found a second cluster in the place of the one it belonged to.
 */
export function guardScript(hasWalDisk: boolean, { root }: Surroundings = { root: '' }): string {
  const member = `${root}${DATA_DIR}/member`;
  const wal = `${root}${WAL_DIR}`;
  return `#!/bin/sh
# Keeps kubelet down while this machine is an etcd member without its data.
set -eu
manifest='${root}/etc/kubernetes/manifests/etcd.yaml'
member='${member}'
${hasWalDisk ? `wal='${wal}'\n` : ''}lost=''
[ -e "$member" ] || lost=$member
${hasWalDisk ? '[ -e "$wal" ] || lost=$wal\n' : ''}if [ -n "$lost" ] && [ -e "$manifest" ] && [ -e '${root}/var/lib/groundwork/done' ]; then
  echo "$lost does not exist, and this machine was an etcd member: put the disk back, or remove this member from etcd on another control plane and run kubeadm reset; to start without etcd, move $manifest away" >&2
  exit 1
fi
${hasWalDisk ? LEFTOVERS : ''}`;
}

const LEFTOVERS = `# kubeadm reset empties the data directory and knows no other: etcd would take up the log of the member
# that was removed.
if [ ! -e "$manifest" ] && [ ! -e "$member" ] && [ -e "$wal" ]; then
  rm -rf "$wal.old"
  mv "$wal" "$wal.old"
fi
`;

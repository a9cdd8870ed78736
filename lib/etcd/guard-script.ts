import { DATA_DIR, WAL_DIR, type Surroundings } from './disk';

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
if [ -e "$manifest" ] && [ -e '${root}/var/lib/groundwork/done' ]; then
  for path in '${member}'${hasWalDisk ? ` '${wal}'` : ''}; do
    if [ ! -e "$path" ]; then
      echo "$path does not exist, and this machine was an etcd member: put the disk back, or remove this member from etcd on another control plane and run kubeadm reset; to start without etcd, move $manifest away" >&2
      exit 1
    fi
  done
fi
${hasWalDisk ? leftovers(member, wal) : ''}`;
}

function leftovers(member: string, wal: string): string {
  return `# kubeadm reset empties the data directory and knows no other: etcd would take up the log of the member
# that was removed.
if [ ! -e "$manifest" ] && [ ! -e '${member}' ] && [ -e '${wal}' ]; then
  rm -rf '${wal}.old'
  mv '${wal}' '${wal}.old'
fi
`;
}

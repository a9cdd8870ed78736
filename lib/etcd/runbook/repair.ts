import type { RunbookFacts } from './facts';
import { commands, part, see } from './sections';

const BOOTSTRAP = '/usr/local/lib/groundwork/bootstrap';
const KUBECTL = 'kubectl --kubeconfig /etc/kubernetes/admin.conf';

export function replaceMemberPart(facts: RunbookFacts): string {
  const { members, quorum, ownMachines } = facts;
  if (members.length === 1) {
    return part(
      'replaceMember',
      `There is one member, and nothing to copy its data from: take a snapshot while it lives (${see('snapshot')}),`,
      `put a new machine in its place, and restore there (${see('restore')}).`,
    );
  }
  return part(
    'replaceMember',
    `Remove first, add second: a new member beside a dead one raises the quorum. ${quorum} healthy members are needed`,
    'for both. On a control plane that lives, with the line of the machine that goes:',
    '',
    commands(
      ...members.map(
        ({ name }) =>
          `etcdctl member remove "$(etcdctl member list | awk -F', ' '$3 == "${name}" { print $1 }')" && ${KUBECTL} delete node ${name}`,
      ),
    ),
    'A learner without a name is removed by its id (`etcdctl member list`). Then let machines join again, there:',
    '',
    ownMachines
      ? commands(`${BOOTSTRAP} --only admit`)
      : commands(
          'kubeadm init phase upload-certs --upload-certs',
          'kubeadm token create --print-join-command',
        ),
    ...(ownMachines
      ? joinOwn(facts)
      : [
          'and on the new machine the command that was printed, with `--control-plane --certificate-key <key>`.',
        ]),
    '',
    'One machine after the other: etcd takes one new member at a time. Done when all are `started` and none is a',
    `learner (${see('status')}).`,
  );
}

function joinOwn({ members }: RunbookFacts): string[] {
  const [first, ...others] = members.map(({ name }) => name);
  return [
    `- A new or reinstalled machine (${others.join(', ')}): boot it with its sealed user-data, it joins by itself.`,
    `- ${first}, which founds a cluster when it is new: boot it the same way; it finds the cluster, stops and says so; then`,
    `  \`${BOOTSTRAP} --replace\` on it.`,
    `- A machine that was a member and still has its system: \`kubeadm reset --force\`, then \`${BOOTSTRAP} --again kubeadm\`` +
      `; on ${first} \`${BOOTSTRAP} --replace\`.`,
  ];
}

export function replaceDiskPart({ members, ownMachines, walDir }: RunbookFacts): string {
  const [first] = members.map(({ name }) => name);
  return part(
    'replaceDisk',
    members.length === 1
      ? `Take a snapshot (${see('snapshot')}) and keep it elsewhere: the only copy of the data is on this disk.`
      : `The data comes from the other members: do as in ${see('replaceMember')} up to the line that removes the member.`,
    '',
    ...(ownMachines
      ? [
          '1. `kubeadm reset --force` on the machine; power it off, change the disk, power it on.',
          `2. In the spec, the new serial or link in \`etcdDisk\` ${walDir === undefined ? '' : 'or `etcdWalDisk` '}of the machine: no other disk is ever formatted. Synth and`,
          '   seal anew.',
          '3. Bring `nodes/<machine>/files` onto the machine, or reinstall it with the new user-data.',
          `4. \`${BOOTSTRAP} --only config\`: prepares and mounts the disk, or says why it does not. It must be blank.`,
          members.length === 1
            ? `5. \`${BOOTSTRAP} --again kubeadm\`, then ${see('restore')}.`
            : `5. On a control plane that lives \`${BOOTSTRAP} --only admit\`, then here \`${BOOTSTRAP} --again kubeadm\` (on ${first} \`--replace\`).`,
        ]
      : ['Then change the disk, mount it where it was, and let the machine join again.']),
  );
}

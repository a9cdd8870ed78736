import { quoted } from '../delivery';
import { Effect, Stage, type Change } from './effect';
import type { Output } from './output';
import { isCustom } from '../../cluster';

/** One thing to do, before the next. */
export interface Step {
  readonly stage: Stage;
  readonly title: string;
  /** On which machines, in this order, one after the other. */
  readonly machines: readonly string[];
  /** What is typed, and for each machine what is typed for it. */
  readonly commands: readonly string[];
  /** What must be true before the next machine, or before the next step. */
  readonly until?: string;
}

interface Scene {
  readonly before: Output;
  readonly after: Output;
  /** The changes of this stage. */
  readonly changes: readonly Change[];
  /** Machines that the changes are about, in order; those that are made anew are not among them. */
  readonly machines: readonly string[];
  /** All machines that are in both outputs, without those that are made anew. */
  readonly all: readonly string[];
  readonly controlPlanes: readonly string[];
}

type Tell = (scene: Scene) => Omit<Step, 'stage'>;

const BOOTSTRAP = '/usr/local/lib/groundwork/bootstrap';
const IMAGES = '/etc/groundwork/images.conf';
const READY = 'it is Ready and its API server says ok: kubectl get --raw /readyz';
const HEALTHY =
  'every member is healthy: etcdctl endpoint health --cluster. Never two members at the same time';

/** How each stage is done, with the names of this cluster's machines. */
const tellers: ReadonlyArray<readonly [Stage, Tell]> = [
  [
    Stage.NEW_CLUSTER,
    ({ after }) => ({
      title:
        'Make a new cluster from the new output, and move the workloads; nothing else gets there',
      machines: namesOf(after),
      commands: [],
    }),
  ],
  [
    Stage.FILES,
    ({ after, machines }) => ({
      title: 'Bring the files to the machines that run',
      machines,
      commands: machines.map((name) => filesCommand(after, name)),
      until: 'it is Ready',
    }),
  ],
  [
    Stage.UPGRADE,
    ({ all }) => ({
      title: 'Upgrade by report/upgrade.md of the new output: control planes first, then workers',
      machines: all,
      commands: [],
      until: 'it is Ready and shows the new version',
    }),
  ],
  [
    Stage.ETCD,
    ({ controlPlanes }) => ({
      title: 'Restart etcd with the new settings, one member after the other',
      machines: controlPlanes,
      commands: [
        `kubeadm init phase upload-config kubeadm --config ${IMAGES}`,
        `kubeadm init phase etcd local --config ${IMAGES}`,
      ],
      until: HEALTHY,
    }),
  ],
  [
    Stage.CONTROL_PLANE,
    ({ controlPlanes }) => ({
      title: 'Restart what runs on the control planes, one after the other',
      machines: controlPlanes,
      commands: [
        `kubeadm init phase upload-config kubeadm --config ${IMAGES}`,
        `kubeadm init phase control-plane all --config ${IMAGES}`,
      ],
      until: READY,
    }),
  ],
  [
    Stage.KUBELETS,
    ({ all }) => ({
      title: 'Give the kubelets their new settings, one machine after the other',
      machines: all,
      commands: [
        'kubectl -n kube-system edit configmap kubelet-config   # once',
        'kubeadm upgrade node phase kubelet-config && systemctl restart kubelet',
      ],
      until: 'it is Ready',
    }),
  ],
  [
    Stage.JOIN,
    ({ machines }) => ({
      title:
        'Boot the new machines with their sealed user-data, control planes one after the other',
      machines,
      commands: [
        `${BOOTSTRAP} --only admit   # on a control plane, two hours after the last join or later`,
      ],
      until: 'it is Ready',
    }),
  ],
  [
    Stage.POOL,
    () => ({
      title:
        'Move the pods to a pool beside the old one, by outputs of their own and docs/cni.md (Between modes); this output is refused',
      machines: [],
      commands: [],
    }),
  ],
  [
    Stage.REPLACE,
    ({ after, changes }) => ({
      title: after.gitops
        ? 'Delete what cannot be changed, now that git has the new: the engine makes it anew with its next try'
        : 'Delete what cannot be changed, right before it is made anew',
      machines: [],
      commands: [...new Set(changes.map((change) => deleteCommand(change, after)))],
    }),
  ],
  [
    Stage.MANIFESTS,
    ({ after, changes }) => ({
      title: `${
        after.gitops
          ? 'Commit the new output: the engine applies it phase by phase'
          : 'Apply the new output, phase by phase'
      }${changes.some(isOutage) ? ', in a maintenance window and as the changes say' : ''}`,
      machines: [],
      commands: after.gitops ? [] : applyCommands(after, changes),
    }),
  ],
  [
    Stage.DRAIN,
    ({ machines, changes }) => ({
      title: 'Start the pods anew, machine by machine',
      machines,
      commands: machines.flatMap((name) => {
        const drain = `kubectl drain ${name} --ignore-daemonsets --delete-emptydir-data`;
        // What the machine itself holds open; objects only concern its pods.
        return changes.some((change) => change.machines?.includes(name))
          ? [
              drain,
              `ssh ${name} systemctl reboot   # until it is Ready`,
              `kubectl uncordon ${name}`,
            ]
          : [`${drain} && kubectl uncordon ${name}`];
      }),
      until: 'its pods are Ready elsewhere',
    }),
  ],
  [
    Stage.ETCD_DISK,
    ({ machines }) => ({
      title: 'Replace etcd disks by report/etcd.md, Replace a disk, one member after the other',
      machines,
      commands: [],
      until: HEALTHY,
    }),
  ],
  [
    Stage.REBUILD,
    ({ machines, after }) => ({
      title: 'Make machines anew, one after the other',
      machines,
      commands: machines.flatMap((name) => [
        ...leaveCommands(name, after),
        `${BOOTSTRAP} --only admit   # on a control plane`,
        `# boot ${name} with its sealed user-data${isFounder(name, after) ? `, and there: ${BOOTSTRAP} --replace` : ''}`,
      ]),
      until: HEALTHY,
    }),
  ],
  [
    Stage.LEAVE,
    ({ before, machines }) => ({
      title: 'Take machines out, one after the other',
      machines,
      commands: machines.flatMap((name) => leaveCommands(name, before)),
      until: HEALTHY,
    }),
  ],
  [
    Stage.ORPHANS,
    ({ after }) => ({
      title: 'Look at what is no longer rendered, and delete it when nobody needs it',
      machines: [],
      commands: [`${quoted(after.folder)}/apply.sh --orphans`],
    }),
  ],
];

/** Whose machines are made anew there; nothing else is done on them. */
const ANEW: readonly Stage[] = [Stage.ETCD_DISK, Stage.REBUILD];
/** What is done once, from elsewhere. */
const ELSEWHERE: readonly Stage[] = [Stage.POOL, Stage.REPLACE, Stage.MANIFESTS, Stage.ORPHANS];

/** What to do, in order. Without a change there is nothing. */
export function stepsOf(changes: readonly Change[], before: Output, after: Output): Step[] {
  const real = changes.filter(({ effect }) => effect !== Effect.NOTHING);
  // What starts anew from the new output needs none of the others.
  const afresh = real.filter(({ stage }) => stage === Stage.NEW_CLUSTER);
  const wanted = afresh.length > 0 ? afresh : real;
  const anew = new Set(
    wanted.flatMap(({ stage, machines = [] }) => (ANEW.includes(stage) ? machines : [])),
  );
  const running = namesOf(after).filter((name) => namesOf(before).includes(name));
  return inOrder(after).flatMap(([stage, tell]) => {
    const own = wanted.filter((change) => change.stage === stage || needs(change, stage));
    const stays = (name: string) => ANEW.includes(stage) || !anew.has(name);
    const scene: Scene = {
      before,
      after,
      changes: own,
      machines: machinesOf(own, before, after).filter(stays),
      all: running.filter(stays),
      controlPlanes: running.filter((name) => isMember(name, after) && stays(name)),
    };
    const step = own.length === 0 ? undefined : tell(scene);
    return step === undefined || (step.machines.length === 0 && !ELSEWHERE.includes(stage))
      ? []
      : [{ stage, ...step }];
  });
}

/** An engine makes what is deleted anew at once, and from git: there the new has to be first. */
function inOrder({ gitops }: Output): typeof tellers {
  const late = tellers.filter(([stage]) => gitops && stage === Stage.REPLACE);
  return tellers.flatMap((each) =>
    late.includes(each) ? [] : each[0] === Stage.MANIFESTS ? [each, ...late] : [each],
  );
}

/** Whatever is done with a machine, its new files are there first; objects are applied before pods start anew. */
function needs({ stage, machines }: Change, other: Stage): boolean {
  const [files, manifests] = [
    [Stage.ETCD, Stage.CONTROL_PLANE, Stage.UPGRADE, Stage.DRAIN],
    [Stage.REPLACE, Stage.DRAIN],
  ];
  return machines === undefined
    ? other === Stage.MANIFESTS && manifests!.includes(stage)
    : other === Stage.FILES && files!.includes(stage);
}

/** Those that the changes name, else all: an object has its effect on every machine. */
function machinesOf(changes: readonly Change[], before: Output, after: Output): string[] {
  if (changes.some(({ machines }) => machines === undefined)) {
    return namesOf(after);
  }
  const named = new Set(changes.flatMap(({ machines = [] }) => machines));
  return [...new Set([...namesOf(after), ...namesOf(before)])].filter((name) => named.has(name));
}

function namesOf({ machines }: Output): string[] {
  return machines.map(({ name }) => name);
}

/** Whether an etcd member runs there. */
function isMember(name: string, { machines }: Output): boolean {
  return machines.some((machine) => machine.name === name && machine.role !== 'worker');
}

function isFounder(name: string, { machines }: Output): boolean {
  return machines.some((machine) => machine.name === name && machine.role === 'init');
}

function isOutage({ effect }: Change): boolean {
  return effect === Effect.BREAKS_CONNECTIONS;
}

function filesCommand({ folder }: Output, name: string): string {
  const from = quoted(`${folder}/nodes/${name}/files/`);
  return `rsync -a ${from} ${name}:/root/new/ && ssh ${name} ${BOOTSTRAP} --only config --from /root/new`;
}

function applyCommands({ folder }: Output, changes: readonly Change[]): string[] {
  const phases = changes.flatMap(({ phase }) => phase ?? []).sort();
  const own = [...new Set(changes.filter(({ phase }) => phase === undefined).map((c) => c.file))];
  return [
    ...(phases[0] === undefined ? [] : [`${quoted(folder)}/apply.sh --from ${phases[0]}`]),
    ...own.map((file) => `kubectl apply --server-side -f ${quoted(`${folder}/${file}`)}`),
  ];
}

/** With its group where that is not Kubernetes' own: Calico has each of its kinds in two. */
function deleteCommand({ subject, file }: Change, { objects }: Output): string {
  const [kind = '', where = ''] = subject.split(' ');
  const [name = '', namespace] = where.split('/').reverse();
  const { group = '' } =
    [...objects.values()].find((one) => one.subject === subject && one.file === file) ?? {};
  const type = `${kind.toLowerCase()}${isCustom(group) ? `.${group}` : ''}`;
  return `kubectl ${namespace === undefined ? '' : `-n ${quoted(namespace)} `}delete ${quoted(type)} ${quoted(name)}`;
}

function leaveCommands(name: string, output: Output): string[] {
  return [
    `kubectl drain ${name} --ignore-daemonsets --delete-emptydir-data`,
    ...(isMember(name, output)
      ? [
          `# on another control plane, by report/etcd.md, Replace a member: remove the etcd member ${name}`,
        ]
      : []),
    `ssh ${name} kubeadm reset --force`,
    `kubectl delete node ${name}`,
  ];
}

import { CniKind, KubeProxyMode, type Cluster } from '../cluster';
import { cleanupJobName } from './migration-cleanup';
import type { KubeProxyLeftover } from './migration-options';

/** What the runbook is about. */
export interface Migration {
  readonly from: KubeProxyMode;
  readonly to: KubeProxyMode;
  readonly previous: string;
  readonly next: string;
  readonly leftovers: readonly KubeProxyLeftover[];
  /** Where the Jobs are, if there are any. */
  readonly manifest?: string;
}

/** The steps in Markdown, for people who read it while they do it. */
export function runbook(cluster: Cluster, migration: Migration): string {
  const { from, to } = migration;
  const steps = [
    before(migration),
    ...change(cluster, migration),
    ...perMachine(cluster, migration),
    after(migration),
  ];
  return [
    `# kube-proxy of ${cluster.clusterName}: from ${from} to ${to}`,
    '',
    ...intro(migration),
    '',
    '## What stays behind',
    '',
    '| what | taken away by | until then | how to see that it is gone |',
    '| --- | --- | --- | --- |',
    ...migration.leftovers.map(
      ({ subject, cleanedBy, effect, check }) =>
        `| ${[subject, cleanedBy, effect, check].map(cell).join(' | ')} |`,
    ),
    '',
    '## Steps',
    '',
    ...steps.map((step, index) => `${index + 1}. ${step}`),
    '',
  ].join('\n');
}

function intro({ manifest }: Migration): string[] {
  return [
    'Connections to Services that are open on a machine can end when its mode changes. Choose a quiet hour.',
    ...(manifest === undefined
      ? []
      : [
          '',
          `Nothing takes the old mode away by itself here. \`${manifest}\` has a Job for each machine;`,
          'no phase applies it, and every Job waits until you start it.',
        ]),
  ];
}

function before({ previous }: Migration): string {
  return `See that all is well now: \`kubectl -n kube-system rollout status daemonset/${previous}\`, and no finding in \`report/findings.txt\` that you did not expect.`;
}

function change(cluster: Cluster, { from, to, previous, next }: Migration): string[] {
  const gone = `\`kubectl -n kube-system delete daemonset ${previous}\``;
  if (to === KubeProxyMode.NONE) {
    return [
      ...(cluster.ownsMachines
        ? []
        : [
            'Tell kubeadm that there is none, or its next upgrade brings it back: `kubectl -n kube-system edit configmap kubeadm-config`, and in its ClusterConfiguration `proxy: { disabled: true }`.',
          ]),
      `Delete kube-proxy: ${gone}. What it wrote stays in force and is no longer updated, so go on at once.`,
      'Apply the phases of the network plugin, which then serves Services, and wait until it says that it is available.',
    ];
  }
  const steps =
    previous === next
      ? []
      : [
          `Delete the old kube-proxy, or two of them write rules: ${gone}. Services are not updated until the next step is done.`,
        ];
  return [
    ...steps,
    `Apply \`00-kube-proxy.k8s.yaml\` and wait: \`kubectl -n kube-system rollout status daemonset/${next}\`.`,
    ...plugin(cluster, from, to),
  ];
}

/** The plugin writes its rules with what kube-proxy writes its own with. */
function plugin({ cni }: Cluster, from: KubeProxyMode, to: KubeProxyMode): string[] {
  const filter = (mode: KubeProxyMode) => mode === KubeProxyMode.NFTABLES;
  const changes = filter(from) !== filter(to);
  switch (cni) {
    case CniKind.CALICO:
      return changes
        ? [
            'Apply the phases `10-cni-operator` and `20-cni` at once: the dataplane goes with the mode, and calico-node is started again machine by machine. Until then policies and Services are written by two packet filters.',
          ]
        : [
            'Felix starts itself again when `kube-ipvs0` appears or goes; where it does not, `kubectl -n calico-system rollout restart daemonset/calico-node`.',
          ];
    case CniKind.FLANNEL:
      return changes
        ? [
            'Apply the phase `20-cni` at once: flannel writes its rules with the packet filter of kube-proxy. Its old rules stay until the machine is restarted.',
          ]
        : [];
    default:
      return changes ? ['Change the packet filter of the network plugin, if it has one.'] : [];
  }
}

function perMachine(cluster: Cluster, migration: Migration): string[] {
  const { manifest, next, to } = migration;
  if (manifest === undefined) {
    return [];
  }
  const jobs = cluster.machines.map(
    ({ name }, index) => `   - ${name}: \`${cleanupJobName(name, index)}\``,
  );
  const again =
    to === KubeProxyMode.NONE
      ? []
      : [
          `\`kubectl -n kube-system delete pod -l k8s-app=${next} --field-selector spec.nodeName=<machine>\`, since the Job takes away what the new kube-proxy wrote as well; the new pod writes all of it again`,
        ];
  const machine = [
    '`kubectl drain <machine> --ignore-daemonsets --delete-emptydir-data`',
    `\`kubectl -n kube-system patch job <job> -p '{"spec":{"suspend":false}}'\``,
    '`kubectl -n kube-system wait job/<job> --for=condition=Complete --timeout=5m`',
    ...again,
    'the checks of the table above, on the machine, but for what only a restart takes away',
    '`kubectl uncordon <machine>`',
  ];
  return [
    `\`kubectl apply -f ${manifest}\`. Nothing starts yet.`,
    [
      'One machine after another:',
      ...machine.map((step, index) => `   ${index + 1}. ${step}`),
      '',
      '   The Jobs:',
      ...jobs,
    ].join('\n'),
    `\`kubectl delete -f ${manifest}\`.`,
  ];
}

function after({ to, next }: Migration): string {
  const checks =
    to === KubeProxyMode.NONE
      ? 'A pod reaches `kubernetes.default`, a name of the cluster and a NodePort.'
      : `\`kubectl -n kube-system logs daemonset/${next} | grep 'Using ${to} Proxier'\`; a pod reaches \`kubernetes.default\`, a name of the cluster and a NodePort.`;
  return `${checks} Restart the machines with the next reboot round for what only that takes away.`;
}

function cell(text: string): string {
  return text.replace(/\|/g, '\\|');
}

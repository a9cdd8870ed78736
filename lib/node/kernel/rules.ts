import { CONNTRACK_MAX } from './by-hand';
import { bridgesByHand, conntrackByHand } from './by-hand-notes';
import { fileRules } from './file-rules';
import { needsOfAll, settingNotes, some, type Setting } from './settings';
import { kernelDefaultFor, rule, Severity, type Cluster, type IRule } from '../../cluster';

const SYSCTL_DOC = 'docs.kernel.org admin-guide/sysctl';
const DOC = 'docs/kernel.md';

/** Keys that exist only while a module is loaded: prefix, module. */
const MODULES: ReadonlyArray<[prefix: string, module: string]> = [
  ['net.netfilter.nf_conntrack_', 'nf_conntrack'],
  ['net.bridge.', 'br_netfilter'],
  ['net.ipv4.vs.', 'ip_vs'],
];

/** Parameters of old guides, and what became of them. */
const GONE: ReadonlyArray<[form: RegExp, how: string]> = [
  [/^net\.ipv4\.tcp_tw_recycle$/, 'since Linux 4.12'],
  [
    /^net\.ipv4\.(netfilter\.)?ip_conntrack_/,
    'and has its names below net.netfilter.nf_conntrack_',
  ],
  [
    /^kernel\.sched_(latency|min_granularity|wakeup_granularity|migration_cost)_ns$/,
    'since Linux 5.13, to debugfs',
  ],
];

/** Rules about kernel parameters, whoever asks for them. */
export const kernelRules: IRule[] = [
  rule(
    {
      id: 'GW-NODE-006',
      severity: Severity.NOTE,
      title: "Every machine's memory is known",
      why: 'The connection table is sized from it; without it the table stays at what the kernel takes by itself above 4 GiB',
      remedy: 'give memory in the machine',
      reference: DOC,
    },
    (cluster) => {
      const names = cluster.machines.filter((m) => m.memory === undefined).map((m) => m.name);
      return names.length === 0
        ? []
        : [
            {
              message: `memory is unknown, so ${CONNTRACK_MAX} stays at 262144, on ${some(names)}`,
            },
          ];
    },
  ),
  rule(
    {
      id: 'GW-NODE-007',
      severity: Severity.WARNING,
      title: "The connection table is not smaller than the kernel's own",
      why: 'Since Linux 5.15 the kernel takes 262144 above 4 GiB of memory: the 131072 of many guides halves it, and a full table drops new connections',
      remedy: 'leave it out; peakConnections of the machine sizes the table',
      reference: 'docs.kernel.org networking/nf_conntrack-sysctl',
    },
    (cluster) => [
      ...settingNotes(cluster, (setting, machine) => {
        const kernel = kernelDefaultFor(machine.memory);
        return setting.key === CONNTRACK_MAX && Number(setting.value) < kernel
          ? `${CONNTRACK_MAX} is ${setting.value}; the kernel takes ${kernel} by itself`
          : undefined;
      }),
      ...conntrackByHand(cluster),
    ],
  ),
  rule(
    {
      id: 'GW-NODE-008',
      severity: Severity.NOTE,
      title: 'Connections in TIME_WAIT are not what tcp_fin_timeout shortens',
      why: 'It is the time of FIN_WAIT_2 after a program has closed its end; TIME_WAIT lasts 60 seconds whatever it says, and pods have a network of their own',
      remedy:
        'leave it out; where source ports run short, use KernelProfile.THROUGHPUT or keep connections open',
      reference: 'docs.kernel.org networking/ip-sysctl',
    },
    (cluster) => noted(cluster, 'net.ipv4.tcp_fin_timeout', 'cures no TIME_WAIT'),
  ),
  rule(
    {
      id: 'GW-NODE-009',
      severity: Severity.WARNING,
      title: 'The module of every kernel parameter is loaded',
      why: 'These keys are there only while their module is; the bootstrap stops at the first one that is missing',
      remedy: 'ask for the module with requireKernelModule, or leave the parameter out',
      reference: DOC,
    },
    (cluster) => [
      ...settingNotes(cluster, ({ key }, _machine, { kernelModules }) => {
        const [, module] = MODULES.find(([prefix]) => key.startsWith(prefix)) ?? [];
        return module === undefined || kernelModules.some((m) => m.key === module)
          ? undefined
          : `${key} is set, and nobody asks for the module ${module}`;
      }),
      ...bridgesByHand(cluster),
    ],
  ),
  ...fileRules,
  rule(
    {
      id: 'GW-NODE-012',
      severity: Severity.NOTE,
      title: 'Nobody tunes swap that is not there',
      why: 'The bootstrap switches swap off, since etcd and the kubelet want none; vm.swappiness then decides nothing, and 0 brings the out-of-memory killer earlier where there is swap',
      remedy: 'leave it out',
      reference: `${SYSCTL_DOC}/vm`,
    },
    (cluster) => noted(cluster, 'vm.swappiness', 'has no effect without swap'),
  ),
  rule(
    {
      id: 'GW-NODE-013',
      severity: Severity.WARNING,
      title: 'Loopback is not reachable from the network',
      why: 'With route_localnet, neighbours and pods reach what listens on 127.0.0.1 only, which often asks for no password',
      remedy: 'leave it out; reach NodePorts by the address of the machine',
      reference: 'CVE-2020-8558',
    },
    (cluster) =>
      settingNotes(cluster, ({ key, value }) =>
        /^net\.ipv4\.conf\..+\.route_localnet$/.test(key) && value !== '0'
          ? `${key} is ${value}`
          : undefined,
      ),
  ),
  rule(
    {
      id: 'GW-NODE-014',
      severity: Severity.WARNING,
      title: 'Modules and parameters have names that kernels know',
      why: 'Old guides name what is long gone; the bootstrap stops where it cannot be set',
      remedy: 'leave it out; nf_conntrack covers both families, and nothing replaces the others',
      reference: 'kubernetes/kubernetes issue 70304; Linux commits 4396e46187ca and 8a99b6833c88',
    },
    (cluster) => goneNames(cluster),
  ),
];

function noted(cluster: Cluster, key: string, what: string) {
  return settingNotes(cluster, (setting: Setting) =>
    setting.key === key ? `${key} is ${setting.value}; it ${what}` : undefined,
  );
}

function goneNames(cluster: Cluster) {
  const modules = needsOfAll(cluster).flatMap((n) => n.kernelModules.map(({ key }) => key));
  const gone = [...new Set(modules)].filter((name) => /^nf_conntrack_ipv[46]$/.test(name));
  return [
    ...gone.map((name) => ({ message: `module ${name} is part of nf_conntrack since Linux 4.19` })),
    ...settingNotes(cluster, ({ key }) => {
      const [, how] = GONE.find(([form]) => form.test(key)) ?? [];
      return how === undefined ? undefined : `${key} is gone ${how}`;
    }),
  ];
}

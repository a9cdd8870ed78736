import { argumentRows } from './arguments';
import type { Component, ControlPlaneSettings } from './settings';
import { componentFlags, nextMinor, type FlagProgram } from '../../catalog';
import type { Problem } from '../../cluster';
import type { KubeletSettings } from '../kubelet/settings';

/** The programs of the control plane by their name in ClusterConfiguration. */
export const programs: Readonly<Record<Component, FlagProgram>> = {
  apiServer: 'kube-apiserver',
  controllerManager: 'kube-controller-manager',
  scheduler: 'kube-scheduler',
};

const BY_KUBEADM = 'kubeadm sets it from the facts of the cluster';
const MASKS = 'pod networks are checked and routed in blocks of /24 and /64';

/** Flags of kubeadm's own that nothing may replace. */
const owned: Readonly<Record<FlagProgram, Readonly<Record<string, string>>>> = {
  'kube-apiserver': {
    ...because(BY_KUBEADM, [
      'advertise-address',
      'allow-privileged',
      'client-ca-file',
      'enable-bootstrap-token-auth',
      'etcd-cafile',
      'etcd-certfile',
      'etcd-keyfile',
      'etcd-servers',
      'kubelet-client-certificate',
      'kubelet-client-key',
      'proxy-client-cert-file',
      'proxy-client-key-file',
      'requestheader-allowed-names',
      'requestheader-client-ca-file',
      'requestheader-extra-headers-prefix',
      'requestheader-group-headers',
      'requestheader-username-headers',
      'secure-port',
      'service-account-key-file',
      'service-account-signing-key-file',
      'service-cluster-ip-range',
      'tls-cert-file',
      'tls-private-key-file',
    ]),
    'service-node-port-range':
      'firewall, network plugin and reserved ports of the machines go by 30000-32767',
    'anonymous-auth':
      'probes and joining machines have no credentials; the prop anonymousAnywhere says where else none are needed',
  },
  'kube-controller-manager': {
    ...because(BY_KUBEADM, [
      'allocate-node-cidrs',
      'authentication-kubeconfig',
      'authorization-kubeconfig',
      'client-ca-file',
      'cluster-cidr',
      'cluster-name',
      'cluster-signing-cert-file',
      'cluster-signing-key-file',
      'kubeconfig',
      'requestheader-client-ca-file',
      'root-ca-file',
      'service-account-private-key-file',
      'service-cluster-ip-range',
      'use-service-account-credentials',
    ]),
    'leader-elect': 'three of them would work against each other',
    ...because(MASKS, [
      'node-cidr-mask-size',
      'node-cidr-mask-size-ipv4',
      'node-cidr-mask-size-ipv6',
    ]),
  },
  'kube-scheduler': {
    ...because(BY_KUBEADM, ['authentication-kubeconfig', 'authorization-kubeconfig', 'kubeconfig']),
    'leader-elect': 'three of them would give one pod to three machines',
  },
  kubelet: {
    ...because('the bootstrap sets it on every machine', [
      'bootstrap-kubeconfig',
      'config',
      'config-dir',
      'container-runtime-endpoint',
      'hostname-override',
      'kubeconfig',
      'node-ip',
    ]),
    'node-labels': 'use the props workerLabels and controlPlaneLabels',
    'register-with-taints': 'use the prop workerTaints',
  },
};

/** The prop that sets a flag of ours. */
const props: ReadonlyArray<[RegExp, string]> = [
  [/^audit-/, 'auditLog'],
  [/^admission-/, 'podSecurity'],
  [/^authentication-config$/, 'anonymousAnywhere'],
  [/^encryption-/, 'encryptionAtRest'],
  [/^kubelet-/, 'kubelet.servingCertificates'],
  [/^profiling$/, 'profiling'],
  [/^tls-/, 'tlsMinVersion'],
];

/** Lists that kubeadm fills and a user may extend: what must stay in them. */
const mustHold: Readonly<Record<string, readonly string[]>> = {
  'enable-admission-plugins': ['NodeRestriction'],
  'authorization-mode': ['Node', 'RBAC'],
  controllers: ['bootstrapsigner', 'tokencleaner'],
};
const mustNotHold: Readonly<Record<string, readonly string[]>> = {
  'authorization-mode': ['AlwaysAllow'],
  'disable-admission-plugins': ['NodeRestriction', 'PodSecurity'],
};

/** What is wrong with the extra flags of the control plane. */
export function controlPlaneFlagProblems(
  minor: string,
  settings: ControlPlaneSettings,
  kubelet: KubeletSettings,
): Problem[] {
  const rows = argumentRows(settings, kubelet);
  return (Object.keys(programs) as Component[]).flatMap((component) => {
    const ours = rows.filter((row) => row.component === component).map((row) => row.flag);
    const prop = `controlPlane.${component}ExtraArgs`;
    return flagProblems(prop, minor, programs[component], settings.extraArgs[component], (flag) => {
      if (ours.includes(flag)) {
        const owner = props.find(([pattern]) => pattern.test(flag))![1];
        return `the prop ${owner} sets it`;
      }
      if (/^oidc-/.test(flag) && ours.includes('authentication-config')) {
        return 'the API server does not start with it beside its authentication file; set anonymousAnywhere and give authentication-config a file of your own that is in apiServerMounts';
      }
      return flag === 'tls-cipher-suites' && settings.tlsMinVersion === 'VersionTLS13'
        ? 'TLS 1.3 has no choice of ciphers; set tlsMinVersion to TLS_1_2 with it'
        : undefined;
    });
  });
}

/** What is wrong with flags of one program, each flag on its own. */
export function flagProblems(
  prop: string,
  minor: string,
  program: FlagProgram,
  args: Readonly<Record<string, string>>,
  refused: (flag: string) => string | undefined = () => undefined,
): Problem[] {
  const { known, deprecated } = componentFlags(minor, program);
  return Object.keys(args)
    .sort()
    .flatMap((flag): Problem[] => {
      const problem = (allowed: string, got: string, remedy: string) => [
        { prop: `${prop}.${flag}`, allowed, got, remedy },
      ];
      if (flag.startsWith('-')) {
        return problem('a flag without leading hyphens', flag, 'write the name alone');
      }
      const reason = refused(flag) ?? owned[program][flag];
      if (reason !== undefined) {
        return problem('left out', args[flag]!, reason);
      }
      if (!known.includes(flag)) {
        return problem(`a flag of ${program} ${minor}`, flag, suggestion(flag, known));
      }
      if (program === 'kubelet' && deprecated.includes(flag)) {
        return problem(
          'left out',
          args[flag]!,
          'it belongs into the configuration of the kubelet and is deprecated as a flag',
        );
      }
      return valueProblems(prop, flag, args[flag]!);
    });
}

function valueProblems(prop: string, flag: string, value: string): Problem[] {
  const problem = (allowed: string, remedy: string) => [
    { prop: `${prop}.${flag}`, allowed, got: value, remedy },
  ];
  if (/[\r\n]/.test(value)) {
    return problem('one line', 'a flag of a static pod is one line');
  }
  const items = value.split(',').map((item) => item.trim());
  const missing = (mustHold[flag] ?? []).filter((item) => !items.includes(item));
  if (missing.length > 0) {
    return problem(
      `a list with ${missing.join(' and ')}`,
      'it replaces the list of kubeadm as a whole',
    );
  }
  const wrong = (mustNotHold[flag] ?? []).filter((item) => items.includes(item));
  return wrong.length > 0
    ? problem(
        `a list without ${wrong.join(' and ')}`,
        'the cluster relies on it being the other way',
      )
    : [];
}

/** What becomes of a flag: deprecated now, or unknown to the next minor. */
export function flagFate(minor: string, program: FlagProgram, flag: string): string | undefined {
  const next = nextMinor(minor);
  if (next !== undefined && !componentFlags(next, program).known.includes(flag)) {
    return `is not in ${next} any more`;
  }
  return componentFlags(minor, program).deprecated.includes(flag)
    ? `is deprecated in ${minor}`
    : undefined;
}

/** The known flag that has most in common with a misspelt one, else how to find it. */
function suggestion(flag: string, known: readonly string[]): string {
  const letters = (text: string) => text.replace(/[^a-z0-9]/gi, '').toLowerCase();
  const near = known.find((other) => letters(other) === letters(flag));
  return near === undefined
    ? 'the component would not start; look in its reference for this minor'
    : `it is spelt ${near}`;
}

function because(reason: string, flags: readonly string[]): Record<string, string> {
  return Object.fromEntries(flags.map((flag) => [flag, reason]));
}

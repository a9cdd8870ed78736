import { SizeRoundingBehavior, type Size } from 'cdk8s';
import { controlPlaneFlagProblems } from './flags';
import type { ControlPlaneOptions } from './options';
import { controlPlaneSettings } from './settings';
import { checkInteger, isDnsLabel, isDnsName, type Cluster, type Problem } from '../../cluster';
import type { KubeletOptions } from '../kubelet/options';
import { kubeletProblems } from '../kubelet/problems';
import { kubeletSettings } from '../kubelet/settings';

const HOUR_SECONDS = 3600;

/** Everything that is wrong with the options of control plane and kubelet. */
export function controlPlaneProblems(
  cluster: Cluster,
  options: ControlPlaneOptions = {},
  kubelet: KubeletOptions = {},
): Problem[] {
  const sizes = sizeProblems(options, kubelet);
  if (sizes.length > 0) {
    // What is no whole number of MiB cannot be read further on.
    return sizes;
  }
  const { minor } = cluster.kubernetesVersion;
  const settings = kubeletSettings(kubelet);
  return [
    ...controlPlaneFlagProblems(minor, controlPlaneSettings(options), settings),
    ...auditProblems(options),
    ...nameProblems(options),
    ...timeProblems(options),
    ...kubeletProblems(cluster, kubelet, settings),
  ];
}

function sizeProblems(options: ControlPlaneOptions, kubelet: KubeletOptions): Problem[] {
  const sizes: Array<[string, Size | undefined, number]> = [
    ['controlPlane.auditLog.maxSize', options.auditLog?.maxSize, 4096],
    ['kubelet.containerLogMaxSize', kubelet.containerLogMaxSize, 1024],
    ['kubelet.kubeReserved.memory', kubelet.kubeReserved?.memory, 1024 * 1024],
    ['kubelet.systemReserved.memory', kubelet.systemReserved?.memory, 1024 * 1024],
  ];
  return sizes.flatMap(([prop, size, max]) =>
    checkInteger(
      `${prop} (MiB)`,
      size?.toMebibytes({ rounding: SizeRoundingBehavior.NONE }),
      { min: 1, max },
      'give whole MiB',
    ),
  );
}

function auditProblems({ auditLog = {} }: ControlPlaneOptions): Problem[] {
  return [
    ...checkInteger(
      'controlPlane.auditLog.maxAgeDays',
      auditLog.maxAgeDays,
      { min: 1, max: 3650 },
      '0 would keep files for ever',
    ),
    ...checkInteger(
      'controlPlane.auditLog.maxBackups',
      auditLog.maxBackups,
      { min: 1, max: 1000 },
      '0 would keep files until they are too old, however many',
    ),
  ];
}

function nameProblems(options: ControlPlaneOptions): Problem[] {
  const { encryptionAtRest = {}, podSecurity = {}, apiServerMounts = [] } = options;
  const { resources } = encryptionAtRest;
  const problem = (prop: string, allowed: string, got: unknown, remedy: string): Problem => ({
    prop: `controlPlane.${prop}`,
    allowed,
    got,
    remedy,
  });
  const namespaces = podSecurity.exemptNamespaces ?? [];
  return [
    ...(resources !== undefined && resources.length === 0
      ? [
          problem(
            'encryptionAtRest.resources',
            'at least one resource',
            undefined,
            'set enabled to false to encrypt nothing',
          ),
        ]
      : []),
    ...(resources ?? [])
      .filter((name) => !isDnsName(name))
      .map((got) =>
        problem(
          'encryptionAtRest.resources',
          'names such as secrets or widgets.example.no',
          got,
          'write the plural in lower case, with the group after a dot; wildcards make every write of leases slower',
        ),
      ),
    ...namespaces
      .filter((name) => !isDnsLabel(name))
      .map((got) =>
        problem('podSecurity.exemptNamespaces', 'names of namespaces', got, 'RFC 1123 labels'),
      ),
    ...apiServerMounts
      .filter((path) => !/^(\/[A-Za-z0-9._-]+)+$/.test(path) || path.split('/').includes('..'))
      .map((got) =>
        problem(
          'apiServerMounts',
          'absolute paths',
          got,
          'letters, digits, dots, hyphens and underscores, no slash at the end',
        ),
      ),
    ...apiServerMounts
      .filter((path, n) => apiServerMounts.indexOf(path) !== n)
      .map((got) => problem('apiServerMounts', 'named once each', got, 'remove one of the two')),
  ];
}

function timeProblems(options: ControlPlaneOptions): Problem[] {
  const days = options.certificateValidityPeriod?.toDays({ integral: false });
  const hours = options.certificateValidityPeriod?.toHours({ integral: false });
  return [
    ...(days === undefined || (days >= 90 && days <= 365 && Number.isInteger(hours))
      ? []
      : [
          {
            prop: 'controlPlane.certificateValidityPeriod',
            allowed: 'whole hours, between 90 and 365 days',
            got: `${days} days`,
            remedy: 'kubeadm advises against more than a year; they are renewed with 45 days left',
          },
        ]),
    ...Object.entries(options.timeouts ?? {}).flatMap(([name, duration]) =>
      checkInteger(
        `controlPlane.timeouts.${name} (seconds)`,
        duration.toSeconds({ integral: false }),
        { min: 1, max: HOUR_SECONDS },
        'give whole seconds, an hour at most',
      ),
    ),
  ];
}

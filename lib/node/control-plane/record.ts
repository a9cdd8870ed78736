import { argumentRows, extraArgumentRows } from './arguments';
import { programs } from './flags';
import { kubeadmDecisions } from './kubeadm-tuning';
import { PodSecurityLevel } from './options';
import type { Component } from './settings';
import { decisionsOf, type Cluster, type ControlPlaneSummary, type Decision } from '../../cluster';
import type { KubeadmSettings } from '../kubeadm-config';
import { kubeletDecisions } from '../kubelet/tuning';

/** What the bootstrap decided for kubeadm, the control plane and the kubelets. */
export function controlPlaneDecisions(
  cluster: Cluster,
  path: string,
  { controlPlane, kubelet }: KubeadmSettings,
): Decision[] {
  return [
    ...kubeadmDecisions(path, controlPlane),
    ...decisionsOf(path, [
      ...argumentRows(controlPlane, kubelet),
      ...extraArgumentRows(controlPlane),
    ]),
    ...kubeletDecisions(cluster, path, kubelet, controlPlane),
  ];
}

/** The same for rules. */
export function controlPlaneSummary({
  controlPlane,
  kubelet,
}: KubeadmSettings): ControlPlaneSummary {
  const { auditLog, encryptionAtRest, podSecurity, extraArgs } = controlPlane;
  const flags = (Object.keys(programs) as Component[]).flatMap((component) =>
    Object.keys(extraArgs[component]).map((flag) => ({ program: programs[component], flag })),
  );
  const off: Array<[boolean, string]> = [
    [!auditLog.enabled, 'audit log'],
    [!encryptionAtRest.enabled, 'encryption of Secrets in etcd'],
    [
      !podSecurity.enabled || podSecurity.enforce === PodSecurityLevel.PRIVILEGED,
      'Pod Security default',
    ],
    [controlPlane.anonymousAnywhere, 'bounds of anonymous requests'],
    [controlPlane.profiling, 'refusal of profiling'],
    [!kubelet.seccompDefault, 'seccomp by default'],
    [kubelet.podPidsLimit === -1, 'limit of processes in a pod'],
  ];
  return {
    extraFlags: [
      ...flags,
      ...Object.keys(kubelet.extraArgs).map((flag) => ({ program: 'kubelet', flag })),
    ],
    hardeningOff: off.filter(([is]) => is).map(([, what]) => what),
    auditLog: auditLog.enabled,
    encryptsAtRest: encryptionAtRest.enabled,
    servingApprover: kubelet.servingCertificates?.approver,
    ...(podSecurity.enabled
      ? {
          podSecurity: {
            enforce: podSecurity.enforce,
            exemptNamespaces: podSecurity.exemptNamespaces,
          },
        }
      : {}),
  };
}

import type { ControlPlaneSettings } from './settings';
import { askedFor, decisionsOf, Tuning, tuned, type Decision } from '../../cluster';

const TYPES = 'kubernetes/kubernetes cmd/kubeadm/app/apis/kubeadm/v1beta4/types.go v1.36.4';

/** What kubeadm is told besides the facts of the cluster. */
export function kubeadmTuning({
  encryptionAlgorithm,
  certificateValidityHours,
}: ControlPlaneSettings) {
  return new Tuning({
    encryptionAlgorithm: tuned(
      'ClusterConfiguration.encryptionAlgorithm',
      encryptionAlgorithm,
      'RSA-2048',
      "keys that kubeadm makes: a P-256 signature costs a tenth of an RSA-2048 one, the API server makes one for each connection, and the kubelet's own keys have been P-256 for years",
      TYPES,
    ),
    certificateValidityPeriod: tuned(
      'ClusterConfiguration.certificateValidityPeriod',
      `${certificateValidityHours}h0m0s`,
      '8760h0m0s',
      'kubeadm renews certificates at every upgrade; between upgrades groundwork-certificates does, unless certificateRenewal is switched off',
      TYPES,
    ),
    imagePullSerial: tuned(
      'nodeRegistration.imagePullSerial',
      false,
      'true',
      'the images of the control plane come side by side; containerd is made for it',
      TYPES,
    ),
  });
}

/** The same as decisions, and the time limits that were asked for. */
export function kubeadmDecisions(path: string, settings: ControlPlaneSettings): Decision[] {
  return [
    ...kubeadmTuning(settings).decisions(path),
    ...decisionsOf(
      path,
      Object.entries(timeoutsOf(settings)).map(([name, value]) =>
        askedFor(`InitConfiguration.timeouts.${name}`, value, "kubeadm's own"),
      ),
    ),
  ];
}

/** The time limits of kubeadm's documents, as Go writes durations; empty when none was asked for. */
export function timeoutsOf({ timeouts }: ControlPlaneSettings): Record<string, string> {
  const named = {
    controlPlaneComponentHealthCheck: timeouts.controlPlaneComponentHealthCheck,
    discovery: timeouts.discovery,
    etcdAPICall: timeouts.etcdApiCall,
    kubeletHealthCheck: timeouts.kubeletHealthCheck,
    kubernetesAPICall: timeouts.kubernetesApiCall,
    tlsBootstrap: timeouts.tlsBootstrap,
    upgradeManifests: timeouts.upgradeManifests,
  };
  const text: Record<string, string> = {};
  for (const [name, duration] of Object.entries(named)) {
    if (duration !== undefined) {
      text[name] = `${duration.toSeconds()}s`;
    }
  }
  return text;
}

import { Yaml } from 'cdk8s';
import { kubeReservedOf, systemReservedOf, type KubeletSettings } from './settings';
import { kubeletTuning } from './tuning';
import type { Cluster, Machine } from '../../cluster';
import type { ControlPlaneSettings } from '../control-plane/settings';
import { comment, machineFile, type MachineFile } from '../machine-file';
import { paths } from '../paths';
import type { NodeTuning } from '../tuning';

/** Files that the kubelet merges into its configuration, each of them ending in `.conf`. */
const KUBELET_DROP_INS = `${paths.config}/kubelet.conf.d`;
/** What kubeadm wrote, and what differs between machines. */
export const KUBELET_CONFIG_ARGS = `--config=/var/lib/kubelet/config.yaml --config-dir=${KUBELET_DROP_INS}`;

const HEAD = { apiVersion: 'kubelet.config.k8s.io/v1beta1', kind: 'KubeletConfiguration' };

/** The kubelet's configuration as kubeadm hands it to every machine of the cluster. */
export function kubeletConfiguration(
  cluster: Cluster,
  tuning: NodeTuning,
  settings: KubeletSettings,
  controlPlane: ControlPlaneSettings,
) {
  const own = kubeletTuning(settings, controlPlane);
  const gates = Object.entries(settings.featureGates).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...HEAD,
    cgroupDriver: tuning.get('cgroupDriver'),
    clusterDNS: cluster._kubeletDnsIps,
    clusterDomain: cluster.dnsDomain,
    containerLogMaxFiles: own.get('containerLogMaxFiles'),
    containerLogMaxSize: own.get('containerLogMaxSize'),
    enableDebugFlagsHandler: own.get('enableDebugFlagsHandler'),
    enableProfilingHandler: own.get('enableProfilingHandler'),
    evictionHard: own.get('evictionHard'),
    ...(gates.length === 0 ? {} : { featureGates: Object.fromEntries(gates) }),
    maxParallelImagePulls: own.get('maxParallelImagePulls'),
    podPidsLimit: own.get('podPidsLimit'),
    protectKernelDefaults: tuning.get('protectKernelDefaults'),
    resolvConf: cluster.operatingSystem._facts.resolvConf.value,
    seccompDefault: own.get('seccompDefault'),
    serializeImagePulls: own.get('serializeImagePulls'),
    ...(settings.servingCertificates === undefined ? {} : { serverTLSBootstrap: true }),
    shutdownGracePeriod: tuning.get('shutdownGracePeriod'),
    shutdownGracePeriodCriticalPods: tuning.get('shutdownGracePeriodCriticalPods'),
    tlsMinVersion: own.get('tlsMinVersion'),
  };
}

/**
 * What differs between machines. kubeadm keeps one configuration for the cluster, and its patches must
 * be given again at every upgrade; this file stays. It is always there, for without the folder the
 * kubelet does not start.
 */
export function kubeletDropIn(settings: KubeletSettings, machine: Machine): MachineFile {
  const resources = ({ cpuMillis, mebibytes }: ReturnType<typeof kubeReservedOf>) => ({
    ...(cpuMillis === undefined ? {} : { cpu: `${cpuMillis}m` }),
    ...(mebibytes === undefined ? {} : { memory: `${mebibytes}Mi` }),
  });
  const reserved = {
    kubeReserved: resources(kubeReservedOf(settings, machine)),
    systemReserved: resources(systemReservedOf(settings, machine)),
  };
  return machineFile(
    `${KUBELET_DROP_INS}/50-machine.conf`,
    [
      comment('What this machine keeps for itself; pods get the rest.'),
      Yaml.stringify({
        ...HEAD,
        ...Object.fromEntries(
          Object.entries(reserved).filter(([, amounts]) => Object.keys(amounts).length > 0),
        ),
      }),
    ].join('\n'),
  );
}

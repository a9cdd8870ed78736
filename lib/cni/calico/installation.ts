import { calico } from '../../catalog';
import type { Cluster, Manifest, TuningRow } from '../../cluster';
import type { InstallationTuning } from './tuning';

/** The one Installation: the pool, the tunnel, the dataplane, and where images come from. */
export function installation(cluster: Cluster, tuning: InstallationTuning): Manifest {
  const { imageRegistry, imagePullSecrets } = cluster;
  return singleton('Installation', {
    // With a slash at the end, as the operator wants it: it appends calico/<image> to it, which is
    // the path every image has on the mirror.
    ...(imageRegistry === undefined ? {} : { registry: `${imageRegistry}/` }),
    ...(imagePullSecrets.length === 0
      ? {}
      : { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) }),
    flexVolumePath: tuning.get('flexVolume'),
    kubeletVolumePluginPath: tuning.get('csi'),
    controlPlaneReplicas: tuning.get('controlPlaneReplicas'),
    calicoNetwork: {
      bgp: tuning.get('bgp'),
      linuxDataplane: tuning.get('dataplane'),
      mtu: tuning.get('mtu'),
      nodeAddressAutodetectionV4: { kubernetes: tuning.get('autodetection') },
      ipPools: [
        {
          name: tuning.get('poolName'),
          cidr: cluster.podCidr,
          encapsulation: tuning.get('encapsulation'),
          blockSize: tuning.get('blockSize'),
          natOutgoing: tuning.get('natOutgoing'),
          nodeSelector: tuning.get('nodeSelector'),
          allowedUses: tuning.get('allowedUses'),
          assignmentMode: tuning.get('assignmentMode'),
          disableBGPExport: tuning.get('disableBgpExport'),
          disableNewAllocations: tuning.get('disableNewAllocations'),
        },
      ],
    },
  });
}

/** Calico's API server: without it the pool cannot be changed and policies are not validated. */
export function apiServer(): Manifest {
  return singleton('APIServer', {});
}

/**
 * Felix's settings, in the group that is stored: it exists as soon as the definitions do, so Felix
 * reads them at its first start. The served group comes up only after Felix has run for minutes.
 */
export function felixConfiguration(rows: Readonly<Record<string, TuningRow<unknown>>>): Manifest {
  const spec = Object.fromEntries(Object.entries(rows).map(([field, row]) => [field, row.value]));
  return resource(calico.apiGroup.value, 'FelixConfiguration', spec);
}

function singleton(kind: string, spec: Record<string, unknown>): Manifest {
  return resource('operator.tigera.io/v1', kind, spec);
}

/** A cluster-wide resource of the one name that its controller looks for. */
function resource(apiVersion: string, kind: string, spec: Record<string, unknown>) {
  return { apiVersion, kind, metadata: { name: 'default' }, spec };
}

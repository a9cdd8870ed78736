import type { Summaries } from '../cluster';
import type { Flavor } from './flavor';
import type { Settings } from './settings';
import { RESPONSE_FILE_MEBIBYTES } from './sizing';
import { serviceType } from './traffic-tuning';
import { EdgeKind } from './workload-options';

/** What the edge tells the other rooms. */
export function summaryOf(
  path: string,
  settings: Settings,
  flavor: Pick<Flavor, 'identity' | 'label' | 'nginx' | 'own'>,
): Summaries['ingress'] {
  const { http, https } = settings.nodePorts;
  return {
    path,
    label: flavor.label(settings),
    namespace: flavor.identity.namespace,
    replicas: settings.replicas,
    mostReplicas: settings.autoscaling?.maxReplicas ?? settings.replicas,
    isDaemonSet: settings.kind === EdgeKind.DAEMON_SET,
    nodePorts: serviceType(settings) === 'ClusterIP' ? [] : [http, https],
    hostPorts: settings.hostPorts ? [80, 443] : [],
    breakEvenRate: settings.breakEvenRate,
    image: settings.image,
    nginx: flavor.nginx?.(),
    headerTimeoutSeconds: settings.timeouts.header / 1000,
    memoryMebibytes: settings.mebibytes,
    drainSeconds: settings.shutdown.grace,
    preStopSeconds: settings.shutdown.preStop,
    temporaryMebibytes: settings.temporaryMebibytes,
    addressMebibytes: addressMebibytes(settings),
    loadBalancerAddress: settings.loadBalancerAddress,
    own: settings,
    controller: flavor.own?.(),
  };
}

/** What one source address can write: each of its requests a response, and its body where that is buffered. */
function addressMebibytes(s: Settings): number {
  const requests = s.connectionsPerAddress || s.requests;
  const body = s.requestBuffering ? Math.ceil(s.bodyKibibytes / 1024) : 0;
  return requests * (body + RESPONSE_FILE_MEBIBYTES);
}

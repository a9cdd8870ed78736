import { type DoctorChoices } from './choices';
import { DISK, INSPECTOR, PODNET, SCRATCH, SERVICE } from './objects';
import type { Cluster } from '../../cluster';
import { expectationsOf } from '../expectations';
import { CONTAINER, selectorOf } from '../pods/names';
import { SCRIPTS } from '../pods/pod';
import { runDocument } from '../run-document';

/** How the pods are driven, and what they must measure. */
export function runText(cluster: Cluster, choices: DoctorChoices, measuresDisk: boolean): string {
  const { namespace, stays, image } = choices;
  return runDocument({
    namespace,
    stays,
    daemonSets: { inspector: INSPECTOR, podnet: PODNET },
    selector: { inspector: selectorOf(INSPECTOR), podnet: selectorOf(PODNET) },
    container: CONTAINER,
    scripts: SCRIPTS,
    image,
    service: SERVICE,
    iperf: { port: choices.iperfPort, seconds: choices.iperfSeconds },
    fsync: measuresDisk
      ? {
          daemonSet: DISK,
          selector: selectorOf(DISK),
          directory: SCRATCH,
          seconds: choices.fsyncSeconds,
          image: choices.fioImage,
        }
      : undefined,
    expectations: expectationsOf(cluster),
  });
}

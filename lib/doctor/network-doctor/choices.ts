import { posix } from 'node:path';
import type { NetworkDoctorProps } from './options';
import type { Cluster, Problem } from '../../cluster';
import { fioImage, imageProblems, toolsImage } from '../pods/images';
import { DEFAULT_NAMESPACE, namespaceProblems } from '../pods/names';
import { directoryProblems, portProblems, secondsProblems } from '../pods/number-problems';

/** Where everybody expects iperf3. */
export const IPERF_PORT = 5201;
export const IPERF_SECONDS = { usual: 10, min: 1, max: 30 };
export const FSYNC_SECONDS = { usual: 60, min: 10, max: 120 };

/** The options with every default settled, but for what follows from constructs that come later. */
export interface DoctorChoices {
  readonly namespace: string;
  readonly image: string;
  readonly fioImage: string;
  readonly fsyncDirectory?: string;
  readonly fsyncSeconds: number;
  readonly iperfPort: number;
  readonly iperfSeconds: number;
  readonly openIperfPort: boolean;
  readonly stays: boolean;
}

/** Settles every option; call `optionProblems` first. */
export function settleChoices(props: NetworkDoctorProps): DoctorChoices {
  const { cluster } = props;
  return {
    namespace: props.namespace ?? DEFAULT_NAMESPACE,
    image: toolsImage(cluster, props.image),
    fioImage: fioImage(cluster, props.fioImage),
    fsyncDirectory: props.fsyncDirectory,
    fsyncSeconds: props.fsyncTime?.toSeconds() ?? FSYNC_SECONDS.usual,
    iperfPort: props.iperfPort ?? IPERF_PORT,
    iperfSeconds: props.iperfTime?.toSeconds() ?? IPERF_SECONDS.usual,
    openIperfPort: props.openIperfPort ?? false,
    stays: props.stays ?? true,
  };
}

/** Everything that is wrong with the props. */
export function optionProblems(props: NetworkDoctorProps): Problem[] {
  const { image, fioImage: fio } = props;
  return [
    ...namespaceProblems(props.namespace),
    ...imageProblems({ image, fioImage: fio }),
    ...directoryProblems('fsyncDirectory', props.fsyncDirectory),
    ...secondsProblems('fsyncTime', props.fsyncTime, FSYNC_SECONDS),
    ...portProblems('iperfPort', props.iperfPort),
    ...secondsProblems('iperfTime', props.iperfTime, IPERF_SECONDS),
  ];
}

/** Beside what etcd waits for, so that it is the same disk and no stranger is in etcd's own folder. */
export function scratchOf(cluster: Cluster): string | undefined {
  const waited = waitedForBy(cluster);
  return waited === undefined ? undefined : `${posix.dirname(waited)}/groundwork-doctor`;
}

/** The folder of etcd in which every write waits for an fsync: that of its log, where it has a disk. */
export function waitedForBy(cluster: Cluster): string | undefined {
  const etcd = cluster._summary('etcd');
  return etcd?.walDir ?? etcd?.dataDir;
}

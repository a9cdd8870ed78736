import { Construct } from 'constructs';
import type { FsyncProbeProps } from './options';
import { throwProblems, type Cluster, type Manifest, type Problem } from '../../cluster';
import { FSYNC_SECONDS, scratchOf } from '../network-doctor/choices';
import { CLEAN, diskScripts, SCRATCH, scratchFolder } from '../network-doctor/objects';
import { fioImage, imageProblems } from '../pods/images';
import { acknowledgeProblems, addObjects, recordJobs, settleIn } from '../pods/measurement';
import { DEFAULT_NAMESPACE, namespaceProblems, selectorOf } from '../pods/names';
import { directoryProblems, secondsProblems } from '../pods/number-problems';
import { machineJob, SCRIPTS, scriptsMap, type DoctorPod } from '../pods/pod';
import { diskRule, programsRule } from '../rules';

const COMPONENT = 'fsync';
/** The image is pulled, the pod is placed, fio lays out its file. */
const START_SECONDS = 120;

interface FsyncChoices {
  readonly image: string;
  readonly seconds: number;
  readonly names: readonly string[];
  /** For all of them, in seconds. */
  readonly deadline: number;
}

/**
 * How long the disk of etcd takes for small writes that are on it before the next one, measured with fio
 * on every control plane, one after the other: a second member must never be slow at the same time. Each
 * Job sees one folder of the disk and nothing of etcd's; what it wrote is gone when it ends, the empty
 * folder stays. Recordings are in the logs for a day, as the collectors of NetworkDoctor print them:
 * `logsCommand` collects, and `npx cdk8s-groundwork doctor --from` judges them. Take it out of the chart
 * when you have read it: whoever applies the manifests again after that day measures again. A control
 * plane that is away, drained or tainted otherwise is left out.
 *
 * @example
 * // fragment
 * new FsyncProbe(chart, 'fsync', { cluster, acknowledgeLoad: true });
 */
export class FsyncProbe extends Construct {
  /** Namespace of the Jobs. */
  public readonly namespace: string;
  /** Folder on the machines that is written to. */
  public readonly directory: string;
  /** Prints all recordings, once the Jobs have ended. */
  public readonly logsCommand: string;

  /**
   * @param scope a Chart, or any construct below one
   * @param id construct id
   * @param props what to measure. Wrong values throw, all of them at once
   */
  constructor(scope: Construct, id: string, props: FsyncProbeProps) {
    super(scope, id);
    const { cluster } = props;
    throwProblems(this.node.path, optionProblems(props));
    this.namespace = props.namespace ?? DEFAULT_NAMESPACE;
    this.directory = props.directory ?? scratchOf(cluster)!;
    const names = machinesOf(props);
    this.logsCommand = `kubectl -n ${this.namespace} logs -l ${selectorOf(COMPONENT)} --tail=-1 --max-log-requests=${names.length}`;
    const image = fioImage(cluster, props.image);
    const seconds = props.time?.toSeconds() ?? FSYNC_SECONDS.usual;
    const deadline = names.length * (seconds + START_SECONDS);
    const choices = { image, seconds, names, deadline };
    addObjects(this, cluster, [
      ...settleIn(this, cluster, this.namespace),
      ...this.objects(cluster, choices),
    ]);
    recordJobs(this, cluster, deadline, 'every control plane, and two minutes for each to start');
    const rules = [programsRule({ fioImage: image }), diskRule(this.directory)];
    rules.forEach((rule) => cluster.addRule(rule, this));
  }

  private objects(cluster: Cluster, { image, seconds, names, deadline }: FsyncChoices): Manifest[] {
    const { namespace, directory } = this;
    const scripts = scriptsMap(namespace, 'groundwork-fsync', COMPONENT, diskScripts());
    const pod: DoctorPod = {
      component: COMPONENT,
      network: 'pod',
      recordedNetwork: 'host',
      powers: 'write',
      image,
      command: `${CLEAN}; exec ${SCRIPTS}/fsync.sh ${SCRATCH} ${seconds}`,
      scripts,
      // It cannot see that etcd has data on this disk, and is told: that is what was acknowledged.
      env: [{ name: 'BESIDE_ETCD', value: 'yes' }],
      folders: [scratchFolder(directory)],
      terminationSeconds: seconds + 10,
    };
    return [
      scripts,
      ...names.map((machine) =>
        machineJob(cluster, namespace, {
          prefix: 'fsync',
          machine,
          pod,
          deadlineSeconds: deadline,
        }),
      ),
    ];
  }
}

function machinesOf({ cluster, machines }: FsyncProbeProps): string[] {
  return cluster.controlPlanes
    .map(({ name }) => name)
    .filter((name) => machines === undefined || machines.includes(name));
}

function optionProblems(props: FsyncProbeProps): Problem[] {
  const { cluster, machines, directory } = props;
  const known = cluster.controlPlanes.map(({ name }) => name);
  const wrong = machines?.find((name) => !known.includes(name));
  return [
    ...acknowledgeProblems(props.acknowledgeLoad, 'writes of the cluster wait behind those of fio'),
    ...(machines !== undefined && (machines.length === 0 || wrong !== undefined)
      ? [
          {
            prop: 'machines',
            allowed: `among ${known.join(', ')}`,
            got: wrong,
            remedy: 'leave it out to measure every control plane',
          },
        ]
      : []),
    ...directoryProblems('directory', directory),
    ...(directory === undefined && scratchOf(cluster) === undefined
      ? [
          {
            prop: 'directory',
            allowed: 'given where nothing says which disk etcd is on',
            got: undefined,
            remedy: 'name a folder on that disk, or create EtcdOnNvme before',
          },
        ]
      : []),
    ...secondsProblems('time', props.time, FSYNC_SECONDS),
    ...namespaceProblems(props.namespace),
    ...imageProblems({ image: props.image }),
  ];
}

import { Construct } from 'constructs';
import {
  CLIENT,
  deadlineSeconds,
  matrixObjects,
  matrixSeconds,
  type MatrixChoices,
} from './objects';
import type { IperfMatrixProps } from './options';
import { PortSource, throwProblems, type Problem } from '../../cluster';
import { IPERF_PORT, IPERF_SECONDS } from '../network-doctor/choices';
import { imageProblems, toolsImage } from '../pods/images';
import { acknowledgeProblems, addObjects, recordJobs, settleIn } from '../pods/measurement';
import { DEFAULT_NAMESPACE, namespaceProblems, selectorOf } from '../pods/names';
import { secondsProblems } from '../pods/number-problems';
import { firewallRule, matrixRule, portRule, programsRule } from '../rules';

/**
 * Throughput, loss and jitter of every pair of machines and of pods, one pair after the other, since two
 * at once would measure each other. Servers wait on every machine; one Job for each machine sends, and the
 * scheduler lets one of them run at a time. Recordings are in their logs for a day, as the collectors of
 * NetworkDoctor print them: `logsCommand` collects, and `npx cdk8s-groundwork doctor --from` judges them.
 * Take it out of the chart when you have read it: whoever applies the manifests again after that day
 * measures again. A machine that is away is left out, as is one with a taint other than that of control
 * planes.
 *
 * @example
 * // fragment
 * new IperfMatrix(chart, 'iperf', { cluster, acknowledgeLoad: true });
 */
export class IperfMatrix extends Construct {
  /** Namespace of the servers and the Jobs. */
  public readonly namespace: string;
  /** Prints all recordings, once the Jobs have ended. */
  public readonly logsCommand: string;
  /** How long all pairs take, about, in seconds. */
  public readonly durationSeconds: number;

  /**
   * @param scope a Chart, or any construct below one
   * @param id construct id
   * @param props what to measure. Wrong values throw, all of them at once
   */
  constructor(scope: Construct, id: string, props: IperfMatrixProps) {
    super(scope, id);
    const { cluster } = props;
    const { path } = this.node;
    throwProblems(path, optionProblems(props));
    const choices = settle(props);
    const { namespace, port, image } = choices;
    this.namespace = namespace;
    this.durationSeconds = matrixSeconds(choices);
    this.logsCommand = `kubectl -n ${namespace} logs -l ${selectorOf(CLIENT)} --tail=-1 --max-log-requests=${2 * choices.machines.length}`;
    addObjects(this, cluster, [
      ...settleIn(this, cluster, namespace),
      ...matrixObjects(cluster, choices),
    ]);
    recordJobs(
      this,
      cluster,
      deadlineSeconds(choices),
      'all pairs, and three minutes for each Job to start',
    );
    const open = props.openPort ?? false;
    const onMachines = choices.networks.includes('host');
    if (open && onMachines) {
      for (const protocol of ['tcp', 'udp']) {
        cluster.ledger.requirePort(String(port), {
          by: this,
          protocol,
          from: PortSource.MACHINES,
          why: 'iperf3 of a measurement of throughput',
        });
      }
    }
    const rules = [
      programsRule({ image }),
      matrixRule(choices.machines.length, this.durationSeconds),
      ...(onMachines ? [portRule(path, port), firewallRule(port, open)] : []),
    ];
    rules.forEach((rule) => cluster.addRule(rule, this));
  }
}

function settle({ cluster, ...props }: IperfMatrixProps): MatrixChoices {
  const { machines: names } = props;
  return {
    namespace: props.namespace ?? DEFAULT_NAMESPACE,
    image: toolsImage(cluster, props.image),
    machines: cluster.machines.filter(({ name }) => names === undefined || names.includes(name)),
    seconds: props.time?.toSeconds() ?? IPERF_SECONDS.usual,
    port: props.port ?? IPERF_PORT,
    networks: (props.betweenMachines ?? true) ? ['host', 'pod'] : ['pod'],
  };
}

function optionProblems(props: IperfMatrixProps): Problem[] {
  const { cluster, port } = props;
  const known = new Set(cluster.machines.map(({ name }) => name));
  const names = [...new Set(props.machines ?? known)];
  const strangers = names.filter((name) => !known.has(name));
  const machines = (allowed: string, got: string): Problem => ({
    prop: 'machines',
    allowed,
    got,
    remedy: 'leave it out to measure every pair',
  });
  return [
    ...acknowledgeProblems(props.acknowledgeLoad, 'each pair fills its link while it is measured'),
    ...strangers.map((name) => machines('names of machines of the spec', name)),
    ...(strangers.length === 0 && names.length < 2
      ? [machines('at least two machines', String(names.length))]
      : []),
    ...secondsProblems('time', props.time, IPERF_SECONDS),
    ...(port === undefined || (Number.isInteger(port) && port >= 1024 && port <= 65534)
      ? []
      : [
          {
            prop: 'port',
            allowed: 'between 1024 and 65534',
            got: port,
            remedy: 'leave it out, or choose one that nothing has, nor the next one',
          },
        ]),
    ...namespaceProblems(props.namespace),
    ...imageProblems({ image: props.image }),
  ];
}

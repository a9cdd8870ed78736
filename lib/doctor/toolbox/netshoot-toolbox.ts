import { Construct } from 'constructs';
import type { Deployment } from 'kubernetes-types/apps/v1';
import { ToolboxNetwork, ToolboxPlacement, type NetshootToolboxProps } from './options';
import { throwProblems, type Cluster, type Manifest, type Problem } from '../../cluster';
import { ensureDebugPage } from '../debug/page';
import { imageProblems, shellOf, toolsImage } from '../pods/images';
import { addObjects, settleIn } from '../pods/measurement';
import { DEFAULT_NAMESPACE, labelsOf, namespaceProblems } from '../pods/names';
import { daemonSet, IDLE, podSpec, type DoctorPod } from '../pods/pod';
import { podTuning } from '../pods/tuning';

const NAME = 'toolbox';

/**
 * netshoot for whoever is on call: tcpdump, dig, curl, iperf3, conntrack and all the rest, in one pod or on
 * every machine, before something is wrong and images can no longer be pulled. It may capture packets and
 * change the network that it is on, and nothing else; it has no token for the API server.
 * `report/debug.md` has the commands for places where it is not.
 *
 * @example
 * // fragment
 * new NetshootToolbox(chart, 'toolbox', { cluster, placement: ToolboxPlacement.EVERY_MACHINE });
 */
export class NetshootToolbox extends Construct {
  /** Namespace of its pods. */
  public readonly namespace: string;
  /** Opens a shell in it; with a pod on every machine it takes the first. */
  public readonly shellCommand: string;

  /**
   * @param scope a Chart, or any construct below one
   * @param id construct id
   * @param props where it is. Wrong values throw, all of them at once
   */
  constructor(scope: Construct, id: string, props: NetshootToolboxProps) {
    super(scope, id);
    const { cluster, machine } = props;
    throwProblems(this.node.path, optionProblems(props));
    this.namespace = props.namespace ?? DEFAULT_NAMESPACE;
    const every = props.placement === ToolboxPlacement.EVERY_MACHINE;
    const image = toolsImage(cluster, props.image);
    this.shellCommand = `kubectl -n ${this.namespace} exec -it ${every ? 'daemonset' : 'deployment'}/${NAME} -- ${shellOf(image)}`;
    const pod: DoctorPod = {
      component: NAME,
      network: props.network === ToolboxNetwork.MACHINE ? 'host' : 'pod',
      powers: 'capture',
      image,
      command: IDLE,
    };
    addObjects(this, cluster, [
      ...settleIn(this, cluster, this.namespace),
      every
        ? daemonSet(cluster, this.namespace, NAME, pod)
        : deployment(cluster, this.namespace, pod, machine),
    ]);
    ensureDebugPage(cluster, this.node.path, image);
  }
}

/** A Deployment, since a drain stops at a pod that nobody would create again. */
function deployment(
  cluster: Cluster,
  namespace: string,
  pod: DoctorPod,
  machine: string | undefined,
): Manifest & Deployment {
  const labels = labelsOf(pod.component);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: NAME, namespace, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      strategy: { type: 'Recreate' },
      template: {
        metadata: { labels },
        spec: {
          // Whoever names a machine wants it there, whatever becomes of that machine.
          ...podSpec(
            cluster,
            pod,
            podTuning.get(machine === undefined ? 'tolerated' : 'tolerations'),
          ),
          nodeSelector: {
            'kubernetes.io/os': 'linux',
            ...(machine === undefined ? {} : { 'kubernetes.io/hostname': machine }),
          },
        },
      },
    },
  };
}

function optionProblems(props: NetshootToolboxProps): Problem[] {
  const { cluster, machine, placement } = props;
  return [
    ...machineProblems(cluster, machine, placement),
    ...namespaceProblems(props.namespace),
    ...imageProblems({ image: props.image }),
  ];
}

function machineProblems(
  cluster: Cluster,
  machine: string | undefined,
  placement: ToolboxPlacement | undefined,
): Problem[] {
  if (machine === undefined) {
    return [];
  }
  const names = cluster.machines.map(({ name }) => name);
  const prop = 'machine';
  if (placement === ToolboxPlacement.EVERY_MACHINE) {
    const remedy = 'leave it out, or leave placement out';
    return [{ prop, allowed: 'left out where there is a pod on each', got: machine, remedy }];
  }
  return names.includes(machine)
    ? []
    : [
        {
          prop,
          allowed: `one of ${names.join(', ')}`,
          got: machine,
          remedy: 'correct the name, or leave it out',
        },
      ];
}

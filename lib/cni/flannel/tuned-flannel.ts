import { Construct } from 'constructs';
import { settleChoices, type FlannelChoices } from './choices';
import { backendRows, configRows, delegateRows } from './config-tuning';
import { daemonSet } from './daemon-set';
import { parseEtcdConfig } from './etcd-config';
import { FlannelBackend } from './flannel-backend';
import type { TunedFlannelOptions, TunedFlannelProps } from './flannel-options';
import { requireMachineNeeds } from './needs';
import { cniConf, netConf } from './network-config';
import { clusterRole, clusterRoleBinding, configMap, namespace, serviceAccount } from './objects';
import { flagRows, interfaceRows, podRows, type FlagRows } from './pod-tuning';
import { choiceProblems } from './problems';
import { flannelRules } from './rules';
import { BRIDGE, POD_DEVICE, inspections, podWays, tunnelDevices } from './ways';
import { images } from '../../catalog';
import {
  addManifest,
  agreeWithFact,
  CniKind,
  KubeProxyMode,
  Phase,
  throwProblems,
  Tuning,
  type Cluster,
  type ICniConfiguration,
  type TuningRow,
} from '../../cluster';

/**
 * flannel: a subnet of pod addresses on every machine, and a tunnel or routes between them. Backend,
 * MTU and packet filter follow from the cluster's facts, and what the machines need for them goes
 * into the ledger. One per cluster.
 *
 * It applies no NetworkPolicy (finding GW-CNI-112). The plugins that it calls, bridge, host-local,
 * portmap and loopback, come to the machines with NodeBootstrap.
 *
 * @example
 * // fragment
 * new TunedFlannel(chart, 'cni', { cluster, backend: FlannelBackend.wireguard() });
 */
export class TunedFlannel extends Construct {
  /**
   * flannel with its options, for a cluster that does not exist yet.
   *
   * @param options what to decide about it
   */
  public static configure(options: TunedFlannelOptions = {}): ICniConfiguration {
    return new FlannelConfiguration(options);
  }

  /**
   * What an older flannel was told through etcd, as options of today: the backend where it still means
   * the same, and the text itself, from which findings say what else has changed. A backend of udp, or
   * none, which meant udp, becomes the default of today.
   *
   * @param json the text under `/coreos.com/network/config`. Text that is no such JSON throws, and so
   * does a backend that flannel no longer has
   */
  public static fromEtcdConfig(json: string): TunedFlannelOptions {
    const { config, problems } = parseEtcdConfig(json);
    throwProblems('TunedFlannel.fromEtcdConfig', problems);
    const { type, vni, port } = config!.backend ?? { type: 'udp' };
    switch (type) {
      case 'vxlan':
        return { etcdConfig: json, backend: FlannelBackend.vxlan({ vni, port }) };
      case 'host-gw':
        return { etcdConfig: json, backend: FlannelBackend.hostGw() };
      default:
        return { etcdConfig: json };
    }
  }

  /** How pod packets travel between machines: `vxlan`, `host-gw`, `wireguard` or `udp`. */
  public readonly backend: string;
  /** MTU of pod interfaces, in bytes. */
  public readonly podMtu: number;

  /**
   * @param scope a Chart, or any construct below one
   * @param id construct id
   * @param props options and the cluster. Wrong values throw, all of them at once, and so does a
   * cluster with another network plugin
   */
  constructor(scope: Construct, id: string, props: TunedFlannelProps) {
    super(scope, id);
    const { cluster } = props;
    const { path } = this.node;
    throwProblems(path, choiceProblems(props));
    agreeWithFact(path, 'cni', cluster.cni, CniKind.FLANNEL);
    const choices = settleChoices(props);
    this.backend = choices.backend.type;
    this.podMtu = choices.podMtu;
    cluster._register('cni', {
      path,
      kind: CniKind.FLANNEL,
      label: choices.label,
      encapsulation: choices.backendLabel,
      bgp: false,
      devices: tunnelDevices(choices),
      podMtu: choices.podMtu,
      dataplane: choices.nftables ? 'nftables' : 'iptables',
      podDevice: POD_DEVICE,
      bridge: BRIDGE,
      ways: podWays(cluster, choices),
      inspect: inspections(choices),
      own: choices,
    });

    this.addObjects(cluster, choices);
    requireMachineNeeds(cluster.ledger, this, choices);
    flannelRules.forEach((rule) => cluster.addRule(rule, this));
  }

  private addObjects(cluster: Cluster, choices: FlannelChoices): void {
    const texts = this.configuration(cluster, choices);
    const pod = new Tuning(podRows(choices));
    const flags = flagRows(choices);
    const objects = [
      namespace(),
      serviceAccount(),
      clusterRole(),
      clusterRoleBinding(),
      configMap(texts),
      daemonSet({
        image: choices.image,
        cniPluginImage: choices.cniPluginImage,
        imagePullSecrets: cluster.imagePullSecrets,
        args: [...argumentsOf(flags), ...choices.interface._args],
        healthzPort: choices.healthzPort,
        tunDevice: choices.backend.type === 'udp',
        configuration: texts.cniConf + texts.netConf,
        tuning: pod,
      }),
    ];
    objects.forEach((object) => addManifest(this, cluster, Phase.CNI, object));
    const all = [pod, new Tuning(flags), new Tuning(interfaceRows(choices))];
    all.forEach((tuning) => cluster.recordDecisions(tuning.decisions(this.node.path)));
  }

  private configuration(cluster: Cluster, choices: FlannelChoices) {
    const tuning = new Tuning(configRows(cluster, choices));
    const backend = backendRows(cluster, choices);
    const delegate = delegateRows(cluster, choices);
    for (const rows of [tuning, new Tuning(backend), new Tuning(delegate)]) {
      cluster.recordDecisions(rows.decisions(this.node.path));
    }
    const input = {
      cluster,
      choices,
      tuning,
      backend: valuesOf(backend),
      delegate: valuesOf(delegate),
    };
    return { cniConf: cniConf(input), netConf: netConf(input) };
  }
}

/** A true flag is written bare, as upstream does. */
function argumentsOf(flags: FlagRows): string[] {
  return Object.entries(flags).map(([name, { value }]) =>
    value === true ? `--${name}` : `--${name}=${value}`,
  );
}

function valuesOf(rows: Readonly<Record<string, TuningRow<unknown>>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(rows).map(([field, { value }]) => [field, value]));
}

class FlannelConfiguration implements ICniConfiguration {
  public readonly kind = CniKind.FLANNEL;
  public readonly kubeProxyMode?: KubeProxyMode;
  public readonly nftablesObstacle?: string;

  public constructor(private readonly options: TunedFlannelOptions) {
    this.kubeProxyMode = options.nftables === true ? KubeProxyMode.NFTABLES : undefined;
    this.nftablesObstacle =
      options.nftables === false
        ? 'nftables of flannel is false'
        : `flannel ${images.flannel.tag} calls its nftables mode experimental`;
  }

  public create(scope: Construct, id: string, cluster: Cluster): Construct {
    return new TunedFlannel(scope, id, { ...this.options, cluster });
  }
}

import { Yaml } from 'cdk8s';
import { Construct } from 'constructs';
import { optionProblems, scratchOf, settleChoices, type DoctorChoices } from './choices';
import { diskObjects, doctorObjects } from './objects';
import type { NetworkDoctorOptions, NetworkDoctorProps } from './options';
import { runText } from './run';
import {
  PortSource,
  throwProblems,
  withClusterLabels,
  type Cluster,
  type IDoctorConfiguration,
  type Manifest,
} from '../../cluster';
import { ensureDebugPage } from '../debug/page';
import { addObjects, settleIn } from '../pods/measurement';
import { declaredNamespace, namespaceObject } from '../pods/namespace';
import { diskRule, firewallRule, portRule, programsRule } from '../rules';
import { doctorFiles } from '../run-document';

/**
 * Pods with every tool that a diagnosis of this cluster needs, and what they must measure: one on the
 * network of each machine, one on the network of pods. They wait and do nothing by themselves; `npx
 * cdk8s-groundwork doctor` enters them, one measurement after the other, and compares. They ask nothing
 * of the API server and have no token for it. One per cluster; create it after the network plugin and
 * after etcd.
 *
 * @example
 * // fragment
 * new NetworkDoctor(chart, 'doctor', { cluster });
 */
export class NetworkDoctor extends Construct {
  /**
   * The doctor with its options, for a cluster that does not exist yet. It does not stay in the cluster
   * unless `stays` says so.
   *
   * @param options what to decide about it
   */
  public static configure(options: NetworkDoctorOptions = {}): IDoctorConfiguration {
    return new DoctorConfiguration(options);
  }

  /** No doctor: no folder `doctor/` is written, and the command has nothing to call. */
  public static none(): IDoctorConfiguration {
    return { create: (scope, id) => new Construct(scope, id) };
  }

  /** Namespace of its pods. */
  public readonly namespace: string;
  /** The image that its collectors run in. */
  public readonly image: string;
  /** Whether its pods are applied with the manifests of the cluster. */
  public readonly stays: boolean;

  private readonly cluster: Cluster;
  private readonly choices: DoctorChoices;

  /**
   * @param scope a Chart, or any construct below one
   * @param id construct id
   * @param props options and the cluster. Wrong values throw, all of them at once
   */
  constructor(scope: Construct, id: string, props: NetworkDoctorProps) {
    super(scope, id);
    const { path } = this.node;
    throwProblems(path, optionProblems(props));
    this.cluster = props.cluster;
    this.choices = settleChoices(props);
    this.namespace = this.choices.namespace;
    this.image = this.choices.image;
    this.stays = this.choices.stays;
    this.cluster._register('doctor', {
      path,
      files: () => this.files(),
      images: () => this.imagesApart(),
      namespace: this.namespace,
      own: this.choices,
    });
    const namespace = settleIn(this, this.cluster, this.namespace);
    if (this.stays) {
      const objects = doctorObjects(this.cluster, this.choices);
      addObjects(this, this.cluster, [...namespace, ...objects]);
    }
    this.openPort();
    this.addRules();
    ensureDebugPage(this.cluster, path, this.image);
  }

  /**
   * What the command reads, path below the output folder → content, for use without GroundworkApp. Call it
   * when the cluster is complete.
   */
  public files(): Record<string, string> {
    const { cluster, choices, directory } = this;
    const text = (objects: Manifest[]) =>
      Yaml.stringify(...objects.map((object) => withClusterLabels(cluster, object)));
    return {
      [doctorFiles.run]: runText(cluster, choices, directory !== undefined),
      ...(choices.stays
        ? {}
        : {
            [doctorFiles.objects]: text([
              ...this.ownNamespace(),
              ...doctorObjects(cluster, choices),
            ]),
          }),
      ...(directory === undefined
        ? {}
        : { [doctorFiles.disk]: text(diskObjects(cluster, choices, directory)) }),
    };
  }

  /** Where the disk of etcd is measured, if it is. */
  private get directory(): string | undefined {
    return this.choices.fsyncDirectory ?? scratchOf(this.cluster);
  }

  /** Images of pods that the command brings along. */
  private imagesApart(): string[] {
    const { image, fioImage, stays } = this.choices;
    return [...(stays ? [] : [image]), ...(this.directory === undefined ? [] : [fioImage])];
  }

  /** A namespace that the cluster's manifests declare is not the doctor's to delete. */
  private ownNamespace(): Manifest[] {
    const { cluster, namespace } = this;
    return declaredNamespace(cluster, namespace) === undefined ? [namespaceObject(namespace)] : [];
  }

  private openPort(): void {
    const { openIperfPort, iperfPort } = this.choices;
    if (openIperfPort) {
      for (const protocol of ['tcp', 'udp']) {
        this.cluster.ledger.requirePort(String(iperfPort), {
          by: this,
          protocol,
          from: PortSource.MACHINES,
          why: 'iperf3 of the doctor, while a pair of machines is measured',
        });
      }
    }
  }

  private addRules(): void {
    const { iperfPort, openIperfPort, image, fioImage, fsyncDirectory } = this.choices;
    const { path } = this.node;
    const rules = [
      portRule(path, iperfPort),
      firewallRule(iperfPort, openIperfPort),
      programsRule({ image, fioImage }),
      diskRule(fsyncDirectory),
    ];
    rules.forEach((rule) => this.cluster.addRule(rule, this));
  }
}

class DoctorConfiguration implements IDoctorConfiguration {
  public constructor(private readonly options: NetworkDoctorOptions) {}

  public create(scope: Construct, id: string, cluster: Cluster): Construct {
    const { stays = false } = this.options;
    return new NetworkDoctor(scope, id, { ...this.options, stays, cluster });
  }
}

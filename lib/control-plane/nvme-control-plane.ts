import { App, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import {
  Cluster,
  KubeProxyMode,
  type ClusterSpec,
  type ICniConfiguration,
  type IDnsConfiguration,
  type IDoctorConfiguration,
  type IEtcdAlertsConfiguration,
  type IEtcdBackupConfiguration,
  type IEtcdConfiguration,
  type IIngressConfiguration,
  type IKubeProxyConfiguration,
  type ILoadBalancerConfiguration,
  type IStorageConfiguration,
} from '../cluster';
import { TunedCalico } from '../cni';
import { NodeLocalDns } from '../dns';
import { NetworkDoctor } from '../doctor/public';
import { EtcdOnNvme } from '../etcd';
import { NodeBootstrap, type NodeBootstrapOptions } from '../node';
import { KubeProxy } from '../proxy';
import { ResidentStorage } from '../storage';
import { GroundworkApp } from './groundwork-app';

/** A whole cluster: its facts, and one configured construct for each room. */
export interface NvmeControlPlaneProps extends ClusterSpec {
  /**
   * Base URL of a mirror of release archives; see `ClusterProps.downloadBaseUrl`.
   *
   * @default - upstream's own addresses
   */
  readonly downloadBaseUrl?: string;
  /**
   * The network plugin.
   *
   * @default TunedCalico.configure()
   */
  readonly cni?: ICniConfiguration;
  /**
   * The service proxy, for example `NftablesKubeProxy.configure()`.
   *
   * @default - `KubeProxy.recommended` for the facts and the plugin; none where the network plugin
   * serves Services itself (TunedCalico with `LinuxDataplane.BPF`)
   */
  readonly kubeProxy?: IKubeProxyConfiguration;
  /**
   * The DNS cache of every machine; `NodeLocalDns.none()` leaves it out.
   *
   * @default NodeLocalDns.configure()
   */
  readonly dns?: IDnsConfiguration;
  /**
   * What gives Services of type LoadBalancer their addresses: `MetalLb.configure(…)` or
   * `CalicoLoadBalancer.configure(…)`.
   *
   * @default - nothing; the edge is reached by NodePorts
   */
  readonly loadBalancer?: ILoadBalancerConfiguration;
  /**
   * The edge.
   *
   * @default - none
   */
  readonly ingress?: IIngressConfiguration;
  /**
   * etcd on the control planes.
   *
   * @default EtcdOnNvme.configure()
   */
  readonly etcd?: IEtcdConfiguration;
  /**
   * The backup of etcd: `EtcdBackup.configure({ target })`.
   *
   * @default - none
   */
  readonly etcdBackup?: IEtcdBackupConfiguration;
  /**
   * Alerts on etcd, where the cluster has the Prometheus operator: `EtcdAlerts.configure()`.
   *
   * @default - none
   */
  readonly etcdAlerts?: IEtcdAlertsConfiguration;
  /**
   * Storage that keeps to the residency of the spec: `ResidentStorage.configure(…)`. Without `residency`
   * it throws.
   *
   * @default - ResidentStorage.configure() where the spec has a `residency`, else none
   */
  readonly storage?: IStorageConfiguration;
  /**
   * The doctor, whose objects and expected values are written to `doctor/` and applied by nobody but
   * `npx cdk8s-groundwork doctor`; `NetworkDoctor.none()` leaves it out.
   *
   * @default NetworkDoctor.configure()
   */
  readonly doctor?: IDoctorConfiguration;
  /**
   * What else the machines get at boot.
   *
   * @default - the defaults of NodeBootstrap
   */
  readonly nodes?: NodeBootstrapOptions;
}

/**
 * A self-managed cluster with etcd on the NVMe disks of its control planes. It is only the long way
 * written for you: a `Cluster` named `cluster` and one construct for each room, named
 * `kube-proxy`, `dns`, `cni`, `load-balancer`, `ingress`, `etcd`, `etcd-backup`, `etcd-alerts`,
 * `storage`, `doctor` and `nodes`, all in this one chart.
 *
 * @example
 * // fragment
 * new NvmeControlPlane(app, 'oslo', {
 *   operatingSystem: OperatingSystem.DEBIAN_12,
 *   endpoint: ApiEndpoint.external({ dnsName: 'api.oslo.example' }),
 *   podCidr: '10.244.0.0/16',
 *   serviceCidr: '10.96.0.0/16',
 *   underlay: Underlay.flatL2({ mtu: 1500 }),
 *   zones: [Zone.of('oslo-1', { country: 'NO', nodeCidr: '10.20.0.0/24' })],
 *   machines: [1, 2, 3].map((n) =>
 *     Machine.controlPlane(`cp-${n}`, {
 *       zone: 'oslo-1',
 *       address: `10.20.0.1${n}`,
 *       etcdDisk: EtcdDisk.nvmeSerial(`S4EVNX0R${n}`),
 *     }),
 *   ),
 *   kubeProxy: IpvsKubeProxy.configure(),
 * });
 */
export class NvmeControlPlane extends Chart {
  /** The facts, and every answer that follows from them. */
  public readonly cluster: Cluster;
  /** What the machines boot with. */
  public readonly nodes: NodeBootstrap;

  /**
   * @param scope an App, best a GroundworkApp
   * @param id construct id; the cluster's name by default
   * @param props facts and rooms
   */
  constructor(scope: Construct, id: string, props: NvmeControlPlaneProps) {
    super(scope, id);
    const cni = props.cni ?? TunedCalico.configure();
    const kubeProxy = props.kubeProxy ?? recommendedProxy(props, cni);
    this.cluster = new Cluster(this, 'cluster', {
      ...specOf(props),
      clusterName: props.clusterName ?? id,
      downloadBaseUrl: props.downloadBaseUrl,
      cni: cni.kind,
      kubeProxyMode: kubeProxy?.mode ?? KubeProxyMode.NONE,
      loadBalancer: props.loadBalancer?.kind,
    });
    kubeProxy?.create(this, 'kube-proxy', this.cluster);
    // Before the plugin, whose policies allow the address of the cache.
    (props.dns ?? NodeLocalDns.configure()).create(this, 'dns', this.cluster);
    cni.create(this, 'cni', this.cluster);
    props.loadBalancer?.create(this, 'load-balancer', this.cluster);
    props.ingress?.create(this, 'ingress', this.cluster);
    (props.etcd ?? EtcdOnNvme.configure()).create(this, 'etcd', this.cluster);
    // In this order: the backup saves the etcd of the spec, the alerts watch the backup.
    props.etcdBackup?.create(this, 'etcd-backup', this.cluster);
    props.etcdAlerts?.create(this, 'etcd-alerts', this.cluster);
    storageOf(props)?.create(this, 'storage', this.cluster);
    (props.doctor ?? NetworkDoctor.configure()).create(this, 'doctor', this.cluster);
    this.nodes = new NodeBootstrap(this, 'nodes', { ...props.nodes, cluster: this.cluster });
    this.sayWhoWritesNodeFiles(scope);
  }

  /** Files for the machines, path below the output folder → content, for use without GroundworkApp. */
  public nodeFiles(): Record<string, string> {
    return this.nodes.nodeFiles();
  }

  /**
   * Files of the doctor, path below the output folder → content, for use without GroundworkApp; none where
   * there is no doctor.
   */
  public doctorFiles(): Record<string, string> {
    return { ...this.cluster._summary('doctor')?.files() };
  }

  /** A plain App writes manifests only; whoever uses one should hear once where the rest is. */
  private sayWhoWritesNodeFiles(scope: Construct): void {
    if (App.of(scope) instanceof GroundworkApp) {
      return;
    }
    let said = false;
    this.node.addValidation({
      validate: () => {
        if (!said) {
          said = true;
          process.stderr.write(
            `[${this.node.path}] this App writes no node files; use GroundworkApp, or write what nodeFiles() returns\n`,
          );
        }
        return [];
      },
    });
  }
}

/** Somebody must serve Services: kube-proxy, or a plugin that wants to be alone with it. */
function recommendedProxy(
  { operatingSystem, kubernetesVersion }: NvmeControlPlaneProps,
  cni: ICniConfiguration,
): IKubeProxyConfiguration | undefined {
  return cni.kubeProxyMode === KubeProxyMode.NONE
    ? undefined
    : KubeProxy.recommended({ operatingSystem, kubernetesVersion, cni });
}

/** A policy that nothing carries into the cluster would be a sentence in a spec. */
function storageOf({ storage, residency }: NvmeControlPlaneProps) {
  return storage ?? (residency === undefined ? undefined : ResidentStorage.configure());
}

/** The facts alone, without the rooms: what Cluster would not know must not reach it. */
function specOf(props: NvmeControlPlaneProps): ClusterSpec {
  const {
    cni,
    kubeProxy,
    dns,
    loadBalancer,
    ingress,
    etcd,
    etcdBackup,
    etcdAlerts,
    storage,
    doctor,
    nodes,
    ...spec
  } = props;
  return spec;
}

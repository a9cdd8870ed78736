import type { Construct } from 'constructs';
import {
  KubernetesVersion,
  KubeProxyMode,
  problemAt,
  type Cluster,
  type ICniConfiguration,
  type IKubeProxyConfiguration,
  type OperatingSystem,
} from '../cluster';
import { IptablesKubeProxy } from './iptables-kube-proxy';
import type { KubeProxyOptions } from './kube-proxy-options';
import { NftablesKubeProxy } from './nftables-kube-proxy';
import { recommend } from './recommend';

/** What the recommended mode goes by, and what every mode can be told. */
export interface KubeProxyRecommendationOptions extends KubeProxyOptions {
  /** Distribution on the machines. */
  readonly operatingSystem: OperatingSystem;
  /**
   * Kubernetes release.
   *
   * @default KubernetesVersion.V1_36
   */
  readonly kubernetesVersion?: KubernetesVersion;
  /**
   * The network plugin. One that serves Services itself throws: then there is no kube-proxy.
   *
   * @default - not known, which speaks against nftables mode
   */
  readonly cni?: ICniConfiguration;
}

/**
 * The service proxy that fits, for those who have no wish: nftables mode where kernel, nft on the host,
 * Kubernetes patch and network plugin all go with it, else iptables mode. `NvmeControlPlane` takes it when
 * `kubeProxy` is left out.
 *
 * @example
 * // fragment
 * const operatingSystem = OperatingSystem.DEBIAN_12;
 * const kubeProxy = KubeProxy.recommended({ operatingSystem, cni: TunedFlannel.configure() });
 * process.stdout.write(`${kubeProxy.mode}\n`);
 * kubeProxy.create(chart, 'kube-proxy', cluster);
 */
export class KubeProxy {
  /**
   * The mode that fits, known before there is a cluster. The construct that it creates records why.
   *
   * @param options the facts that decide, and options that every mode has
   */
  public static recommended(options: KubeProxyRecommendationOptions): IKubeProxyConfiguration {
    const { operatingSystem, kubernetesVersion, cni, ...proxy } = options;
    if (cni?.kubeProxyMode === KubeProxyMode.NONE) {
      throw problemAt('KubeProxy.recommended', {
        prop: 'cni',
        allowed: 'a network plugin that leaves Services to kube-proxy',
        got: `${cni.kind} without kube-proxy`,
        remedy: 'create no kube-proxy, and give the Cluster KubeProxyMode.NONE',
      });
    }
    const { mode, why } = recommend({
      operatingSystem,
      kubernetesVersion: kubernetesVersion ?? KubernetesVersion.V1_36,
      cni,
    });
    return new RecommendedKubeProxy(mode, why, proxy);
  }

  private constructor() {}
}

class RecommendedKubeProxy implements IKubeProxyConfiguration {
  public constructor(
    public readonly mode: KubeProxyMode,
    private readonly why: string,
    private readonly options: KubeProxyOptions,
  ) {}

  public create(scope: Construct, id: string, cluster: Cluster): Construct {
    const { mode, options } = this;
    const proxy =
      mode === KubeProxyMode.NFTABLES
        ? new NftablesKubeProxy(scope, id, { ...options, cluster })
        : new IptablesKubeProxy(scope, id, { ...options, cluster });
    cluster.recordDecisions([
      {
        path: proxy.node.path,
        key: 'mode of kube-proxy',
        value: mode,
        upstream: 'iptables until 1.39, nftables from 1.40 on',
        why: this.why,
        source:
          'kubernetes/enhancements KEP-3866 and KEP-5343; docs/decisions/0013-the-default-mode-of-kube-proxy.md',
      },
    ]);
    return proxy;
  }
}

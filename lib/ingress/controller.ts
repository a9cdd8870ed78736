import type { Flavor } from './flavor';
import { gatewayFabricFlavor, type GatewayFabricOptions } from './gateway-fabric';
import { nicFlavor, type NginxIngressControllerOptions } from './nic';
import { retiredFlavor, type RetiredIngressNginxOptions } from './retired';

/**
 * The program at the edge. The same options are rendered into its own keys; what it cannot obey
 * throws.
 */
export class NginxController {
  /**
   * NGINX Ingress Controller, open source, maintained by NGINX: Ingresses with annotations
   * `nginx.org/…`, no custom resources. The default.
   *
   * @param options what only this controller has
   */
  public static nginxIngressController(
    options: NginxIngressControllerOptions = {},
  ): NginxController {
    return new NginxController(nicFlavor(options));
  }

  /**
   * NGINX Gateway Fabric: the Gateway API, with a Gateway named `edge` in the namespace `nginx-gateway`
   * that HTTPRoutes, GRPCRoutes and ListenerSets name. The pods that serve clients are made by its
   * control plane. `ingressClassName` is the name of the GatewayClass.
   *
   * @param options what only this controller has
   */
  public static gatewayFabric(options: GatewayFabricOptions = {}): NginxController {
    return new NginxController(gatewayFabricFlavor(options));
  }

  /**
   * ingress-nginx, archived in March 2026: for clusters that cannot leave it yet. Ingresses with
   * annotations `nginx.ingress.kubernetes.io/…`. Without the webhook, with an admission policy in its
   * place, and with findings about what nobody repairs any more.
   *
   * @param options what only this controller has; without a reason in `acknowledgeRetired` the edge throws
   */
  public static retiredIngressNginx(options: RetiredIngressNginxOptions): NginxController {
    return new NginxController(retiredFlavor(options));
  }

  /** @internal */
  public static _ofFlavor(flavor: Flavor): NginxController {
    return new NginxController(flavor);
  }

  /** @internal */
  public readonly _flavor: Flavor;

  private constructor(flavor: Flavor) {
    this._flavor = flavor;
  }
}

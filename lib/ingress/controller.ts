import type { Flavor } from './flavor';
import { nicFlavor, type NginxIngressControllerOptions } from './nic';

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

  /** @internal */
  public readonly _flavor: Flavor;

  private constructor(flavor: Flavor) {
    this._flavor = flavor;
  }
}

import type { Cluster } from '../cluster';
import type { NginxController } from './controller';
import type { EdgeIntent } from './intent';
import type { EdgePodOptions } from './pod-options';

/** What a user may decide about the edge. Everything has a default that is safe on the internet. */
export interface HardenedNginxIngressOptions extends EdgeIntent, EdgePodOptions {
  /**
   * The program at the edge.
   *
   * @default NginxController.nginxIngressController()
   */
  readonly controller?: NginxController;
  /**
   * Full reference of the image whose nginx serves. A release that is known to be broken throws.
   *
   * @default - the controller's release in the catalogue (NGINX Ingress Controller 5.5.4), through
   * `Cluster.imageRegistry`
   */
  readonly image?: string;
  /**
   * Lines for nginx's `http` block, each one directive or one block, written after our own. A directive
   * that the controller or this library writes itself throws: nginx refuses it twice, or ignores yours.
   *
   * @default - none
   */
  readonly httpSnippets?: string[];
  /**
   * Lines for nginx's main context, each one directive or one block. A directive that the controller
   * or this library writes itself throws.
   *
   * @default - none
   */
  readonly mainSnippets?: string[];
}

/** Properties of HardenedNginxIngress. */
export interface HardenedNginxIngressProps extends HardenedNginxIngressOptions {
  /** The cluster it serves. */
  readonly cluster: Cluster;
}

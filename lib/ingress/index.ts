export { NginxController } from './controller';
export { HardenedNginxIngress } from './hardened-nginx-ingress';
export { type NginxIngressControllerOptions } from './nic';
export {
  type ClientTimeouts,
  type HardenedNginxIngressOptions,
  type HardenedNginxIngressProps,
  type HeaderBuffers,
  type UpstreamTimeouts,
} from './options';

export { HardenedNginxIngress } from './hardened-nginx-ingress';
export {
  type ClientTimeouts,
  type HardenedNginxIngressOptions,
  type HardenedNginxIngressProps,
  type HeaderBuffers,
  type UpstreamTimeouts,
} from './options';

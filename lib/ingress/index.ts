export { NginxController } from './controller';
export {
  type GatewayFabricOptions,
  type GatewayHttpsListener,
  type GatewayService,
} from './gateway-fabric';
export { HardenedNginxIngress } from './hardened-nginx-ingress';
export { type NginxIngressControllerOptions } from './nic';
export { type ClientTimeouts, type HeaderBuffers, type RequestRate } from './client-options';
export { type EdgeIntent } from './intent';
export { type HardenedNginxIngressOptions, type HardenedNginxIngressProps } from './options';
export { type EdgePodOptions } from './pod-options';
export { EdgePreset } from './preset';
export { RealIp } from './real-ip';
export {
  type RetiredIngressNginxOptions,
  type RetirementAcknowledgement,
  type Seed2019Options,
} from './retired';
export { TlsPolicy } from './tls-policy';
export {
  type ResponseBuffers,
  type UpstreamRetries,
  type UpstreamTimeouts,
} from './upstream-options';
export {
  type EdgeAutoscaling,
  EdgeExposure,
  EdgeKind,
  type ShutdownTimeouts,
} from './workload-options';
export {
  IngressAudit,
  MigrationTarget,
  type AuditFinding,
  type IngressAuditOptions,
} from './audit';
export * from './traefik';

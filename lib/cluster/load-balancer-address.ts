import { LoadBalancerKind } from './vocabulary';

/**
 * Annotations by which a Service asks for certain addresses, or undefined where nobody is known that
 * would read any. `spec.loadBalancerIP` is deprecated, and Calico does not look at it.
 */
export function addressAnnotations(
  kind: LoadBalancerKind,
  addresses: readonly string[],
): Record<string, string> | undefined {
  switch (kind) {
    case LoadBalancerKind.METALLB_L2:
    case LoadBalancerKind.METALLB_BGP:
      return { 'metallb.io/loadBalancerIPs': addresses.join(',') };
    case LoadBalancerKind.CALICO:
      return { 'projectcalico.org/loadBalancerIPs': JSON.stringify(addresses) };
    case LoadBalancerKind.NONE:
    case LoadBalancerKind.OTHER:
      return undefined;
  }
}

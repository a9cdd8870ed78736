import { KubeProxyMode } from '../cluster';
import { choice } from './choice';
import type { IptablesKubeProxyOptions } from './iptables-options';

/** Whether NodePorts answer on loopback: a field in iptables mode, a feature gate in nftables mode. */
export function localhostRows(
  mode: KubeProxyMode.IPTABLES | KubeProxyMode.NFTABLES,
  { localhostNodePorts }: IptablesKubeProxyOptions,
) {
  return {
    localhostNodePorts:
      mode === KubeProxyMode.IPTABLES
        ? choice(
            'KubeProxyConfiguration.iptables.localhostNodePorts',
            localhostNodePorts,
            false,
            'true',
            'It would turn on route_localnet, which lets neighbours reach services bound to loopback; the next version of this configuration has false as well',
            'CVE-2020-8558; kubernetes/enhancements KEP-784',
          )
        : choice(
            'KubeProxyConfiguration.featureGates.KubeProxyNFTablesLocalhostNodePorts',
            localhostNodePorts,
            false,
            'false, alpha in 1.37',
            'An alpha gate, which is written only where the spec asks for it',
            'kubernetes/kube-proxy config/v1alpha1/types.go after v0.37.0-beta.0',
          ),
  };
}

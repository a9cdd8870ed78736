import type { SecurityContext } from 'kubernetes-types/core/v1';
import { KubeProxyMode, tuned, type TuningRow } from '../cluster';
import type { KubeProxyOptions } from './kube-proxy-options';
import { KUBELET_OOM_SCORE } from './tuning';

/** What the containers may do. */
export interface SecurityRows {
  /** Of the container that runs on. */
  readonly securityContext: TuningRow<SecurityContext>;
  /** Of the one that runs before it, where there is one. */
  readonly initPrivileged?: TuningRow<boolean>;
}

/** As little as the mode can do with. */
export function securityRows(mode: KubeProxyMode, options: KubeProxyOptions): SecurityRows {
  return mode === KubeProxyMode.IPVS ? privilegedRows() : splitRows(options);
}

function privilegedRows(): SecurityRows {
  return {
    securityContext: tuned<SecurityContext>(
      'DaemonSet.spec.template.spec.containers.securityContext',
      { privileged: true },
      "privileged, in kubeadm's manifest",
      "It writes sysctls at every start, which need a writable /proc/sys. The split into --init-only and a container with NET_ADMIN alone is not enough here: iptables' set match opens a raw socket, and a sysctl that somebody changed later would keep the container from ever starting again",
      'kubernetes/kubernetes pkg/proxy/ipvs/proxier.go; netfilter libxt_set.h',
    ),
  };
}

/**
 * What needs all rights is done once, at the start of the pod. A container that is started again finds
 * it done and writes nothing, unless somebody changed it meanwhile; then the pod must be deleted.
 */
function splitRows({ oomScoreAdj = KUBELET_OOM_SCORE }: KubeProxyOptions): SecurityRows {
  const add = ['NET_ADMIN', ...(oomScoreAdj < KUBELET_OOM_SCORE ? ['SYS_RESOURCE'] : [])];
  return {
    initPrivileged: tuned(
      'DaemonSet.spec.template.spec.initContainers.securityContext.privileged',
      true,
      "no such container in kubeadm's manifest",
      'With --init-only it writes the sysctls, takes away what another mode left, and ends before it has read a single Service',
      'kubernetes/kubernetes pull request 120864',
    ),
    securityContext: tuned<SecurityContext>(
      'DaemonSet.spec.template.spec.containers.securityContext',
      { privileged: false, allowPrivilegeEscalation: false, capabilities: { add, drop: ['ALL'] } },
      "privileged, in kubeadm's manifest",
      'Rules and conntrack entries are written through netlink, for which NET_ADMIN is enough; of files on the machine it gets the lock of iptables alone. privileged is said although false is the default: where kubeadm applied its own before, its true would stay beside ours, and the API server refuses the pair',
      'kubernetes/kubernetes issue 112171 and cmd/kube-proxy/app/options.go',
    ),
  };
}

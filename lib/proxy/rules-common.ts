import { atLeast, kernelFloors, kubernetesMinor } from '../catalog';
import {
  askedOfMachines,
  Cidr,
  CniKind,
  KubeProxyMode,
  parseImage,
  Severity,
  type Cluster,
  type IRule,
  type KubeProxySummary,
  type RuleViolation,
} from '../cluster';
import { goDuration } from './go-duration';
import { KubeProxyDetectLocalMode } from './kube-proxy-options';
import { proxyRule, when } from './proxy-rule';

const ISSUES = 'https://github.com/kubernetes/kubernetes/issues';
const LONGEST_SYNC_SECONDS = 300;
const SLOWEST_REACTION_SECONDS = 10;

/** What would break in kube-proxy whatever its mode, or because of it. */
export const commonRules: IRule[] = [
  proxyRule(
    {
      id: 'GW-PROXY-008',
      severity: Severity.WARNING,
      title: 'kube-proxy synchronises often enough',
      why: 'A repair waits for syncPeriod and the health check for twice that; every change of endpoints waits for up to minSyncPeriod',
      remedy: `keep syncPeriod at ${goDuration(LONGEST_SYNC_SECONDS * 1000)} and minSyncPeriod at ${SLOWEST_REACTION_SECONDS}s or less`,
      reference: `${ISSUES}/96018`,
    },
    (_cluster, proxy) => slowSyncs(proxy),
  ),
  proxyRule(
    {
      id: 'GW-PROXY-009',
      severity: Severity.NOTE,
      title: 'The machines have what kube-proxy needs',
      why: 'This spec does not write these machines, so nothing here can load modules or open ports on them',
      remedy: 'have them loaded and open on every machine, now and after a reboot',
      reference: 'https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy',
    },
    foreignNeeds,
  ),
  proxyRule(
    {
      id: 'GW-PROXY-010',
      severity: Severity.NOTE,
      title: 'Nothing else manages kube-proxy',
      why: 'The objects carry the names that kubeadm uses, so that kube-proxy does not run twice; each upgrade by kubeadm writes its own over them',
      remedy:
        'set proxy.disabled in the ClusterConfiguration of the ConfigMap kubeadm-config and keep config.conf in the ConfigMap kube-proxy, without which kubeadm stops; where kube-proxy ran in another mode, follow KubeProxyMigration',
      reference: 'https://github.com/kubernetes/kubeadm/issues/3137',
    },
    ({ ownsMachines }, { ownNames }) =>
      when(
        !ownsMachines && ownNames !== true,
        'on a cluster made by kubeadm these objects replace its kube-proxy',
      ),
  ),
  proxyRule(
    {
      id: 'GW-PROXY-015',
      severity: Severity.WARNING,
      title: 'Pods are told from others by what the plugin makes',
      why: 'Where kube-proxy takes pods for strangers it hides their addresses from each other and from policies; where it takes strangers for pods, answers to them are lost',
      remedy: 'leave detectLocalMode out, which goes by the network of all pods',
      reference:
        'https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/#kubeproxy-config-k8s-io-v1alpha1-LocalMode',
    },
    ({ cni }, { detectLocalMode }) =>
      when(
        cni === CniKind.CALICO && detectLocalMode === KubeProxyDetectLocalMode.NODE_CIDR,
        'detectLocalMode is NodeCIDR, and Calico gives pods addresses outside of spec.podCIDR',
      ).concat(
        when(
          cni === CniKind.CALICO && detectLocalMode === KubeProxyDetectLocalMode.BRIDGE_INTERFACE,
          'detectLocalMode is BridgeInterface, and Calico has no bridge',
        ),
        when(
          cni === CniKind.FLANNEL &&
            detectLocalMode === KubeProxyDetectLocalMode.INTERFACE_NAME_PREFIX,
          'detectLocalMode is InterfaceNamePrefix, and packets of pods come in from the bridge of flannel',
        ),
      ),
  ),
  proxyRule(
    {
      id: 'GW-PROXY-016',
      severity: Severity.WARNING,
      title: 'No packet leaves without its translation',
      why: 'Older kernels send TCP packets outside the window on as they came, and the peer answers with a reset: downloads and uploads break now and then',
      remedy: 'leave tcpBeLiberal out, or use a newer kernel',
      reference: `${ISSUES}/117924`,
    },
    ({ kernel }, { tcpBeLiberal }) =>
      when(
        tcpBeLiberal === false && !atLeast(kernel, kernelFloors.tcpWindowInvalid.value),
        `tcpBeLiberal is false with kernel ${kernel}, older than ${kernelFloors.tcpWindowInvalid.value}`,
      ),
    KubeProxyMode.IPVS,
    KubeProxyMode.NFTABLES,
  ),
  proxyRule(
    {
      id: 'GW-PROXY-019',
      severity: Severity.WARNING,
      title: 'One kube-proxy serves the machines',
      why: 'Under names of their own these objects do not take the place of a kube-proxy that kubeadm made, and two of them undo what the other wrote',
      remedy:
        'set proxy.disabled in the ClusterConfiguration of the ConfigMap kubeadm-config, then delete the DaemonSet and the ConfigMap kube-proxy; or use KubeProxyNames.KUBEADM',
      reference: 'https://github.com/kubernetes/kubeadm/issues/3137',
    },
    ({ ownsMachines }, { ownNames }) =>
      when(
        !ownsMachines && ownNames === true,
        'a kube-proxy that kubeadm made would go on beside this one',
      ),
  ),
  proxyRule(
    {
      id: 'GW-PROXY-021',
      severity: Severity.NOTE,
      title: 'kube-proxy can write the size of the connection table',
      why: 'Since 1.36 it exits where /sys is read-only and the hash table is smaller than a quarter of the size that it wants, as in nested and LXC machines',
      remedy:
        'set options nf_conntrack hashsize in /etc/modprobe.d to a quarter of the size or more, and run containerd 2.0 or newer',
      reference: `${ISSUES}/134108`,
    },
    ({ ownsMachines, kubernetesVersion: { minor } }) =>
      when(
        !ownsMachines && kubernetesMinor(minor).conntrackCeiling.value !== undefined,
        'on machines that this spec does not write, kube-proxy sizes the connection table and needs a /sys that can be written',
      ),
  ),
  proxyRule(
    {
      id: 'GW-PROXY-025',
      severity: Severity.WARNING,
      title: 'kube-proxy is of a minor that the API servers go with',
      why: 'One of a newer minor than the API server is not supported, nor is one that is more than three minors older; each may ask for what the other does not know',
      remedy: 'leave image out, or change its tag together with kubernetesVersion',
      reference: 'https://kubernetes.io/releases/version-skew-policy/#kube-proxy',
    },
    ({ kubernetesVersion: { patch } }, { image = '' }) => {
      const own = /^v?(\d+\.\d+\.\d+)$/.exec(parseImage(image)?.tag ?? '')?.[1];
      return when(
        own !== undefined && !skewAllowed(own, patch),
        `image is of kube-proxy ${own}, the API servers are of ${patch}`,
      );
    },
  ),
  proxyRule(
    {
      id: 'GW-PROXY-026',
      severity: Severity.WARNING,
      title: 'NodePorts are narrowed in every family',
      why: 'Where no network of a family is named, kube-proxy takes all addresses of that family, so that NodePorts are open on addresses that nobody thought of',
      remedy:
        'name a network of each family, or leave nodePortAddresses out for the node addresses',
      reference:
        'https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/proxy/util/nodeport_addresses.go',
    },
    ({ _families }, { nodePortAddresses = [] }) => {
      const named = nodePortAddresses.map((each) => Cidr.parse(each)?.family);
      const open = named.includes(undefined)
        ? []
        : _families.filter((family) => !named.includes(family));
      return open.map((family) => ({
        message: `nodePortAddresses ${nodePortAddresses.join(', ')} names no ${family} network: NodePorts answer on every ${family} address`,
      }));
    },
  ),
];

/** Of no newer minor, and at most three minors older; a patch of the same minor may be newer. */
function skewAllowed(proxy: string, apiServer: string): boolean {
  const [own, other] = [proxy, apiServer].map((version) => Number(version.split('.')[1]));
  return own! <= other! && other! - own! <= 3;
}

function slowSyncs({
  syncPeriodSeconds = 0,
  minSyncPeriodSeconds = 0,
}: KubeProxySummary): RuleViolation[] {
  return [
    ...(syncPeriodSeconds > LONGEST_SYNC_SECONDS
      ? [`syncPeriod is ${goDuration(syncPeriodSeconds * 1000)}`]
      : []),
    ...(minSyncPeriodSeconds > SLOWEST_REACTION_SECONDS
      ? [`minSyncPeriod is ${goDuration(minSyncPeriodSeconds * 1000)}`]
      : []),
  ].map((message) => ({ message }));
}

/** What this room asked the ledger for, when nobody renders it. */
function foreignNeeds(cluster: Cluster, { path }: KubeProxySummary): RuleViolation[] {
  if (cluster.ownsMachines) {
    return [];
  }
  const { modules, ports } = askedOfMachines(cluster, path);
  return [{ message: `not written here: kernel modules ${modules}; ports ${ports}` }];
}

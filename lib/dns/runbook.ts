import type { Cluster } from '../cluster';
import type { DnsChoices } from './choices';

/**
 * What a person does on machines of others, where kubelets give pods the address of the DNS Service and
 * the cache does not hold it: the only step that neither a manifest nor a file of ours can take.
 */
export function kubeletRunbook(cluster: Cluster, { localIp, clusterDnsIp }: DnsChoices): string {
  const machines = cluster.machines.map(
    ({ name }) =>
      `   - ${name}: \`sudo kubeadm upgrade node phase kubelet-config && sudo systemctl restart kubelet\``,
  );
  return `# The DNS cache of ${cluster.clusterName}: what the kubelets must be told

The cache answers on ${localIp}. Pods still ask ${clusterDnsIp}, the DNS Service, until their kubelet tells
them otherwise: nothing fails meanwhile, and nobody uses the cache. Cache first, kubelets second, pods last.

1. Apply \`05-node-local-dns.k8s.yaml\` and wait: \`kubectl -n kube-system rollout status daemonset/node-local-dns\`.
2. On one machine: \`dig @${localIp} kubernetes.default.svc.${cluster.dnsDomain}\` has an answer.
3. \`kubectl -n kube-system edit configmap kubelet-config\`: \`clusterDNS\` becomes a list of ${localIp} alone.
4. One machine after another:
${machines.join('\n')}
5. On each: \`grep -A1 clusterDNS /var/lib/kubelet/config.yaml\` prints ${localIp}.
6. Recreate pods, workload by workload (\`kubectl rollout restart\`): each keeps the resolv.conf it was started with.
7. \`kubectl exec <pod> -- cat /etc/resolv.conf\` names ${localIp}.

Back again: kubelets first (\`clusterDNS\` with ${clusterDnsIp}), then pods, then the cache.
`;
}

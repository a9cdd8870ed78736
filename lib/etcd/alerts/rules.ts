import { rule, Severity, type IRule } from '../../cluster';
import { etcdArgument } from '../version';

const LOOPBACK = /^https?:\/\/(127\.|localhost[:/]|\[::1\])/;

/** Rules about the alerts that need the facts of the cluster. */
export const alertsRules: IRule[] = [
  rule(
    {
      id: 'GW-ETCD-040',
      severity: Severity.NOTE,
      title: 'Prometheus reaches the metrics of etcd',
      why: 'kubeadm lets etcd serve them at http://127.0.0.1:2381 of each control plane, where no pod of a network of its own reaches them; EtcdQuorumLost is then on from the first minute',
      remedy:
        'scrape with an agent on the network of the control planes (hostNetwork), with a job that the selector matches; then acknowledge this',
      reference: 'https://etcd.io/docs/v3.6/op-guide/monitoring/',
    },
    (cluster) => {
      if (cluster._summary('etcdAlerts') === undefined) {
        return [];
      }
      const urls = (etcdArgument(cluster, 'listen-metrics-urls') ?? 'http://127.0.0.1:2381').split(
        ',',
      );
      return urls.every((url) => LOOPBACK.test(url))
        ? [{ message: `metrics of etcd are at ${urls.join(', ')} of each control plane` }]
        : [];
    },
  ),
  rule(
    {
      id: 'GW-ETCD-041',
      severity: Severity.WARNING,
      title: 'Alerts watch the backup',
      why: 'A backup that stopped months ago is found when it is needed',
      remedy: 'create EtcdAlerts after EtcdBackup',
      reference: 'https://github.com/kubernetes/kube-state-metrics',
    },
    (cluster) =>
      cluster._summary('etcdAlerts')?.watchesBackup === false &&
      cluster._summary('etcdBackup') !== undefined
        ? [{ message: 'the alerts were created before the backup, and have none on its age' }]
        : [],
  ),
];

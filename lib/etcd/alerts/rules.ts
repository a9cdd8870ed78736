import { rule, Severity, type IRule } from '../../cluster';
import { metricsUrl } from '../loopback';

/** Rules about the alerts that need the facts of the cluster. */
export const alertsRules: IRule[] = [
  rule(
    {
      id: 'GW-ETCD-040',
      severity: Severity.NOTE,
      title: 'Prometheus reaches the metrics of etcd',
      why: 'kubeadm lets etcd serve them on the loopback address of each control plane, where no pod of a network of its own reaches them; EtcdQuorumLost is then on from the first minute',
      remedy:
        'scrape with an agent on the network of the control planes (hostNetwork), with a job that the selector matches; then acknowledge this',
      reference: 'https://etcd.io/docs/v3.6/op-guide/monitoring/',
    },
    (cluster) => [
      { message: `metrics of etcd are at ${metricsUrl(cluster)} of each control plane` },
    ],
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

import { tuned } from '../../cluster';
import { podPath, type Settings } from '../settings';

/** Where a row of the controller's arguments stands in the output. */
export function argumentPath(settings: Settings): string {
  return `${podPath(settings)}.containers.args.`;
}

const FLAGS = 'nginx/kubernetes-ingress cmd/nginx-ingress/flags.go at v5.5.4';

/** Arguments whose value is a choice; a flag's own default is repeated where it protects. */
export function argumentRows(s: Settings) {
  const row = (flag: string, value: string, upstream: string, why: string, source = FLAGS) =>
    tuned(`${argumentPath(s)}${flag}`, value, upstream, why, source);
  return {
    customResources: row(
      'enable-custom-resources',
      'false',
      'true',
      'Ingress is enough; no definitions to install, no rights on them',
    ),
    snippets: row(
      'enable-snippets',
      'false',
      'false',
      'a snippet in an Ingress is code in the edge, which reads every Secret',
    ),
    configSafety: row(
      'enable-config-safety',
      'true',
      'false',
      'a configuration that nginx refuses is rolled back alone; otherwise one bad Ingress stops every later change. Each Ingress that is written costs one or two nginx -t over the whole configuration, so a start costs the square of their number: with thousands a new replica takes minutes to be ready',
      'nginx/kubernetes-ingress internal/nginx/rollback_manager.go at v5.5.4',
    ),
    telemetry: row(
      'enable-telemetry-reporting',
      'false',
      'true',
      'usage reports leave the country, and they are why upstream asks for rights on nodes and namespaces',
    ),
    ipv6: row(
      'disable-ipv6',
      `${s.ipv4Only}`,
      'false',
      'listens as the pod network is; machines that boot with ipv6.disable=1 refuse the other kind',
    ),
    status: row(
      'report-ingress-status',
      `${s.reportsStatus}`,
      'false',
      s.reportsStatus
        ? 'GitOps and DNS tools read the address of an Ingress from its status'
        : 'there is no address to report: a NodePort Service has none and statusAddress is not given',
    ),
    leaderElection: row(
      'enable-leader-election',
      `${s.reportsStatus}`,
      'true',
      s.reportsStatus
        ? 'one replica writes the status'
        : 'the leader only writes status; without it the replicas need no Lease',
    ),
    metrics: row(
      'enable-prometheus-metrics',
      `${s.metricsNamespace !== undefined}`,
      'false',
      'served when somebody may read them',
    ),
  };
}

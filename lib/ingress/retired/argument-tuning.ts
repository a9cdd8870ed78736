import { tuned } from '../../cluster';
import { podPath, type Settings } from '../settings';
import type { RetiredChoices } from './choices';

/** Where a row of the controller's arguments stands in the output. */
export function argumentPath(settings: Settings): string {
  return `${podPath(settings)}.containers.args.`;
}

const FLAGS = 'kubernetes/ingress-nginx pkg/flags/flags.go at controller-v1.15.1';
const STATUS = 'kubernetes/ingress-nginx internal/ingress/status/status.go at controller-v1.15.1';
const INSPECTOR =
  'kubernetes/ingress-nginx internal/ingress/inspector/rules.go at controller-v1.15.1';

/** Whether the replicas elect a leader: it alone writes status, and tells when certificates expire. */
export function electsLeader(s: Settings): boolean {
  return s.reportsStatus || s.metricsNamespace !== undefined;
}

/** Whether the address of the Service goes into the status of Ingresses; an address of the user's own is taken instead. */
export function publishesService(s: Settings): boolean {
  return s.loadBalanced && s.statusAddress === undefined;
}

/** Arguments whose value is a choice; a flag's own default is repeated where it protects. */
export function argumentRows(s: Settings, choices: RetiredChoices) {
  const row = (
    flag: string,
    value: string | number | boolean,
    upstream: string,
    why: string,
    source = FLAGS,
  ) => tuned(`${argumentPath(s)}${flag}`, `${value}`, upstream, why, source);
  return {
    annotationValidation: row(
      'enable-annotation-validation',
      true,
      'true',
      'the values of annotations are held to the patterns that the holes of 2025 led to',
    ),
    deepInspect: row(
      'deep-inspect',
      true,
      'true',
      'an Ingress that names alias, root, Lua or the Secrets of the pod is not taken up',
      INSPECTOR,
    ),
    profiling: row('profiling', false, 'true', 'nobody profiles an edge that is on its way out'),
    externalName: row(
      'disable-svc-external-name',
      true,
      'false',
      'a Service of type ExternalName makes the edge fetch whatever address a tenant writes, and needs DNS at run time',
    ),
    updateStatus: row(
      'update-status',
      s.reportsStatus,
      'true',
      s.reportsStatus
        ? 'GitOps and DNS tools read the address of an Ingress from its status'
        : 'there is no address to report: a NodePort Service has none and statusAddress is not given',
    ),
    statusOnShutdown: row(
      'update-status-on-shutdown',
      false,
      'true',
      'the last replica that stops would take the address out of every Ingress, and DNS tools the names with it',
      STATUS,
    ),
    leaderElection: row(
      'disable-leader-election',
      !electsLeader(s),
      'false',
      electsLeader(s)
        ? 'one replica writes the status and tells when certificates expire'
        : 'the leader only writes status and metrics of certificates; without both the replicas need no Lease',
    ),
    metrics: row(
      'enable-metrics',
      s.metricsNamespace !== undefined,
      'false',
      'served when somebody may read them',
    ),
    postShutdown: row(
      'post-shutdown-grace-period',
      0,
      '10',
      'nginx has ended by then; the seconds would come off the time that a replica has to stop',
      'kubernetes/ingress-nginx pkg/util/process/sigterm.go at controller-v1.15.1',
    ),
    ...(choices.watchNamespace === undefined
      ? {}
      : {
          watchNamespace: row(
            'watch-namespace',
            choices.watchNamespace,
            'all namespaces',
            'asked for in the spec; Secrets of other namespaces are out of reach of every hole in this controller',
          ),
        }),
  };
}

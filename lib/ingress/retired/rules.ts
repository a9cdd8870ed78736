import { ingressNginxRetired, ingressNginxTestedKubernetes } from '../../catalog';
import {
  CniKind,
  rule,
  Severity,
  type Cluster,
  type IRule,
  type RuleViolation,
} from '../../cluster';
import { openAdvisories } from '../release';
import { keepalivePool } from './config-map-tuning';
import { IDENTITY } from './names';
import { onRetired } from './on-retired';
import { riskyOverrides } from './risks';
import { seedRules } from './seed-rules';

const LAST = ingressNginxRetired.version.value;

/** Rules about ingress-nginx. */
export const retiredRules: IRule[] = [
  rule(
    {
      id: 'GW-INGRESS-030',
      severity: Severity.WARNING,
      title: 'The controller at the edge is maintained',
      why: 'What strangers find in it, and in the nginx inside it, nobody repairs any more',
      remedy:
        'move to NginxController.nginxIngressController() or to the Gateway API; until then set image to a maintained fork',
      reference: 'https://kubernetes.io/blog/2025/11/11/ingress-nginx-retirement/',
    },
    onRetired(({ settings, choices }) => [
      {
        message: `ingress-nginx is archived since ${ingressNginxRetired.archived.value}, its last release is ${LAST}; ${settings.image} is run because: ${choices.reason}`,
      },
    ]),
  ),
  rule(
    {
      id: 'GW-INGRESS-031',
      severity: Severity.WARNING,
      title: 'The nginx that was named for an image of your own has no open advisory',
      why: 'A fork of a retired controller is worth as much as the nginx inside it is new',
      remedy: 'set image to a newer build of the fork, and nginxVersion to the nginx inside it',
      reference: 'https://nginx.org/en/security_advisories.html',
    },
    onRetired(({ settings: { image }, choices: { nginxVersion } }) => {
      const { ids, fixedIn } = openAdvisories(nginxVersion ?? '99.1');
      return nginxVersion === undefined || ids.length === 0
        ? []
        : [
            {
              message: `${image} carries nginx ${nginxVersion}; fixed in ${fixedIn}: ${ids.join(', ')}`,
            },
          ];
    }),
  ),
  rule(
    {
      id: 'GW-INGRESS-032',
      severity: Severity.WARNING,
      title: 'No key of the ConfigMap opens what the edge keeps shut',
      why: 'Each of these keys gives those who write Ingresses, or any client, a way that the edge closes by default',
      remedy: 'take the key out of configMapOverrides, or acknowledge',
      reference:
        'https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations-risk/',
    },
    onRetired(({ choices }) => riskyOverrides(choices.overrides).map((message) => ({ message }))),
  ),
  rule(
    {
      id: 'GW-INGRESS-033',
      severity: Severity.NOTE,
      title: 'ingress-nginx was tested with this Kubernetes',
      why: 'Nobody tests it with newer ones',
      remedy: 'try an upgrade of Kubernetes with it in a cluster of its own first',
      reference: ingressNginxTestedKubernetes.source,
    },
    onRetired((_own, { kubernetesVersion: { minor } }) =>
      ingressNginxTestedKubernetes.value.includes(minor)
        ? []
        : [
            {
              message: `release ${LAST} was tested with Kubernetes ${ingressNginxTestedKubernetes.value.join(', ')}, and this is ${minor}`,
            },
          ],
    ),
  ),
  rule(
    {
      id: 'GW-INGRESS-034',
      severity: Severity.WARNING,
      title: 'The webhook of ingress-nginx is reached by API servers, and by nobody else',
      why: 'When API servers do not reach it no Ingress can be written; when pods do, CVE-2025-1974 showed what follows',
      remedy: 'leave webhook out; the admission policy needs no way to any pod',
      reference: 'https://kubernetes.io/blog/2025/03/24/ingress-nginx-cve-2025-1974/',
    },
    onRetired(({ choices }, cluster) => (choices.webhook ? webhookWays(cluster) : [])),
  ),
  ...seedRules,
  rule(
    {
      id: 'GW-INGRESS-037',
      severity: Severity.NOTE,
      title: 'The namespace that is watched is there',
      why: 'It gets a Role, without which the phase is not applied; a controller that does not find it does not start',
      remedy: 'create it before phase 50-ingress is applied',
      reference: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/',
    },
    onRetired(({ choices: { watchNamespace } }) =>
      watchNamespace === undefined || watchNamespace === IDENTITY.namespace
        ? []
        : [{ message: `a Role goes into namespace ${watchNamespace}, which is not made here` }],
    ),
  ),
  rule(
    {
      id: 'GW-INGRESS-038',
      severity: Severity.WARNING,
      title: 'The one pool of idle connections is as large as one Service needs it',
      why: 'This controller keeps one pool for all Services, of a quarter of the connections of a process at most; what does not fit is a new connection for each request',
      remedy: 'raise workerConnections to four times upstreamKeepalive, or lower that',
      reference: 'https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive',
    },
    onRetired(({ settings, choices }) =>
      choices.isSeed || keepalivePool(settings) >= settings.upstreamKeepalive
        ? []
        : [
            {
              message: `${settings.upstreamKeepalive} idle connections to a Service are wanted, and a process of ${settings.connections} connections keeps ${keepalivePool(settings)} to all of them`,
            },
          ],
    ),
  ),
];

function webhookWays(cluster: Cluster): RuleViolation[] {
  if (cluster.cni === CniKind.FLANNEL) {
    return [
      {
        message:
          'flannel applies no NetworkPolicy: every pod of the cluster reaches the webhook on port 8443',
      },
    ];
  }
  const encapsulation = cluster._summary('cni')?.encapsulation;
  return encapsulation === undefined || encapsulation === 'None'
    ? []
    : [
        {
          message: `with ${encapsulation} between machines an API server may arrive from the address of its tunnel, which is inside the pod network and not in the NetworkPolicy; Ingresses can then not be written while the replica that is asked runs on another machine`,
        },
      ];
}

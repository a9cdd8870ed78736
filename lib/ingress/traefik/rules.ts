import { rule, Severity, type IRule, type RuleViolation } from '../../cluster';
import { capacityRules } from '../capacity-rules';
import { limitRules } from '../limit-rules';
import { onEdge } from '../on-edge';
import { reachRules } from '../reach-rules';
import { releaseRules } from '../release-rules';
import { workloadRules } from '../workload-rules';
import type { TraefikSettings } from './settings';
import type { Settings } from '../settings';

const DOCS = 'https://doc.traefik.io/traefik/v3.7';

/** Rules about Traefik alone; those about every edge stand in the room's root. */
export const traefikRules: IRule[] = [
  rule(
    {
      id: 'GW-INGRESS-050',
      severity: Severity.NOTE,
      title: 'Slow clients are refused before they cost memory',
      why: 'Traefik has no number of connections: they end where the memory of the replica does, which is then killed with every request in it',
      remedy:
        'raise memoryLimit, lower readTimeout, or limit the connections of each address in front of it; HardenedNginxIngress refuses them instead',
      reference: `${DOCS}/security/http2-header-memory/`,
    },
    onTraefik(({ edge }) => [
      {
        message: `${edge.breakEvenRate} slow clients a second fill the ${edge.mebibytes} MiB of a replica`,
      },
    ]),
  ),
  rule(
    {
      id: 'GW-INGRESS-051',
      severity: Severity.NOTE,
      title: 'The edge refuses bodies that are too large',
      why: 'Traefik measures a body only where it collects it, and with an Ingress of Kubernetes it would collect every response as well',
      remedy:
        'let backends refuse them, or use TraefikProvider.INGRESS_NGINX_COMPATIBLE, which answers 413',
      reference: `${DOCS}/reference/routing-configuration/http/middlewares/buffering/`,
    },
    onTraefik(({ compatible, readMilliseconds, edge }) =>
      compatible
        ? []
        : [
            {
              message: `a backend gets whatever arrives in ${readMilliseconds / 1000} s, not only ${edge.bodyKibibytes} KiB`,
            },
          ],
    ),
  ),
  rule(
    {
      id: 'GW-INGRESS-052',
      severity: Severity.NOTE,
      title: 'A class has one controller',
      why: 'The provider serves every IngressClass of k8s.io/ingress-nginx, whatever its name; two controllers on one class both write the status of its Ingresses',
      remedy: 'stop ingress-nginx once Traefik answers, and keep its IngressClass',
      reference: `${DOCS}/reference/install-configuration/providers/kubernetes/kubernetes-ingress-nginx/`,
    },
    onTraefik(({ compatible, edge }) =>
      compatible
        ? [
            {
              message: `Traefik serves class ${edge.className} and every other class of ingress-nginx`,
            },
          ]
        : [],
    ),
  ),
];

/** They count processes, connections and files of nginx. */
const NGINX_ONLY = ['GW-INGRESS-012', 'GW-INGRESS-018'];
/** Rules about every edge. */
export const sharedRules: IRule[] = [
  ...releaseRules,
  ...capacityRules,
  ...reachRules,
  ...workloadRules,
  ...limitRules,
].filter(({ id }) => !NGINX_ONLY.includes(id));

/** What Traefik puts beside the settings that rules about every edge read. */
export interface TraefikOwn extends Settings {
  readonly traefik: TraefikSettings;
}

function onTraefik(check: (settings: TraefikSettings) => RuleViolation[]) {
  return onEdge(({ own }) => check((own as TraefikOwn).traefik));
}

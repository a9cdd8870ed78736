import {
  ingressNginxAdvisories,
  ingressNginxRetired,
  ingressNginxTestedKubernetes,
} from '../../catalog';
import {
  CniKind,
  rule,
  Severity,
  type Cluster,
  type IRule,
  type RuleViolation,
} from '../../cluster';
import { openAdvisories } from '../release';
import type { RetiredChoices } from './choices';
import { onRetired } from './on-retired';
import { riskyOverrides } from './risks';
import { seedRules } from './seed-rules';
import { nginxInside, openInController, retiredRelease } from './standing';

const ADVISORIES = 'https://nginx.org/en/security_advisories.html';
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
      title: 'The nginx inside ingress-nginx has no open advisory',
      why: 'The edge is what strangers reach first, and it reads Secrets. No release of upstream will ever carry a newer nginx',
      remedy: 'set image to a maintained fork and nginxVersion to the nginx inside it',
      reference: ADVISORIES,
    },
    onRetired(({ settings, choices }) => openNginx(settings.image, choices)),
  ),
  rule(
    {
      id: 'GW-INGRESS-032',
      severity: Severity.NOTE,
      title: 'It is known which nginx is inside the image of ingress-nginx',
      why: 'An image nobody looked at may carry any nginx',
      remedy: 'set nginxVersion of the controller to what `nginx -v` prints in the image',
      reference: ADVISORIES,
    },
    onRetired(({ settings, choices }) =>
      nginxInside(settings.image, choices) === undefined
        ? [{ message: `the nginx inside ${settings.image} is not in the catalogue` }]
        : [],
    ),
  ),
  rule(
    {
      id: 'GW-INGRESS-033',
      severity: Severity.WARNING,
      title: 'ingress-nginx itself has no published hole that a release closes',
      why: 'Whoever may write an Ingress runs code in the controller, and reads every Secret that it can',
      remedy: `leave image out, or set it to ${LAST} or to a fork of it`,
      reference: ingressNginxAdvisories.source,
    },
    onRetired(({ settings: { image } }) => {
      const release = retiredRelease(image);
      const open = release === undefined ? [] : openInController(release);
      return open.length === 0 ? [] : [{ message: `${image} has ${open.join(', ')}` }];
    }),
  ),
  rule(
    {
      id: 'GW-INGRESS-034',
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
      id: 'GW-INGRESS-035',
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
      id: 'GW-INGRESS-036',
      severity: Severity.WARNING,
      title: 'The webhook of ingress-nginx is reached by API servers, and by nobody else',
      why: 'When API servers do not reach it no Ingress can be written; when pods do, CVE-2025-1974 showed what follows',
      remedy: 'leave webhook out; the admission policy needs no way to any pod',
      reference: 'https://kubernetes.io/blog/2025/03/24/ingress-nginx-cve-2025-1974/',
    },
    onRetired(({ choices }, cluster) => (choices.webhook ? webhookWays(cluster) : [])),
  ),
  ...seedRules,
];

function openNginx(image: string, choices: RetiredChoices): RuleViolation[] {
  const nginx = nginxInside(image, choices);
  if (nginx === undefined) {
    return [];
  }
  const { fixedIn, fixed, unfixed } = openAdvisories(nginx);
  if (fixed.length + unfixed.length === 0) {
    return [];
  }
  const parts = [
    `${image} carries nginx ${nginx}`,
    ...(fixedIn === undefined ? [] : [`fixed in ${fixedIn}: ${fixed.join(', ')}`]),
    ...(unfixed.length === 0
      ? []
      : [`no fixed release of this line is known here for advisory ${unfixed.join(', ')}`]),
  ];
  return [{ message: parts.join('; ') }];
}

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

import type { ResourceValidationPolicy } from '@pulumi/policy';
import {
  imagesOf,
  objectPolicy,
  podOf,
  resourcePolicy,
  type JudgedObject,
} from './kubernetes-object';
import { proxyModeProblems } from './proxy-mode';
import { edgeControllers } from '../../catalog';
import type { Problem } from '../../cluster';
import {
  brokenRelease,
  bundledNginx,
  cleanRelease,
  edgeRelease,
  openAdvisories,
  openControllerAdvisories,
  repairedRelease,
} from '../../ingress/release';

/** What this library runs on the network of the machine because it makes that network, or serves it. */
export const HOST_NETWORK: readonly string[] = [
  'groundwork-doctor/inspector',
  'kube-flannel/kube-flannel-ds',
  'kube-system/etcd-backup',
  'kube-system/kube-proxy',
  'kube-system/kube-proxy-iptables',
  'kube-system/kube-proxy-ipvs',
  'kube-system/kube-proxy-nftables',
  'kube-system/node-local-dns',
  'metallb-system/speaker',
  'tigera-operator/tigera-operator',
];

/** Policies that a single object of Kubernetes is enough for. */
export function objectPolicies(hostNetwork: readonly string[]): ResourceValidationPolicy[] {
  const allowed = [...HOST_NETWORK, ...hostNetwork];
  return [
    objectPolicy(
      {
        name: 'groundwork-kube-proxy-mode',
        description: 'kube-proxy runs in a mode that somebody chose.',
        enforcementLevel: 'mandatory',
        severity: 'medium',
        remediationSteps:
          'Set mode in KubeProxyConfiguration: without it the release of kube-proxy decides, and an upgrade changes it.',
      },
      proxyModeProblems,
    ),
    objectPolicy(
      {
        name: 'groundwork-host-network',
        description: 'Only workloads that make or serve the network use that of their machine.',
        enforcementLevel: 'mandatory',
        severity: 'high',
        remediationSteps:
          'Take hostNetwork away, or name the workload in the hostNetwork option of the policies.',
      },
      (object) =>
        podOf(object)?.hostNetwork === true && !allowed.includes(object.name)
          ? [
              {
                prop: 'hostNetwork',
                allowed: 'false',
                got: true,
                remedy:
                  'network policies do not hold there and pods see the ports of the machine; take it away, or allow the workload by name',
              },
            ]
          : [],
    ),
    objectPolicy(
      {
        name: 'groundwork-retired-ingress-nginx',
        description: 'ingress-nginx, which upstream archived, does not stand at the edge.',
        enforcementLevel: 'mandatory',
        severity: 'critical',
        remediationSteps:
          'Use HardenedNginxIngress or HardenedTraefik, or acknowledge the retirement there.',
        url: 'https://kubernetes.io/blog/2025/11/11/ingress-nginx-retirement/',
      },
      retiredProblems,
    ),
    imagePolicy(
      {
        name: 'groundwork-broken-release',
        description: 'No controller of the edge is a release that is known not to work.',
        enforcementLevel: 'mandatory',
        severity: 'high',
      },
      (image) => {
        const why = brokenRelease(image);
        return why === undefined ? [] : [problem(image, 'a release that works', why)];
      },
    ),
    imagePolicy(
      {
        name: 'groundwork-vulnerable-release',
        description: 'No controller of the edge has an open advisory, and no nginx inside of one.',
        enforcementLevel: 'advisory',
        severity: 'high',
      },
      vulnerabilities,
    ),
    resourcePolicy(
      {
        name: 'groundwork-provider-settings',
        description: 'The Kubernetes provider keeps its objects when it can.',
        enforcementLevel: 'advisory',
        severity: 'medium',
        remediationSteps: 'Use KubernetesAccess, or set what it sets on your provider.',
      },
      ({ type, props }) => (type === 'pulumi:providers:kubernetes' ? providerProblems(props) : []),
    ),
  ];
}

function imagePolicy(
  about: Parameters<typeof objectPolicy>[0],
  check: (image: string) => Problem[],
): ResourceValidationPolicy {
  return objectPolicy(about, (object) => [...new Set(imagesOf(object))].flatMap(check));
}

function problem(image: string, allowed: string, got: string, remedy = newer(image)): Problem {
  return { prop: `image ${image}`, allowed, got, remedy };
}

function newer(image: string): string {
  const found = edgeRelease(image);
  const clean = found && cleanRelease(found.controller);
  return clean === undefined ? 'use another release' : `use ${clean}`;
}

/** Silent where HardenedNginxIngress wrote down why it is kept. */
function retiredProblems(object: JudgedObject): Problem[] {
  const { metadata, spec } = object.fields;
  const acknowledged = [metadata, spec?.template?.metadata].some(
    (data) => data?.annotations?.['cdk8s-groundwork/retired'] !== undefined,
  );
  return imagesOf(object)
    .filter((image) => edgeRelease(image)?.controller === edgeControllers.ingressNginx)
    .filter(() => !acknowledged)
    .map((image) =>
      problem(
        image,
        'a controller that is maintained',
        edgeControllers.ingressNginx.label,
        'move to HardenedNginxIngress or HardenedTraefik; `audit-ingress` says what that takes',
      ),
    );
}

function vulnerabilities(image: string): Problem[] {
  const found = edgeRelease(image);
  const nginx = bundledNginx(image);
  if (found === undefined) {
    return [];
  }
  const repaired = repairedRelease(found);
  const own = openControllerAdvisories(found.controller, found.release).flatMap(({ ids }) => ids);
  const inside = openAdvisories(nginx ?? '99.1');
  return [
    ...(own.length === 0
      ? []
      : [problem(image, 'without open advisories', own.join(', '), `use ${repaired} or newer`)]),
    ...(inside.ids.length === 0
      ? []
      : [problem(image, `built on nginx ${inside.fixedIn}`, `${nginx}: ${inside.ids.join(', ')}`)]),
  ];
}

/** Provider inputs are text for the engine, `true` for whoever writes them. */
function providerProblems(props: Record<string, any>): Problem[] {
  if (props.renderYamlToDirectory !== undefined) {
    return [];
  }
  const flags = ['enableConfigMapMutable', 'enableSecretMutable']
    .filter((flag) => String(props[flag]) !== 'true')
    .map((flag) => ({
      prop: flag,
      allowed: 'true',
      got: props[flag],
      remedy: 'objects with a fixed name are deleted and made again otherwise, for each change',
    }));
  return [
    ...flags,
    ...(props.clusterIdentifier === undefined
      ? [
          {
            prop: 'clusterIdentifier',
            allowed: 'set',
            got: undefined,
            remedy:
              'give the cluster a name of its own: every object is replaced when the kubeconfig changes otherwise',
          },
        ]
      : []),
  ];
}

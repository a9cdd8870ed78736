import { atLeast, nginxIngressController } from '../catalog';
import {
  CniKind,
  LoadBalancerKind,
  rule,
  Severity,
  type Cluster,
  type IRule,
  type RuleViolation,
} from '../cluster';
import { bundledNginx, controllerRelease, nginxFloor, openAdvisories } from './release';
import { allKnown, machinesForReplicas, smallest } from './sizing';

const { newestSeenVersion, controllerFloor } = nginxIngressController;

/** Runs a check on the edge of the cluster, if it has one. */
function onEdge(
  check: (edge: NonNullable<ReturnType<typeof edgeOf>>, cluster: Cluster) => RuleViolation[],
) {
  return (cluster: Cluster) => {
    const edge = edgeOf(cluster);
    return edge === undefined ? [] : check(edge, cluster);
  };
}

function edgeOf(cluster: Cluster) {
  return cluster._summary('ingress');
}

/** Rules about the edge. */
export const ingressRules: IRule[] = [
  rule(
    {
      id: 'GW-INGRESS-001',
      severity: Severity.WARNING,
      title: 'The nginx inside the controller has no published vulnerability',
      why: 'The edge is what strangers reach first, and it reads every Secret',
      remedy: `set image to a release with a newer nginx and try it out; the newest that was seen is ${newestSeenVersion.value}, its arguments were not read`,
      reference: 'https://nginx.org/en/security_advisories.html',
    },
    onEdge(({ image }) => {
      const nginx = bundledNginx(image);
      if (nginx === undefined || atLeast(nginx, nginxFloor(nginx))) {
        return [];
      }
      return [
        {
          message: `${image} carries nginx ${nginx}, below ${nginxFloor(nginx)}; open: ${openAdvisories(nginx).join(', ')}`,
        },
      ];
    }),
  ),
  rule(
    {
      id: 'GW-INGRESS-002',
      severity: Severity.NOTE,
      title: 'The catalogue knows which nginx the controller carries',
      why: 'An image nobody looked at may carry any nginx, and may not know the arguments it is given',
      remedy: 'compare its nginx with the advisories and its flags with those of 5.5.4',
      reference: 'https://nginx.org/en/security_advisories.html',
    },
    onEdge(({ image }) =>
      bundledNginx(image) === undefined
        ? [{ message: `the nginx inside ${image} is not in the catalogue` }]
        : [],
    ),
  ),
  rule(
    {
      id: 'GW-INGRESS-003',
      severity: Severity.WARNING,
      title: 'The controller itself has no published vulnerability',
      why: 'What an Ingress says becomes nginx configuration; a hole there is code in the edge',
      remedy: `set image to ${controllerFloor.value} or newer, or leave it out`,
      reference: controllerFloor.source,
    },
    onEdge(({ image }) => {
      const release = controllerRelease(image);
      return release === undefined || atLeast(release, controllerFloor.value)
        ? []
        : [
            {
              message: `${image} is older than ${controllerFloor.value}: ${controllerFloor.source}`,
            },
          ];
    }),
  ),
  rule(
    {
      id: 'GW-INGRESS-004',
      severity: Severity.WARNING,
      title: 'A client has at most 15 seconds for its request header',
      why: 'A slot is held for the whole of it, so the rate at which slow clients fill a replica falls as it grows',
      remedy: 'lower clientTimeouts.header to 15 seconds or less',
      reference: 'https://nginx.org/en/docs/http/ngx_http_core_module.html#client_header_timeout',
    },
    onEdge(({ headerTimeoutSeconds, breakEvenRate }) =>
      headerTimeoutSeconds > 15
        ? [
            {
              message: `with ${headerTimeoutSeconds} s for the header, ${breakEvenRate} slow clients a second fill a replica`,
            },
          ]
        : [],
    ),
  ),
  rule(
    {
      id: 'GW-INGRESS-005',
      severity: Severity.NOTE,
      title: 'Clients reach the edge on 80 and 443',
      why: 'Redirects from HTTP to HTTPS name port 443, whatever port the client came in by',
      remedy:
        "forward 80 and 443 of a balancer or of the provider's address to these node ports, without changing the client's address",
      reference: 'nginx/kubernetes-ingress internal/configs/version1/nginx.ingress.tmpl at v5.5.4',
    },
    onEdge(({ nodePorts }, cluster) =>
      cluster.loadBalancer === LoadBalancerKind.NONE
        ? [
            {
              message: `nothing gives the edge an address; it answers on node ports ${nodePorts.join(' and ')}`,
            },
          ]
        : [],
    ),
  ),
  rule(
    {
      id: 'GW-INGRESS-006',
      severity: Severity.NOTE,
      title: 'Every machine that clients are sent to has a replica',
      why: 'The Service keeps client addresses (externalTrafficPolicy Local), so a machine without a replica refuses',
      remedy: 'let the balancer check the node ports, or set replicas to the number of machines',
      reference:
        'https://kubernetes.io/docs/concepts/services-networking/service/#external-traffic-policy',
    },
    onEdge(({ replicas }, cluster) => {
      const able = machinesForReplicas(cluster).length;
      return cluster.loadBalancer !== LoadBalancerKind.NONE ||
        (replicas >= able && able === cluster.machines.length)
        ? []
        : [
            {
              message: `${Math.min(replicas, able)} of ${cluster.machines.length} machines answer on the node ports, the others refuse`,
            },
          ];
    }),
  ),
  rule(
    {
      id: 'GW-INGRESS-007',
      severity: Severity.NOTE,
      title: "The network plugin enforces the edge's NetworkPolicy",
      why: 'The policy keeps what the edge can read from leaving the cluster; flannel applies none',
      remedy: 'use Calico, or run a policy engine beside flannel',
      reference:
        'https://kubernetes.io/docs/concepts/services-networking/network-policies/#prerequisites',
    },
    onEdge((edge, cluster) =>
      cluster.cni === CniKind.FLANNEL
        ? [
            {
              message: `NetworkPolicy ${edge.namespace}/${edge.namespace} has no effect with flannel`,
            },
          ]
        : [],
    ),
  ),
  rule(
    {
      id: 'GW-INGRESS-008',
      severity: Severity.WARNING,
      title: 'The replicas of a machine take at most half of it',
      why: 'Their memory is reserved, and a rolling update needs one more replica on some machine',
      remedy: 'lower memoryLimit, or give the machines more memory',
      reference: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/',
    },
    onEdge(({ memoryMebibytes, replicas }, cluster) => {
      const machines = machinesForReplicas(cluster);
      const sizes = machines.map((m) => m.memory);
      const reserved = memoryMebibytes * Math.ceil(replicas / machines.length);
      return allKnown(sizes) && reserved * 2 > smallest(sizes)
        ? [
            {
              message: `replicas reserve ${reserved} MiB of a machine and the smallest has ${smallest(sizes)} MiB`,
            },
          ]
        : [];
    }),
  ),
  rule(
    {
      id: 'GW-INGRESS-009',
      severity: Severity.WARNING,
      title: 'The network plugin matches pods and machines by address',
      why: 'The policy names API servers and backends by address; a plugin that goes by identity (Cilium) lets the edge reach neither',
      remedy: 'add policies of that plugin for the API server and the backends, then acknowledge',
      reference: 'https://docs.cilium.io/en/stable/security/policy/language/#cidr-based',
    },
    onEdge((edge, cluster) =>
      cluster.cni === CniKind.OTHER
        ? [
            {
              message: `nobody can tell here how the plugin reads NetworkPolicy ${edge.namespace}/${edge.namespace}`,
            },
          ]
        : [],
    ),
  ),
];

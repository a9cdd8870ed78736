import { rule, Severity, type Cluster, type IRule, type RuleViolation } from '../../cluster';
import type { Settings } from '../settings';
import { breakEvenRate, machinesForReplicas } from '../sizing';
import { SECRETS } from './names';
import type { GatewayFabricOptions } from './options';
import { fabricSettings, foreignNamespaces, type FabricSettings } from './settings';

const DEPLOY = 'nginx/nginx-gateway-fabric deploy/default/deploy.yaml at v2.6.7';
const MAIN = 'nginx/nginx-gateway-fabric internal/controller/nginx/conf/nginx.conf at v2.6.7';

/** Rules about this controller alone. */
export function fabricRules(options: GatewayFabricOptions): IRule[] {
  const onFabric =
    (check: (settings: Settings, fabric: FabricSettings, cluster: Cluster) => RuleViolation[]) =>
    (cluster: Cluster) => {
      const settings = cluster._summary('ingress')?.own as Settings;
      return check(settings, fabricSettings(settings, options), cluster);
    };
  return [
    rule(
      {
        id: 'GW-INGRESS-040',
        severity: Severity.NOTE,
        title: 'What the control plane may read and write is known',
        why: 'Whoever takes it over has its rights: it reads Secrets, and it makes pods with any of the service accounts of a namespace it writes in',
        remedy: 'name watchNamespaces, and keep other workloads out of nginx-gateway',
        reference: DEPLOY,
      },
      onFabric((_, { watchNamespaces, gatewayNamespaces }) => {
        const reads = watchNamespaces?.join(', ') ?? 'every namespace';
        const writes = [...new Set(['nginx-gateway', ...gatewayNamespaces])].join(', ');
        return [
          {
            message: `the control plane reads all Secrets of ${reads}, and writes Secrets, ServiceAccounts, Services and workloads in ${writes}`,
          },
        ];
      }),
    ),
    rule(
      {
        id: 'GW-INGRESS-041',
        severity: Severity.WARNING,
        title: 'The machines of the replicas have the same number of cores',
        why: 'A replica has a process for each core of its machine, and connections are counted for each process: what it holds, and what fills it, differs with the machine',
        remedy: 'keep the replicas on machines of one kind',
        reference: MAIN,
      },
      onFabric(({ connections, timeouts }, _, cluster) => {
        const cores = machinesForReplicas(cluster).flatMap(({ cpus }) => cpus ?? []);
        const [least, most] = [Math.min(...cores), Math.max(...cores)];
        const rate = (processes: number) =>
          breakEvenRate(processes, connections, timeouts.header / 1000);
        return cores.length === 0 || least === most
          ? []
          : [
              {
                message: `a replica has ${least} to ${most} processes; ${rate(least)} to ${rate(most)} slow clients a second fill one`,
              },
            ];
      }),
    ),
    rule(
      {
        id: 'GW-INGRESS-042',
        severity: Severity.WARNING,
        title: 'The cores of the machines are known',
        why: 'A replica has a process for each core of its machine; with more of them than were counted its memory does not hold what clients can make it hold',
        remedy: 'give every machine its cpus',
        reference: MAIN,
      },
      onFabric(({ workers }, _, cluster) => {
        const unknown = machinesForReplicas(cluster).filter(({ cpus }) => cpus === undefined);
        return unknown.length === 0
          ? []
          : [
              {
                message: `memory is computed for ${workers} processes, and the cores of ${unknown.map(({ name }) => name).join(', ')} are not in the spec`,
              },
            ];
      }),
    ),
    rule(
      {
        id: 'GW-INGRESS-043',
        severity: Severity.WARNING,
        title: 'The edge serves TLS',
        why: 'Without a listener for HTTPS everything travels in the clear, and ListenerSets of others are the only way to change that',
        remedy: 'name httpsListeners with the Secrets of their certificates',
        reference: 'https://gateway-api.sigs.k8s.io/guides/user-guides/tls/',
      },
      onFabric((_, { httpsListeners }) =>
        httpsListeners.length > 0 ? [] : [{ message: 'the Gateway listens on port 80 alone' }],
      ),
    ),
    rule(
      {
        id: 'GW-INGRESS-044',
        severity: Severity.NOTE,
        title: 'Busy Services have the idle connections they need',
        why: 'This controller sets them for each Service apart, in its namespace; all others get 16, and what is above them becomes new connections and new conntrack entries all the time',
        remedy: 'name the busy Services in services',
        reference:
          'nginx/nginx-gateway-fabric apis/v1alpha1/upstreamsettingspolicy_types.go at v2.6.7',
      },
      onFabric(({ upstreamKeepalive }, { services }) =>
        services.length > 0
          ? []
          : [
              {
                message: `no Service gets the ${upstreamKeepalive} idle connections of upstreamKeepalive`,
              },
            ],
      ),
    ),
    rule(
      {
        id: 'GW-INGRESS-045',
        severity: Severity.NOTE,
        title: 'The namespaces that the edge puts objects into are there',
        why: 'Each gets a Role or a policy, and applying the phase stops at the first one that is missing',
        remedy: 'create them before phase 50-ingress is applied',
        reference: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/',
      },
      onFabric((_, fabric) => {
        const others = foreignNamespaces(fabric);
        return others.length === 0
          ? []
          : [{ message: `objects go into namespaces of others: ${others.join(', ')}` }];
      }),
    ),
    rule(
      {
        id: 'GW-INGRESS-046',
        severity: Severity.NOTE,
        title: 'The certificates by which both planes know each other are renewed in time',
        why: 'They are made once, and nobody renews them: when they end, pods of the data plane keep what they have, and new ones get nothing',
        remedy:
          'before then delete the Secrets and the Job nginx-gateway-cert-generator-…, apply phase 50-ingress again and restart both planes; then acknowledge',
        reference: 'nginx/nginx-gateway-fabric cmd/gateway/certs.go at v2.6.7',
      },
      onFabric(() => [
        {
          message: `Secrets ${SECRETS.server} and ${SECRETS.agent} of namespace nginx-gateway hold certificates for 3 years from their first day`,
        },
      ]),
    ),
  ];
}

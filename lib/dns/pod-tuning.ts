import { tuned, type TuningRow } from '../cluster';
import { DEFAULTS, type DnsChoices } from './choices';
import { said } from './corefile-tuning';
import { answers } from './memory';

const MANIFEST = 'kubernetes/kubernetes:cluster/addons/dns/nodelocaldns/nodelocaldns.yaml (v1.36)';
const MAIN = 'kubernetes/dns:cmd/node-cache/main.go (1.26.7)';
const APP = 'kubernetes/dns:cmd/node-cache/app/cache_app.go (1.26.7)';
const KEP = 'kubernetes/enhancements:keps/sig-network/1024-nodelocal-cache-dns';
const SURGE = 'kubernetes/enhancements:keps/sig-apps/1591-daemonset-surge';
const REUSEPORT = 'coredns/coredns:plugin/pkg/reuseport (v1.13.1)';

const SPEC = 'DaemonSet.spec';
const POD = `${SPEC}.template.spec`;
const CONTAINER = `${POD}.containers`;

/** Every value of the DaemonSet that is not a fact of the cluster. */
export function podRows(choices: DnsChoices) {
  const { given, caches, bindsClusterIp } = choices;
  return {
    minReadySeconds: tuned(
      `${SPEC}.minReadySeconds`,
      10,
      '0',
      'there is no readiness to ask for; a process that has lived that long has its sockets open',
      SURGE,
    ),
    rollingUpdate: tuned(
      `${SPEC}.updateStrategy.rollingUpdate`,
      bindsClusterIp
        ? { maxSurge: 0, maxUnavailable: '10%' }
        : { maxSurge: '10%', maxUnavailable: 0 },
      "maxUnavailable 10% in upstream's manifest",
      bindsClusterIp
        ? 'the old pod leaves first and takes its rules along: meanwhile kube-proxy sends pods to CoreDNS'
        : 'the new pod answers beside the old one before that leaves (both open their sockets for sharing), so pods never ask in vain while an image is pulled',
      bindsClusterIp ? MANIFEST : `${SURGE}; ${REUSEPORT}`,
    ),
    priority: tuned(
      `${POD}.priorityClassName`,
      'system-node-critical',
      "the same in upstream's manifest",
      'a machine without it has no DNS',
      MANIFEST,
    ),
    token: tuned(
      `${POD}.automountServiceAccountToken`,
      false,
      'true',
      'node-cache never asks the API server, so it gets no key to it',
      APP,
    ),
    serviceLinks: tuned(
      `${POD}.enableServiceLinks`,
      false,
      'true',
      'the addresses stand in the Corefile; upstream reads them from variables, which are empty when the Service is younger than the pod',
      APP,
    ),
    hostNetwork: tuned(
      `${POD}.hostNetwork`,
      true,
      "true in upstream's manifest",
      'it answers on an address of the machine, also before there is a pod network',
      MANIFEST,
    ),
    dnsPolicy: tuned(
      `${POD}.dnsPolicy`,
      'Default',
      "Default in upstream's manifest",
      "its own resolv.conf is the machine's, to which it forwards; cluster DNS there would be itself",
      MANIFEST,
    ),
    tolerations: tuned(
      `${POD}.tolerations`,
      [
        { key: 'CriticalAddonsOnly', operator: 'Exists' },
        { effect: 'NoExecute', operator: 'Exists' },
        { effect: 'NoSchedule', operator: 'Exists' },
      ],
      "the same in upstream's manifest",
      'wherever a pod runs, something must answer it',
      MANIFEST,
    ),
    pullPolicy: tuned(
      `${CONTAINER}.imagePullPolicy`,
      'IfNotPresent',
      'IfNotPresent for a tag other than latest',
      'a machine that boots while the registry is away still gets DNS',
      MANIFEST,
    ),
    cpu: tuned(
      `${CONTAINER}.resources.requests.cpu`,
      `${choices.cpuMillicores}m`,
      '25m',
      said(
        given.cpuRequestMillicores,
        'a share under contention; no limit, which would throttle it',
      ),
      MANIFEST,
    ),
    memoryRequest: tuned(
      `${CONTAINER}.resources.requests.memory`,
      `${choices.requestMebibytes}Mi`,
      "5Mi in upstream's manifest, a quarter of what was measured there",
      said(
        given.memoryRequest,
        `32 MiB, and a quarter of ${answers(caches)} answers at 1 KiB, in steps of 16 MiB`,
      ),
      KEP,
    ),
    memoryLimit: tuned(
      `${CONTAINER}.resources.limits.memory`,
      `${choices.limitMebibytes}Mi`,
      "none in upstream's manifest",
      said(
        given.memoryLimit,
        `32 MiB, and twice ${answers(caches)} answers at 1 KiB, in steps of 16 MiB: a leak ends there, full caches do not`,
      ),
      KEP,
    ),
    capabilities: tuned(
      `${CONTAINER}.securityContext.capabilities.add`,
      ['NET_ADMIN'],
      "the same in upstream's manifest",
      'it makes an interface, and rules where they are needed',
      MANIFEST,
    ),
    liveness: tuned(
      `${CONTAINER}.livenessProbe`,
      { initialDelaySeconds: 60, timeoutSeconds: 5 },
      "the same in upstream's manifest",
      'the health check answers while the process lives, whether or not CoreDNS does',
      MANIFEST,
    ),
  };
}

export type PodRows = ReturnType<typeof podRows>;

/** Flags of node-cache by name; one without a row is at its own default. */
export type FlagRows = Record<string, TuningRow<string | number | boolean>>;

/** What node-cache is started with besides its addresses. syncinterval stays: it multiplies a unit twice. */
export function flagRows(choices: DnsChoices): FlagRows {
  const flag = <V extends string | number | boolean>(
    name: string,
    value: V,
    upstream: string,
    why: string,
    source: string,
  ) => ({ [name]: tuned(`node-cache.-${name}`, value, upstream, why, source) });
  return {
    ...flag(
      'conf',
      '/etc/Corefile',
      "the same in upstream's manifest",
      'the copy is written here',
      MANIFEST,
    ),
    ...flag(
      'interfacename',
      DEFAULTS.interfaceName,
      'nodelocaldns',
      'written out, because it has to be removed by hand when the cache goes for good',
      MAIN,
    ),
    ...flag('setupiptables', choices.setupIptables, 'true', iptablesWhy(choices), APP),
    ...flag(
      'skipteardown',
      !choices.bindsClusterIp,
      'false',
      choices.bindsClusterIp
        ? 'a cache that stops gives the address back, and kube-proxy sends pods to CoreDNS'
        : 'the interface stays for the pod that takes over; taken down by the old one it would be missing for up to a minute',
      APP,
    ),
    ...flag(
      'health-port',
      choices.healthPort,
      '8080',
      'rules for the health check are about this port',
      APP,
    ),
    ...flag(
      'metrics-listen-address',
      '127.0.0.1:0',
      '0.0.0.0:9353',
      'the same registry is served on the port of the metrics; a second open port has nothing to add, and two pods cannot share it during an update',
      'kubernetes/dns:cmd/node-cache/app/metrics.go (1.26.7)',
    ),
  };
}

function iptablesWhy({ given, setupIptables, bindsClusterIp }: DnsChoices): string {
  const why = setupIptables
    ? 'packets to the address of the DNS Service skip connection tracking, and with it the redirection by kube-proxy'
    : bindsClusterIp
      ? 'Services are served without netfilter, so its rules would keep nothing away'
      : 'nobody redirects packets to the local address, so there is nothing to keep away: one behaviour in every proxy mode, and policies see the answers';
  return said(given.setupIptables, why);
}

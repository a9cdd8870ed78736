import type { FlannelChoices } from './choices';
import { tuned, type TuningRow } from '../../cluster';

const MANIFEST = 'flannel-io/flannel:Documentation/kube-flannel.yml (v0.28.9)';
const MAIN = 'flannel-io/flannel:main.go (v0.28.9)';
const KUBE = 'flannel-io/flannel:pkg/subnet/kube/kube.go (v0.28.9)';
const UDP = 'flannel-io/flannel:pkg/ip/tun.go (v0.28.9)';

const POD = 'DaemonSet.spec.template.spec';
const CONTAINER = `${POD}.containers`;

/** Every value of the DaemonSet that is not a fact of the cluster. */
export function podRows(choices: FlannelChoices) {
  const { backend, given } = choices;
  const udp = backend.type === 'udp';
  // On its way out flanneld takes WireGuard's device and udp's process with it.
  const interrupts = udp || backend.type === 'wireguard';
  return {
    maxUnavailable: tuned(
      'DaemonSet.spec.updateStrategy.rollingUpdate.maxUnavailable',
      interrupts ? 1 : '10%',
      '1',
      interrupts
        ? `a restart of flanneld interrupts the tunnel of ${backend.type}, so one machine at a time`
        : 'the kernel keeps forwarding while flanneld restarts, so ten steps are safe at any size; up to ten machines it is one at a time',
      'kubernetes/kubernetes:pkg/apis/apps/v1/defaults.go',
    ),
    hostNetwork: tuned(
      `${POD}.hostNetwork`,
      true,
      "true in upstream's manifest",
      "devices, routes and rules belong into the machine's network namespace",
      MANIFEST,
    ),
    priority: tuned(
      `${POD}.priorityClassName`,
      'system-node-critical',
      "the same in upstream's manifest",
      'a machine without it has no pod network',
      MANIFEST,
    ),
    tolerations: tuned(
      `${POD}.tolerations`,
      [
        { effect: 'NoSchedule', operator: 'Exists' },
        { effect: 'NoExecute', operator: 'Exists' },
      ],
      'NoSchedule only',
      'a NoExecute taint must not take the network away from what still runs there',
      'flannel-io/flannel:chart/kube-flannel/values.yaml (v0.28.9)',
    ),
    pullPolicy: tuned(
      `${CONTAINER}.imagePullPolicy`,
      'IfNotPresent',
      'IfNotPresent for a tag other than latest',
      'a machine that boots while the registry is away still gets its network',
      MANIFEST,
    ),
    initPullPolicy: tuned(
      `${POD}.initContainers.imagePullPolicy`,
      'IfNotPresent',
      'IfNotPresent for a tag other than latest',
      'a machine that boots while the registry is away still gets its network',
      MANIFEST,
    ),
    cpu: tuned(
      `${CONTAINER}.resources.requests.cpu`,
      choices.cpuRequest,
      '100m',
      said(
        given.cpuRequestMillicores,
        'a share under contention; no limit, which would throttle it',
      ),
      MANIFEST,
    ),
    memory: tuned(
      `${CONTAINER}.resources.requests.memory`,
      choices.memoryRequest,
      '50Mi',
      said(
        given.memoryRequest,
        'room for the list of nodes; no limit, so that it is not killed for it',
      ),
      MANIFEST,
    ),
    privileged: tuned(
      `${CONTAINER}.securityContext.privileged`,
      udp,
      'false',
      udp
        ? 'it opens /dev/net/tun, a device that the container runtime does not give to others'
        : 'two capabilities are enough for devices, routes and rules',
      udp ? UDP : MANIFEST,
    ),
    capabilities: tuned(
      `${CONTAINER}.securityContext.capabilities.add`,
      ['NET_ADMIN', 'NET_RAW'],
      "the same in upstream's manifest",
      'devices, routes and rules; and the raw sockets of iptables',
      MANIFEST,
    ),
    queueDepth: tuned(
      `${CONTAINER}.env.EVENT_QUEUE_DEPTH`,
      '5000',
      '5000',
      'changes of that many nodes wait before flanneld has to ask again',
      KUBE,
    ),
    continueUnready: tuned(
      `${CONTAINER}.env.CONT_WHEN_CACHE_NOT_READY`,
      'false',
      "false in upstream's manifest",
      'a machine that cannot list the nodes knows no way to their pods; it tries again instead',
      MANIFEST,
    ),
    startup: tuned(
      `${CONTAINER}.startupProbe`,
      { periodSeconds: 10, failureThreshold: 66 },
      'none',
      'flanneld waits up to ten minutes for the API server before it opens its port; killed after one and a half it would wait in back-off instead',
      KUBE,
    ),
    liveness: tuned(
      `${CONTAINER}.livenessProbe`,
      { initialDelaySeconds: 10, periodSeconds: 30 },
      "the same in upstream's manifest",
      'the port answers as long as the process lives',
      MANIFEST,
    ),
    readiness: tuned(
      `${CONTAINER}.readinessProbe`,
      { initialDelaySeconds: 5, periodSeconds: 10 },
      "the same in upstream's manifest",
      'ready once rules and subnet.env are written, which CNI plugins wait for',
      MANIFEST,
    ),
  };
}

export type PodRows = ReturnType<typeof podRows>;

/** Flags of flanneld by name; one without a row is at flanneld's own default. */
export type FlagRows = Record<string, TuningRow<string | number | boolean>>;

/** What flanneld is started with, in the order of its command line. */
export function flagRows(choices: FlannelChoices): FlagRows {
  const { given } = choices;
  const flag = <V extends string | number | boolean>(
    name: string,
    value: V,
    upstream: string,
    why: string,
    source = MAIN,
  ) => ({ [name]: tuned(`flanneld.--${name}`, value, upstream, why, source) });
  const chosen = 'chosen in the spec';
  const rows: FlagRows = {
    ...flag(
      'ip-masq',
      choices.ipMasq,
      "false, true in upstream's manifest",
      said(given.ipMasq, 'nothing outside the cluster knows the way back to a pod'),
    ),
    ...flag(
      'kube-subnet-mgr',
      true,
      "false, true in upstream's manifest",
      'subnets of machines are what Kubernetes gave them; no etcd of its own',
    ),
    ...flag(
      'healthz-ip',
      '127.0.0.1',
      '0.0.0.0',
      'only kubelet asks, on the same machine; nobody else can',
    ),
    ...flag(
      'healthz-port',
      choices.healthzPort,
      "none, 8081 in upstream's manifest",
      said(given.healthzPort, "upstream's own number"),
    ),
  };
  const optional: Array<[boolean, FlagRows]> = [
    [
      choices.ipMasq && !choices.ipMasqRandomFully,
      flag('ip-masq-fully-random-disable', true, 'false', chosen),
    ],
    [!choices.iptablesForwardRules, flag('iptables-forward-rules', false, 'true', chosen)],
    [
      given.iptablesResync !== undefined,
      flag('iptables-resync', choices.resyncSeconds, '5', chosen),
    ],
    [choices.ipBlackholeRoute, flag('ip-blackhole-route', true, 'false', chosen)],
    [
      !choices.setNodeNetworkUnavailable,
      flag('set-node-network-unavailable', false, 'true', chosen),
    ],
  ];
  optional.filter(([on]) => on).forEach(([, row]) => Object.assign(rows, row));
  return rows;
}

/** The interface, which is a flag of its own kind: some of them are given several times. */
export function interfaceRows({ given, interface: found }: FlannelChoices): FlagRows {
  const [first = ''] = found._args;
  const name = first.slice(2, first.indexOf('='));
  const values = found._args.map((arg) => arg.slice(arg.indexOf('=') + 1));
  return {
    [name]: tuned(
      `flanneld.--${name}`,
      values.join(', '),
      'the interface of the default route',
      said(
        given.interface,
        'the address that kubelet was given; on machines with two NICs the default route often leads out of the other one',
      ),
      MAIN,
    ),
  };
}

function said(option: unknown, why: string): string {
  return option === undefined ? why : `chosen in the spec; else: ${why}`;
}

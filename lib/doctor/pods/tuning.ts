import { tuned, Tuning } from '../../cluster';

// Whatever kind the pod is a part of: the rows are the same for all.
const POD = '*.spec.template.spec';
const CONTAINER = `${POD}.containers`;
const PSS = 'https://kubernetes.io/docs/concepts/security/pod-security-standards/';
const TOKEN = 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/';
const CAPABILITIES = 'Linux man-pages capabilities(7)';

/** Every value of the doctor's pods that is not a fact of the cluster, the same for all of them. */
export const podTuning = new Tuning({
  token: tuned(
    `${POD}.automountServiceAccountToken`,
    false,
    'true',
    'nothing in them asks the API server; whoever runs the doctor does that with rights of his own',
    TOKEN,
  ),
  serviceLinks: tuned(
    `${POD}.enableServiceLinks`,
    false,
    'true',
    'nothing in them reads addresses of Services',
    'https://kubernetes.io/docs/concepts/services-networking/service/',
  ),
  tolerations: tuned(
    `${POD}.tolerations[DaemonSet]`,
    [{ operator: 'Exists' }],
    'none',
    'a machine that is tainted, because it is a control plane or because it is not well, is measured as well',
    'https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/',
  ),
  tolerated: tuned(
    `${POD}.tolerations[Job, or Deployment without a machine]`,
    [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists' }],
    'none',
    'a single pod that tolerates everything is placed on a machine that is away, where it never starts, and back on one that is drained',
    'https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/',
  ),
  priority: tuned(
    `${POD}.priorityClassName`,
    'system-node-critical',
    'none',
    'a machine that is full is one of those to look at; the pods ask for next to nothing, for which one of the least priority may have to make room',
    'https://kubernetes.io/docs/tasks/administer-cluster/guaranteed-scheduling-critical-addon-pods/',
  ),
  hostDns: tuned(
    `${POD}.dnsPolicy[network of the machine]`,
    'Default',
    'ClusterFirst, which is the same on that network',
    'names are asked where each collector is told to, never where resolv.conf says',
    'https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/',
  ),
  seccomp: tuned(
    `${POD}.securityContext.seccompProfile`,
    { type: 'RuntimeDefault' },
    'none',
    'no collector makes a system call that the profile refuses',
    PSS,
  ),
  pullPolicy: tuned(
    `${CONTAINER}.imagePullPolicy`,
    'IfNotPresent',
    'IfNotPresent for a tag other than latest',
    'a registry that is away is no reason to measure nothing',
    'https://kubernetes.io/docs/concepts/containers/images/',
  ),
  readOnly: tuned(
    `${CONTAINER}.securityContext.readOnlyRootFilesystem`,
    true,
    'false',
    'programs come from the image and stay as they are; iperf3 and shells have /tmp',
    PSS,
  ),
  escalation: tuned(
    `${CONTAINER}.securityContext.allowPrivilegeEscalation`,
    false,
    'true',
    'what a container may do it may do from the start',
    PSS,
  ),
  drop: tuned(
    `${CONTAINER}.securityContext.capabilities.drop`,
    ['ALL'],
    'those of the container runtime',
    'each pod gets back what its collectors cannot do without',
    PSS,
  ),
  inspectorCapabilities: tuned(
    `${CONTAINER}.securityContext.capabilities.add[inspector]`,
    ['NET_ADMIN', 'NET_RAW', 'SYSLOG'],
    'none',
    'counters of connection tracking and rules of every packet filter are read with NET_ADMIN, ping and arping send with NET_RAW, and the log of the kernel is read with SYSLOG',
    CAPABILITIES,
  ),
  toolboxCapabilities: tuned(
    `${CONTAINER}.securityContext.capabilities.add[toolbox]`,
    ['NET_ADMIN', 'NET_RAW'],
    'none',
    'tcpdump and ping need NET_RAW, and nft, conntrack and tc NET_ADMIN',
    CAPABILITIES,
  ),
  root: tuned(
    `${POD}.securityContext[network or disk of the machine]`,
    { runAsUser: 0, runAsGroup: 0 },
    "the image's user",
    'what is read and written belongs to root; what root could do besides was dropped',
    PSS,
  ),
  nobody: tuned(
    `${POD}.securityContext[all others]`,
    { runAsNonRoot: true, runAsUser: 65534, runAsGroup: 65534 },
    "the image's user",
    "what measures as a pod of anybody's sees it is such a pod, and what only sends needs no more",
    PSS,
  ),
  ping: tuned(
    `${POD}.securityContext.sysctls[network of pods]`,
    [{ name: 'net.ipv4.ping_group_range', value: '0 2147483647' }],
    'as the container runtime has it',
    'a safe one, of the pod alone: with it ping needs no right of its own',
    'https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/',
  ),
  resources: tuned(
    `${CONTAINER}.resources`,
    {
      requests: { cpu: '10m', memory: '32Mi' },
      limits: { memory: '512Mi', 'ephemeral-storage': '128Mi' },
    },
    'none',
    'tables of 50,000 rules are listed within it; no limit on CPU, or load could not be put on a machine, but the smallest share of it: whoever else wants to compute goes first',
    'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/',
  ),
  tmp: tuned(
    `${POD}.volumes[tmp].emptyDir`,
    { sizeLimit: '64Mi' },
    'none',
    'iperf3 keeps the bytes that it sends in a file',
    'esnet/iperf src/iperf_api.c',
  ),
  update: tuned(
    'DaemonSet.spec.updateStrategy.rollingUpdate',
    { maxUnavailable: '100%' },
    'maxUnavailable 1',
    'nobody waits for them but the one who has just changed them',
    'https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/',
  ),
  grace: tuned(
    `${POD}.terminationGracePeriodSeconds`,
    5,
    '30',
    'they have nothing to finish',
    'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/',
  ),
});

const JOBS = 'https://kubernetes.io/docs/concepts/workloads/controllers/job/';

/** The same for the Jobs of measurements. */
export const jobTuning = new Tuning({
  retries: tuned(
    'Job.spec.backoffLimit',
    0,
    '6',
    'a measurement that fails says so; a second one would put the load on again',
    JOBS,
  ),
  restartPolicy: tuned(
    'Job.spec.template.spec.restartPolicy',
    'Never',
    'none for Jobs',
    'the log of what failed stays',
    JOBS,
  ),
  kept: tuned(
    'Job.spec.ttlSecondsAfterFinished',
    24 * 3600,
    'none: it stays',
    'a day to read the log; applied again after that it measures again',
    JOBS,
  ),
  oneAtATime: tuned(
    'Job.spec.template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution.topologyKey',
    'kubernetes.io/os',
    'none: all of them at once',
    'all machines have the same value, so the scheduler sees one place, and in one place only one of these pods may be: the next one starts when that has ended. Nothing needs rights for it',
    'https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/',
  ),
});

import { tuned, Tuning } from '../../cluster';

const POD = 'doctor pods: spec';
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
    `${POD}.tolerations`,
    [{ operator: 'Exists' }],
    'none',
    'a machine that is tainted, because it is a control plane or because it is not well, is measured as well',
    'https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/',
  ),
  priority: tuned(
    `${POD}.priorityClassName`,
    'system-node-critical',
    'none',
    'a machine that is full is one of those to look at; the pods ask for next to nothing',
    'https://kubernetes.io/docs/tasks/administer-cluster/guaranteed-scheduling-critical-addon-pods/',
  ),
  hostDns: tuned(
    `${POD}.dnsPolicy (network of the machine)`,
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
    `${CONTAINER}.securityContext.capabilities.add (inspector)`,
    ['NET_ADMIN', 'NET_RAW', 'SYSLOG'],
    'none',
    'counters of connection tracking and rules of every packet filter are read with NET_ADMIN, ping and arping send with NET_RAW, and the log of the kernel is read with SYSLOG',
    CAPABILITIES,
  ),
  toolboxCapabilities: tuned(
    `${CONTAINER}.securityContext.capabilities.add (toolbox)`,
    ['NET_ADMIN', 'NET_RAW'],
    'none',
    'tcpdump and ping need NET_RAW, and nft, conntrack and tc NET_ADMIN',
    CAPABILITIES,
  ),
  root: tuned(
    `${POD}.securityContext (network or disk of the machine)`,
    { runAsUser: 0, runAsGroup: 0 },
    "the image's user",
    'what is read and written belongs to root; what root could do besides was dropped',
    PSS,
  ),
  nobody: tuned(
    `${POD}.securityContext (all others)`,
    { runAsNonRoot: true, runAsUser: 65534, runAsGroup: 65534 },
    "the image's user",
    "what measures as a pod of anybody's sees it is such a pod, and what only sends needs no more",
    PSS,
  ),
  ping: tuned(
    `${POD}.securityContext.sysctls (network of pods)`,
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
  grace: tuned(
    `${POD}.terminationGracePeriodSeconds`,
    5,
    '30',
    'they have nothing to finish',
    'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/',
  ),
});

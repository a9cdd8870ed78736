import { METRICS_PORT } from './names';
import type { MetalLbSettings } from './settings';
import { tuned, Tuning, type Cluster } from '../../cluster';

const MANIFEST = 'metallb/metallb config/manifests/metallb-native.yaml at v0.16.1';
const SPEAKER_SOURCE = 'metallb/metallb speaker/main.go at v0.16.1';
const RESTRICTED = 'https://kubernetes.io/docs/concepts/security/pod-security-standards/';
const PRIORITIES =
  'https://kubernetes.io/docs/tasks/administer-cluster/guaranteed-scheduling-critical-addon-pods/';

const CONTROLLER_POD = 'Deployment[controller].spec.template.spec';
const SPEAKER_POD = 'DaemonSet[speaker].spec.template.spec';
const RESOURCES = { requests: { cpu: '25m', memory: '64Mi' } };

/** Devices of network plugins, containers and Services: nobody outside asks there. */
const FOREIGN_DEVICES = [
  '^lo$',
  '^bpf.*\\.cali$',
  '^cali.*',
  '^cbr.*',
  '^cni.*',
  '^docker.*',
  '^dummy.*',
  '^flannel.*',
  '^kube-ipvs.*',
  '^lxc.*',
  '^nodelocaldns.*',
  '^tunl.*',
  '^veth.*',
  '^virbr.*',
  '^vxlan.*',
  '^wireguard.*',
];

const CONTROL_PLANE = [
  { key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' },
];

/** What was decided about the pods of MetalLB. */
export function metalLbTuning(cluster: Cluster, settings: MetalLbSettings) {
  const { fromControlPlanes, webhook, layer2 } = settings;
  return new Tuning({
    controllerArgs: tuned(
      `${CONTROLLER_POD}.containers.args`,
      [
        `--port=${METRICS_PORT}`,
        '--log-level=info',
        ...(webhook ? [] : ['--webhook-mode=disabled']),
      ],
      '--port=9120 --log-level=info',
      webhook
        ? 'the webhook was asked for in the spec'
        : 'without the webhook there is no certificate to renew, no way from API servers to pods to keep open, and no right to change definitions; the spec is checked before anything is written',
      'metallb/metallb controller/main.go at v0.16.1',
    ),
    speakerArgs: tuned(
      `${SPEAKER_POD}.containers.args`,
      [
        `--port=${METRICS_PORT}`,
        '--log-level=info',
        ...(fromControlPlanes ? ['--ignore-exclude-lb'] : []),
      ],
      '--port=9120 --log-level=info',
      fromControlPlanes
        ? 'kubeadm labels control planes node.kubernetes.io/exclude-from-external-load-balancers, and they are to announce'
        : 'control planes are left alone, as the label that kubeadm gives them says',
      SPEAKER_SOURCE,
    ),
    speakerTolerations: tuned(
      `${SPEAKER_POD}.tolerations`,
      fromControlPlanes ? CONTROL_PLANE : [],
      'those of control planes',
      fromControlPlanes
        ? 'control planes announce'
        : 'a speaker on a machine that may not announce only costs memory',
      MANIFEST,
    ),
    controllerTolerations: tuned(
      `${CONTROLLER_POD}.tolerations`,
      cluster.controlPlaneRunsWorkloads ? CONTROL_PLANE : [],
      'none',
      cluster.controlPlaneRunsWorkloads ? 'there are no workers' : 'it runs on workers',
      MANIFEST,
    ),
    replicas: tuned(
      'Deployment[controller].spec.replicas',
      1,
      '1',
      'two would give addresses at the same time; while it is away, addresses stay where they are and only new Services wait',
      MANIFEST,
    ),
    strategy: tuned(
      'Deployment[controller].spec.strategy',
      'Recreate',
      'RollingUpdate',
      'an old and a new one side by side would give addresses at the same time',
      'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#recreate-deployment',
    ),
    controllerPriority: tuned(
      `${CONTROLLER_POD}.priorityClassName`,
      'system-cluster-critical',
      'none',
      'an edge without an address is an outage',
      PRIORITIES,
    ),
    speakerPriority: tuned(
      `${SPEAKER_POD}.priorityClassName`,
      'system-node-critical',
      'none',
      'when a speaker is evicted, its addresses move and connections break',
      PRIORITIES,
    ),
    controllerResources: tuned(
      `${CONTROLLER_POD}.containers.resources`,
      RESOURCES,
      'none',
      'it idles; without a limit nothing kills it for a burst of events',
      MANIFEST,
    ),
    speakerResources: tuned(
      `${SPEAKER_POD}.containers.resources`,
      RESOURCES,
      'none',
      'it idles; a speaker that is killed lets its addresses go',
      MANIFEST,
    ),
    controllerGrace: tuned(
      `${CONTROLLER_POD}.terminationGracePeriodSeconds`,
      0,
      '0',
      'it holds nothing that would have to be handed over',
      MANIFEST,
    ),
    speakerGrace: tuned(
      `${SPEAKER_POD}.terminationGracePeriodSeconds`,
      2,
      '2',
      'time to say that it leaves, so that the others take its addresses over at once',
      MANIFEST,
    ),
    controllerSecurity: tuned(
      `${CONTROLLER_POD}.containers.securityContext`,
      {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
      },
      'the same',
      'it needs nothing of the kernel',
      RESTRICTED,
    ),
    controllerPodSecurity: tuned(
      `${CONTROLLER_POD}.securityContext`,
      {
        fsGroup: 65534,
        runAsNonRoot: true,
        runAsUser: 65534,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      'without seccompProfile',
      'all that the restricted level asks for',
      RESTRICTED,
    ),
    speakerSecurity: tuned(
      `${SPEAKER_POD}.containers.securityContext`,
      {
        allowPrivilegeEscalation: false,
        capabilities: {
          drop: ['ALL'],
          ...(layer2 === undefined ? {} : { add: ['NET_RAW'] }),
        },
        readOnlyRootFilesystem: true,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      'with NET_RAW, without seccompProfile',
      'NET_RAW to answer ARP, which BGP does not do',
      SPEAKER_SOURCE,
    ),
    unavailable: tuned(
      'DaemonSet[speaker].spec.updateStrategy',
      1,
      '1',
      'addresses move from one machine at a time',
      'https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/',
    ),
    excludedInterfaces: tuned(
      'ConfigMap[metallb-excludel2].data',
      layer2 === undefined ? ['.*'] : FOREIGN_DEVICES,
      'the same without vxlan, wireguard and BPF devices',
      layer2 === undefined
        ? 'nobody asks by ARP. On devices that are not excluded a speaker tries to listen all the same: without NET_RAW it writes an error for each of them every 10 s'
        : 'devices of network plugins, containers and Services: nobody outside asks there',
      'metallb/metallb config/native/exclude-l2-config.yaml, internal/layer2/announcer.go at v0.16.1',
    ),
    holdTime: tuned(
      'BGPPeer.spec.holdTime',
      '9s',
      '90s',
      'a machine that is gone gets traffic for as long; there is no BFD to notice it sooner',
      'metallb/metallb internal/bgp/native/native.go at v0.16.1',
    ),
  });
}

export type MetalLbTuning = ReturnType<typeof metalLbTuning>;

import { Yaml } from 'cdk8s';
import type { Pod } from 'kubernetes-types/core/v1';
import { atLeast } from '../catalog';
import { hostCidr, type Cluster, type Machine } from '../cluster';
import { bgpEnv, CA } from './endpoint/bgp';
import { machineFile, type MachineFile } from './machine-file';
import { paths } from './paths';
import type { NodeTuning } from './tuning';

/** The kubeconfig that kube-vip elects its leader with. */
export enum VipKubeconfig {
  /** The everyday one. */
  ADMIN = 'admin.conf',
  /** On the first machine of an older patch, until init has given admin.conf its rights (kube-vip issue 684). */
  SUPER_ADMIN = 'super-admin.conf',
}

/**
 * kube-vip as a static pod: by ARP it holds the API's address on one control plane at a time, by BGP on
 * all of them.
 */
export function kubeVipPod(
  cluster: Cluster,
  machine: Machine,
  kubeconfig: VipKubeconfig,
  image: string,
  tuning: NodeTuning,
): Pod {
  const { address, port, needsBgp } = cluster.endpoint;
  const env = {
    ...(needsBgp ? bgpEnv(cluster, machine) : arpEnv(machine)),
    address: address!,
    vip_subnet: hostCidr(address!).split('/')[1]!,
    port: String(port),
    cp_enable: 'true',
    cp_namespace: 'kube-system',
    svc_enable: tuning.get('vipServices'),
    lb_enable: tuning.get('vipLoadBalancer'),
    prometheus_server: tuning.get('vipMetrics'),
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'kube-vip',
      namespace: 'kube-system',
      labels: { 'app.kubernetes.io/name': 'kube-vip' },
    },
    spec: {
      hostNetwork: true,
      priorityClassName: 'system-node-critical',
      // kube-vip dials the API server beside it, whose certificate carries this name.
      hostAliases: [{ ip: '127.0.0.1', hostnames: ['kubernetes'] }],
      containers: [
        {
          name: 'kube-vip',
          image,
          imagePullPolicy: 'IfNotPresent',
          args: ['manager'],
          env: [
            ...Object.entries(env).map(([name, value]) => ({ name, value })),
            { name: 'vip_nodename', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
          ],
          securityContext: {
            allowPrivilegeEscalation: false,
            capabilities: { add: ['NET_ADMIN', 'NET_RAW'], drop: ['ALL'] },
          },
          volumeMounts: [
            { name: 'kubeconfig', mountPath: '/etc/kubernetes/admin.conf', readOnly: true },
            ...(needsBgp ? [{ name: 'ca', mountPath: CA, readOnly: true }] : []),
          ],
        },
      ],
      volumes: [
        {
          name: 'kubeconfig',
          // File, not FileOrCreate: the pod waits until kubeadm has written it.
          hostPath: { path: `/etc/kubernetes/${kubeconfig}`, type: 'File' },
        },
        ...(needsBgp ? [{ name: 'ca', hostPath: { path: CA, type: 'File' } }] : []),
      ],
    },
  };
}

/** One control plane at a time, chosen by a lease. */
function arpEnv(machine: Machine): Record<string, string> {
  return {
    vip_arp: 'true',
    // Explicit: kube-vip would take the interface of the default route, often the public one.
    vip_interface: machine.nic!,
    vip_leaderelection: 'true',
    vip_leasename: 'plndr-cp-lock',
  };
}

/**
 * Whether kubeadm init speaks to its own API server (kubernetes/kubernetes pull request 138449). Before,
 * it spoke through the virtual address to give admin.conf its rights, and kube-vip needs them to take
 * that address. Now kube-vip asks for its lease, refused and then forbidden, until it is given.
 */
export function initNeedsNoAddress(cluster: Cluster): boolean {
  const { minor, patch } = cluster.kubernetesVersion;
  return atLeast(patch, LOCAL_INIT[minor] ?? `${minor}.0`);
}

/** The first patch of older minors with that change; minors without a row were born with it. */
const LOCAL_INIT: Readonly<Record<string, string>> = { '1.35': '1.35.5', '1.36': '1.36.1' };

/**
 * The static pods as files that the entry script puts into the kubelet's folder at the right moment.
 * The kubelet takes any name there that does not begin with a dot.
 */
export function kubeVipFiles(
  cluster: Cluster,
  machine: Machine,
  image: string,
  tuning: NodeTuning,
): MachineFile[] {
  const file = (name: string, kubeconfig: VipKubeconfig) =>
    machineFile(
      `${paths.config}/${name}.manifest`,
      Yaml.stringify(kubeVipPod(cluster, machine, kubeconfig, image, tuning)),
      '0600',
    );
  const everyday = file('kube-vip', VipKubeconfig.ADMIN);
  // By BGP the address is there before anybody is asked for a lease.
  const first = machine === cluster.controlPlanes[0] && cluster.endpoint.needsLayer2;
  return first && !initNeedsNoAddress(cluster)
    ? [everyday, file('kube-vip-init', VipKubeconfig.SUPER_ADMIN)]
    : [everyday];
}

import { rule, Severity, type IRule } from '../cluster';
import { controlPlaneRules } from './control-plane/rules';
import { endpointRules } from './endpoint/rules';
import { firewallRules } from './firewall/rules';
import { hostRules } from './host-rules';
import { kernelRules } from './kernel/rules';
import { MINIMA } from './preflight/facts';
import { userDataRules } from './user-data/rules';

const KUBEADM_CONSTANTS = 'kubernetes/kubernetes:cmd/kubeadm/app/constants/constants.go';
const LEAST = MINIMA.controlPlane;

/** Rules of the node room. */
export const nodeRules: IRule[] = [
  rule(
    {
      id: 'GW-NODE-001',
      severity: Severity.ERROR,
      title: 'Control planes have two CPUs and 1700 MiB',
      why: "kubeadm's preflight stops on a smaller machine",
      remedy: 'use a larger machine for the control plane',
      reference: KUBEADM_CONSTANTS,
    },
    (cluster) =>
      cluster.controlPlanes.flatMap((m) => [
        ...(m.cpus !== undefined && m.cpus < LEAST.cpus
          ? [{ message: `control plane ${m.name} has ${m.cpus} CPU, kubeadm wants ${LEAST.cpus}` }]
          : []),
        ...(m.memory !== undefined && m.memory.toMebibytes() < LEAST.mebibytes
          ? [
              {
                message: `control plane ${m.name} has ${m.memory.toMebibytes()} MiB, kubeadm wants ${LEAST.mebibytes}`,
              },
            ]
          : []),
      ]),
  ),
  rule(
    {
      id: 'GW-NODE-003',
      severity: Severity.WARNING,
      title: 'Every release archive has a checksum in the catalogue',
      why: 'A checksum fetched from the same place as the archive proves a whole download, not an honest one',
      remedy:
        'use a release of the catalogue, or mirror the archives yourself and set downloadBaseUrl',
      reference: 'lib/catalog/checksums.ts',
    },
    (cluster) => {
      const unpinned = cluster._summary('nodes')?.unpinnedArchives() ?? [];
      return unpinned.length === 0
        ? []
        : [{ message: `no pinned checksum for ${unpinned.join(', ')}` }];
    },
  ),
  rule(
    {
      id: 'GW-NODE-005',
      severity: Severity.NOTE,
      title: 'Kubelet serving certificates have an approver',
      why: 'kubeadm brings none, so each kubelet signs its own: clients such as metrics-server cannot verify it',
      remedy:
        'give clients of the kubelet --kubelet-insecure-tls, or run an approver in the cluster and name it in kubelet.servingCertificates',
      reference:
        'https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/#kubelet-serving-certs',
    },
    (cluster) =>
      cluster.ownsMachines && cluster._summary('nodes')?.controlPlane.servingApprover === undefined
        ? [{ message: 'kubelets serve with self-signed certificates' }]
        : [],
  ),
  ...userDataRules,
  ...kernelRules,
  ...endpointRules,
  ...controlPlaneRules,
  ...hostRules,
  ...firewallRules,
  rule(
    {
      id: 'GW-NODE-015',
      severity: Severity.NOTE,
      title: 'A machine that forwards IPv6 keeps its default route',
      why: 'With forwarding on, the kernel no longer takes router advertisements where it listened to them itself (accept_ra 1), and the route that it learned expires, often half an hour later; systemd-networkd listens by itself and is not affected',
      remedy:
        'give machines gateway, gatewayV6 and dnsServers, so that the route is written, or see that networkd or accept_ra 2 keeps it',
      reference: 'https://docs.kernel.org/networking/ip-sysctl.html',
    },
    (cluster) => {
      const learned = cluster.machines.filter((m) =>
        cluster.isDualStack ? m.gatewayV6 === undefined : m.gateway === undefined,
      );
      return cluster.ownsMachines && cluster._families.includes('IPv6') && learned.length > 0
        ? [
            {
              message: `the IPv6 gateway of ${learned.map((m) => m.name).join(', ')} is not in the spec; routers must be heard in spite of forwarding`,
            },
          ]
        : [];
    },
  ),
];

import { Yaml } from 'cdk8s';
import { timeoutsOf } from './kubeadm-tuning';
import { isPatch, PATCHES_ON_MACHINE } from './patches';
import {
  acceptsContainerd,
  ipvsLifeCycle,
  kubernetesMinor,
  kubernetesMinors,
  minorOf,
} from '../../catalog';
import { KubeProxyMode, type Cluster, type Machine } from '../../cluster';
import type { BinarySource } from '../binaries/source';
import type { KubeadmSettings } from '../kubeadm-config';
import { comment, machineFile, type MachineFile } from '../machine-file';
import { paths } from '../paths';

const UPGRADE_CONF = `${paths.config}/kubeadm-upgrade.conf`;
const IMAGES_CONF = `${paths.config}/images.conf`;

/**
 * What kubeadm is told at an upgrade to the version of the spec. Without it patches would be lost: kubeadm
 * does not remember where they are.
 */
export function upgradeFile(
  cluster: Cluster,
  settings: KubeadmSettings,
  patched: boolean,
): MachineFile {
  const patches = patched ? { patches: { directory: PATCHES_ON_MACHINE } } : {};
  const timeouts = timeoutsOf(settings.controlPlane);
  const common = { certificateRenewal: true, etcdUpgrade: true, imagePullSerial: false };
  return machineFile(
    UPGRADE_CONF,
    [
      comment('For `kubeadm upgrade --config`; report/upgrade.md says when.'),
      Yaml.stringify({
        apiVersion: 'kubeadm.k8s.io/v1beta4',
        kind: 'UpgradeConfiguration',
        apply: {
          kubernetesVersion: cluster.kubernetesVersion.toString(),
          ...common,
          ...patches,
        },
        node: { ...common, ...patches },
        ...(Object.keys(timeouts).length === 0 ? {} : { timeouts }),
      }),
    ].join('\n'),
  );
}

/** What the runbook is made of besides the cluster. */
interface UpgradeSettings extends KubeadmSettings {
  readonly containerdVersion: string;
  readonly binaries: BinarySource;
}

/** The order of an upgrade, machine by machine, for a person. */
export function upgradeRunbook(cluster: Cluster, settings: UpgradeSettings): string {
  const { minor } = cluster.kubernetesVersion;
  const [first, ...others] = cluster.controlPlanes;
  const version = cluster.kubernetesVersion.toString();
  const dataDir = cluster._summary('etcd')?.dataDir ?? '/var/lib/etcd';
  return `# Upgrading ${cluster.clusterName}

The spec says ${version}. To upgrade, change \`kubernetesVersion\` in the spec, synthesize again, read the findings,
and copy \`nodes/<machine>/files/\` to every machine before anything runs there. Then this page, made anew, names
the new version everywhere.

## Before
- One minor at a time, the newest patch of the old minor first. Control plane before kubelets: a kubelet may be up to
  three minors older than its API server, never newer.
- ${containerdLine(minor, settings.containerdVersion)}${ipvsLine(cluster)}
- All machines Ready, all etcd members healthy, no other change under way.
- A copy of etcd off the machines:
  \`kubectl -n kube-system exec etcd-${first!.name} -- etcdctl --cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/server.crt --key /etc/kubernetes/pki/etcd/server.key snapshot save ${dataDir}/before-upgrade.db\`,
  then move ${dataDir}/before-upgrade.db away from ${first!.name}.
- \`sha256sum\` of ${paths.config}/archives.list is the same on machines of one architecture.

In every shell on a machine, as root:
\`\`\`
get() {
${settings.binaries._apt === undefined ? FROM_ARCHIVES : fromPackages(cluster)}
}
\`\`\`

## Control planes, one after the other
${[
  controlPlane(
    cluster,
    first!,
    `kubeadm upgrade plan ${version} && kubeadm upgrade apply --config ${UPGRADE_CONF} --yes`,
  ),
  ...others.map((m) => controlPlane(cluster, m, `kubeadm upgrade node --config ${UPGRADE_CONF}`)),
].join('\n')}
Which member leads etcd does not matter: a member that stops hands over, and two of three are a quorum.

## Workers, one or a few at a time
${cluster.workers.map((m) => worker(cluster, m)).join('\n') || '- none in the spec'}

## After
- \`kubectl get nodes\` shows ${version} everywhere; \`kubeadm upgrade plan\` has nothing to do.
- The manifests of the new synthesis are applied: \`dist/apply.sh\`. kube-proxy is among them, and kubeadm leaves it alone.

## A changed flag or policy, without an upgrade
kubeadm keeps its configuration in the cluster and reads no file of the spec later. After the new files are there,
on each control plane in turn, as root; wait until it is Ready again:
\`\`\`
${paths.entryScript} --only config
kubeadm init phase upload-config kubeadm --config ${IMAGES_CONF}
kubeadm init phase control-plane all --config ${IMAGES_CONF}
\`\`\`
Only a changed policy file (audit, admission, authentication) leaves the static pod as it is: move
/etc/kubernetes/manifests/kube-apiserver.yaml away for 20 seconds and back.
Kubelet settings of the cluster: \`kubectl -n kube-system edit configmap kubelet-config\`, then on every machine
\`kubeadm upgrade node phase kubelet-config && systemctl restart kubelet\`.
${settings.controlPlane.encryptionAtRest.enabled ? encryptionSection(cluster) : ''}`;
}

/** As the bootstrap does it; `published` stands for the checksum that lies beside the program. */
const FROM_ARCHIVES = `  read -r digest url < <(awk -v n="$1" '$1 == n { print $2, $3 }' ${paths.config}/archives.list)
  [ "$digest" != published ] || digest=$(curl -fsSL "$url.sha256" | cut -d ' ' -f 1)
  curl -fLo "/var/tmp/$1" "$url" && echo "\${digest#sha256:}  /var/tmp/$1" | sha256sum -c &&
    install -m 0755 "/var/tmp/$1" "${paths.binaries}/$1.new" && mv -f "${paths.binaries}/$1.new" "${paths.binaries}/$1"`;

/** The bootstrap holds the packages at their version; afterwards they are held again. */
function fromPackages(cluster: Cluster): string {
  return `  apt-get update && apt-get install -y --allow-change-held-packages "$1=${cluster.kubernetesVersion.patch}-*" && apt-mark hold "$1"`;
}

function controlPlane(cluster: Cluster, { name }: Machine, command: string): string {
  return `- ${name}: \`get kubeadm && ${command}\`, then \`kubectl drain ${name} --ignore-daemonsets\` from elsewhere, \`get kubelet && get kubectl && systemctl restart kubelet\`, \`kubectl uncordon ${name}\`. Go on when it is Ready and \`curl -k https://localhost:${cluster.endpoint.apiServerPort}/readyz\` says ok there.`;
}

function worker(cluster: Cluster, machine: Machine): string {
  const { name } = machine;
  const patched = cluster.ledger.forMachine(machine).files.some(({ key }) => isPatch(key));
  const command = `kubeadm upgrade node${patched ? ` --config ${UPGRADE_CONF}` : ''}`;
  return `- ${name}: \`kubectl drain ${name} --ignore-daemonsets --delete-emptydir-data\` from elsewhere, then \`get kubeadm && ${command} && get kubelet && systemctl restart kubelet\`, \`kubectl uncordon ${name}\``;
}

/** Whether the runtime that machines have is enough for the minor that comes next. */
function containerdLine(minor: string, containerd: string): string {
  const next = minorAfter(minor);
  if (!Object.keys(kubernetesMinors).includes(next)) {
    return `containerd is ${containerd}; what Kubernetes ${next} wants is not in this release of the library: update it first.`;
  }
  const floors = kubernetesMinor(next).containerdFloors.value;
  return acceptsContainerd(next, containerd)
    ? `containerd ${containerd} is enough for ${next}, which wants ${floors.join(' or ')} and later patches of these lines.`
    : `Kubernetes ${next} wants containerd ${floors.join(' or ')}, machines have ${containerd}: upgrade it before.`;
}

function ipvsLine(cluster: Cluster): string {
  const { gateAdded, offByDefault, removed } = ipvsLifeCycle;
  return cluster.kubeProxyMode === KubeProxyMode.IPVS
    ? `\n- kube-proxy runs in IPVS mode: deprecated, behind a gate since ${gateAdded.value}, off unless asked for from ${offByDefault.value}, gone in ${removed.value}. Move to nftables before.`
    : '';
}

function encryptionSection(cluster: Cluster): string {
  const names = cluster.controlPlanes.map(({ name }) => name);
  return `
## Another encryption key
The delivered \`encryption-key\` founds the file /etc/kubernetes/encryption.conf and never replaces it: what lies in etcd
under the old key would be lost. Three rounds over ${names.join(', ')}; after each change of the file restart the API server
as above, and finish a round before the next begins.
1. Make it: \`head -c 32 /dev/urandom | base64 > new-key\`. Add it below the old one in \`keys\` of \`secretbox\`, its name
   \`key-\` and what \`printf %s "$(< new-key)" | sha256sum | cut -c1-8\` prints: every API server can read it.
2. Put the new key first: it is written with. Then write everything again: \`kubectl get secrets -A -o json | kubectl replace -f -\`.
3. Take the old key out, and put the new one into ${paths.secrets}/encryption-key on every control plane and into what \`seal\` keeps.
   Backups from before need the old key: keep it as long as them.
A machine that joins later is compared: with another key its bootstrap stops and says so.
Other \`resources\` are put into that file by hand as well, on every control plane.
`;
}

function minorAfter(minor: string): string {
  const [major, number] = minorOf(minor).split('.');
  return `${major}.${Number(number) + 1}`;
}

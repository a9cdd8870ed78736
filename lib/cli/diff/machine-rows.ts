import { Effect, Stage, type Row } from './effect';

const { NOTHING, LIVE, ROLLOUT, DRAIN, REBUILD, BREAKS_CONNECTIONS } = Effect;

type Text = { readonly why: string; readonly how?: string };
const row = (
  of: RegExp,
  field: RegExp,
  effect: Effect,
  stage: Stage,
  text: Text,
  type?: Row['type'],
): Row => ({ of, field, effect, stage, ...(type === undefined ? {} : { type }), ...text });

const CLUSTER = /^ClusterConfiguration$/;
const KUBELET = /^KubeletConfiguration$/;
const API_MOVES = {
  why: 'The API answers at another address: clients, kubelets and kube-proxies lose it until their name leads there and the control plane that holds the address has the new file',
  how: 'change the name in DNS at the same time and bring the files to all control planes within a minute: a machine that is not heard of for longer is NotReady',
};
const NEXT_BOOT = { why: 'Read when the machine boots' };

/** What kubeadm reads. It reads no file again by itself: each row says what a person runs. */
const kubeadm: readonly Row[] = [
  row(CLUSTER, /^networking\.podSubnet$/, REBUILD, Stage.NEW_CLUSTER, {
    why: 'Every node holds a part of the pod network, every pod an address of it, and the controller manager hands out no other',
    how: 'boot a new cluster from the new output and move the workloads',
  }),
  row(CLUSTER, /^networking\.serviceSubnet$/, REBUILD, Stage.NEW_CLUSTER, {
    why: 'Services keep their addresses for life, the API server has one of them in its certificate, and kubelets tell pods another',
    how: 'boot a new cluster from the new output and move the workloads',
  }),
  row(
    CLUSTER,
    /^(networking\.dnsDomain|clusterName|encryptionAlgorithm)$/,
    REBUILD,
    Stage.NEW_CLUSTER,
    {
      why: 'It stands in certificates, kubeconfigs and in the names that running pods use',
      how: 'boot a new cluster from the new output and move the workloads',
    },
  ),
  row(CLUSTER, /^controlPlaneEndpoint$/, REBUILD, Stage.NEW_CLUSTER, {
    why: 'Every kubeconfig on every machine names it, and no step of kubeadm writes them all again',
    how: 'keep the old name or address alive, or boot a new cluster from the new output and move the workloads',
  }),
  row(CLUSTER, /^kubernetesVersion$/, DRAIN, Stage.UPGRADE, {
    why: 'Control planes one after the other, then kubelets on drained machines; one minor at a time',
    how: 'report/upgrade.md of the new output',
  }),
  row(CLUSTER, /^apiServer\.certSANs\b/, ROLLOUT, Stage.CONTROL_PLANE, {
    why: 'The certificate of each API server is made anew and the API server restarts',
    how: 'on each: rm /etc/kubernetes/pki/apiserver.{crt,key} && kubeadm init phase certs apiserver --config /etc/groundwork/images.conf, before its static pod',
  }),
  row(
    CLUSTER,
    /^apiServer\.extraArgs\[service-account-issuer\]/,
    BREAKS_CONNECTIONS,
    Stage.CONTROL_PLANE,
    {
      why: 'Tokens of the old issuer are refused at once: pods are strangers to the API until the kubelet brings them another, within an hour',
      how: 'where it must be: the flag twice in the static pod, the new issuer first, and the old one out when a day has passed',
    },
  ),
  row(CLUSTER, /^etcd\.local\.(server|peer)CertSANs\b/, ROLLOUT, Stage.ETCD, {
    why: 'The certificates of each member are made anew and it restarts, one after the other',
    how: 'on each: rm /etc/kubernetes/pki/etcd/{server,peer}.{crt,key} && kubeadm init phase certs etcd-server --config /etc/groundwork/images.conf && kubeadm init phase certs etcd-peer --config /etc/groundwork/images.conf, before its static pod',
  }),
  row(CLUSTER, /^etcd\.local\.dataDir$/, REBUILD, Stage.REBUILD, {
    why: 'The member would start empty at the new place, as a stranger to the others',
    how: 'replace one member after another: report/etcd.md, Replace a member',
  }),
  row(CLUSTER, /^etcd\./, ROLLOUT, Stage.ETCD, {
    why: 'etcd reads its flags at its start: one member restarts after the other, and two of three are a quorum meanwhile',
  }),
  row(CLUSTER, /^(apiServer|controllerManager|scheduler)\b/, ROLLOUT, Stage.CONTROL_PLANE, {
    why: 'Read at the start of a static pod, which restarts on one control plane after the other; clients go to the others meanwhile',
  }),
  row(CLUSTER, /^imageRepository$/, ROLLOUT, Stage.CONTROL_PLANE, {
    why: 'Static pods are started from there, on one control plane after the other',
  }),
  row(CLUSTER, /^/, NOTHING, Stage.NONE, {
    why: 'kubeadm reads it when a machine joins or is upgraded',
  }),
  row(KUBELET, /^(clusterDNS|clusterDomain|resolvConf)\b/, DRAIN, Stage.KUBELETS, {
    why: 'The kubelet writes it into a pod when it starts the pod: those that run keep asking the old address',
    how: 'when all kubelets have it, start pods anew, machine by machine',
  }),
  row(
    KUBELET,
    /^(cgroupDriver|cgroupsPerQOS|cgroupRoot|cpuManagerPolicy(Options)?|memoryManagerPolicy|topologyManager(Policy(Options)?|Scope)|reservedSystemCPUs|podsPerCore)\b/,
    DRAIN,
    Stage.KUBELETS,
    {
      why: 'The kubelet does not take pods over that were started with the other setting',
      how: 'on drained machines, one after the other; where a manager of CPUs or memory changes, rm /var/lib/kubelet/{cpu,memory}_manager_state while the kubelet is stopped, or it does not start',
    },
  ),
  row(
    KUBELET,
    /^(evictionHard|evictionSoft|kubeReserved|systemReserved|reservedMemory|maxPods)\b/,
    DRAIN,
    Stage.KUBELETS,
    {
      why: 'At its start the kubelet admits all its pods again: those that no longer fit fail (OutOfcpu, OutOfmemory) and are made anew elsewhere',
      how: 'where a machine is nearly full, drain it first',
    },
  ),
  row(KUBELET, /^/, LIVE, Stage.KUBELETS, {
    why: 'Kubelets restart one after the other; containers go on',
  }),
  row(/^(Init|Join)Configuration$/, /node-labels|taints/, LIVE, Stage.NONE, {
    why: 'A node that has joined keeps its labels and taints',
    how: 'kubectl label node, kubectl taint node',
  }),
  row(/^(Init|Join)Configuration$/, /kubeletExtraArgs/, LIVE, Stage.NONE, {
    why: 'kubeadm writes flags of the kubelet when a machine joins; one that has joined keeps its own',
    how: 'on each machine the same in KUBELET_KUBEADM_ARGS of /var/lib/kubelet/kubeadm-flags.env, then systemctl restart kubelet',
  }),
  row(/^(Init|Join|Upgrade)Configuration$/, /^/, NOTHING, Stage.NONE, {
    why: 'kubeadm reads it when a machine joins or is upgraded',
  }),
];

/** etcd's disk and what watches over it. */
const etcd: readonly Row[] = [
  row(/etcd-disk-prepare$/, /^(identity|uuid|mount_point|)$/, REBUILD, Stage.ETCD_DISK, {
    why: 'Another disk, or another place: the member starts empty there. The old disk is not written',
  }),
  row(/etcd-disk-prepare$/, /./, NOTHING, Stage.NONE, {
    why: 'Compared with the disk before it is prepared for the first time',
  }),
  row(
    /^\/etc\/systemd\/system\/.*etcd.*\.mount$/,
    /^(What|Where|Type|)$/,
    REBUILD,
    Stage.ETCD_DISK,
    {
      why: 'Another file system: the member starts empty there',
    },
  ),
  row(/^\/etc\/systemd\/system\/.*\.mount$/, /^(What|Where|Type)$/, DRAIN, Stage.DRAIN, {
    why: 'Another file system: what lies on the old one is no longer there for its pods',
    how: 'copy what is needed before',
  }),
  row(/^\/etc\/systemd\/system\/.*\.mount$/, /^Options$/, DRAIN, Stage.DRAIN, {
    why: 'Options of a mount count from its next mount on, and what uses it holds it open',
    how: 'control planes one after the other',
  }),
  row(/\/patches\/etcd/, /./, ROLLOUT, Stage.ETCD, {
    why: 'Laid over the static pod of etcd, which restarts: one member after the other',
  }),
  row(/\/patches\//, /./, ROLLOUT, Stage.CONTROL_PLANE, {
    why: 'Laid over a static pod, which restarts, on one control plane after the other',
  }),
];

/** Files of the machine. Most are put in place, and their services told, by `bootstrap --only config`. */
const files: readonly Row[] = [
  row(/^network-config$/, /^/, DRAIN, Stage.NONE, {
    why: 'cloud-init reads it when a machine boots for the first time; one that runs keeps its address, routes, name servers and MTU',
    how: 'the same in the network configuration of each machine, drained, one after the other and with a console at hand',
  }),
  row(/^user-data$/, /^/, LIVE, Stage.NONE, {
    why: 'cloud-init reads it when a machine boots for the first time; one that runs keeps what it has, a key that was taken out included',
    how: 'the same by hand on each machine, such as in ~/.ssh/authorized_keys',
  }),
  row(
    /kube-vip(-init)?\.manifest$/,
    /^$/,
    LIVE,
    Stage.FILES,
    {
      why: 'Its static pod stays, and goes on holding the address',
      how: 'when something else answers for the API: rm /etc/kubernetes/manifests/kube-vip.yaml on each',
    },
    'removed',
  ),
  row(
    /^\//,
    /^$/,
    LIVE,
    Stage.FILES,
    {
      why: 'No longer in the spec: it stays on the machine, in force, and bootstrap names it',
      how: 'stop what reads it, and remove it',
    },
    'removed',
  ),
  row(
    /machine\.env$/,
    /^(NODE_NAME|NODE_ADDRESSES|NODE_ROLE|NODE_ARCHITECTURE)$/,
    REBUILD,
    Stage.REBUILD,
    {
      why: 'A machine is known by it: certificates, the node object and the etcd member carry it',
      how: 'take the machine out of the cluster and boot it anew; control planes one after the other',
    },
  ),
  row(/preflight\.env$/, /^OS_ID$/, REBUILD, Stage.REBUILD, {
    why: 'Another operating system: the machine is installed anew',
  }),
  row(/(machine|preflight)\.env$/, /./, NOTHING, Stage.FILES, {
    why: 'Facts for the bootstrap and the preflight, read when they run',
  }),
  row(
    /^\/etc\/sysctl\.d\//,
    /./,
    LIVE,
    Stage.FILES,
    {
      why: 'No longer set: the kernel keeps the value until the machine boots',
    },
    'removed',
  ),
  row(/^\/etc\/sysctl\.d\//, /./, LIVE, Stage.FILES, {
    why: 'Set in the running kernel and read back',
  }),
  row(
    /^\/etc\/modules-load\.d\//,
    /./,
    LIVE,
    Stage.FILES,
    {
      why: 'No longer loaded at boot; until then it stays loaded',
    },
    'removed',
  ),
  row(/^\/etc\/modules-load\.d\//, /./, LIVE, Stage.FILES, { why: 'Loaded at once' }),
  row(/^\/etc\/modprobe\.d\//, /./, LIVE, Stage.FILES, {
    why: 'Written into the loaded module where it allows that; else the bootstrap says that the machine has to boot',
  }),
  row(/archives\.list$/, /^(kubelet|kubeadm|kubectl)$/, DRAIN, Stage.UPGRADE, {
    why: 'Installed in the order of an upgrade, the kubelet on a drained machine',
    how: 'report/upgrade.md of the new output',
  }),
  row(/archives\.list$/, /./, DRAIN, Stage.UPGRADE, {
    why: 'Programs are not replaced by --only config: containers hold the old ones open',
    how: 'install it on a drained machine, one after the other, with `get` of report/upgrade.md for single programs; a machine that boots anew has it',
  }),
  row(
    /kubelet\.conf\.d\//,
    /^(kubeReserved|systemReserved|evictionHard|maxPods)\b/,
    DRAIN,
    Stage.FILES,
    {
      why: 'The kubelet restarts and admits all its pods again: those that no longer fit fail (OutOfcpu, OutOfmemory) and are made anew elsewhere',
      how: 'where a machine is nearly full, drain it first',
    },
  ),
  row(/kubelet\.conf\.d\/|kubelet\.service/, /^/, LIVE, Stage.FILES, {
    why: 'The kubelet restarts; containers go on',
  }),
  row(/containerd/, /^/, LIVE, Stage.FILES, { why: 'containerd restarts; containers go on' }),
  row(/firewall\.nft$/, /^/, LIVE, Stage.FILES, {
    why: 'The rules are replaced as one; connections that are open stay open',
    how: 'keep an SSH session open and try a second one',
  }),
  row(/haproxy\.cfg$/, /^/, LIVE, Stage.FILES, {
    why: 'HAProxy reloads: connections to the API that are open end with their old process',
  }),
  row(/keepalived\.conf$/, /^\[[0-9a-f.:]+\/\d+ dev /, BREAKS_CONNECTIONS, Stage.FILES, API_MOVES),
  row(/kube-vip\.manifest$/, /env\[address\]/, BREAKS_CONNECTIONS, Stage.FILES, API_MOVES),
  row(/keepalived\.conf$/, /^/, LIVE, Stage.FILES, {
    why: 'keepalived reloads; the address may move once, and clients of the API connect again',
  }),
  row(/kube-vip\.manifest$/, /^/, ROLLOUT, Stage.FILES, {
    why: 'Its static pod restarts; where it holds the address, that moves to another control plane within seconds',
  }),
  row(
    /^\/etc\/kubernetes\/(audit-policy|admission|authentication)\.conf$/,
    /^/,
    ROLLOUT,
    Stage.CONTROL_PLANE,
    {
      why: 'The API server reads it at its start and does not notice the change',
      how: 'on one control plane after the other: move /etc/kubernetes/manifests/kube-apiserver.yaml away for 20 seconds and back',
    },
  ),
  row(/encryption\.conf$/, /^/, ROLLOUT, Stage.NONE, {
    why: 'It founds /etc/kubernetes/encryption.conf and never replaces it: what lies in etcd would be lost',
    how: 'three rounds over the control planes: report/upgrade.md, Another encryption key',
  }),
  row(/^\/etc\/systemd\/network\/.*\.network$/, /^/, LIVE, Stage.FILES, {
    why: 'systemd-networkd reads it at its next start',
    how: 'networkctl reload, with a console at hand',
  }),
  row(
    /packages\.list$/,
    /^/,
    NOTHING,
    Stage.NONE,
    { why: 'A package that is no longer asked for stays' },
    'removed',
  ),
  row(/packages\.list$/, /^/, LIVE, Stage.FILES, { why: 'Installed' }),
  row(/units\.list$/, /^/, LIVE, Stage.FILES, { why: 'Enabled and started' }),
  row(/files\.list$/, /^/, NOTHING, Stage.NONE, { why: 'The list of the files themselves' }),
  row(
    /^\/etc\/(NetworkManager|chrony|systemd\/(logind|networkd|timesyncd))/,
    /^/,
    LIVE,
    Stage.FILES,
    {
      why: 'The service that reads it is told to',
    },
  ),
  row(/^\/etc\/hosts$/, /^/, LIVE, Stage.FILES, { why: 'Read at every look-up' }),
  row(/^\/etc\/systemd\/system\//, /^/, LIVE, Stage.FILES, {
    why: 'systemd reads it; the unit runs with it from its next start on',
  }),
  row(
    /^\/usr\/local\/lib\/groundwork\/|^\/etc\/(udev|apt)\//,
    /^/,
    NOTHING,
    Stage.FILES,
    NEXT_BOOT,
  ),
  row(/./, /^/, LIVE, Stage.FILES, {
    why: 'Put in place; who reads it takes it at its next start',
  }),
];

/** How a value of a machine's files changes a machine that runs. The first row that matches decides. */
export const machineRows: readonly Row[] = [...kubeadm, ...etcd, ...files];

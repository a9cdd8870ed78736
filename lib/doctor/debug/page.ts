import type { Cluster } from '../../cluster';
import { shellOf } from '../pods/images';

const PAGE = 'debug.md';
/** As many machines as anybody wants to see commands for; the others have the same with their names. */
const SHOWN = 20;

/** Clusters whose report has the page already: the doctor and the toolbox both bring it. */
const written = new WeakSet<Cluster>();

/** Adds `report/debug.md` unless another construct of this room has done so. */
export function ensureDebugPage(cluster: Cluster, path: string, image: string): void {
  if (!written.has(cluster)) {
    written.add(cluster);
    cluster._addReport(path, PAGE, () => debugPage(cluster, image));
  }
}

/** How to get the tools to a machine or into a pod where none of ours are. */
export function debugPage(cluster: Cluster, image: string): string {
  return [
    `# Tools where something is wrong, in ${cluster.clusterName}\n`,
    machines(cluster, image),
    pods(cluster, image),
    away(image),
  ].join('\n');
}

function machines({ machines: all }: Cluster, image: string): string {
  const shown = all.slice(0, SHOWN);
  const more = all.length - shown.length;
  return `## On a machine

\`netadmin\` is on the network of the machine, with its processes in sight, and may capture packets and read
every rule. The pod is in kube-system, where Pod Security lets it in.

\`\`\`sh
${shown.map(({ name }) => `kubectl -n kube-system debug node/${name} -it --profile=netadmin --image=${image} -- ${shellOf(image)}`).join('\n')}
\`\`\`
${more > 0 ? `\n${more} more machines: the same with their names.\n` : ''}
What needs files of the machine, such as \`journalctl\`, needs \`sysadmin\`, which may do everything:

\`\`\`sh
kubectl -n kube-system debug node/${all[0]!.name} -it --profile=sysadmin --image=${image} -- chroot /host bash
\`\`\`

The pods stay when you leave. Take them away:

\`\`\`sh
kubectl -n kube-system get pods -o name | grep /node-debugger- | xargs -r kubectl -n kube-system delete
\`\`\`
`;
}

function pods(cluster: Cluster, image: string): string {
  const edge = cluster._summary('ingress');
  const shell = shellOf(image);
  const flags = `-it --profile=netadmin --image=${image}`;
  return `## In a pod

A container is added that shares the network of the pod, and with \`--target\` the processes of one of its
containers. It goes with the pod, not before.

CoreDNS:

\`\`\`sh
kubectl -n kube-system debug "$(kubectl -n kube-system get pods -l k8s-app=kube-dns -o name | head -n 1)" ${flags} --target=coredns -- ${shell}
\`\`\`
${
  edge === undefined
    ? ''
    : `
The edge, after \`kubectl -n ${edge.namespace} get pods\`:

\`\`\`sh
kubectl -n ${edge.namespace} debug pod/NAME ${flags} -- ${shell}
\`\`\`
`
}
Any other pod:

\`\`\`sh
kubectl -n NAMESPACE debug pod/NAME ${flags} --target=CONTAINER -- ${shell}
\`\`\`

- A namespace that enforces baseline or restricted refuses \`netadmin\`: look from the machine.
- A pod that says \`runAsNonRoot\` refuses the image's user: write
  \`{"securityContext":{"runAsNonRoot":false,"runAsUser":0}}\` into a file and add \`--custom=FILE\`.
- etcd, the API server and whatever else the kubelet starts from files take no such container, and are on the
  network of their machine: look from there. So are kube-proxy and the network plugin.
`;
}

function away(image: string): string {
  return `## When images cannot be pulled

\`NetshootToolbox\` has its pods there before. Whoever mirrors images mirrors this one, too:
\`${image}\`.
`;
}

import { acceptsContainerd, kubernetesMinor } from '../catalog';
import { familyOf, isDnsName, parseImage, type Cluster, type Problem } from '../cluster';
import { controlPlaneProblems } from './control-plane/problems';
import { endpointMachineProblems } from './endpoint/problems';
import { firewallProblems } from './firewall/problems';
import { kernelProblems } from './kernel/problems';
import type { MachineFile } from './machine-file';
import { nicProblems } from './nic/problems';
import type { NodeBootstrapOptions } from './node-bootstrap-props';

const SSH_KEY =
  /^(ssh-(ed25519|rsa)|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com) [A-Za-z0-9+/]{40,}={0,3}( [^\r\n]*)?$/;

/** Everything that is wrong with the props, each on its own. */
export function optionProblems(cluster: Cluster, options: NodeBootstrapOptions): Problem[] {
  return [
    ...machineProblems(cluster),
    ...endpointMachineProblems(cluster),
    ...keyProblems(options.sshAuthorizedKeys ?? []),
    ...serverProblems(options.ntpServers),
    ...containerdProblems(cluster, options.containerdVersion),
    ...imageProblems(cluster, options.kubeVipImage),
    ...kernelProblems(options.kernel ?? {}),
    ...nicProblems(cluster, options.nicTuning ?? []),
    ...controlPlaneProblems(cluster, options.controlPlane, options.kubelet),
    ...firewallProblems(options.firewall),
  ];
}

function machineProblems(cluster: Cluster): Problem[] {
  if (!cluster.ownsMachines) {
    return [
      {
        prop: 'cluster',
        allowed: 'a cluster whose machines boot from this spec',
        got: 'Cluster.fromFacts',
        remedy: "leave NodeBootstrap out; the machines of such a cluster are somebody else's",
      },
    ];
  }
  return [];
}

function keyProblems(keys: readonly string[]): Problem[] {
  return keys
    .filter((key) => !SSH_KEY.test(key))
    .map((key) => ({
      prop: 'sshAuthorizedKeys',
      allowed: 'public keys on one line each, as in an authorized_keys file',
      // Never the text itself: it may be the private half.
      got: /PRIVATE/.test(key) ? 'a private key' : `${key.split(' ')[0]!.slice(0, 20)}…`,
      remedy: 'paste the content of the .pub file',
    }));
}

function serverProblems(servers: readonly string[] | undefined): Problem[] {
  if (servers !== undefined && servers.length === 0) {
    return [
      {
        prop: 'ntpServers',
        allowed: 'at least one server',
        got: undefined,
        remedy: 'leave it out for the servers of the distribution',
      },
    ];
  }
  return (servers ?? [])
    .filter((server) => familyOf(server) === undefined && !isDnsName(server))
    .map((got) => ({
      prop: 'ntpServers',
      allowed: 'names or addresses',
      got,
      remedy: 'write a name such as ntp.example.no, without a port',
    }));
}

function containerdProblems(cluster: Cluster, version: string | undefined): Problem[] {
  if (version === undefined) {
    return [];
  }
  const { minor } = cluster.kubernetesVersion;
  // The configuration that is rendered has the sections of containerd 2.
  const floors = kubernetesMinor(minor).containerdFloors.value.filter(
    (floor) => !floor.startsWith('1.'),
  );
  if (/^2\.\d+\.\d+$/.test(version) && acceptsContainerd(minor, version)) {
    return [];
  }
  return [
    {
      prop: 'containerdVersion',
      allowed: `a containerd 2 release that Kubernetes ${minor} accepts (${floors.join(' or ')} and later patches)`,
      got: version,
      remedy: 'leave it out for the pinned one',
    },
  ];
}

function imageProblems(cluster: Cluster, image: string | undefined): Problem[] {
  if (image === undefined) {
    return [];
  }
  if (!cluster.endpoint._byKubeVip) {
    return [
      {
        prop: 'kubeVipImage',
        allowed: 'left out where kube-vip does not hold the address of the API',
        got: image,
        remedy: 'leave it out, or give the cluster ApiEndpoint.kubeVip',
      },
    ];
  }
  if (parseImage(image) !== undefined) {
    return [];
  }
  return [
    {
      prop: 'kubeVipImage',
      allowed: 'a full reference with a tag or digest',
      got: image,
      remedy: 'write registry/path:tag; a missing tag means latest, another one on each machine',
    },
  ];
}

/** A file that a manifest collector would take for a manifest, or that two constructs write. */
export function fileProblems(files: readonly MachineFile[]): Problem[] {
  const problems: Problem[] = [];
  files.forEach((file, index) => {
    if (/\.(ya?ml|json)$/.test(file.path)) {
      problems.push({
        prop: `file ${file.path}`,
        allowed: 'without the suffix .yaml, .yml or .json',
        got: file.path,
        remedy:
          'kubectl and GitOps engines would apply it from the output folder; name it .conf or .manifest',
      });
    }
    if (files[index + 1]?.path === file.path) {
      problems.push({
        prop: `file ${file.path}`,
        allowed: 'written by one construct',
        got: 'two contents',
        remedy: 'choose another path; this one belongs to the bootstrap',
      });
    }
  });
  return problems;
}

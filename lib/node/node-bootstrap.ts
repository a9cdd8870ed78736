import { SizeRoundingBehavior } from 'cdk8s';
import { Construct } from 'constructs';
import { images, pinned } from '../catalog';
import {
  placeholderProblems,
  problemAt,
  throwProblems,
  type Cluster,
  type Machine,
} from '../cluster';
import { unpinnedArchives } from './archives';
import { aptDecisions, requireAptRepository } from './binaries/requirements';
import { BinarySource } from './binaries/source';
import { renewalDecisions, requireRenewal } from './certificates/requirements';
import { CloudConfigWriter, metaData } from './cloud-config';
import { controlPlaneDecisions, controlPlaneSummary } from './control-plane/record';
import { controlPlaneSettings } from './control-plane/settings';
import { upgradeRunbook } from './control-plane/upgrade';
import { requireEndpoint } from './endpoint/requirements';
import { endpointDecisions } from './endpoint/tuning';
import { fetchedByMachines } from './fetched-by-machines';
import { firewallSummary, requireFirewall } from './firewall/requirements';
import { firewallDecisions } from './firewall/tuning';
import { readByHand } from './kernel/by-hand';
import { kernelDecisions, requireByHand, requireKernel } from './kernel/requirements';
import { kernelTable } from './kernel/table';
import { kubeletSettings } from './kubelet/settings';
import type { MachineFile } from './machine-file';
import { MachineFiles, type NodeSettings } from './machine-files';
import { networkConfig } from './network-config';
import { nicDecisions, requireNicTuning } from './nic/requirements';
import type { NodeBootstrapProps } from './node-bootstrap-props';
import { BOOTSTRAP_UNIT, paths } from './paths';
import { fileProblems, optionProblems } from './problems';
import { requireNodeBasics } from './requirements';
import { nodeRules } from './rules';
import { keyHolders, secretsManifest, userDataSecretsOf, type SealFacts } from './secrets';
import { nodeDecisions, tuning } from './tuning';
import { sealedSizes } from './user-data/allowance';
import { brief } from './user-data/brief';
import { compress } from './user-data/form';
import { sizeProblem } from './user-data/size-problem';

// The rendering is offline, and what the kernel or kubeadm would read is reviewed in it.
const TEXT_FOR_MACHINES = 'give the text itself; secrets are sealed into user-data, never rendered';

/**
 * Everything each machine boots with: cloud-init user-data, the same files unpacked, kubeadm's
 * configuration, containerd, kubelet, and one entry script that does the work step by step and can
 * go on where it stopped. It adds no object to the chart and contains no secret: a machine whose
 * secrets were not delivered stops at its first step and says "not sealed".
 */
export class NodeBootstrap extends Construct {
  private readonly cluster: Cluster;
  private readonly settings: NodeSettings;
  private readonly sshAuthorizedKeys: readonly string[];
  private readonly seal: SealFacts;
  // A rule and the report ask for the same machines.
  private readonly sizes = new Map<string, number>();

  /**
   * @param scope parent construct
   * @param id construct id
   * @param props the cluster and how its machines are booted
   */
  constructor(scope: Construct, id: string, props: NodeBootstrapProps) {
    super(scope, id);
    const { cluster } = props;
    throwProblems(this.node.path, optionProblems(cluster, props));
    this.cluster = cluster;
    this.sshAuthorizedKeys = [...(props.sshAuthorizedKeys ?? [])];
    const binaries = props.binaries ?? BinarySource.archives();
    const renewal = props.certificateRenewal ?? true;
    this.seal = {
      limit: bytesOf(props.userDataLimit),
      keysBySsh: props.keysBySsh ?? false,
    };
    this.settings = {
      containerdVersion: props.containerdVersion ?? pinned.containerd.value,
      kubeVipImage: props.kubeVipImage ?? cluster._image(images['kube-vip']),
      ntpServers: [...(props.ntpServers ?? [])],
      controlPlane: controlPlaneSettings(props.controlPlane),
      kubelet: kubeletSettings(props.kubelet),
      binaries,
      firewall: props.firewall,
    };
    const kernel = kernelTable(cluster, props.kernel);
    const { byHand } = readByHand(props.kernel ?? {});
    const nics = props.nicTuning ?? [];
    requireNodeBasics(this, cluster);
    requireEndpoint(this, cluster);
    requireKernel(this, cluster, kernel);
    requireByHand(this, cluster, byHand);
    requireNicTuning(this, cluster, nics);
    requireAptRepository(this, cluster, binaries);
    if (renewal) {
      requireRenewal(this, cluster);
    }
    requireFirewall(this, cluster, props.firewall);
    cluster.recordDecisions([
      ...kernelDecisions(cluster, this.node.path, kernel),
      ...nicDecisions(this.node.path, nics),
      ...endpointDecisions(cluster, this.node.path),
      ...firewallDecisions(this.node.path, props.firewall),
      ...nodeDecisions(cluster, this.node.path),
      ...controlPlaneDecisions(cluster, this.node.path, this.settings),
      ...aptDecisions(cluster, binaries, this.node.path),
      ...(renewal ? renewalDecisions(this.node.path) : []),
    ]);
    cluster._register('nodes', {
      path: this.node.path,
      files: () => this.nodeFiles(),
      containerdVersion: this.settings.containerdVersion,
      userDataBytes: (machine) => this.userDataBytes(machine),
      userDataLimit: this.seal.limit,
      keysInUserData: () => (this.seal.keysBySsh ? [] : keyHolders(cluster)),
      unpinnedArchives: () =>
        unpinnedArchives(cluster, this.settings.containerdVersion, binaries).map(
          (item) => `${item.name} ${item.version} ${item.architecture}`,
        ),
      fetched: () => fetchedByMachines(cluster, this.settings),
      controlPlane: controlPlaneSummary(this.settings),
      bootstrap: {
        unit: BOOTSTRAP_UNIT,
        script: paths.entryScript,
        status: paths.status,
        log: paths.log,
      },
      firewall: firewallSummary(props.firewall),
      byHand,
    });
    cluster._addReport(this.node.path, 'upgrade.md', () => upgradeRunbook(cluster, this.settings));
    nodeRules.forEach((rule) => cluster.addRule(rule, this));
  }

  /**
   * Every file for every machine: path below the output folder, and content. Call it when all
   * constructs are there; what is asked of the machines later is missing.
   */
  public nodeFiles(): Record<string, string> {
    const machineFiles = new MachineFiles(this.cluster, this.settings, tuning);
    const writer = new CloudConfigWriter(this.sshAuthorizedKeys);
    const output: Record<string, string> = {};
    for (const machine of this.cluster.machines) {
      const all = machineFiles.of(machine);
      throwProblems(this.node.path, fileProblems(all));
      const folder = `nodes/${machine.name}`;
      const { userData, files } = this.fitting(machine, all, writer);
      output[`${folder}/user-data`] = userData;
      output[`${folder}/meta-data`] = metaData(this.cluster.clusterName, machine);
      const network = networkConfig(this.cluster, machine);
      if (network !== undefined) {
        output[`${folder}/network-config`] = network;
      }
      files.forEach((file) => {
        output[`${folder}/files${file.path}`] = file.content;
      });
    }
    output['nodes/secrets.manifest'] = secretsManifest(this.cluster, this.seal);
    return output;
  }

  /**
   * Plain, compressed, or compressed without comments, whichever fits with the secrets that are put in
   * later; and the files as they are in it.
   */
  private fitting(
    machine: Machine,
    files: readonly MachineFile[],
    writer: CloudConfigWriter,
  ): { userData: string; files: readonly MachineFile[] } {
    const rows = userDataSecretsOf(this.cluster, machine, this.seal);
    const plain = writer.userData(machine, files);
    const { limit } = this.seal;
    throwProblems(
      this.node.path,
      placeholderProblems(`user-data of ${machine.name}`, plain, TEXT_FOR_MACHINES),
    );
    if (limit === undefined || sealedSizes(plain, rows).plain <= limit) {
      return { userData: plain, files };
    }
    let bytes = 0;
    for (const some of [files, files.map(brief)]) {
      const text = writer.userData(machine, some);
      const userData = compress(text);
      const sealed = sealedSizes(text, rows);
      // Compressing is what takes time here, so the second one is done where it decides.
      bytes = sealed.atMost(userData) > limit ? sealed.compressed() : 0;
      if (bytes <= limit) {
        return { userData, files: some };
      }
    }
    throw problemAt(this.node.path, sizeProblem(machine, files, { ...this.seal, limit, bytes }));
  }

  /** With its secrets, and not compressed; rendered again only when a construct has come since. */
  private userDataBytes(machine: Machine): number {
    const { ledger } = this.cluster;
    const key = [machine.name, ledger._requests, this.cluster.decisions().length].join(' ');
    const known = this.sizes.get(key);
    if (known !== undefined) {
      return known;
    }
    const files = new MachineFiles(this.cluster, this.settings, tuning).of(machine);
    const text = new CloudConfigWriter(this.sshAuthorizedKeys).userData(machine, files);
    const bytes = sealedSizes(text, userDataSecretsOf(this.cluster, machine, this.seal)).plain;
    this.sizes.set(key, bytes);
    return bytes;
  }
}

function bytesOf(size: NodeBootstrapProps['userDataLimit']): number | undefined {
  const kibibytes = size?.toKibibytes({ rounding: SizeRoundingBehavior.NONE });
  return kibibytes === undefined ? undefined : Math.floor(kibibytes * 1024);
}

import type { Cluster, LedgerEntry, Machine } from '../cluster';
import { archivesList } from './archives';
import type { BinarySource } from './binaries/source';
import { containerdFiles } from './containerd';
import { controlPlaneFiles } from './control-plane/files';
import { isPatch } from './control-plane/patches';
import { upgradeFile } from './control-plane/upgrade';
import { entryScript } from './entry-script';
import { FirewallFiles } from './firewall/files';
import type { HostFirewallOptions } from './firewall/options';
import { hostFiles } from './host-files';
import { hostsFile, sharedHosts } from './hosts';
import { withReservedPorts } from './kernel/reserved-ports';
import { kubeVipFiles } from './kube-vip';
import { imagesFile, kubeadmFiles, type KubeadmSettings } from './kubeadm-config';
import { kubeletDropIn } from './kubelet/configuration';
import { kubeletFiles } from './kubelet/unit';
import { machineEnv } from './machine-env';
import { comment, machineFile, type MachineFile } from './machine-file';
import { paths } from './paths';
import { preflightEnv } from './preflight/facts';
import { PREFLIGHT_SCRIPT, preflightScript } from './preflight/script';
import { settingsFiles } from './settings-files';
import type { NodeTuning } from './tuning';

/** What the construct was told, with its defaults filled in. */
export interface NodeSettings extends KubeadmSettings {
  readonly containerdVersion: string;
  readonly kubeVipImage: string;
  readonly ntpServers: readonly string[];
  readonly binaries: BinarySource;
  readonly firewall?: HostFirewallOptions;
}

/** Collects the files of machines; what all machines share is rendered once. */
export class MachineFiles {
  private readonly shared: readonly MachineFile[];
  private readonly hosts: string;
  private readonly controlPlane: readonly MachineFile[];
  private readonly firewall: FirewallFiles;
  private readonly archives = new Map<string, MachineFile>();

  public constructor(
    private readonly cluster: Cluster,
    private readonly settings: NodeSettings,
    private readonly tuning: NodeTuning,
  ) {
    this.hosts = sharedHosts(cluster);
    this.controlPlane = controlPlaneFiles(cluster, settings.controlPlane);
    this.firewall = new FirewallFiles(cluster, settings.firewall);
    this.shared = [
      entryScript,
      machineFile(PREFLIGHT_SCRIPT, preflightScript, '0755'),
      ...hostFiles(cluster, settings.ntpServers, settings.binaries, tuning),
      ...containerdFiles(cluster, settings.containerdVersion, tuning),
      // A package brings its own.
      ...(settings.binaries._apt === undefined ? kubeletFiles() : []),
    ];
  }

  /** Every file of one machine, sorted by path; the ledger is read now. */
  public of(machine: Machine): MachineFile[] {
    const { cluster, settings, tuning } = this;
    const needs = withReservedPorts(cluster.ledger.forMachine(machine));
    const virtual = machine.isControlPlane && cluster.endpoint._byKubeVip;
    const patched = needs.files.some((f) => isPatch(f.key));
    const files = [
      ...this.shared,
      hostsFile(this.hosts, machine),
      machineEnv(cluster, machine, settings.ntpServers, settings.kubeVipImage),
      ...kubeadmFiles(cluster, machine, settings, tuning, patched),
      ...(machine.isControlPlane
        ? [imagesFile(cluster, machine, settings, patched), ...this.controlPlane]
        : []),
      ...(machine.isControlPlane || patched ? [upgradeFile(cluster, settings, patched)] : []),
      kubeletDropIn(settings.kubelet, machine),
      preflightEnv(cluster, machine),
      this.archivesOf(machine),
      ...(virtual ? kubeVipFiles(cluster, machine, settings.kubeVipImage, tuning) : []),
      ...settingsFiles(needs),
      ...this.firewall.of(needs),
      list('packages.list', 'Distribution packages.', needs.packages),
      list(
        'units.list',
        'Units that are enabled and started before kubeadm runs.',
        needs.units.filter((u) => u.enabled),
      ),
      ...needs.files.map((f) => machineFile(f.key, endLine(f.value), f.permissions)),
      ...needs.units.map((u) => machineFile(`/etc/systemd/system/${u.key}`, endLine(u.value))),
    ];
    return withList(files);
  }

  private archivesOf(machine: Machine): MachineFile {
    const known = this.archives.get(machine.architecture);
    if (known !== undefined) {
      return known;
    }
    const content = archivesList(
      this.cluster,
      this.settings.containerdVersion,
      machine.architecture,
      this.settings.binaries,
    );
    const file = machineFile(`${paths.config}/archives.list`, content);
    this.archives.set(machine.architecture, file);
    return file;
  }
}

/** All files by path, with the list by which `--only config --from` gives a copied tree its modes back. */
function withList(files: readonly MachineFile[]): MachineFile[] {
  const path = `${paths.config}/files.list`;
  const lines = [...files.map((file) => `${file.permissions} ${file.path}`), `0644 ${path}`];
  lines.sort((a, b) => (a.slice(5) < b.slice(5) ? -1 : 1));
  const listed = machineFile(
    path,
    [comment('Mode and path of every file that the spec puts on this machine.'), ...lines, ''].join(
      '\n',
    ),
  );
  return [...files, listed].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** A list that the entry script reads, a name a line, each with the reasons that it is there. */
function list(name: string, title: string, entries: readonly LedgerEntry[]): MachineFile {
  const lines = entries.flatMap((entry) => [
    ...entry.reasons.map((why) => comment(why)),
    entry.key,
  ]);
  return machineFile(`${paths.config}/${name}`, [comment(title), ...lines, ''].join('\n'));
}

function endLine(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}

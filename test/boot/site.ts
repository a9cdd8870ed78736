import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Duration, Size } from 'cdk8s';
import {
  ApiEndpoint,
  EtcdDisk,
  EtcdOnNvme,
  FsyncGate,
  GroundworkApp,
  Machine,
  NvmeControlPlane,
  OperatingSystem,
  Underlay,
  Zone,
} from '../../lib';
import { doctorFiles, parseRunDocument, type Expectations } from '../../lib/doctor';
import { NIC } from './machine';
import { makeMirror, MIRROR_URL } from './mirror';
import { must } from './programs';
import { seal } from './seal';

/** How many machines the control plane has. */
export const MACHINES = 3;
/** The size of the emulated NVMe disks, and what the spec asks for. */
export const DISK_GIB = 8;

/** Serial of the etcd disk of cp-n. */
export function serialOf(n: number): string {
  return `GWBOOT0${n}`;
}

/** A cluster as the library renders it, sealed, with the releases that its machines fetch. */
export interface Site {
  /** Packages that its machines ask for. */
  readonly packages: readonly string[];
  /** What a doctor must measure on these machines. */
  readonly expectations: Expectations;
  /** One file of one machine. */
  file(machine: string, path: string): string;
  /** Writes the NoCloud disk of a machine, and gives back the disk of the mirror, which all share. */
  disks(machine: string, seed: string): Promise<string>;
  /** Removes what was written for all machines. */
  end(): void;
}

/**
 * A control plane of three machines, with everything left as it is by default that can be. An emulated
 * disk is slow, and says nothing of real ones: the fsync gate only warns, but on machines that are named.
 */
export function site(...strict: readonly string[]): Site {
  const stopping = rendered(FsyncGate.STOP);
  return new RenderedSite(
    Object.fromEntries(
      Object.entries(rendered(FsyncGate.WARN)).map(([path, text]) => {
        const [, machine] = path.split('/');
        return [path, strict.includes(machine!) ? stopping[path]! : text];
      }),
    ),
  );
}

/** The gate of the site that only warns: what a person would deliver who follows the remedy. */
export function lenientGate(machine: string, path: string): string {
  return changed(rendered(FsyncGate.WARN)[`nodes/${machine}/files${path}`]!, [SHORTER_GATE]);
}

function rendered(fsyncGate: FsyncGate): Record<string, string> {
  const app = new GroundworkApp();
  new NvmeControlPlane(app, 'boot', {
    operatingSystem: OperatingSystem.DEBIAN_12,
    endpoint: ApiEndpoint.kubeVip('10.20.0.10', { dnsName: 'api.boot.example' }),
    podCidr: '10.244.0.0/16',
    serviceCidr: '10.96.0.0/16',
    underlay: Underlay.flatL2({ mtu: 1500 }),
    zones: [Zone.of('oslo-1', { country: 'NO', nodeCidr: '10.20.0.0/24' })],
    downloadBaseUrl: MIRROR_URL,
    machines: Array.from({ length: MACHINES }, (_, i) =>
      Machine.controlPlane(`cp-${i + 1}`, {
        zone: 'oslo-1',
        address: `10.20.0.1${i + 1}`,
        nic: NIC,
        gateway: '10.20.0.1',
        dnsServers: ['10.20.0.2'],
        cpus: 2,
        memory: Size.gibibytes(4),
        etcdDisk: EtcdDisk.nvmeSerial(serialOf(i + 1), { minSize: Size.gibibytes(DISK_GIB) }),
      }),
    ),
    etcd: EtcdOnNvme.configure({
      // Emulated processors that share two real ones: a second without a heartbeat means nothing here.
      heartbeatInterval: Duration.millis(500),
      electionTimeout: Duration.seconds(5),
      fsyncGate,
    }),
  });
  return app.files();
}

const SHORTER_GATE: [string, string] = ['--runtime=20', '--runtime=5'];

/**
 * What is changed in rendered user-data, here only: emulated machines are smaller than kubeadm's smallest, and
 * slower than any. To read a GiB takes one half a minute, as do many samples and a measurement of fsync.
 */
const SMALLER: ReadonlyArray<[string, string]> = [
  ["MIN_CPUS='2'", "MIN_CPUS='1'"],
  ["MIN_MEMORY='1700'", "MIN_MEMORY='700'"],
  ['gib=1073741824', 'gib=134217728'],
  ['-gt 1024 ]; then samples=1024', '-gt 16 ]; then samples=16'],
  SHORTER_GATE,
];

class RenderedSite implements Site {
  public readonly packages: readonly string[];
  /** Made when the first machine is sealed: where nothing is booted, programs may be absent. */
  private sealed?: Promise<{ readonly folder: string; readonly mirror: string }>;
  private readonly shared: string[] = [];

  public constructor(private readonly files: Record<string, string>) {
    this.packages = this.file('cp-1', '/etc/groundwork/packages.list')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
  }

  public get expectations(): Expectations {
    return parseRunDocument(this.files[doctorFiles.run]!).expectations;
  }

  public file(machine: string, path: string): string {
    return this.files[`nodes/${machine}/files${path}`]!;
  }

  public async disks(machine: string, seed: string): Promise<string> {
    const { folder, mirror } = await (this.sealed ??= this.makeSealed());
    const files = ['user-data', 'meta-data', 'network-config'].map((n) => join(folder, machine, n));
    must('genisoimage', ['-quiet', '-o', seed, '-V', 'cidata', '-R', '-J', ...files]);
    return mirror;
  }

  public end(): void {
    this.shared.forEach((folder) => rmSync(folder, { recursive: true, force: true }));
  }

  /**
   * The rendered output, sealed by the commands of the package. Before that, and only here, the list of
   * archives gets the checksums of the stand-ins.
   */
  private async makeSealed() {
    const work = mkdtempSync(join(tmpdir(), 'groundwork-mirror-'));
    this.shared.push(work);
    const mirror = join(work, 'mirror.iso');
    const list = this.file('cp-1', '/etc/groundwork/archives.list');
    const changes = [...zip(list, makeMirror(list, mirror)), ...SMALLER];
    const files = Object.fromEntries(
      Object.entries(this.files).map(([path, text]) => [
        path,
        path.endsWith('/user-data') ? changed(text, changes) : text,
      ]),
    );
    const folder = await seal(files);
    this.shared.push(dirname(folder));
    return { folder, mirror };
  }
}

/** Lines that differ, before and after. */
function zip(before: string, after: string): Array<[string, string]> {
  const lines = after.split('\n');
  return before
    .split('\n')
    .map((line, n): [string, string] => [line, lines[n]!])
    .filter(([a, b]) => a !== b);
}

/** Each change must find its place, or the test would not be what it says it is. */
function changed(text: string, changes: ReadonlyArray<[string, string]>): string {
  return changes.reduce((so, [before, after]) => {
    if (!so.includes(before)) {
      throw new Error(`user-data does not hold: ${before}`);
    }
    return so.replace(before, after);
  }, text);
}

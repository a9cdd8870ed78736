import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duration, Size } from 'cdk8s';
import { parse, stringify } from 'yaml';
import {
  ApiEndpoint,
  EtcdDisk,
  EtcdOnNvme,
  GroundworkApp,
  Machine,
  NvmeControlPlane,
  OperatingSystem,
  Underlay,
  Zone,
} from '../../lib';
import { NIC } from './machine';
import { makeMirror, MIRROR_URL } from './mirror';
import { must } from './programs';
import { makeSecrets, secretFiles, type Secrets } from './secrets';

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
  /** One file of one machine. */
  file(machine: string, path: string): string;
  /** Writes the NoCloud disk of a machine, and the disk of the mirror. */
  disks(machine: string, seed: string, mirror: string): void;
}

/** A control plane of so many machines, with everything left as it is by default that can be. */
export function site(machines: number): Site {
  const app = new GroundworkApp();
  new NvmeControlPlane(app, 'boot', {
    operatingSystem: OperatingSystem.DEBIAN_12,
    endpoint: ApiEndpoint.kubeVip('10.20.0.10', { dnsName: 'api.boot.example' }),
    podCidr: '10.244.0.0/16',
    serviceCidr: '10.96.0.0/16',
    underlay: Underlay.flatL2({ mtu: 1500 }),
    zones: [Zone.of('oslo-1', { country: 'NO', nodeCidr: '10.20.0.0/24' })],
    downloadBaseUrl: MIRROR_URL,
    machines: Array.from({ length: machines }, (_, i) =>
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
      electionTimeout: Duration.seconds(10),
    }),
  });
  return new RenderedSite(app.files());
}

class RenderedSite implements Site {
  public readonly packages: readonly string[];
  /** Made when the first machine is sealed: where nothing is booted, openssl may be absent. */
  private secrets?: Secrets;

  public constructor(private readonly files: Record<string, string>) {
    this.packages = this.file('cp-1', '/etc/groundwork/packages.list')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
  }

  public file(machine: string, path: string): string {
    return this.files[`nodes/${machine}/files${path}`]!;
  }

  public disks(machine: string, seed: string, mirror: string): void {
    const archives = makeMirror(this.file(machine, '/etc/groundwork/archives.list'), mirror);
    const work = mkdtempSync(join(tmpdir(), 'groundwork-seed-'));
    try {
      const content: Record<string, string> = {
        'user-data': this.sealed(machine, archives),
        'meta-data': this.files[`nodes/${machine}/meta-data`]!,
        'network-config': this.files[`nodes/${machine}/network-config`]!,
      };
      for (const [name, text] of Object.entries(content)) {
        writeFileSync(join(work, name), text);
      }
      const files = Object.keys(content).map((name) => join(work, name));
      must('genisoimage', ['-quiet', '-o', seed, '-V', 'cidata', '-R', '-J', ...files]);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }

  /**
   * The rendered user-data with this machine's secrets, as whoever seals it does. Besides, and only here, the list
   * of archives carries the checksums of the stand-ins.
   */
  private sealed(machine: string, archives: string): string {
    const config = parse(this.files[`nodes/${machine}/user-data`]!);
    const list = config.write_files.find((f: any) => f.path === '/etc/groundwork/archives.list');
    list.content = archives;
    const manifest = this.files['nodes/secrets.manifest']!;
    this.secrets ??= makeSecrets(manifest);
    config.write_files.push(
      ...secretFiles(manifest, this.secrets, machine).map(({ path, mode, content }) => ({
        path: `/etc/groundwork/secrets/${path}`,
        owner: 'root:root',
        permissions: mode,
        content,
      })),
    );
    return `#cloud-config\n${stringify(config)}`;
  }
}

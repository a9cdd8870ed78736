import { Yaml } from 'cdk8s';
import type { Machine } from '../cluster';
import type { MachineFile } from './machine-file';

/**
 * Writes user-data. Most files are the same on all machines, so the text of each is made once and
 * put together per machine: a thousand machines cost little more than one.
 */
export class CloudConfigWriter {
  private readonly entries = new Map<string, string>();

  public constructor(private readonly sshAuthorizedKeys: readonly string[]) {}

  /** The user-data of one machine. */
  public userData(machine: Machine, files: readonly MachineFile[]): string {
    const head = Yaml.stringify({
      hostname: machine.name,
      preserve_hostname: false,
      // Ours is written below; cloud-init's own maps the host name to 127.0.1.1.
      manage_etc_hosts: false,
      ...(this.sshAuthorizedKeys.length === 0
        ? {}
        : { ssh_authorized_keys: this.sshAuthorizedKeys }),
    });
    // runcmd goes on after an error, so it holds no logic: everything is in the unit's entry script.
    const tail = Yaml.stringify({
      runcmd: [['systemctl', 'enable', '--now', '--no-block', 'groundwork-bootstrap.service']],
    });
    return [
      '#cloud-config\n',
      head,
      'write_files:\n',
      ...files.map((file) => this.entry(file)),
      tail,
    ].join('');
  }

  private entry(file: MachineFile): string {
    const key = `${file.path}\n${file.permissions}\n${file.content}`;
    const known = this.entries.get(key);
    if (known !== undefined) {
      return known;
    }
    const text = Yaml.stringify([
      {
        path: file.path,
        owner: 'root:root',
        permissions: file.permissions,
        content: file.content,
      },
    ]);
    this.entries.set(key, text);
    return text;
  }
}

/** The meta-data of one machine. The same instance-id for ever: cloud-init runs once per id. */
export function metaData(clusterName: string, machine: Machine): string {
  return Yaml.stringify({
    'instance-id': `${clusterName}-${machine.name}`,
    'local-hostname': machine.name,
  });
}

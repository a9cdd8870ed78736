import { gunzipSync } from 'node:zlib';
import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml, parseAllDocuments } from 'yaml';
import { parseIni, parseSysctl, type Ini } from './ini';
import { thereAre } from './names';
import { parseNft, type NftTable } from './nft';

const FOLDER = 'nodes/';
const UNPACKED = 'files';

/**
 * What every machine boots with, to be found by machine and path.
 *
 * @example
 * // fragment
 * import { NodeFiles } from 'cdk8s-groundwork/testing';
 * const app1 = new GroundworkApp();
 * const files = new NodeFiles(app1.files());
 * const limits = files.of('cp-1').find('/etc/sysctl.d/zz-groundwork.conf').sysctl();
 */
export class NodeFiles {
  private readonly byMachine = new Map<string, Map<string, string>>();

  /**
   * @param tree path → content: of `GroundworkApp.files`, `nodeFiles`, or `readTree` of the output
   * folder
   */
  public constructor(tree: Readonly<Record<string, string>>) {
    for (const [path, content] of Object.entries(tree)) {
      const [, machine, inside] = /^nodes\/([^/]+)\/(.+)$/.exec(path) ?? [];
      if (machine !== undefined) {
        const files = this.byMachine.get(machine) ?? new Map<string, string>();
        this.byMachine.set(machine, files.set(inside!, content));
      }
    }
  }

  /** The names of all machines, in order. */
  public get machines(): string[] {
    return [...this.byMachine.keys()].sort();
  }

  /**
   * The files of one machine. Throws when there is no such machine, and names the nearest.
   *
   * @param machine its name in the spec
   */
  public of(machine: string): MachineFiles {
    const files = this.byMachine.get(machine);
    if (files === undefined) {
      throw new Error(`no machine is ${machine}; ${thereAre(machine, this.machines)}`);
    }
    return new MachineFiles(machine, files);
  }
}

/** What one machine boots with. */
export class MachineFiles {
  /**
   * @param machine its name
   * @param files path below the machine's folder → content
   */
  public constructor(
    public readonly machine: string,
    private readonly files: ReadonlyMap<string, string>,
  ) {}

  /**
   * Where files lie: `/etc/hosts` is on the machine, `user-data` is what cloud-init is given.
   */
  public get paths(): string[] {
    return [...this.files.keys()]
      .map((path) => (path.startsWith(`${UNPACKED}/`) ? path.slice(UNPACKED.length) : path))
      .sort();
  }

  /**
   * Whether there is such a file.
   *
   * @param path as in `paths`
   */
  public has(path: string): boolean {
    return this.files.has(inFolder(path));
  }

  /**
   * One file. Throws when it is not there, and names the nearest.
   *
   * @param path as in `paths`: absolute for a file on the machine, else `user-data`, `meta-data` or
   * `network-config`
   */
  public find(path: string): NodeFile {
    const content = this.files.get(inFolder(path));
    if (content === undefined) {
      throw new Error(`${this.machine} has no file ${path}; ${thereAre(path, this.paths)}`);
    }
    return new NodeFile(`${FOLDER}${this.machine}/${inFolder(path)}`, content);
  }
}

function inFolder(path: string): string {
  return path.startsWith('/') ? `${UNPACKED}${path}` : path;
}

// User-data that is too long for its platform is a MIME text with one part, gzip in base64.
const COMPRESSED =
  /^MIME-Version: 1\.0\n[^]*?\nContent-Type: application\/gzip\n(?:[^\n]+\n)*\n([A-Za-z0-9+/=\s]+)\n--/;

/** What cloud-init makes of a text before it reads it. */
function unpacked(text: string): string {
  const packed = COMPRESSED.exec(text)?.[1];
  return packed === undefined ? text : gunzipSync(Buffer.from(packed, 'base64')).toString('utf8');
}

/**
 * One file of a machine: as text, or parsed as what it is. A text that cannot be parsed is an error
 * with the file's path.
 */
export class NodeFile {
  /**
   * @param path below the output folder
   * @param text the content
   */
  public constructor(
    public readonly path: string,
    public readonly text: string,
  ) {}

  /** The lines that say something: neither empty nor a comment after `#`. */
  public lines(): string[] {
    return unpacked(this.text)
      .split('\n')
      .filter((line) => /^\s*[^#\s]/.test(line));
  }

  /** The only document of a YAML file, user-data among them, compressed or not. */
  public yaml<T = any>(): T {
    return this.parsed('YAML', parseYaml);
  }

  /** All documents of a YAML file, such as a configuration of kubeadm. */
  public yamlDocuments<T = any>(): T[] {
    return this.parsed('YAML', (text) =>
      parseAllDocuments(text).map((document) => {
        if (document.errors.length > 0) {
          throw document.errors[0]!;
        }
        return document.toJS();
      }),
    );
  }

  /** A JSON file. */
  public json<T = any>(): T {
    return this.parsed('JSON', (text) => JSON.parse(text));
  }

  /** A TOML file, such as the configuration of containerd. */
  public toml<T = any>(): T {
    return this.parsed('TOML', (text) => parseToml(text) as T);
  }

  /**
   * An INI file as systemd reads it: section → key → values. A key that is given several times has
   * several values, an empty one among them where the file resets the list.
   */
  public ini(): Ini {
    return this.parsed('INI', parseIni);
  }

  /** A file of sysctl.d: key → value, without the `-` of those that may fail. */
  public sysctl(): Record<string, string> {
    return this.parsed('sysctl', parseSysctl);
  }

  /** A ruleset of nft: `family table` → its sets and chains. */
  public nft(): Record<string, NftTable> {
    return this.parsed('nft', parseNft);
  }

  private parsed<T>(format: string, parse: (text: string) => T): T {
    try {
      return parse(unpacked(this.text));
    } catch (error) {
      throw new Error(`${this.path} is not ${format}: ${(error as Error).message}`);
    }
  }
}

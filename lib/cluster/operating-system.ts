import { operatingSystemFacts, type OperatingSystemFacts } from '../catalog';

/** The distribution on the machines. One for all of them: a mixed fleet is two specs. */
export class OperatingSystem {
  /** Debian 12 (bookworm). */
  public static readonly DEBIAN_12 = new OperatingSystem('debian12');
  /** Debian 13 (trixie). */
  public static readonly DEBIAN_13 = new OperatingSystem('debian13');
  /** Ubuntu 22.04 LTS. */
  public static readonly UBUNTU_22_04 = new OperatingSystem('ubuntu2204');
  /** Ubuntu 24.04 LTS. */
  public static readonly UBUNTU_24_04 = new OperatingSystem('ubuntu2404');

  /** The distribution's name for people, for example `Debian 12`. */
  public readonly label: string;
  /** The kernel its stock cloud image boots, for example `6.1`. */
  public readonly kernel: string;
  /** The version of `nft` on the host, for example `1.0.6`. */
  public readonly nft: string;
  /**
   * The catalogue row.
   *
   * @internal
   */
  public readonly _facts: OperatingSystemFacts;

  private constructor(id: string) {
    this._facts = operatingSystemFacts(id);
    this.label = this._facts.label;
    this.kernel = this._facts.kernel.value;
    this.nft = this._facts.nft.value;
  }
}

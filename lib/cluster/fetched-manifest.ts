/**
 * Objects of somebody else that a phase needs and that the package does not carry: apply.sh fetches
 * the file, compares its checksum and applies it as it is, before the objects of the phase.
 */
export interface FetchedManifest {
  /** For people: "Gateway API 1.5.1". */
  readonly label: string;
  /** Name under which a copy on disk is looked for. */
  readonly file: string;
  /** Where it is published. */
  readonly url: string;
  /** Of the file, 64 hexadecimal digits. */
  readonly sha256: string;
  /** Names of the definitions in it that must be Established before the phase. */
  readonly definitions: readonly string[];
}

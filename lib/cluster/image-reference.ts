/** The parts of a full image reference that rooms look at. */
export interface ImageReference {
  /** The tag, if there is one. */
  readonly tag?: string;
  /** `sha256:` and the digest, if there is one. */
  readonly digest?: string;
}

const HOST = '[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\\d{1,5})?';
const PATH = '(/[a-z0-9]+([._-]+[a-z0-9]+)*)+';
const REFERENCE = new RegExp(
  `^${HOST}${PATH}(:(?<tag>\\w[\\w.-]{0,127}))?(@(?<digest>sha256:[0-9a-f]{64}))?$`,
);

/**
 * A reference with its registry and a tag or a digest; undefined for anything else. Without a tag it
 * would mean latest, another image on each machine; without a registry each runtime chooses its own.
 */
export function parseImage(text: string): ImageReference | undefined {
  const { tag, digest } = REFERENCE.exec(text)?.groups ?? {};
  return tag === undefined && digest === undefined ? undefined : { tag, digest };
}

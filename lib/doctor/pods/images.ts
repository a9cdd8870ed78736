import { images } from '../../catalog';
import { parseImage, type Cluster, type Problem } from '../../cluster';

/** The image of the collectors, from the mirror if there is one. */
export function toolsImage(cluster: Cluster, given: string | undefined): string {
  return given ?? cluster._image(images.netshoot);
}

/** The image of fio, which the other one does not have. */
export function fioImage(cluster: Cluster, given: string | undefined): string {
  return given ?? cluster._image(images.fio);
}

/** The shell for people: netshoot has bash, any other image what it must have. */
export function shellOf(image: string): string {
  return /\/netshoot(?:[:@]|$)/.test(image) ? 'bash' : 'sh';
}

export function imageProblems(given: Readonly<Record<string, string | undefined>>): Problem[] {
  return Object.entries(given).flatMap(([prop, image]) =>
    image === undefined || parseImage(image) !== undefined
      ? []
      : [
          {
            prop,
            allowed: 'a full reference with a tag or digest',
            got: image,
            remedy: 'write registry/repository:tag, with @sha256 behind it if you pin the digest',
          },
        ],
  );
}

import { atLeast, traefikProxy } from '../../catalog';
import { parseImage, type Problem } from '../../cluster';
import { controllerRelease } from '../release';

/** What is wrong with the image. */
export function imageProblems(image: string | undefined): Problem[] {
  if (image === undefined) {
    return [];
  }
  if (parseImage(image) === undefined) {
    return [
      {
        prop: 'image',
        allowed: 'a full reference with a tag or a digest',
        got: image,
        remedy: `write for example docker.io/library/traefik:v${traefikProxy.version.value}`,
      },
    ];
  }
  const release = controllerRelease(image);
  const floor = traefikProxy.configurationFloor.value;
  return release === undefined || atLeast(release, floor)
    ? []
    : [
        {
          prop: 'image',
          allowed: `Traefik ${floor} or newer`,
          got: image,
          remedy:
            'an older one does not know aliasHeadersStrategy and does not start, and its advisories are many',
        },
      ];
}

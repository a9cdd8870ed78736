import { atLeast, traefikProxy } from '../../catalog';
import { parseImage, type Problem } from '../../cluster';

/** The release an image reference names, when it is Traefik's own repository or a mirror of it. */
export function traefikRelease(image: string): string | undefined {
  const match = /\/traefik:v?(\d+\.\d+\.\d+)(?:-[a-z0-9.-]+)?(?:@.*)?$/.exec(image);
  return match?.[1];
}

/** What was published against Traefik and is open in one release. */
export function openAdvisories(
  release: string,
  compatible: boolean,
): { readonly fixedIn: string; readonly ids: readonly string[] } | undefined {
  const open = traefikProxy.advisories.value.filter(({ fixedIn }) => !atLeast(release, fixedIn));
  if (open.length === 0) {
    return undefined;
  }
  const ids = open.flatMap((advisory) => [
    ...advisory.ids,
    ...(compatible ? (advisory.compatible ?? []) : []),
  ]);
  // Oldest first, as the catalogue has them.
  return { fixedIn: open[open.length - 1]!.fixedIn, ids };
}

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
  const release = traefikRelease(image);
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

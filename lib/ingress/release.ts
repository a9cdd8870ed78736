import {
  atLeast,
  compareVersions,
  edgeControllerList,
  minorOf,
  nginxAdvisories,
  type ControllerAdvisory,
  type EdgeController,
} from '../catalog';

/** One release of one controller. */
export interface EdgeRelease {
  readonly controller: EdgeController;
  readonly release: string;
}

const REFERENCE = /^(?<path>.*?):v?(?<release>\d+\.\d+\.\d+)(?:-(?<variant>[a-z0-9.-]+))?(?:@.*)?$/;

/** The release an image reference names, when it is of a maker that is known or of a mirror of it. */
export function edgeRelease(image: string): EdgeRelease | undefined {
  const { path = '', release = '', variant } = REFERENCE.exec(image)?.groups ?? {};
  const controller = edgeControllerList.find(({ repositories }) =>
    repositories.some((end) => path === end || path.endsWith(`/${end}`)),
  );
  const own = variant === undefined || controller?.variants.includes(variant) === true;
  return controller === undefined || !own ? undefined : { controller, release };
}

/** The release alone, for people. */
export function controllerRelease(image: string): string | undefined {
  return edgeRelease(image)?.release;
}

/** The nginx inside an image, when the catalogue knows the release. */
export function bundledNginx(image: string): string | undefined {
  const found = edgeRelease(image);
  return found?.controller.nginxByRelease?.value[found.release];
}

/** Why a release is refused by name. */
export function brokenRelease(image: string): string | undefined {
  const found = edgeRelease(image);
  const broken = found?.controller.broken.value[found.release];
  return broken === undefined ? undefined : `${broken.why}; fixed in ${broken.fixedIn}`;
}

/** What was published against nginx and is open in one version. */
export interface OpenAdvisories {
  /** The first version of the same line with every fix; undefined when nothing is open. */
  readonly fixedIn?: string;
  readonly ids: readonly string[];
  /** What avoids some of them until there is an image with the fix. */
  readonly meanwhile: readonly string[];
}

/** What was published against nginx and is open in this version; odd minors are mainline. */
export function openAdvisories(nginx: string): OpenAdvisories {
  const stable = Number(nginx.split('.')[1]) % 2 === 0;
  const open = nginxAdvisories.value
    .filter((advisory) => !hasFix(nginx, [advisory.stable ?? advisory.mainline, advisory.mainline]))
    .map((advisory) => ({
      ...advisory,
      ids: advisory.ids.filter((id) => atLeast(nginx, advisory.since?.[id] ?? '0.1')),
    }))
    .filter(({ ids }) => ids.length > 0);
  // Oldest first, as the catalogue has them.
  const last = open.at(-1);
  return {
    fixedIn: stable ? (last?.stable ?? last?.mainline) : last?.mainline,
    ids: open.flatMap(({ ids }) => ids),
    meanwhile: open.flatMap(({ meanwhile }) => meanwhile ?? []),
  };
}

/** What was published against the controller itself and is open in this release. */
export function openControllerAdvisories(
  controller: EdgeController,
  release: string,
): ControllerAdvisory[] {
  return controller.advisories.value.filter(
    ({ since = '0.0', fixedIn }) => atLeast(release, since) && !hasFix(release, fixedIn),
  );
}

/** The first release that closes what is open and works; undefined when nothing is open. */
export function repairedRelease({ controller, release }: EdgeRelease): string | undefined {
  const fixes = openControllerAdvisories(controller, release).map(
    ({ fixedIn }) =>
      fixedIn.find((fix) => minorOf(fix) === minorOf(release)) ?? fixedIn[fixedIn.length - 1],
  );
  const newest = fixes.sort(compareVersions).at(-1);
  return newest === undefined ? undefined : (controller.broken.value[newest]?.fixedIn ?? newest);
}

/** The newest release that works and in which nothing is known to be open; undefined when there is none. */
export function cleanRelease(controller: EdgeController): string | undefined {
  return Object.entries(controller.nginxByRelease?.value ?? {})
    .filter(
      ([release, nginx]) =>
        controller.broken.value[release] === undefined &&
        openControllerAdvisories(controller, release).length === 0 &&
        openAdvisories(nginx).ids.length === 0,
    )
    .map(([release]) => release)
    .sort(compareVersions)
    .at(-1);
}

/** A fix reaches every newer minor, and of the older ones those that were repaired. */
function hasFix(version: string, fixes: readonly string[]): boolean {
  return (
    atLeast(version, fixes[fixes.length - 1]) ||
    fixes.some((fix) => minorOf(fix) === minorOf(version) && atLeast(version, fix))
  );
}

import { atLeast, nginxAdvisories, nginxIngressController } from '../catalog';

/** The release an image reference names, when it is NGINX's own repository or a mirror of it. */
export function controllerRelease(image: string): string | undefined {
  const match = /(?:^|\/)nginx-ingress:v?(\d+\.\d+\.\d+)(?:-[a-z0-9.-]+)?(?:@.*)?$/.exec(image);
  return match?.[1];
}

/** The nginx inside an image, when the catalogue knows the release. */
export function bundledNginx(image: string): string | undefined {
  const release = controllerRelease(image);
  const known: Readonly<Record<string, string>> = nginxIngressController.nginxByRelease.value;
  return release === undefined ? undefined : known[release];
}

/** What was published against nginx and is open in one version. */
export interface OpenAdvisories {
  /** The oldest version of the same line with every fix that is known; undefined when none is open that has one. */
  readonly fixedIn?: string;
  /** What that version fixes. */
  readonly fixed: readonly string[];
  /** Advisories that name no version of this line with the fix. */
  readonly unfixed: readonly string[];
}

/** What was published against nginx and is open in this version; odd minors are mainline. */
export function openAdvisories(nginx: string): OpenAdvisories {
  const line = Number(nginx.split('.')[1]) % 2 === 1 ? 'mainline' : 'stable';
  const open = nginxAdvisories.value
    .map(({ ids, ...fixes }) => ({ ids, fix: fixes[line] }))
    .filter(({ fix }) => fix === undefined || !atLeast(nginx, fix));
  const ids = (known: boolean) =>
    open.filter(({ fix }) => (fix !== undefined) === known).flatMap((advisory) => advisory.ids);
  const fixes = open.flatMap(({ fix }) => fix ?? []);
  // Oldest first, as the catalogue has them.
  return { fixedIn: fixes[fixes.length - 1], fixed: ids(true), unfixed: ids(false) };
}

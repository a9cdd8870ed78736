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

/** The oldest nginx of the same line without a published vulnerability; odd minors are mainline. */
export function nginxFloor(nginx: string): string {
  const { stable, mainline } = nginxIngressController.nginxFloor.value;
  return line(nginx) === 'mainline' ? mainline : stable;
}

/** Vulnerabilities that were published for nginx and are not fixed in this version. */
export function openAdvisories(nginx: string): string[] {
  return nginxAdvisories.value
    .filter((advisory) => {
      const fixed = advisory[line(nginx)];
      return fixed === undefined || !atLeast(nginx, fixed);
    })
    .flatMap((advisory) => advisory.ids);
}

function line(nginx: string): 'stable' | 'mainline' {
  return Number(nginx.split('.')[1]) % 2 === 1 ? 'mainline' : 'stable';
}

import { nginxGatewayFabric } from '../../catalog';

/** The release that an image of the data plane names. */
export function dataPlaneRelease(image: string): string | undefined {
  return /(?:^|\/)nginx-gateway-fabric\/nginx:v?(\d+\.\d+\.\d+)(?:-[a-z0-9.-]+)?(?:@.*)?$/.exec(
    image,
  )?.[1];
}

/** The release that an image of the control plane names. */
export function controlPlaneRelease(image: string): string | undefined {
  return /(?:^|\/)nginx-gateway-fabric:v?(\d+\.\d+\.\d+)(?:-[a-z0-9.-]+)?(?:@.*)?$/.exec(
    image,
  )?.[1];
}

/** Why a release is refused, if it is. */
export function brokenBecause(release: string | undefined): string | undefined {
  const broken: Readonly<Record<string, string>> = nginxGatewayFabric.brokenReleases.value;
  return release === undefined ? undefined : broken[release];
}

/**
 * A reference in the two fields of NginxProxy, which the controller joins with a colon: a digest goes
 * through that as well.
 */
export function imageFields(image: string): { repository: string; tag: string } {
  const colon = image.lastIndexOf(':');
  return { repository: image.slice(0, colon), tag: image.slice(colon + 1) };
}

/**
 * A reference in the two fields of NginxProxy, which the controller joins with a colon: a digest goes
 * through that as well.
 */
export function imageFields(image: string): { repository: string; tag: string } {
  const colon = image.lastIndexOf(':');
  return { repository: image.slice(0, colon), tag: image.slice(colon + 1) };
}

import { ingressNginxRetired } from '../../catalog';
import { bundledNginx, edgeRelease, openAdvisories, openControllerAdvisories } from '../release';
import type { RetiredChoices } from './choices';

/** What is known about an image, for people who look at its pods; short enough for an annotation. */
export function standing(
  image: string,
  { nginxVersion, reason }: RetiredChoices,
): Record<string, string> {
  const nginx = nginxVersion ?? bundledNginx(image);
  const found = edgeRelease(image);
  const open = [
    ...(found === undefined
      ? ['of the controller: unknown']
      : openControllerAdvisories(found.controller, found.release).flatMap(({ ids }) => ids)),
    ...(nginx === undefined ? ['of nginx: unknown'] : openAdvisories(nginx).ids),
  ];
  return {
    'cdk8s-groundwork/retired': `archived ${ingressNginxRetired.archived.value}, no fixes since; kept because: ${reason}`,
    'cdk8s-groundwork/nginx': nginx ?? 'unknown',
    'cdk8s-groundwork/open-advisories': open.join(', ') || 'none known',
  };
}

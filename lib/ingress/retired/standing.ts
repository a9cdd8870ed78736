import {
  atLeast,
  ingressNginxAdvisories,
  ingressNginxBundledNginx,
  ingressNginxRetired,
  minorOf,
} from '../../catalog';
import { openAdvisories, type OpenAdvisories } from '../release';
import type { RetiredChoices } from './choices';

/** The release of upstream that an image reference names, when the repository is called as upstream's is. */
export function retiredRelease(image: string): string | undefined {
  const match = /(?:^|\/)ingress-nginx\/controller(?:-chroot)?:v?(\d+\.\d+\.\d+)(?:@.*)?$/.exec(
    image,
  );
  return match?.[1];
}

/** The nginx inside an image: what the user says, else what the catalogue knows of the release. */
export function nginxInside(image: string, choices: RetiredChoices): string | undefined {
  if (choices.nginxVersion !== undefined) {
    return choices.nginxVersion;
  }
  const release = retiredRelease(image);
  const known: Readonly<Record<string, string>> = ingressNginxBundledNginx.value;
  return release === undefined ? undefined : known[minorOf(release)];
}

/** What was published against the controller and is not fixed in a release. */
export function openInController(release: string): string[] {
  return ingressNginxAdvisories.value
    .filter(({ fixedIn }) => !isFixed(release, fixedIn))
    .flatMap(({ ids }) => ids);
}

/** A line that got a fix has it from that release on, newer lines have it from the start, older ones never. */
function isFixed(release: string, fixedIn: readonly string[]): boolean {
  const own = fixedIn.find((fix) => minorOf(fix) === minorOf(release));
  return atLeast(release, own ?? fixedIn[fixedIn.length - 1]);
}

/** What is known about an image, for people who look at the Deployment; short enough for an annotation. */
export function standing(image: string, choices: RetiredChoices): Record<string, string> {
  const nginx = nginxInside(image, choices);
  const release = retiredRelease(image);
  return {
    'cdk8s-groundwork/retired': `archived ${ingressNginxRetired.archived.value}, no fixes since; kept because: ${choices.reason}`,
    'cdk8s-groundwork/nginx': nginx ?? 'unknown',
    'cdk8s-groundwork/open-advisories':
      [
        ...(release === undefined ? [] : openInController(release)),
        ...(nginx === undefined ? ['of nginx: unknown'] : listed(openAdvisories(nginx))),
      ].join(', ') || 'none known',
  };
}

function listed({ fixed, unfixed }: OpenAdvisories): string[] {
  return [...fixed, ...unfixed];
}

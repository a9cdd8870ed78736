import { rule, Severity, type IRule } from '../cluster';
import { onEdge } from './on-edge';
import {
  bundledNginx,
  cleanRelease,
  edgeRelease,
  openAdvisories,
  openControllerAdvisories,
  repairedRelease,
  type EdgeRelease,
} from './release';

const NGINX_ADVISORIES = 'https://nginx.org/en/security_advisories.html';

/** Rules about what the image carries. */
export const releaseRules: IRule[] = [
  rule(
    {
      id: 'GW-INGRESS-001',
      severity: Severity.WARNING,
      title: 'The nginx inside the controller has no open advisory',
      why: 'The edge is what strangers reach first, and it reads every Secret',
      remedy: 'set image to a release with a newer nginx and try it out',
      reference: NGINX_ADVISORIES,
    },
    onEdge(({ image }) => {
      const found = edgeRelease(image);
      const nginx = bundledNginx(image);
      const { fixedIn, ids, meanwhile } = openAdvisories(nginx ?? '99.1');
      if (found === undefined || nginx === undefined || ids.length === 0) {
        return [];
      }
      return [
        {
          message: `${image} carries nginx ${nginx}; fixed in ${fixedIn}: ${ids.join(', ')}`,
          remedy: [newerImage(found, String(fixedIn)), ...meanwhile].join('; '),
        },
      ];
    }),
  ),
  rule(
    {
      id: 'GW-INGRESS-002',
      severity: Severity.NOTE,
      title: 'The catalogue knows which release and which nginx the image carries',
      why: 'An image nobody looked at may carry any nginx, and may not know the arguments it is given',
      remedy:
        'compare its version with the advisories and its flags with those of the default image',
      reference: NGINX_ADVISORIES,
    },
    onEdge(({ image, nginx }) => {
      if (nginx !== undefined) {
        return [];
      }
      const found = edgeRelease(image);
      if (found === undefined) {
        return [{ message: `the release of ${image} is not in the catalogue` }];
      }
      return found.controller.nginxByRelease !== undefined && bundledNginx(image) === undefined
        ? [{ message: `the nginx inside ${image} is not in the catalogue` }]
        : [];
    }),
  ),
  rule(
    {
      id: 'GW-INGRESS-003',
      severity: Severity.WARNING,
      title: 'The controller itself has no published vulnerability',
      why: 'What an Ingress or a route says becomes configuration; a hole there is code in the edge',
      remedy: 'set image to a release without it and try it out',
      reference: 'https://www.cve.org/',
    },
    onEdge(({ image }) => {
      const found = edgeRelease(image);
      const repaired = found === undefined ? undefined : repairedRelease(found);
      if (found === undefined || repaired === undefined) {
        return [];
      }
      const holes = openControllerAdvisories(found.controller, found.release).map(
        ({ ids, what }) => `${ids.join(', ')}: ${what}`,
      );
      return [
        {
          message: `${image} is older than ${repaired}; ${holes.join('; ')}`,
          remedy: `set image to ${repaired} or newer and try it out`,
        },
      ];
    }),
  ),
];

/** The release to take, or that there is none and what was seen instead. */
function newerImage({ controller }: EdgeRelease, nginx: string): string {
  const clean = cleanRelease(controller);
  if (clean !== undefined) {
    return `set image to ${clean} and try it out`;
  }
  const { value, date } = controller.newestSeen;
  return `no release of ${controller.label} is known to carry nginx ${nginx}; ${value} is the newest that was seen, on ${date}: set image to one that does when there is one, or build it`;
}

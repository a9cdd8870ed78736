import { atLeast, nginxIngressController } from '../catalog';
import { rule, Severity, type IRule } from '../cluster';
import { onEdge } from './on-edge';
import { bundledNginx, controllerRelease, openAdvisories } from './release';

const { newestSeenVersion, controllerFloor } = nginxIngressController;

/** Rules about what the image carries. */
export const releaseRules: IRule[] = [
  rule(
    {
      id: 'GW-INGRESS-001',
      severity: Severity.WARNING,
      title: 'The nginx inside the controller has no open advisory',
      why: 'The edge is what strangers reach first, and it reads every Secret',
      remedy: `set image to a release with a newer nginx and try it out; the newest that was seen is ${newestSeenVersion.value}, its arguments were not read`,
      reference: 'https://nginx.org/en/security_advisories.html',
    },
    onEdge(({ image }) => {
      const nginx = bundledNginx(image);
      if (nginx === undefined) {
        return [];
      }
      const { fixedIn, fixed, unfixed } = openAdvisories(nginx);
      if (fixed.length + unfixed.length === 0) {
        return [];
      }
      const known = fixedIn === undefined ? [] : [`fixed in ${fixedIn}: ${fixed.join(', ')}`];
      const unknown =
        unfixed.length === 0
          ? []
          : [`no fixed release of this line is known here for advisory ${unfixed.join(', ')}`];
      return [{ message: `${image} carries nginx ${[nginx, ...known, ...unknown].join('; ')}` }];
    }),
  ),
  rule(
    {
      id: 'GW-INGRESS-002',
      severity: Severity.NOTE,
      title: 'The catalogue knows which nginx the controller carries',
      why: 'An image nobody looked at may carry any nginx, and may not know the arguments it is given',
      remedy: 'compare its nginx with the advisories and its flags with those of 5.5.4',
      reference: 'https://nginx.org/en/security_advisories.html',
    },
    onEdge(({ image }) =>
      bundledNginx(image) === undefined
        ? [{ message: `the nginx inside ${image} is not in the catalogue` }]
        : [],
    ),
  ),
  rule(
    {
      id: 'GW-INGRESS-003',
      severity: Severity.WARNING,
      title: 'The controller itself has no published vulnerability',
      why: 'What an Ingress says becomes nginx configuration; a hole there is code in the edge',
      remedy: `set image to ${controllerFloor.value} or newer, or leave it out`,
      reference: controllerFloor.source,
    },
    onEdge(({ image }) => {
      const release = controllerRelease(image);
      return release === undefined || atLeast(release, controllerFloor.value)
        ? []
        : [
            {
              message: `${image} is older than ${controllerFloor.value}: ${controllerFloor.source}`,
            },
          ];
    }),
  ),
];

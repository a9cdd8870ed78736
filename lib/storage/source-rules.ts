import { allowedWords, residencyRule } from './residency-rule';
import { fetchedSources, Severity, type FetchedSource, type IRule } from '../cluster';

const IMAGES = 'https://kubernetes.io/docs/concepts/containers/images/';

/** Images and archives from outside, or from nobody knows where. */
export const sourceRules: IRule[] = [
  residencyRule(
    {
      id: 'GW-STORAGE-005',
      severity: Severity.WARNING,
      title: 'Images and archives come from an allowed country',
      why: 'Whoever serves an image learns which machines run what and when they start, and without it no pod starts anew',
      remedy:
        'mirror it inside (imageRegistry, downloadBaseUrl), and name the mirror in sources of the residency',
      reference: IMAGES,
    },
    (cluster, policy) =>
      byHost(fetchedSources(cluster), (source) => {
        const country = policy._sourceCountry(source.place);
        return country === undefined || policy.allows(country) ? undefined : country;
      }).map(({ host, country, what }) => ({
        message: `${host} is in ${country}, allowed are ${allowedWords(policy)}: ${what}`,
      })),
  ),
  residencyRule(
    {
      id: 'GW-STORAGE-006',
      severity: Severity.WARNING,
      title: 'The country of every source of images and archives is known',
      why: 'A source that nobody has looked up is neither inside nor outside, and the report cannot claim anything of it',
      remedy:
        "look it up and write it into the residency, for example sources: { 'mirror.example.no': 'NO' }; networks of caches that answer from everywhere have no country: mirror those",
      reference: IMAGES,
    },
    (cluster, policy) =>
      byHost(fetchedSources(cluster), ({ place }) =>
        policy._sourceCountry(place) === undefined ? 'unknown' : undefined,
      ).map(({ host, what }) => ({ message: `nobody says in which country ${host} is: ${what}` })),
  ),
  residencyRule(
    {
      id: 'GW-STORAGE-010',
      severity: Severity.ERROR,
      title: 'The policy on images lets the pods of this spec in',
      why: 'The API server would refuse them at their next start, and with them the network of all others',
      remedy:
        'mirror the images (imageRegistry), or name the namespaces in imageExemptNamespaces of ResidentStorage',
      reference:
        'https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/',
    },
    (cluster, policy, { imageSources, exemptNamespaces, refuses }) => {
      if (imageSources === undefined || !refuses) {
        return [];
      }
      const refused = fetchedSources(cluster).filter(
        ({ isImage, namespace, reference }) =>
          isImage &&
          !exemptNamespaces.includes(namespace ?? '') &&
          !policy._allowedSources.some((source) => reference.startsWith(`${source}/`)),
      );
      const namespaces = [...new Set(refused.map(({ namespace }) => namespace!))].sort();
      return namespaces.map((namespace) => {
        const images = refused.filter((one) => one.namespace === namespace);
        return {
          message: `pods in ${namespace} would be refused: ${[...new Set(images.map(({ reference }) => reference))].join(', ')}`,
        };
      });
    },
  ),
];

/** One line for each host of which something is to be said. */
function byHost(
  sources: readonly FetchedSource[],
  remark: (source: FetchedSource) => string | undefined,
): Array<{ host: string; country: string; what: string }> {
  const hosts = new Map<string, { country: string; names: Set<string> }>();
  for (const source of sources) {
    const country = remark(source);
    if (country !== undefined) {
      const known = hosts.get(source.host) ?? { country, names: new Set<string>() };
      known.names.add(lastOf(source.reference));
      hosts.set(source.host, known);
    }
  }
  return [...hosts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([host, { country, names }]) => ({ host, country, what: someOf([...names].sort()) }));
}

/** `nginx-ingress:5.5.4`, or the name of an archive. */
function lastOf(reference: string): string {
  return reference.replace(/@sha256:.*$/, '').replace(/^.*\/(?=[^/])/, '');
}

function someOf(names: readonly string[], most = 4): string {
  return names.length <= most + 1
    ? names.join(', ')
    : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}

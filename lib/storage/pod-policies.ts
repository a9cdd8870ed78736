import { list, text } from './cel';
import { type StorageChoices } from './choices';
import { ZONE_LABEL } from './names';
import { PREFIX, resource, type AdmissionPolicy } from './policy';
import { COUNTRY_LABEL } from '../cluster';

/** Kinds of volumes that stay on the machine, hold objects of the cluster, or are claims. */
export const POD_VOLUMES = [
  ...['configMap', 'downwardAPI', 'emptyDir', 'ephemeral', 'hostPath', 'image'],
  ...['persistentVolumeClaim', 'projected', 'secret'],
];

export function podVolumePolicy({ podDrivers }: StorageChoices): AdmissionPolicy {
  const kinds = POD_VOLUMES.map((kind) => `has(v.${kind})`).join(' || ');
  return {
    name: `${PREFIX}-pods`,
    refuses: 'a pod that mounts a volume past PersistentVolumes, such as an NFS export',
    rules: [{ ...resource('', ['pods']), operations: ['CREATE'] }],
    variables: { drivers: list(podDrivers) },
    validations: [
      {
        expression: `!has(object.spec.volumes) || object.spec.volumes.all(v, ${kinds} || (has(v.csi) && v.csi.driver in variables.drivers))`,
        message: `volumes of a pod must be claims, or of the machine and the cluster: ${POD_VOLUMES.join(', ')}${
          podDrivers.length === 0 ? '' : `, or of ${podDrivers.join(', ')}`
        }`,
      },
    ],
  };
}

export function imagePolicy({ residency, exemptNamespaces }: StorageChoices): AdmissionPolicy {
  const sources = residency._allowedSources;
  return {
    name: `${PREFIX}-images`,
    refuses: `a pod with an image from elsewhere than ${sources.join(', ')}`,
    rules: [
      {
        ...resource('', ['pods', 'pods/ephemeralcontainers']),
        operations: ['CREATE', 'UPDATE'],
      },
    ],
    exemptNamespaces,
    variables: {
      sources: list(sources),
      images: imagesOf('object'),
      // A pod that is there already may change in everything else.
      known: `oldObject == null ? [] : ${imagesOf('oldObject')}`,
      foreign:
        'variables.images.filter(i, !(i in variables.known) && !variables.sources.exists(s, i.startsWith(s + "/")))',
    },
    validations: [
      {
        expression: 'size(variables.foreign) == 0',
        message: `images must come from ${sources.join(', ')}`,
        messageExpression: `"images must come from ${sources.join(', ')}, got " + variables.foreign.join(", ")`,
      },
    ],
  };
}

/** Images of all containers of a pod, and of volumes that are images. */
function imagesOf(pod: string): string {
  const spec = `${pod}.spec`;
  const containers = ['containers', 'initContainers', 'ephemeralContainers'].map(
    (field) =>
      `(has(${spec}.${field}) ? ${spec}.${field}.map(c, has(c.image) ? c.image : "") : [])`,
  );
  const volumes = `(has(${spec}.volumes) ? ${spec}.volumes.filter(v, has(v.image) && has(v.image.reference)).map(v, v.image.reference) : [])`;
  return [...containers, volumes].join(' + ');
}

/**
 * A zone that the spec does not know is let in when its country is allowed: its machines register before
 * the policy that knows it is applied.
 */
export function nodePolicy({ residency, zones }: StorageChoices): AdmissionPolicy {
  const label = (node: string, key: string) =>
    `has(${node}.metadata.labels) && ${text(key)} in ${node}.metadata.labels ? ${node}.metadata.labels[${text(key)}] : ""`;
  const spec = zones.map(({ country, name }) => `${text(name)}: ${text(country)}`);
  return {
    name: `${PREFIX}-nodes`,
    refuses: 'a machine that names no allowed country, or another one than that of its zone',
    rules: [{ ...resource('', ['nodes']), operations: ['CREATE', 'UPDATE'] }],
    variables: {
      countries: list(residency.countries),
      zones: `{${spec.join(', ')}}`,
      country: label('object', COUNTRY_LABEL),
      zone: label('object', ZONE_LABEL),
      countryBefore: `oldObject == null ? "" : (${label('oldObject', COUNTRY_LABEL)})`,
      zoneBefore: `oldObject == null ? "" : (${label('oldObject', ZONE_LABEL)})`,
    },
    validations: [
      {
        expression: [
          '(variables.country in variables.countries && variables.zone != "" && (!(variables.zone in variables.zones) || variables.zones[variables.zone] == variables.country))',
          // One that is there already may change in everything else.
          '(oldObject != null && variables.country == variables.countryBefore && variables.zone == variables.zoneBefore)',
        ].join(' || '),
        message: `label ${ZONE_LABEL} must name a zone and ${COUNTRY_LABEL} its country, allowed are ${residency.label}; in the spec ${zones
          .map(({ country, name }) => `${name} is in ${country}`)
          .join(', ')}`,
        // A kubelet creates its Node at every start, before it knows whether there is one. Only after this
        // word it looks for the one that is there; after another it tries to create it for ever.
        reason: 'Forbidden',
      },
    ],
  };
}

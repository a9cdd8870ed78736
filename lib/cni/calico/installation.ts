import type { CalicoChoices } from './choices';
import { calico } from '../../catalog';
import type { Cluster, Manifest, TuningRow } from '../../cluster';

type Rows = Readonly<Record<string, TuningRow<unknown>>>;

/** The one Installation: pools, tunnels, the dataplane, and where images come from. */
export function installation(
  { imageRegistry, imagePullSecrets }: Cluster,
  rows: Rows,
  pools: ReadonlyArray<{ readonly cidr: string; readonly rows: Rows }>,
): Manifest {
  const spec = nested(rows) as { calicoNetwork: object };
  return singleton('Installation', {
    // With a slash at the end, as the operator wants it: it appends calico/<image> to it, which is
    // the path every image has on the mirror.
    ...(imageRegistry === undefined ? {} : { registry: `${imageRegistry}/` }),
    ...(imagePullSecrets.length === 0
      ? {}
      : { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) }),
    ...spec,
    calicoNetwork: {
      ...spec.calicoNetwork,
      ipPools: pools.map((pool) => ({ cidr: pool.cidr, ...values(pool.rows) })),
    },
  });
}

/** Calico's API server: without it the pool cannot be changed and policies are not validated. */
export function apiServer(): Manifest {
  return singleton('APIServer', {});
}

/**
 * Felix's settings, in the group that is stored: it exists as soon as the definitions do, so Felix
 * reads them at its first start. The served group comes up only after Felix has run for minutes.
 */
export function felixConfiguration(rows: Rows): Manifest {
  return stored('FelixConfiguration', 'default', values(rows));
}

/** Digests of images; the operator looks for the set that is named after its own release of Calico. */
export function imageSet({ label, options: { imageDigests } }: CalicoChoices): Manifest[] {
  return imageDigests === undefined
    ? []
    : [
        {
          apiVersion: 'operator.tigera.io/v1',
          kind: 'ImageSet',
          metadata: { name: label.toLowerCase().replace(' ', '-') },
          spec: {
            images: Object.entries(imageDigests)
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([image, digest]) => ({ image, digest })),
          },
        } as Manifest,
      ];
}

/** A resource of Calico in the group that is stored. */
export function stored(kind: string, name: string, spec: object): Manifest {
  return { apiVersion: calico.apiGroup.value, kind, metadata: { name }, spec } as Manifest;
}

/** A resource of Calico in the group that its API server serves, which validates it. */
export function served(kind: string, name: string, spec: object): Manifest {
  return { apiVersion: 'projectcalico.org/v3', kind, metadata: { name }, spec } as Manifest;
}

/** The values of rows by field. */
export function values(rows: Rows): Record<string, unknown> {
  return Object.fromEntries(Object.entries(rows).map(([field, { value }]) => [field, value]));
}

/** Rows whose names are paths, as one object. */
function nested(rows: Rows): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [path, { value }] of Object.entries(rows)) {
    const steps = path.split('.');
    const last = steps.pop()!;
    let at = root;
    for (const step of steps) {
      at[step] ??= {};
      at = at[step] as Record<string, unknown>;
    }
    at[last] = value;
  }
  return root;
}

/** A cluster-wide resource of the one name that its controller looks for. */
function singleton(kind: string, spec: object): Manifest {
  return {
    apiVersion: 'operator.tigera.io/v1',
    kind,
    metadata: { name: 'default' },
    spec,
  } as Manifest;
}

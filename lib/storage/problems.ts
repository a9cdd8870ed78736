import { labelOf, mountPointOf } from './choices';
import { HOST_LABEL, LOCAL_CLASS, ZONE_LABEL } from './names';
import type { ResidentClassOptions, ResidentStorageProps } from './options';
import {
  countryProblems,
  DataDiskKind,
  isDnsLabel,
  isDnsName,
  isLabelKey,
  isLabelValue,
  type Cluster,
  type Machine,
  type Problem,
  type Residency,
} from '../cluster';

/** Everything that is wrong with the props, each on its own. */
export function storageProblems(props: ResidentStorageProps): Problem[] {
  const { cluster } = props;
  if (cluster.residency === undefined) {
    return [
      {
        prop: 'cluster.residency',
        allowed: 'given',
        got: undefined,
        remedy: "say where data may be: residency: Residency.of(['NO']), or Residency.eea()",
      },
    ];
  }
  const { residency } = cluster;
  return [
    ...(props.classes ?? []).flatMap((one) => classProblems(one, cluster, residency)),
    ...wordProblems(props.classes ?? []),
    ...nameProblems(props),
    ...listProblems(props),
    ...diskProblems(cluster),
    ...cluster.machines.flatMap(placeProblems),
  ];
}

function classProblems(
  options: ResidentClassOptions,
  cluster: Cluster,
  residency: Residency,
): Problem[] {
  const { name, provisioner, topologyKey, zones, country } = options;
  const of = (prop: string) => `${prop} of class ${name}`;
  const problems: Problem[] = [];
  if (!isDnsName(name)) {
    problems.push({
      prop: 'classes',
      allowed: 'named by RFC 1123 subdomains',
      got: name,
      remedy: 'use lower-case letters, digits, hyphens and dots',
    });
  }
  if (!isDnsName(provisioner) || isInTree(provisioner)) {
    problems.push({
      prop: of('provisioner'),
      allowed: 'the name of a CSI driver',
      got: provisioner,
      remedy: isInTree(provisioner)
        ? 'in-tree provisioners are gone; local volumes come from dataDisks of machines'
        : 'copy it from `kubectl get csidriver`',
    });
  }
  if (country !== undefined) {
    problems.push(...countryProblems(of('country'), country));
    if (!residency.allows(country)) {
      problems.push({
        prop: of('country'),
        allowed: `one of ${residency.countries.join(', ')}`,
        got: country,
        remedy: 'its volumes would leave; choose another store, or allow the country',
      });
    }
    for (const [prop, got] of Object.entries({ topologyKey, zones })) {
      if (got !== undefined) {
        problems.push({
          prop: of(prop),
          allowed: 'left out with country',
          got: typeof got === 'string' ? got : Object.keys(got),
          remedy: 'a driver with a topology says itself where volumes are; leave country out',
        });
      }
    }
    return problems;
  }
  if (topologyKey !== undefined && !isLabelKey(topologyKey)) {
    problems.push({
      prop: of('topologyKey'),
      allowed: 'the key of a label',
      got: topologyKey,
      remedy: `copy it from \`kubectl get csinode -o yaml\`, for example ${ZONE_LABEL}`,
    });
  }
  if (topologyKey === HOST_LABEL) {
    problems.push({
      prop: of('topologyKey'),
      allowed: 'a label that several machines share',
      got: topologyKey,
      remedy: 'a class is bound to zones; name one that somebody else makes in otherClasses',
    });
  }
  return [
    ...problems,
    ...zoneProblems(of('zones'), zones, cluster, residency),
    ...labelProblems(of('zones'), options, cluster),
  ];
}

/** The scheduler compares with labels of nodes, and a driver that reports another value does not start. */
function labelProblems(
  prop: string,
  { topologyKey = ZONE_LABEL, zones = {} }: ResidentClassOptions,
  cluster: Cluster,
): Problem[] {
  return cluster.zones.flatMap((zone): Problem[] => {
    const got = zones[zone.name];
    const label = labelOf(zone, topologyKey);
    return got === undefined || label === undefined || got === label
      ? []
      : [
          {
            prop,
            allowed: `${label} for ${zone.name}`,
            got,
            remedy: `machines carry ${topologyKey}=${label} and a driver cannot put another value there; give the key of the driver's own, or the zone this name`,
          },
        ];
  });
}

/** What the spec answers for by its word, the API server lets in without a look at places. */
function wordProblems(classes: readonly ResidentClassOptions[]): Problem[] {
  return classes
    .filter(({ country }) => country !== undefined)
    .flatMap(({ name, provisioner }): Problem[] => {
      const other = classes.find(
        (one) => one.provisioner === provisioner && one.country === undefined,
      );
      return other === undefined
        ? []
        : [
            {
              prop: `provisioner of class ${name}`,
              allowed: `without a country, since class ${other.name} says that it has a topology`,
              got: provisioner,
              remedy: 'the API server would let in every volume of it, wherever it is',
            },
          ];
    });
}

function zoneProblems(
  prop: string,
  zones: Readonly<Record<string, string>> | undefined,
  cluster: Cluster,
  residency: Residency,
): Problem[] {
  if (zones === undefined) {
    return [];
  }
  const names = cluster.zones.map(({ name }) => name);
  const given = Object.keys(zones);
  if (given.length === 0) {
    return [
      {
        prop,
        allowed: `some of ${names.join(', ')}`,
        got: undefined,
        remedy: 'leave it out for all zones',
      },
    ];
  }
  return given.flatMap((zone): Problem[] => {
    const country = cluster.zones.find(({ name }) => name === zone)?.country;
    if (country === undefined) {
      return [
        {
          prop,
          allowed: `of ${names.join(', ')}`,
          got: zone,
          remedy: 'the key is a zone of the spec, the value what the driver calls it',
        },
      ];
    }
    if (!residency.allows(country)) {
      return [
        {
          prop,
          allowed: `in ${residency.countries.join(', ')}`,
          got: `${zone} in ${country}`,
          remedy: 'its volumes would leave; take the zone out, or allow the country',
        },
      ];
    }
    return zones[zone] !== '' && isLabelValue(zones[zone]!)
      ? []
      : [
          {
            prop,
            allowed: 'named as label values',
            got: zones[zone],
            remedy: 'copy it from `kubectl get csinode -o yaml`',
          },
        ];
  });
}

function nameProblems(props: ResidentStorageProps): Problem[] {
  const { classes = [], localClassName = LOCAL_CLASS, defaultClass, cluster } = props;
  const others = new Set(props.otherClasses);
  const hasLocal = cluster.machines.some(({ dataDisks }) => dataDisks.length > 0);
  const names = [...(hasLocal ? [localClassName] : []), ...classes.map(({ name }) => name)];
  const problems: Problem[] = [];
  if (!isDnsName(localClassName)) {
    problems.push({
      prop: 'localClassName',
      allowed: 'an RFC 1123 subdomain',
      got: localClassName,
      remedy: 'use lower-case letters, digits, hyphens and dots',
    });
  }
  for (const got of new Set(names.filter((name, index) => names.indexOf(name) !== index))) {
    problems.push({
      prop: 'classes',
      allowed: 'unique by name',
      got,
      remedy: 'rename one of them',
    });
  }
  if (defaultClass !== undefined && !names.includes(defaultClass)) {
    problems.push({
      prop: 'defaultClass',
      allowed:
        names.length === 0
          ? 'left out without classes'
          : `one of ${[...new Set(names)].join(', ')}`,
      got: defaultClass,
      remedy: 'the default of classes that somebody else makes is theirs to say',
    });
  }
  for (const got of new Set(names.filter((name) => others.has(name)))) {
    problems.push({
      prop: 'otherClasses',
      allowed: 'classes that somebody else makes',
      got,
      remedy: 'leave it out: claims may name what is made here',
    });
  }
  return problems;
}

function listProblems(props: ResidentStorageProps): Problem[] {
  const lists = {
    otherClasses: props.otherClasses ?? [],
    podDrivers: props.podDrivers ?? [],
    imageExemptNamespaces: props.imageExemptNamespaces ?? [],
  };
  return Object.entries(lists).flatMap(([prop, values]) =>
    values
      .filter((value) => !(prop === 'imageExemptNamespaces' ? isDnsLabel : isDnsName)(value))
      .map((got) => ({
        prop,
        allowed: prop === 'imageExemptNamespaces' ? 'names of namespaces' : 'RFC 1123 subdomains',
        got,
        remedy: 'use lower-case letters, digits and hyphens',
      })),
  );
}

/** Nothing is written for machines of others. */
function diskProblems(cluster: Cluster): Problem[] {
  return cluster.ownsMachines
    ? []
    : cluster.machines.flatMap(({ name, dataDisks }) =>
        dataDisks
          .filter(({ kind }) => kind !== DataDiskKind.DIRECTORY)
          .map(({ identity }) => ({
            prop: `dataDisks of machine ${name}`,
            allowed: 'directories where the machines are of somebody else',
            got: identity,
            remedy: 'format and mount it there, and give DataDisk.directory below the mount point',
          })),
      );
}

/** Two volumes of one machine do not share a directory. */
function placeProblems({ name, dataDisks }: Machine): Problem[] {
  const places = dataDisks.map((disk) =>
    disk.kind === DataDiskKind.DIRECTORY ? disk.identity : mountPointOf(disk),
  );
  return places.flatMap((inner) =>
    places
      .filter((outer) => inner.startsWith(`${outer}/`))
      .map((outer) => ({
        prop: `dataDisks of machine ${name}`,
        allowed: 'apart from each other',
        got: `${inner} within ${outer}`,
        remedy: 'pods of one volume would have the files of the other',
      })),
  );
}

function isInTree(provisioner: string): boolean {
  return provisioner.startsWith('kubernetes.io/');
}

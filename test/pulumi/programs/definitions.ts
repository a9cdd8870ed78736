// Definitions in the place of those that operators make, or other people publish. Written from what objects
// say, and not with the help of the library.

/** A kind that a program uses. */
export interface Kind {
  readonly group: string;
  readonly kind: string;
  readonly versions: readonly string[];
  readonly isNamespaced: boolean;
}

/** A definition that takes everything. */
export function definitionOf({ group, kind, versions, isNamespaced }: Kind) {
  const plural = pluralOf(kind);
  const schema = {
    openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${group}`,
      // Groups of Kubernetes are refused without a word about it.
      annotations: { 'api-approved.kubernetes.io': 'unapproved, stands in for a test' },
    },
    spec: {
      group,
      scope: isNamespaced ? 'Namespaced' : 'Cluster',
      names: { kind, plural },
      versions: versions.map((name, index) => ({
        ...{ name, served: true, storage: index === 0 },
        schema,
      })),
    },
  };
}

/** Kinds that objects have and no definition among them defines. */
export function undefinedKinds(objects: ReadonlyArray<Record<string, any>>): Kind[] {
  const defined = new Set(
    objects
      .filter(({ kind }) => kind === 'CustomResourceDefinition')
      .map(({ spec }) => `${spec.group}/${spec.names.kind}`),
  );
  const kinds = new Map<string, Kind>();
  for (const { apiVersion, kind, metadata } of objects) {
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    const key = `${group}/${kind}`;
    if (isCustom(group) && !defined.has(key)) {
      const { versions = [], isNamespaced = false } = kinds.get(key) ?? {};
      kinds.set(key, {
        ...{ group, kind },
        versions: [...new Set([...versions, version])],
        isNamespaced: isNamespaced || metadata.namespace !== undefined,
      });
    }
  }
  return [...kinds.values()];
}

/** Whether its objects exist only where somebody defines them. */
function isCustom(group: string): boolean {
  return group.includes('.') && (!group.endsWith('.k8s.io') || group.startsWith('gateway.'));
}

function pluralOf(kind: string): string {
  const word = kind.toLowerCase();
  return /(s|x|ch|sh)$/.test(word)
    ? `${word}es`
    : /[^aeiou]y$/.test(word)
      ? `${word.slice(0, -1)}ies`
      : `${word}s`;
}

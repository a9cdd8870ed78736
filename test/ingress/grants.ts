/** Every right of the rules as `group/resource verb`. */
export function grants(rules: any[]): Set<string> {
  return new Set(
    rules.flatMap((r) =>
      r.apiGroups.flatMap((group: string) =>
        r.resources.flatMap((resource: string) =>
          r.verbs.map((verb: string) => `${group}/${resource} ${verb}`),
        ),
      ),
    ),
  );
}

/** The same, one line for each resource. */
export function byResource(list: string[]): string[] {
  const verbs = new Map<string, string[]>();
  for (const [resource, verb] of list.map((g) => g.split(' '))) {
    verbs.set(resource!, [...(verbs.get(resource!) ?? []), verb!]);
  }
  return [...verbs].map(([resource, v]) => `${resource}: ${v.sort().join(' ')}`).sort();
}

import type { Registration } from './wire';

// Of the edges that a program asked for: an engine is free to do everything else at the same time.

/** All that each resource waits for, near and far: its dependencies, its provider, and their own. */
export function waitsFor(registrations: readonly Registration[]): Map<string, Set<string>> {
  const all = new Map<string, Set<string>>();
  for (const { urn, ...registration } of registrations) {
    const near = directly(registration);
    // Those before it are complete: a program cannot name what was not answered yet.
    all.set(urn, new Set(near.flatMap((one) => [one, ...(all.get(one) ?? [])])));
  }
  return all;
}

/** The URNs that one request names. */
export function directly(
  registration: Pick<Registration, 'dependencies' | 'propertyDependencies' | 'provider'>,
): string[] {
  const provider = registration.provider.split('::').slice(0, 4).join('::');
  return [
    ...registration.dependencies,
    ...Object.values(registration.propertyDependencies).flat(),
    ...(provider === '' ? [] : [provider]),
  ];
}

/** Names of URNs that came later than the request that speaks of them, or never. */
export function unknownUrns(registrations: readonly Registration[]): string[] {
  const known = new Set(['']);
  return registrations.flatMap((registration) => {
    const { parent, deletedWith, name, urn } = registration;
    const unknown = [...directly(registration), parent, deletedWith].filter(
      (one) => !known.has(one),
    );
    known.add(urn);
    return unknown.map((one) => `${name} speaks of ${one}`);
  });
}

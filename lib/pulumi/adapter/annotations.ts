import type { KubeManifest } from './identity';

/** How Pulumi waits for the object; other tools see a note that says nothing to them. */
export const AWAIT_ANNOTATION = 'cdk8s-groundwork/await';
/** How long, in seconds. */
export const AWAIT_TIMEOUT_ANNOTATION = 'cdk8s-groundwork/await-timeout';
/** How Pulumi comes to own the object. */
export const ADOPT_ANNOTATION = 'cdk8s-groundwork/adopt';

const NEUTRAL = [AWAIT_ANNOTATION, AWAIT_TIMEOUT_ANNOTATION, ADOPT_ANNOTATION];

/** An annotation of an object. */
export function annotation(manifest: KubeManifest, name: string): string | undefined {
  return manifest.metadata?.annotations?.[name];
}

/** The object with Pulumi's annotations instead of ours. */
export function withAnnotations(
  manifest: KubeManifest,
  added: Readonly<Record<string, string>>,
): KubeManifest {
  const { annotations, ...metadata } = manifest.metadata ?? {};
  const kept = Object.entries({ ...annotations, ...added })
    .filter(([name]) => !NEUTRAL.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...manifest,
    metadata: kept.length === 0 ? metadata : { ...metadata, annotations: Object.fromEntries(kept) },
  };
}

import type { TunedCalicoOptions } from './calico-options';

/** See TunedCalico.fromManifestEnv. */
export function optionsFromEnv(env: Readonly<Record<string, string>>): TunedCalicoOptions {
  return { manifestEnv: { ...env } };
}

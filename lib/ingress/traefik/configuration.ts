import { createHash } from 'node:crypto';
import { Yaml } from 'cdk8s';
import type { ConfigMap } from 'kubernetes-types/core/v1';
import { CLIENT_ENTRY_POINTS } from './entry-point-tuning';
import { spelledOut, treeOf } from './file-rows';
import { CONFIG_MAP, DYNAMIC_FILE, IDENTITY, PING_PORT, PORTS, STATIC_FILE } from './names';
import type { TraefikSettings } from './settings';
import type { TraefikTuning } from './tuning';

/** Both files of Traefik, name → text. */
export function renderFiles(s: TraefikSettings, tuning: TraefikTuning): Record<string, string> {
  const rows = spelledOut(tuning.staticFile, CLIENT_ENTRY_POINTS);
  const tree = treeOf(STATIC_FILE, rows);
  const points = tree.entryPoints as Record<string, object>;
  const ports = {
    web: PORTS.http,
    websecure: PORTS.https,
    traefik: PING_PORT,
    ...(s.edge.metricsNamespace === undefined ? {} : { metrics: PORTS.metrics }),
  };
  const entryPoints = Object.fromEntries(
    Object.entries(ports).map(([name, port]) => [name, { address: `:${port}`, ...points[name] }]),
  );
  return {
    [DYNAMIC_FILE]: Yaml.stringify(treeOf(DYNAMIC_FILE, tuning.dynamicFile)),
    [STATIC_FILE]: Yaml.stringify({ ...tree, entryPoints }),
  };
}

/** The ConfigMap it is started with. */
export function renderConfigMap(files: Record<string, string>): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: CONFIG_MAP, namespace: IDENTITY.namespace },
    data: files,
  };
}

/** Changes with the files: Traefik reads them once, so new ones are new pods. */
export function filesAnnotation(files: Record<string, string>): Record<string, string> {
  const hash = createHash('sha256').update(JSON.stringify(files)).digest('hex');
  // Enough to tell two texts apart, and too short to look like a key.
  return { 'cdk8s-groundwork/config-hash': hash.slice(0, 12) };
}

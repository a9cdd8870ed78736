import { parseAllDocuments } from 'yaml';
import { known, type JudgedObject } from './kubernetes-object';
import { KubeProxyMode, type Problem } from '../../cluster';

const MODES: readonly unknown[] = Object.values(KubeProxyMode).filter(
  (mode) => mode !== KubeProxyMode.NONE,
);

/** Whatever ConfigMap it is in, kube-proxy's own configuration must say the mode. */
export function proxyModeProblems({ group, kind, fields }: JudgedObject): Problem[] {
  if (group !== '' || kind !== 'ConfigMap') {
    return [];
  }
  return Object.keys(fields.data ?? {}).flatMap((key) =>
    configurations(known(fields.data, key))
      .filter(({ mode }) => !MODES.includes(mode))
      .map(({ mode }) => ({
        prop: `mode in ${key}`,
        allowed: `one of ${MODES.join(', ')}`,
        got: mode,
        remedy: 'say it: an upgrade of kube-proxy changes the mode otherwise',
      })),
  );
}

function configurations(text: unknown): Array<{ readonly mode?: unknown }> {
  // Most ConfigMaps are no business of ours and need not be YAML.
  if (typeof text !== 'string' || !text.includes('KubeProxyConfiguration')) {
    return [];
  }
  return parseAllDocuments(text)
    .map((document) => document.toJS() as { kind?: unknown; mode?: unknown } | null)
    .filter((document) => document?.kind === 'KubeProxyConfiguration')
    .map((document) => document!);
}

import type { ConfigMap } from 'kubernetes-types/core/v1';
import { renderHttpDirectives } from '../http-directives';
import type { Settings } from '../settings';
import { DATA } from './config-map-row';
import { CONFIG_MAP, IDENTITY } from './names';
import { SNIPPET, type NicTuning } from './tuning';

/** The ConfigMap the controller is started with. */
export function renderConfigMap(settings: Settings, tuning: NicTuning): ConfigMap {
  const keys = Object.values(tuning.configMap).map((row) => [
    row.key.slice(DATA.length),
    row.value,
  ]);
  const data = Object.fromEntries([
    ...keys,
    ['http-snippets', httpSnippets(settings, tuning)],
    ...(settings.mainSnippets.length === 0
      ? []
      : [['main-snippets', lines(settings.mainSnippets)]]),
  ]) as Record<string, string>;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: CONFIG_MAP, namespace: IDENTITY.namespace },
    data: Object.fromEntries(Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** Our directives first: what the spec adds may use their zones. */
function httpSnippets(settings: Settings, tuning: NicTuning): string {
  const own = renderHttpDirectives(settings, tuning.snippet, SNIPPET);
  return settings.httpSnippets.length === 0 ? own : `${own}${lines(settings.httpSnippets)}`;
}

function lines(snippets: readonly string[]): string {
  return snippets.map((snippet) => `${snippet}\n`).join('');
}

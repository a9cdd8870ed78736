import type { ConfigMap } from 'kubernetes-types/core/v1';
import type { TuningRow } from '../cluster';
import { CONFIG_MAP, NAMESPACE } from './names';
import { DATA } from './nginx-tuning';
import type { Settings } from './settings';
import { SNIPPET } from './snippet-tuning';
import type { IngressTuning } from './tuning';

/** The ConfigMap the controller is started with. */
export function renderConfigMap(settings: Settings, tuning: IngressTuning): ConfigMap {
  const keys = Object.values(tuning.configMap).map((row) => [
    row.key.slice(DATA.length),
    row.value,
  ]);
  const data = Object.fromEntries([
    ...keys,
    ['http-snippets', renderHttpSnippet(settings, Object.values(tuning.snippet))],
  ]) as Record<string, string>;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: CONFIG_MAP, namespace: NAMESPACE },
    data: Object.fromEntries(Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** The directives the controller has no key for, with the number they add up to on top. */
export function renderHttpSnippet(
  settings: Settings,
  rows: ReadonlyArray<TuningRow<string>>,
): string {
  const slots = settings.workers * settings.connections;
  const seconds = settings.timeouts.header / 1000;
  return [
    `# Slow headers fill a replica at ${settings.breakEvenRate} new connections a second: ${slots} / ${seconds} s.`,
    ...rows.map((row) => `${row.key.slice(SNIPPET.length)} ${row.value};`),
    '',
  ].join('\n');
}

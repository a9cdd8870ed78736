import type { ConfigMap } from 'kubernetes-types/core/v1';
import { ingressNginxDirectives } from '../../catalog';
import { askedFor } from '../../cluster';
import { httpDirectives, renderHttpDirectives } from '../http-directives';
import type { Settings } from '../settings';
import type { RetiredChoices } from './choices';
import { DATA, type Rows } from './config-map-row';
import { configMapRows } from './config-map-tuning';
import { IDENTITY } from './names';
import { seedRows } from './seed-tuning';

/** Where the directives stand in the output that the controller has no key for. */
export const SNIPPET = `${DATA}http-snippet.`;

/** The keys of the ConfigMap, without the snippet: the edge's, and the user's own in place of them. */
export function keyRows(settings: Settings, { isSeed, overrides }: RetiredChoices): Rows {
  const rows: Rows = isSeed ? seedRows() : configMapRows(settings);
  const written = Object.values(rows).map((row) => [row.key.slice(DATA.length), row]);
  const asked = Object.entries(overrides).map(([key, value]) => [
    key,
    askedFor(`${DATA}${key}`, value, 'see the guide of the controller'),
  ]);
  return Object.fromEntries([...written, ...asked]) as Rows;
}

/** The directives that the controller has no key for and its template does not write; none in the preset of 2019. */
export function snippetRows(settings: Settings, choices: RetiredChoices): Rows {
  if (choices.isSeed) {
    return {};
  }
  const { 'http-snippet': http, 'location-snippet': location } = ingressNginxDirectives.value;
  // What stands in each location as well would say nothing here.
  const written = [...http, ...location];
  const rows = Object.entries(httpDirectives(settings, SNIPPET));
  return Object.fromEntries(
    rows.filter(([, { key }]) => !written.includes(key.slice(SNIPPET.length).split(' ')[0])),
  );
}

/** The ConfigMap the controller is started with. */
export function renderConfigMap(
  settings: Settings,
  choices: RetiredChoices,
  keys: Rows,
  snippet: Rows,
): ConfigMap {
  const data = Object.values(keys).map(({ key, value }) => [key.slice(DATA.length), value]);
  if (!choices.isSeed) {
    // Our directives first: what the spec adds may use their zones.
    const own = renderHttpDirectives(settings, snippet, SNIPPET);
    data.push(['http-snippet', own + lines(settings.httpSnippets)]);
  }
  if (settings.mainSnippets.length > 0) {
    data.push(['main-snippet', lines(settings.mainSnippets)]);
  }
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: choices.configMapName, namespace: IDENTITY.namespace },
    data: Object.fromEntries(data.sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function lines(snippets: readonly string[]): string {
  return snippets.map((snippet) => `${snippet}\n`).join('');
}

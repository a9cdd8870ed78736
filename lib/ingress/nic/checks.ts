import { nginxIngressControllerDirectives } from '../../catalog';
import type { Problem } from '../../cluster';
import type { Settings } from '../settings';
import { snippetProblems } from '../snippet-checks';
import type { NginxIngressControllerOptions } from './options';
import { overrideProblems } from './override-checks';
import { combinationProblems } from './override-combinations';
import { nicTuning, SNIPPET } from './tuning';

const { main, http, server, serverAdds, location, locationAdds } = nginxIngressControllerDirectives;
/** What has effect at its deeper level only. */
const DEEPER = [server, serverAdds, location, locationAdds].flatMap(({ value }) => value);

/** What this controller cannot obey. */
export function nicProblems(
  settings: Settings,
  { configMapOverrides = {} }: NginxIngressControllerOptions,
): Problem[] {
  const own = Object.values(nicTuning(settings, {}).snippet).map(
    (row) => row.key.slice(SNIPPET.length).split(' ')[0]!,
  );
  return [
    ...hstsProblems(settings),
    ...snippetProblems('httpSnippets', settings.httpSnippets, [...http.value, ...DEEPER, ...own]),
    ...snippetProblems('mainSnippets', settings.mainSnippets, main.value),
    ...overrideProblems(configMapOverrides),
    ...combinationProblems(configMapOverrides, settings),
  ];
}

function hstsProblems({ hsts }: Settings): Problem[] {
  return hsts.includeSubdomains && !hsts.preload
    ? [
        {
          prop: 'hstsIncludeSubdomains',
          allowed: 'false without hstsPreload with NGINX Ingress Controller',
          got: true,
          remedy:
            'the controller always writes preload, so with subdomains anybody could put the domain on the list of the browsers; set hstsPreload when that is meant',
        },
      ]
    : [];
}

import { rowsOf, type FileRow } from './file-rows';
import { CONFIG_DIRECTORY, DYNAMIC_FILE, STATIC_FILE } from './names';
import type { TraefikSettings } from './settings';
import { tuned } from '../../cluster';

const STATIC = 'traefik/traefik pkg/config/static/static_config.go at v3.7.9';
const row = rowsOf(STATIC_FILE, STATIC);

/** What Traefik is told at its start, beside entry points and the provider. */
export function staticRows(s: TraefikSettings): FileRow[] {
  return [
    row(
      'global.checkNewVersion',
      false,
      'true',
      'it asks a server of its maker; images are pinned here',
    ),
    row(
      'global.sendAnonymousUsage',
      false,
      'false, asked for by the example configuration',
      'usage reports leave the country',
    ),
    row(
      'core.strictTLSOptions',
      true,
      'false: where two Ingresses want other TLS options for one host, the default ones are taken',
      'such routes are refused instead: falling back is how a client without a certificate gets in',
      'traefik/traefik migration notes v3.7.11; CVE-2026-85597',
    ),
    row(
      'providers.file.filename',
      `${CONFIG_DIRECTORY}/${DYNAMIC_FILE}`,
      'none',
      'middlewares and TLS options without definitions of custom resources, and without rights on them',
    ),
    row(
      'providers.file.watch',
      false,
      'true',
      'a changed file is a new pod, one after the other, and a bad one stops at the first',
    ),
    row('ping.entryPoint', 'traefik', 'ping is off', 'for the probes of the kubelet'),
    row(
      'log.level',
      'INFO',
      'ERROR',
      'routes that are refused are warnings; requests are not in it',
    ),
    row('log.format', 'json', 'common', 'colours and columns are for terminals'),
    ...(s.accessLog
      ? [row('accessLog.format', 'json', 'no access log', 'asked for in the spec')]
      : []),
    ...(s.edge.metricsNamespace === undefined
      ? []
      : [
          row(
            'metrics.prometheus.entryPoint',
            'metrics',
            'traefik',
            'a port of its own, so that the policy lets its readers in and nobody else',
          ),
        ]),
  ];
}

/** What is left out on purpose. */
export function absentRows(): FileRow[] {
  const absent = (path: string, upstream: string, why: string, source = STATIC) =>
    tuned(`ConfigMap.data.${STATIC_FILE}.${path}`, 'absent', upstream, why, source);
  return [
    absent(
      'api',
      'absent',
      'no dashboard and no API: they show every route, and a Range header makes the dashboard burn CPU',
    ),
    absent(
      'entryPoints.*.http3',
      'absent',
      'its readers were without a timeout until 3.7.12, and UDP needs ports and balancers of its own',
      'CVE-2026-88012',
    ),
    absent(
      'providers.kubernetesCRD',
      'absent',
      'Ingress is enough; no definitions to install, no rights on them',
    ),
  ];
}

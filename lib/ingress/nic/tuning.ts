import { Tuning } from '../../cluster';
import { isAbsent } from '../absent';
import { computeRows } from '../compute-tuning';
import { httpDirectives } from '../http-directives';
import { lifeCycleRows } from '../life-cycle-tuning';
import { placementRows } from '../placement-tuning';
import { podSecurityRows } from '../pod-security-tuning';
import type { Settings } from '../settings';
import { trafficRows } from '../traffic-tuning';
import { accessRows } from './access-tuning';
import { argumentRows } from './argument-tuning';
import { DATA } from './config-map-row';
import { configMapRows, overrideRows } from './config-map-tuning';
import { containerRows } from './container-tuning';
import { PORTS } from './names';
import type { NginxIngressControllerOptions } from './options';
import { storageRows } from './storage-tuning';

/** Where the directives stand in the output that the controller has no key for. */
export const SNIPPET = `${DATA}http-snippets.`;

const DEPLOYMENT = 'nginx/kubernetes-ingress deployments/deployment/nginx-ingress.yaml at v5.5.4';
const MAIN = 'nginx/kubernetes-ingress cmd/nginx-ingress/main.go at v5.5.4';

/** The tuned values of this controller, worked out for one construct; rendering reads them from here. */
export function nicTuning(settings: Settings, options: NginxIngressControllerOptions) {
  const { configMapOverrides = {} } = options;
  const rows = {
    configMap: { ...configMapRows(settings), ...overrideRows(configMapOverrides) },
    snippet: httpDirectives(settings, SNIPPET),
    argument: argumentRows(settings),
    placement: new Tuning(placementRows(settings)),
    pod: new Tuning({
      ...containerRows(settings),
      ...lifeCycleRows(settings, MAIN),
      ...computeRows(settings, DEPLOYMENT),
      ...storageRows(settings),
    }),
    traffic: new Tuning(trafficRows(settings, PORTS)),
    access: new Tuning({ ...accessRows(options), ...podSecurityRows(settings) }),
  };
  return {
    ...rows,
    decisions: (path: string) =>
      [
        new Tuning(rows.configMap),
        new Tuning(rows.snippet),
        new Tuning(rows.argument),
        rows.placement,
        rows.pod,
        rows.traffic,
        rows.access,
      ]
        .flatMap((table) => table.decisions(path))
        .filter(({ key }) => !isAbsent(settings, key)),
  };
}

/** The tuned values of one construct. */
export type NicTuning = ReturnType<typeof nicTuning>;

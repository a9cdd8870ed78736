import { createHash } from 'node:crypto';
import { Tuning } from '../../cluster';
import { isAbsent } from '../absent';
import { computeRows } from '../compute-tuning';
import { lifeCycleRows } from '../life-cycle-tuning';
import { placementRows } from '../placement-tuning';
import { podSecurityRows } from '../pod-security-tuning';
import type { Settings } from '../settings';
import { trafficRows } from '../traffic-tuning';
import { accessRows } from './access-tuning';
import { argumentRows } from './argument-tuning';
import type { RetiredChoices } from './choices';
import { keyRows, snippetRows } from './config-map';
import { containerRows } from './container-tuning';
import { PORTS } from './names';

const DEPLOYMENT =
  'kubernetes/ingress-nginx deploy/static/provider/baremetal/deploy.yaml at controller-v1.15.1';
const MAIN = 'kubernetes/ingress-nginx internal/ingress/controller/nginx.go at controller-v1.15.1';

/** The tuned values of this controller, worked out for one construct; rendering reads them from here. */
export function retiredTuning(settings: Settings, choices: RetiredChoices) {
  const rows = {
    keys: keyRows(settings, choices),
    snippet: snippetRows(settings, choices),
    argument: argumentRows(settings, choices),
    placement: new Tuning(placementRows(settings)),
    pod: new Tuning({
      ...containerRows(settings),
      ...lifeCycleRows(settings, MAIN),
      ...computeRows(settings, DEPLOYMENT),
    }),
    traffic: new Tuning(trafficRows(settings, PORTS)),
    access: new Tuning({ ...accessRows(choices), ...podSecurityRows(settings) }),
  };
  const values = [rows.keys, rows.snippet].flatMap((table) =>
    Object.values(table).map(({ key, value }) => `${key}=${value}`),
  );
  return {
    ...rows,
    configHash: createHash('sha256').update(values.sort().join('\n')).digest('hex').slice(0, 16),
    decisions: (path: string) =>
      [
        new Tuning(rows.keys),
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
export type RetiredTuning = ReturnType<typeof retiredTuning>;

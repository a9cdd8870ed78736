import { decisionsOf, Tuning } from '../../cluster';
import { isAbsent } from '../absent';
import { placementRows } from '../placement-tuning';
import { trafficRows } from '../traffic-tuning';
import { accessRows } from './access';
import { dynamicRows } from './dynamic-tuning';
import { entryPointRows } from './entry-point-tuning';
import { figureRows } from './figures';
import { PORTS } from './names';
import { podRows } from './pod-tuning';
import { providerRows } from './provider-tuning';
import type { TraefikSettings } from './settings';
import { absentRows, staticRows } from './static-tuning';

/** The tuned values of Traefik, worked out for one construct; rendering reads them from here. */
export function traefikTuning(s: TraefikSettings) {
  const rows = {
    staticFile: [...staticRows(s), ...providerRows(s), ...entryPointRows(s)],
    dynamicFile: dynamicRows(s),
    figures: new Tuning(figureRows(s)),
    placement: new Tuning(placementRows(s.edge)),
    pod: new Tuning(podRows(s)),
    traffic: new Tuning(trafficRows(s.edge, PORTS)),
    access: new Tuning(accessRows(s)),
  };
  return {
    ...rows,
    decisions: (path: string) =>
      [
        ...decisionsOf(path, [...rows.staticFile, ...absentRows(), ...rows.dynamicFile]),
        ...[rows.figures, rows.placement, rows.pod, rows.traffic, rows.access].flatMap((t) =>
          t.decisions(path),
        ),
      ].filter(({ key }) => !isAbsent(s.edge, key)),
  };
}

/** The tuned values of one construct. */
export type TraefikTuning = ReturnType<typeof traefikTuning>;

import { Tuning } from '../cluster';
import { argumentRows } from './argument-tuning';
import { containerRows } from './container-tuning';
import { edgeRows } from './edge-tuning';
import { configMapRows } from './nginx-tuning';
import { placementRows } from './placement-tuning';
import { resourceRows } from './resource-tuning';
import type { Settings } from './settings';
import { snippetRows } from './snippet-tuning';

/** The room's tuned values, worked out for one construct; rendering reads them from here. */
export function ingressTuning(settings: Settings) {
  const rows = {
    configMap: configMapRows(settings),
    snippet: snippetRows(settings),
    argument: argumentRows(settings),
    pod: new Tuning({
      ...placementRows(settings),
      ...containerRows(settings),
      ...resourceRows(settings),
    }),
    edge: new Tuning(edgeRows(settings)),
  };
  return {
    ...rows,
    decisions: (path: string) => [
      ...new Tuning(rows.configMap).decisions(path),
      ...new Tuning(rows.snippet).decisions(path),
      ...new Tuning(rows.argument).decisions(path),
      ...rows.pod.decisions(path).filter(({ key }) => !absent(settings, key)),
      ...rows.edge.decisions(path).filter(({ key }) => !absent(settings, key)),
    ],
  };
}

/** The tuned values of one construct. */
export type IngressTuning = ReturnType<typeof ingressTuning>;

/** Rows about parts that this cluster does not get. */
function absent(settings: Settings, key: string): boolean {
  if (key.startsWith('PodDisruptionBudget.')) {
    return settings.machines < 2;
  }
  if (key === 'Service.spec.ipFamilyPolicy') {
    return !settings.dualStack;
  }
  const other = settings.toleratesControlPlane ? 'affinity' : 'tolerations';
  return key.endsWith(`.spec.${other}`);
}

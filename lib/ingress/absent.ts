import type { Settings } from './settings';

/** Whether a decision of the shared tables is about a part that this cluster does not get. */
export function isAbsent(settings: Settings, key: string): boolean {
  if (key.startsWith('PodDisruptionBudget.')) {
    return settings.machines < 2;
  }
  if (key === 'Service.spec.ipFamilyPolicy') {
    return !settings.dualStack;
  }
  const other = settings.toleratesControlPlane ? 'affinity' : 'tolerations';
  return key.endsWith(`.spec.${other}`);
}

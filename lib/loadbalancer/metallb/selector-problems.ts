import { isLabelKey, isLabelValue, type Problem } from '../../cluster';

/** What is wrong with labels by which something is selected. */
export function selectorProblems(
  prop: string,
  labels: { readonly [label: string]: string } | undefined,
): Problem[] {
  if (labels === undefined) {
    return [];
  }
  if (Object.keys(labels).length === 0) {
    return [
      {
        prop,
        allowed: 'at least one label',
        got: undefined,
        remedy: 'leave it out to select everything',
      },
    ];
  }
  return Object.entries(labels)
    .filter(([key, value]) => !isLabelKey(key) || !isLabelValue(value))
    .map(([key, value]) => ({
      prop,
      allowed: 'labels as Kubernetes has them',
      got: `${key}=${value}`,
      remedy: 'copy them from `kubectl get --show-labels`',
    }));
}

import { App } from 'cdk8s';
import type { ClusterProps } from '../../lib';
import { osloCluster } from '../support/oslo';

/** The flagship with these facts changed throws exactly these lines, each about the cluster itself. */
export function expectProblems(changes: Partial<ClusterProps>, lines: string[]): void {
  const text = lines.map((line) => `[oslo] ${line}`).join('\n');
  expect(() => osloCluster(new App(), changes)).toThrow(new Error(text));
}

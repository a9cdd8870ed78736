import type { Problem } from '../cluster';
import { combinationProblems } from './combination-checks';
import { imageProblems, nameProblems, proxyProblems } from './name-checks';
import { numberProblems } from './number-checks';
import type { HardenedNginxIngressOptions } from './options';
import { sizeProblems, timeoutProblems } from './quantity-checks';

/** What is wrong with each option on its own, and with some of them beside one another. */
export function optionProblems(options: HardenedNginxIngressOptions): Problem[] {
  return [
    ...timeoutProblems(options),
    ...sizeProblems(options),
    ...numberProblems(options),
    ...nameProblems(options),
    ...proxyProblems(options),
    ...imageProblems(options.image),
    ...combinationProblems(options),
  ];
}

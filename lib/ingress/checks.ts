import { checkInteger, type Problem } from '../cluster';
import { imageProblems, nameProblems, proxyProblems } from './name-checks';
import type { HardenedNginxIngressOptions } from './options';
import { numberProblems, sizeProblems, timeoutProblems } from './quantity-checks';
import type { Settings } from './settings';
import { BASE_MEBIBYTES, connectionsWithin, requestsAtOnce, worstCaseMebibytes } from './sizing';

/** What is wrong with each option on its own. */
export function optionProblems(options: HardenedNginxIngressOptions): Problem[] {
  return [
    ...timeoutProblems(options),
    ...sizeProblems(options),
    ...numberProblems(options),
    ...nameProblems(options),
    ...proxyProblems(options.trustedProxies ?? []),
    ...imageProblems(options.image),
  ];
}

/** What is wrong with the options together, once every default is known. */
export function settingsProblems(settings: Settings): Problem[] {
  const { workers, mebibytes, buffers } = settings;
  // Where not even the least fits, the default is none at all.
  const connections = Math.max(settings.connections, 256);
  const problems: Problem[] = [];
  const needed = worstCaseMebibytes(workers, connections, buffers);
  if (mebibytes < needed) {
    const fitting = connectionsWithin(mebibytes, workers, buffers);
    const lower =
      fitting > 0 ? `set workerConnections to ${fitting} or less` : 'run fewer workerProcesses';
    problems.push({
      prop: 'memoryLimit',
      allowed: `at least ${needed} MiB for ${workers} workerProcesses with ${connections} connections each, twice during a reload`,
      got: `${mebibytes} MiB`,
      remedy: `raise it or ${lower}; ${BASE_MEBIBYTES} MiB of it are the controller's own`,
    });
  }
  problems.push(
    ...checkInteger(
      'connectionsPerAddress',
      settings.connectionsPerAddress,
      { min: 0, max: requestsAtOnce(workers, connections) },
      'that is all the requests a replica has at once, half its connections; 0 means no limit',
    ),
  );
  if (settings.nodePorts.http === settings.nodePorts.https) {
    problems.push({
      prop: 'httpsNodePort',
      allowed: 'another port than httpNodePort',
      got: settings.nodePorts.https,
      remedy: 'give one of them another number',
    });
  }
  return problems;
}

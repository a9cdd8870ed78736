import * as pulumi from '@pulumi/pulumi';
import type { Problem } from '../../node/sealing/check';
import { Failure } from '../../node/sealing/failure';

/** The remedy for what a program brings along, as for what it leaves out. */
export const REMEDY = 'ClusterPki and BootstrapTokens make all of them';

/** Stops when kubeadm or the API server would stumble. No message shows a secret. */
export function refuseProblems(whose: string, problems: readonly Problem[]): void {
  if (problems.length > 0) {
    throw new Failure(
      `secrets of ${whose} do not hold:\n  ${problems.map(({ text }) => text).join('\n  ')}\ncorrect what the program brings along; ${REMEDY}`,
    );
  }
}

/** What a person can mend ends the program as a message, without a stack. */
export function withoutStack<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof Failure ? new pulumi.RunError(error.message) : error;
  }
}

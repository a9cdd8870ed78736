import * as pulumi from '@pulumi/pulumi';
import type { ClusterSecrets } from './cluster-secrets';
import type { Problem } from '../../node/sealing/check';
import { Failure } from '../../node/sealing/failure';

const REMEDY = 'ClusterPki and BootstrapTokens make all of them';

/** Stops when the program gives nothing for one of these paths. */
export function refuseMissing(paths: readonly string[], { files }: ClusterSecrets): void {
  const missing = paths.filter((path) => files[path] === undefined);
  if (missing.length > 0) {
    throw new pulumi.RunError(
      missing.map((path) => `secret ${path} must be in files, got nothing; ${REMEDY}`).join('\n'),
    );
  }
}

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

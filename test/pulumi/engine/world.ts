import { realKeys, type RunOptions, StubEngine } from './stub-engine';
import type { Registration } from './wire';

/** The program that hosts all examples. */
export const EXAMPLES = require.resolve('../programs/examples');

/** Texts that never may be seen in the open. */
export const CANARIES = { canary: 'canary-3f9a61c2', sshPrivateKey: 'ssh-canary-77d0b5' };

/** Of a cluster that is there already. */
const kubeconfig = JSON.stringify({
  ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'admin' },
  contexts: [{ name: 'admin', context: { cluster: 'there', user: 'admin' } }],
  clusters: [{ name: 'there', cluster: { server: 'https://10.40.0.5:6443' } }],
  users: [{ name: 'admin', user: { token: CANARIES.canary } }],
});

export const CONFIG: RunOptions = {
  config: { ...CANARIES, kubeconfig },
  secretConfig: [...Object.keys(CANARIES), 'kubeconfig'],
};

/** An engine whose machines have addresses. */
export function exampleEngine(): StubEngine {
  return new StubEngine((inputs, registration) =>
    registration.type.startsWith('hcloud:')
      ? // Its ids are numbers.
        { id: '1001', outputs: { ipv4Address: '192.0.2.10' } }
      : realKeys(inputs, registration),
  );
}

/** The objects of Kubernetes below each Cdk8sStack. */
export function objectsByStack(registrations: readonly Registration[]) {
  return registrations
    .filter(({ type }) => type === 'cdk8s-groundwork:index:Cdk8sStack')
    .map((stack) => ({
      name: stack.name,
      objects: registrations.filter(({ parent }) => parent === stack.urn),
    }));
}

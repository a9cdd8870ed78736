/* eslint-disable @typescript-eslint/no-require-imports -- import() would make every caller wait */

/**
 * Rooms that a stack of this folder builds, loaded when it does: whoever registers charts of their own with
 * Cdk8sStack waits for none of them.
 */
export const onDemand = {
  cni: () => require('../../cni') as typeof import('../../cni'),
  controlPlane: () => require('../../control-plane') as typeof import('../../control-plane'),
  dns: () => require('../../dns') as typeof import('../../dns'),
  storage: () => require('../../storage') as typeof import('../../storage'),
};

import { Zone, type ClusterProps, type ControlPlaneMachineOptions, type Machine } from '../../lib';
import { osloMachine } from './oslo';

/** One of the flagship's control planes with addresses of both families. */
export function dualMachine(n: number, changes: Partial<ControlPlaneMachineOptions> = {}): Machine {
  return osloMachine(n, { addressV6: `fd00:20::1${n}`, ...changes });
}

/** What makes the flagship dual-stack. */
export function dualStack(changes: Partial<ClusterProps> = {}): Partial<ClusterProps> {
  return {
    podCidrV6: 'fd00:244::/56',
    serviceCidrV6: 'fd00:96::/112',
    zones: [
      Zone.of('oslo-1', { country: 'NO', nodeCidr: '10.20.0.0/24', nodeCidrV6: 'fd00:20::/64' }),
    ],
    machines: [1, 2, 3].map((n) => dualMachine(n)),
    ...changes,
  };
}

import { tuned } from '../cluster';
import { podPath, type Settings } from './settings';

const STANDARDS = 'https://kubernetes.io/docs/concepts/security/pod-security-standards/';

/** Which pods the namespace admits, and which ports of a machine they take. */
export function podSecurityRows(s: Settings) {
  return {
    podSecurity: tuned(
      'Namespace.metadata.labels',
      s.hostPorts ? 'privileged' : 'restricted',
      'none',
      s.hostPorts
        ? 'every narrower profile forbids host ports; the pods stay as restricted asks in everything else'
        : 'restricted allows no capability but NET_BIND_SERVICE to be added, and no more is needed',
      STANDARDS,
    ),
    hostPort: tuned(
      `${podPath(s)}.containers.ports.hostPort`,
      '80, 443',
      'none',
      "clients come by the machines' own addresses, and their address is kept",
      STANDARDS,
    ),
  };
}

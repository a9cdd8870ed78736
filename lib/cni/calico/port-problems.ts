import { checkInteger, type Problem } from '../../cluster';

/** Ports of calico-node and Typha on the machines: Typha's own, and the two health endpoints. */
const CALICO_PORTS = [5473, 9098, 9099];

/** A port for metrics on the host network, apart from those that Calico takes there. */
export function portProblems(prop: string, port: number | undefined, usual: number): Problem[] {
  return [
    ...checkInteger(prop, port, { min: 1024, max: 65535 }, `use ${usual} unless it is taken`),
    ...takenPortProblems(prop, port, usual),
  ];
}

/** A TCP port that Calico itself takes on the machines. */
export function takenPortProblems(
  prop: string,
  port: number | undefined,
  usual: number,
): Problem[] {
  return port !== undefined && CALICO_PORTS.includes(port)
    ? [
        {
          prop,
          allowed: `none of ${CALICO_PORTS.join(', ')}`,
          got: port,
          remedy: `Calico listens there itself; use ${usual} unless it is taken`,
        },
      ]
    : [];
}

/** Both are on the host network, and a machine may run both. */
export function samePortProblems(
  felix: number | undefined,
  typha: number | undefined,
  bgp: number,
): Problem[] {
  const ports: Array<[string, number | undefined]> = [
    ['bgp.listenPort', bgp],
    ['felix.prometheusMetricsPort', felix],
    ['typha.metricsPort', typha],
  ];
  return ports.flatMap(([prop, got], index) => {
    const other = ports.slice(0, index).find(([, port]) => got !== undefined && port === got);
    return other === undefined
      ? []
      : [
          {
            prop,
            allowed: `another port than ${other[0]}`,
            got,
            remedy: 'one machine can run both, and only one of them would get it',
          },
        ];
  });
}

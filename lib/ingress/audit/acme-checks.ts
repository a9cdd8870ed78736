import { finding, type Found } from './draft';
import { MigrationTarget, READ_IN, TARGETS } from './finding';
import { list, record, text, type Ingress, type Manifest } from './objects';
import { Severity } from '../../cluster';

const { NIC, GATEWAY } = MigrationTarget;
const SOLVER = 'acme.cert-manager.io/http01-solver';
const IN_PLACE = 'acme.cert-manager.io/http01-edit-in-place';
const ISSUERS = [
  'cert-manager.io/issuer',
  'cert-manager.io/cluster-issuer',
  'kubernetes.io/tls-acme',
];

/** An Ingress that cert-manager made for one challenge. */
export const isSolver = ({ labels }: Ingress): boolean => labels[SOLVER] === 'true';

/** Certificates that would stop renewing. */
export function acmeFindings(ingresses: readonly Ingress[], issuers: readonly Manifest[]): Found[] {
  return [...ingresses.flatMap(ofIngress), ...issuers.flatMap(ofIssuer)];
}

function ofIngress(ingress: Ingress): Found[] {
  if (isSolver(ingress)) {
    return [
      finding(ingress, {
        id: 40,
        severity: Severity.ERROR,
        field: SOLVER,
        message:
          'cert-manager answers a challenge here; where another Ingress has the host, this one is not served',
        remedy: `let it finish before anything moves, and set ${IN_PLACE} on the Ingress of the host`,
        reference: READ_IN.nicHosts,
        targets: [NIC],
      }),
    ];
  }
  const issuer = ISSUERS.find((key) => ingress.annotations[key] !== undefined);
  if (issuer === undefined) {
    return [];
  }
  const targets = ingress.annotations[IN_PLACE] === 'true' ? [GATEWAY] : [NIC, GATEWAY];
  return [
    finding(ingress, {
      id: 41,
      severity: Severity.WARNING,
      field: issuer,
      message: 'cert-manager renews the certificate through this Ingress',
      remedy: (target) =>
        target === NIC
          ? `set ${IN_PLACE}: "true", or the Ingress of a challenge finds its host taken`
          : 'put the annotation on the Gateway',
      reference: READ_IN.certManager,
      targets,
    }),
  ];
}

/** Solvers of an issuer that name the old controller. */
function ofIssuer(issuer: Manifest): Found[] {
  return list(record(issuer.spec.acme).solvers).flatMap((solver, n) => {
    const { ingress } = record(record(solver).http01);
    const { ingressClassName, class: old, name } = record(ingress);
    const chosen = [ingressClassName, old, name].map(text).find(Boolean);
    return ingress === undefined
      ? []
      : [
          finding(issuer, {
            id: 42,
            severity: Severity.ERROR,
            field: `spec.acme.solvers[${n}].http01.ingress`,
            message: `challenges go to ${chosen ?? 'the default class'}; hosts that have moved are not reached there`,
            remedy: (target) =>
              target === GATEWAY
                ? 'a solver with http01.gatewayHTTPRoute'
                : 'a second solver with the new class and a selector for the hosts that have moved',
            reference: READ_IN.certManager,
            targets: TARGETS,
          }),
        ];
  });
}

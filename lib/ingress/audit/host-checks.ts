import { finding, type Draft, type Found } from './draft';
import { MigrationTarget, READ_IN, TARGETS } from './finding';
import { list, record, text, type Ingress } from './objects';
import { isCanary } from './path-checks';
import { Severity } from '../../cluster';

const { NIC, GATEWAY } = MigrationTarget;

/** Hosts, default backends and certificates. */
export function hostFindings(ingresses: readonly Ingress[]): Found[] {
  return [...ingresses.flatMap(ofOne), ...shared(ingresses)];
}

function ofOne(ingress: Ingress): Found[] {
  const { spec, rules } = ingress;
  const hosts = rules.map(({ host }) => host);
  const drafts: Draft[] = [
    ...rules.filter(({ host }) => host === '').map(({ field }) => hostless(field)),
    ...rules
      .filter(({ host }) => host.startsWith('*'))
      .map(({ field, host }) => wildcard(field, host)),
    ...rules
      .filter(({ host }, n) => host !== '' && hosts.indexOf(host) !== n)
      .map(({ field, host }) => repeated(field, host)),
    ...rules.flatMap(({ paths }) =>
      paths.filter(({ backend }) => 'resource' in backend).map(({ field }) => resource(field)),
    ),
    ...(spec.defaultBackend === undefined ? [] : [fallback(rules.length > 0)]),
    ...list(spec.tls).flatMap((entry, n) => certificate(record(entry), n)),
  ];
  return drafts.map((draft) => finding(ingress, draft));
}

/** Which part of its host an Ingress is, where it says so: NGINX Ingress Controller puts these together. */
function partOf({ annotations }: Ingress): 'master' | 'minion' | undefined {
  const type = annotations['nginx.org/mergeable-ingress-type'];
  return type === 'master' || type === 'minion' ? type : undefined;
}

/** A host that several Ingresses build together; one master and its minions are one. */
function shared(ingresses: readonly Ingress[]): Found[] {
  const owners = new Map<string, Set<Ingress>>();
  for (const ingress of ingresses.filter((one) => !isCanary(one))) {
    for (const { host } of ingress.rules) {
      owners.set(host, (owners.get(host) ?? new Set()).add(ingress));
    }
  }
  return ingresses.flatMap((ingress) =>
    [...new Set(ingress.rules.map(({ host }) => host))].flatMap((host) => {
      const all = [...(owners.get(host) ?? [])];
      const oneMaster = all.filter((one) => partOf(one) === 'master').length === 1;
      const isPart = (one: Ingress) => oneMaster && partOf(one) !== undefined;
      const others = all.filter(
        (other) => other !== ingress && !(isPart(other) && isPart(ingress)),
      );
      return host === '' || others.length === 0 || isCanary(ingress)
        ? []
        : [
            finding(ingress, {
              id: 20,
              severity: Severity.ERROR,
              field: `host ${host}`,
              message: `${host} is in ${others.map(({ title }) => title).join(', ')} too: only the oldest of them is served`,
              remedy:
                'put them into one Ingress, or make one the master and the others minions with nginx.org/mergeable-ingress-type',
              reference: READ_IN.nicHosts,
              targets: [NIC],
            }),
          ];
    }),
  );
}

function hostless(field: string): Draft {
  return {
    id: 21,
    severity: Severity.ERROR,
    field: `${field}.host`,
    message: 'a rule without a host is refused, and the whole Ingress with it',
    remedy: 'name the hosts',
    reference: READ_IN.nicValidation,
    targets: [NIC],
  };
}

function fallback(withRules: boolean): Draft {
  return withRules
    ? {
        id: 23,
        severity: Severity.WARNING,
        field: 'spec.defaultBackend',
        message: 'the default backend takes what no path matches',
        remedy: 'give the HTTPRoute a last rule for / with that Service',
        reference: READ_IN.ingressApi,
        targets: [GATEWAY],
      }
    : {
        id: 22,
        severity: Severity.ERROR,
        field: 'spec.defaultBackend',
        message: 'an Ingress with a default backend and no rules is refused',
        remedy: (target) =>
          target === NIC ? 'name the hosts in rules' : 'an HTTPRoute without hostnames',
        reference: READ_IN.nicValidation,
        targets: [NIC, GATEWAY],
      };
}

function wildcard(field: string, host: string): Draft {
  return {
    id: 24,
    severity: Severity.WARNING,
    field: `${field}.host`,
    message: `${host} matches one label today, and any number of them afterwards`,
    remedy: 'name the hosts where a.b below it must not be served',
    reference: READ_IN.paths,
    targets: [NIC, GATEWAY],
  };
}

function repeated(field: string, host: string): Draft {
  return {
    id: 25,
    severity: Severity.ERROR,
    field: `${field}.host`,
    message: `${host} has two rules; the whole Ingress is refused`,
    remedy: 'put its paths into one rule',
    reference: READ_IN.nicValidation,
    targets: [NIC],
  };
}

function resource(field: string): Draft {
  return {
    id: 29,
    severity: Severity.ERROR,
    field: field.replace(/path$/, 'backend.resource'),
    message: 'a backend that is no Service is refused, and the whole Ingress with it',
    remedy: 'name a Service',
    reference: READ_IN.nicValidation,
    targets: [NIC],
  };
}

function certificate(entry: Readonly<Record<string, unknown>>, n: number): Draft[] {
  const hosts = list(entry.hosts).map(text).filter(Boolean).join(', ');
  return [
    ...(text(entry.secretName) === ''
      ? [
          {
            id: 26,
            severity: Severity.ERROR,
            field: `spec.tls[${n}].secretName`,
            message: `${hosts || 'the hosts'} have the default certificate of ingress-nginx today`,
            remedy: 'name a Secret; without one the handshake ends, or a self-signed one answers',
            reference: READ_IN.nicIngress,
            targets: TARGETS,
          },
        ]
      : []),
    ...(hosts === ''
      ? [
          {
            id: 27,
            severity: Severity.ERROR,
            field: `spec.tls[${n}].hosts`,
            message: 'a certificate without hosts is not used',
            remedy: 'name the hosts',
            reference: READ_IN.nicIngress,
            targets: [NIC, GATEWAY],
          },
        ]
      : []),
  ];
}

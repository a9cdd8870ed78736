import { PREFIX } from './annotations';
import { finding, type Found } from './draft';
import { MigrationTarget, READ_IN, TARGETS } from './finding';
import type { Ingress, IngressPath, IngressRule } from './objects';
import { isOn } from './values';
import { Severity } from '../../cluster';

const { NIC, GATEWAY, TRAEFIK } = MigrationTarget;
const REWRITE = `${PREFIX}rewrite-target`;

/** Whether this Ingress makes regular expressions of all paths of its hosts. */
function isRegex({ annotations }: Ingress): boolean {
  return isOn(annotations[`${PREFIX}use-regex`]) || (annotations[REWRITE] ?? '') !== '';
}

export const isCanary = ({ annotations }: Ingress): boolean => isOn(annotations[`${PREFIX}canary`]);

/** What a path means today and what it will mean. */
export function pathFindings(ingresses: readonly Ingress[]): Found[] {
  const regexHosts = new Map<string, Ingress>();
  for (const ingress of ingresses.filter(isRegex)) {
    ingress.rules.forEach(({ host }) => regexHosts.has(host) || regexHosts.set(host, ingress));
  }
  return [
    ...ingresses.flatMap((ingress) => [
      ...ingress.rules.flatMap((rule) => {
        const cause = regexHosts.get(rule.host);
        return cause === undefined
          ? plainPaths(ingress, rule)
          : regexPaths(ingress, rule, isRegex(ingress) ? ingress : cause);
      }),
      ...ingress.rules.flatMap(({ paths }) =>
        paths.flatMap((path) => [...strange(ingress, path), ...groups(ingress, path)]),
      ),
    ]),
    ...twice(ingresses.filter((ingress) => !isCanary(ingress))),
  ];
}

const names = (paths: readonly IngressPath[]) => paths.map(({ path }) => path).join(', ');
const hostOf = ({ host }: IngressRule) => host || 'every host';

/** Paths of a host where somebody asked for regular expressions. */
function regexPaths(ingress: Ingress, rule: IngressRule, cause: Ingress): Found[] {
  const bystanders = ingress === cause ? [] : rule.paths.filter(({ path }) => path !== '/');
  const exact = rule.paths.filter(({ pathType }) => pathType === 'Exact');
  return [
    ...(bystanders.length === 0
      ? []
      : [
          finding(ingress, {
            id: 10,
            severity: Severity.WARNING,
            field: rule.field,
            message: `paths ${names(bystanders)} of ${hostOf(rule)} are regular expressions without regard to case or end, because of ${cause.title}`,
            remedy: (target) =>
              target === NIC
                ? 'decide what is meant; nginx.org/path-regex: case_insensitive keeps it'
                : 'decide what is meant; paths tell capitals from small letters there',
            reference: READ_IN.paths,
            targets: [NIC, GATEWAY],
          }),
        ]),
    ...(exact.length === 0
      ? []
      : [
          finding(ingress, {
            id: 11,
            severity: Severity.WARNING,
            field: rule.field,
            message: `Exact paths ${names(exact)} of ${hostOf(rule)} match all that begins with them, because of ${cause.title}`,
            remedy:
              'where that is used, make them Prefix; after the move they match themselves only',
            reference: READ_IN.paths,
            targets: TARGETS,
          }),
        ]),
  ];
}

/** Paths of a host without regular expressions. */
function plainPaths(ingress: Ingress, rule: IngressRule): Found[] {
  const of = (type: string) =>
    rule.paths.filter(({ path, pathType }) => pathType === type && !path.endsWith('/'));
  const prefix = of('Prefix');
  const own = of('ImplementationSpecific');
  return [
    ...(prefix.length === 0
      ? []
      : [
          finding(ingress, {
            id: 14,
            severity: Severity.NOTE,
            field: rule.field,
            message: `Prefix paths ${names(prefix)} of ${hostOf(rule)} match longer names too: ${prefix[0].path} gets ${prefix[0].path}x`,
            remedy: 'end the path with / and add an Exact one where the longer name must not match',
            reference: READ_IN.nicIngress,
            targets: [NIC],
          }),
        ]),
    ...(own.length === 0
      ? []
      : [
          finding(ingress, {
            id: 15,
            severity: Severity.WARNING,
            field: rule.field,
            message: `paths ${names(own)} of ${hostOf(rule)} are ImplementationSpecific: today ${own[0].path} gets ${own[0].path}x, afterwards it does not`,
            remedy: 'make them Prefix or Exact, and name the longer ones that are used',
            reference: READ_IN.paths,
            targets: [GATEWAY, TRAEFIK],
          }),
        ]),
  ];
}

/** Braces that hold anything but a count, and what ends a string or a directive. */
const ENDS = /[\s;"'`#]|\{(?!\d+(?:,\d*)?\})/;

function strange(ingress: Ingress, { field, path }: IngressPath): Found[] {
  const rejected = path.startsWith('//') || path.split(/[/\\]/).includes('..');
  return [
    ...(ENDS.test(path)
      ? [
          finding(ingress, {
            id: 2,
            severity: Severity.ERROR,
            field,
            message: `${JSON.stringify(path)} has what ends a directive of nginx`,
            remedy:
              'find out who wrote it: this is how configuration is injected into a controller; write a path',
            reference: 'CVE-2026-24512',
            targets: TARGETS,
          }),
        ]
      : []),
    ...(rejected || !path.startsWith('/')
      ? [
          finding(ingress, {
            id: 18,
            severity: Severity.ERROR,
            field,
            message: `${JSON.stringify(path)} is refused, and the whole Ingress with it`,
            remedy: 'begin it with one / and leave out ..',
            reference: READ_IN.nicValidation,
            targets: [NIC],
          }),
        ]
      : []),
  ];
}

/** A rewrite that asks for more groups than the path has. */
function groups(ingress: Ingress, { field, path }: IngressPath): Found[] {
  const target = ingress.annotations[REWRITE] ?? '';
  const asked = Math.max(0, ...[...target.matchAll(/\$(\d)/g)].map(([, n]) => Number(n)));
  const given = (path.match(/(?<!\\)\((?!\?(?!<[a-zA-Z]|P<))/g) ?? []).length;
  return asked <= given
    ? []
    : [
        finding(ingress, {
          id: 12,
          severity: Severity.WARNING,
          field,
          message: `rewrite-target has $${asked}, ${path} has ${given} groups; what is missing is empty`,
          remedy: 'write the group into the path, or leave it out of rewrite-target',
          reference: 'kubernetes/ingress-nginx docs/examples/rewrite/README.md',
          targets: TARGETS,
        }),
      ];
}

/** One path of one host in two places. */
function twice(ingresses: readonly Ingress[]): Found[] {
  const first = new Map<string, Ingress>();
  return ingresses.flatMap((ingress) =>
    ingress.rules.flatMap(({ host, paths }) =>
      paths.flatMap(({ field, path, pathType }) => {
        const key = JSON.stringify([host, path, pathType]);
        const other = first.get(key);
        first.set(key, other ?? ingress);
        return other === undefined
          ? []
          : [
              finding(ingress, {
                id: 16,
                severity: Severity.ERROR,
                field,
                message: `${pathType} ${path} of ${host || 'every host'} is in ${other.title} too; today the older one gets all of it`,
                remedy: 'keep one of the two',
                reference: READ_IN.ingressApi,
                targets: TARGETS,
              }),
            ];
      }),
    ),
  );
}

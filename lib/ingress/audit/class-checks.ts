import { finding, type Draft, type Found } from './draft';
import { MigrationTarget, READ_IN, TARGETS } from './finding';
import { CLASS_ANNOTATION, text, type Ingress, type Manifest } from './objects';
import { Severity } from '../../cluster';

const { NIC } = MigrationTarget;
const CONTROLLER = 'k8s.io/ingress-nginx';
const DEFAULT = 'ingressclass.kubernetes.io/is-default-class';

const isDefault = ({ annotations }: Manifest): boolean => annotations[DEFAULT] === 'true';

/** Whether ingress-nginx serves it, as far as the classes at hand tell. */
export function isOurs({ className }: Ingress, classes: readonly Manifest[]): boolean {
  const known = classes.find((one) => (className === '' ? isDefault(one) : one.name === className));
  return known === undefined || text(known.spec.controller) === CONTROLLER;
}

/** Which controller an Ingress belongs to. */
export function classFindings(
  ingresses: readonly Ingress[],
  classes: readonly Manifest[],
): Found[] {
  const defaults = classes.filter(isDefault);
  return [
    ...ingresses.flatMap((ingress) => ofIngress(ingress).map((draft) => finding(ingress, draft))),
    ...classes
      .filter(({ spec }) => text(spec.controller) === CONTROLLER)
      .flatMap((one) => ofClass(one).map((draft) => finding(one, draft))),
    ...defaults.slice(1).map((one) =>
      finding(one, {
        id: 34,
        severity: Severity.ERROR,
        field: DEFAULT,
        message: `${defaults[0].title} is the default class too; the API server takes no Ingress without a class then`,
        remedy: 'leave one default',
        reference: READ_IN.ingressApi,
        targets: TARGETS,
      }),
    ),
  ];
}

function ofIngress(ingress: Ingress): Draft[] {
  const field = text(ingress.spec.ingressClassName);
  const annotation = ingress.annotations[CLASS_ANNOTATION];
  const old = ingress.apiVersion !== '' && ingress.apiVersion !== 'networking.k8s.io/v1';
  return [
    ...(ingress.className === ''
      ? [
          {
            id: 30,
            severity: Severity.WARNING,
            field: 'spec.ingressClassName',
            message: 'no class is named: the default class serves it, or who watches for such',
            remedy: 'name the class, then change it when this Ingress moves',
            reference: READ_IN.ingressApi,
            targets: TARGETS,
          },
        ]
      : []),
    ...(annotation === undefined
      ? []
      : [
          {
            id: 31,
            severity: field !== '' && field !== annotation ? Severity.ERROR : Severity.WARNING,
            field: CLASS_ANNOTATION,
            message:
              field === ''
                ? `the annotation names ${annotation}; it is obsolete since Kubernetes 1.18`
                : `the annotation names ${annotation}, the field ${field}; ingress-nginx and Traefik go by the field, NGINX Ingress Controller by the annotation`,
            remedy: 'name the class in spec.ingressClassName and delete the annotation',
            reference: READ_IN.classes,
            targets: TARGETS,
          },
        ]),
    ...(old
      ? [
          {
            id: 35,
            severity: Severity.ERROR,
            field: 'apiVersion',
            message: `${ingress.apiVersion} is not served since Kubernetes 1.22`,
            remedy: 'write networking.k8s.io/v1, with pathType and backend.service',
            reference: 'https://kubernetes.io/docs/reference/using-api/deprecation-guide/',
            targets: TARGETS,
          },
        ]
      : []),
  ];
}

function ofClass(one: Manifest): Draft[] {
  const { name } = one;
  return [
    {
      id: 32,
      severity: Severity.WARNING,
      field: 'spec.controller',
      message: `class ${name} belongs to ingress-nginx, and spec.controller cannot be changed`,
      remedy:
        'give the new controller a class of another name, and move one Ingress after the other',
      reference: READ_IN.ingressApi,
      targets: [NIC],
    },
    ...(isDefault(one)
      ? [
          {
            id: 33,
            severity: Severity.WARNING,
            field: DEFAULT,
            message: `class ${name} is the default: a new Ingress without a class still goes to ingress-nginx`,
            remedy: 'take the mark away before anything moves',
            reference: READ_IN.ingressApi,
            targets: TARGETS,
          },
        ]
      : []),
  ];
}

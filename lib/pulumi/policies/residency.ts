import type { ResourceValidationPolicy } from '@pulumi/policy';
import { objectPolicy, type JudgedObject } from './kubernetes-object';
import type { ResidencyOptions } from './options';
import type { Problem } from '../../cluster';

/** Which label a place is read from, and which of its values are allowed. */
type Places = ReadonlyMap<string, readonly string[]>;

/** One thing that a topology asks of a machine. */
interface Requirement {
  readonly key: string;
  readonly operator?: string;
  readonly values?: readonly string[];
}

/** Volumes, and what makes volumes, say where they are, and that this is one of the allowed places. */
export function residencyPolicy({ regions, zones }: ResidencyOptions): ResourceValidationPolicy {
  const places: Places = new Map([
    ['topology.kubernetes.io/region', regions ?? []],
    ['topology.kubernetes.io/zone', zones ?? []],
  ]);
  return objectPolicy(
    {
      name: 'groundwork-residency',
      description: 'Volumes stay where data may be.',
      enforcementLevel: 'mandatory',
      severity: 'high',
    },
    (object) => {
      if (object.kind === 'StorageClass') {
        return classProblems(object, places);
      }
      return object.kind === 'PersistentVolume' ? volumeProblems(object, places) : [];
    },
  );
}

function classProblems({ fields }: JudgedObject, places: Places): Problem[] {
  // It makes no volume; each of its volumes is an object of its own.
  if (fields.provisioner === 'kubernetes.io/no-provisioner') {
    return [];
  }
  const terms: any[] = fields.allowedTopologies ?? [];
  return termProblems(
    'allowedTopologies',
    terms.map((term): Requirement[] => term.matchLabelExpressions ?? []),
    places,
  );
}

function volumeProblems({ fields }: JudgedObject, places: Places): Problem[] {
  const terms: any[] = fields.spec?.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  return termProblems(
    'nodeAffinity',
    terms.map((term): Requirement[] => term.matchExpressions ?? []),
    places,
  );
}

/** One term is enough to be there, so each of them must keep to the places. */
function termProblems(
  prop: string,
  terms: ReadonlyArray<readonly Requirement[]>,
  places: Places,
): Problem[] {
  const outside = terms.filter((term) => !term.some((one) => keepsTo(one, places)));
  if (terms.length > 0 && outside.length === 0) {
    return [];
  }
  const got = outside.map((term) =>
    term.map(({ key, operator = 'In', values = [] }) =>
      `${key} ${operator} ${values.join(', ')}`.trim(),
    ),
  );
  return [
    {
      prop,
      allowed: [...places]
        .filter(([, values]) => values.length > 0)
        .map(([key, values]) => `${key} in ${values.join(', ')}`)
        .join(' or '),
      got: got.map((term) => term.join(' and ')).join('; or '),
      remedy: 'a volume elsewhere takes its data there',
    },
  ];
}

function keepsTo({ key, operator = 'In', values = [] }: Requirement, places: Places): boolean {
  const allowed = places.get(key) ?? [];
  return operator === 'In' && values.length > 0 && values.every((value) => allowed.includes(value));
}

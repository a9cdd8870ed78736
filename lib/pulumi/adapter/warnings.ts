import type { Plan } from './plan';
import { findingLine, Severity } from '../../cluster';

/** From here on previews and updates take minutes and a gigabyte. */
const MANY_OBJECTS = 1500;

/** What a person should hear before objects are registered: the review's warnings, as GroundworkApp prints them. */
export function warningsOf({ objects, cluster }: Plan, inGroups: boolean): string[] {
  const findings = (cluster?.findings() ?? [])
    .filter((one) => one.severity === Severity.WARNING && one.acknowledged === undefined)
    .map(findingLine);
  const many =
    objects.length > MANY_OBJECTS && !inGroups
      ? [
          `${objects.length} objects are registered one by one, which takes minutes and a gigabyte of memory; ` +
            'RegistrationMode.GROUP registers them in groups',
        ]
      : [];
  return [...findings, ...many];
}

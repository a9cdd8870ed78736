import { VerdictLevel, type DoctorReport, type Measurement } from '../../cluster';
import { markup, Markup } from '../../report/html/markup';

/** A run as JUnit's XML, which every CI shows: one suite, one case for each measurement. */
export function junitXml(
  { cluster, measurements }: DoctorReport,
  open: readonly Measurement[],
): string {
  const bad = (one: Measurement) =>
    one.level === VerdictLevel.FAIL || one.level === VerdictLevel.WARN || open.includes(one);
  const cases = measurements.map((one) => {
    const { check, subject, level, message, remedy, value, intended } = one;
    const name = markup`  <testcase classname="${check}" name="${subject}"`;
    return bad(one)
      ? markup`${name}>
    <failure type="${level}" message="${message}">measured ${value}, intended ${intended}${remedy === undefined ? '' : `; ${remedy}`}</failure>
  </testcase>
`
      : level === VerdictLevel.UNKNOWN
        ? markup`${name}><skipped message="${message}"/></testcase>
`
        : markup`${name}/>
`;
  });
  const failures = measurements.filter(bad).length;
  return markup`${new Markup('<?xml version="1.0" encoding="UTF-8"?>')}
<testsuite name="doctor of ${cluster}" tests="${measurements.length}" failures="${failures}">
${cases}</testsuite>
`.source;
}

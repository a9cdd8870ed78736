import { RunbookStep, VerdictLevel, type DoctorReport } from '../../lib/cluster';
import { Severity } from '../../lib';
import {
  measuredHtml,
  measuredMarkdown,
  reportHtml,
  takesMeasured,
  withMeasured,
} from '../../lib/report';
import { parsePage, partOf, tableRows } from '../support/html';
import { osloCluster } from '../support/oslo';

const { PASS, WARN, FAIL, UNKNOWN } = VerdictLevel;

const measured: DoctorReport = {
  cluster: 'oslo',
  measurements: [
    {
      check: 'DOC-PROXY-MODE',
      subject: 'cp-1',
      value: 'ipvs',
      intended: 'ipvs',
      level: PASS,
      message: 'the mode is ipvs',
    },
    {
      check: 'DOC-MTU-POD',
      subject: 'cp-1→cp-2',
      value: '1372 bytes',
      intended: '1380 bytes',
      level: FAIL,
      message: '1380 bytes do not pass',
      remedy: 'lower the MTU',
      findingId: 'MY-001',
      runbook: RunbookStep.CONNTRACK,
    },
  ],
  matrices: [
    {
      title: 'Between pods',
      unit: 'Mb/s',
      rows: ['cp-1', 'cp-2'],
      columns: ['cp-1', 'cp-2'],
      values: [
        [null, 941.26],
        [12345.6, null],
      ],
      level: [
        [UNKNOWN, WARN],
        [PASS, UNKNOWN],
      ],
    },
  ],
  histograms: [
    {
      title: 'fsync of cp-1',
      unit: 'ms',
      buckets: [
        { upTo: '1', count: 1500 },
        { upTo: '2', count: 500 },
      ],
    },
  ],
};

function cluster() {
  const made = osloCluster();
  const record = { title: '', why: '', remedy: 'do this', reference: 'there' };
  const check = () => [{ message: 'something is so' }];
  made.addRule({ ...record, id: 'MY-001', severity: Severity.WARNING, check });
  return made;
}

const page = parsePage(reportHtml(cluster(), measured));

test('the worst comes first, beside what is intended, with the way to the step and the finding', () => {
  const part = partOf(page, 'measured');
  const rows = part.querySelectorAll('table:not(.grid) tbody tr');
  expect(rows.map((row) => row.querySelectorAll('td').map(({ text }) => text))).toEqual([
    [
      'fail',
      'DOC-MTU-POD',
      'cp-1→cp-2',
      '1372 bytes',
      '1380 bytes',
      '1380 bytes do not pass; lower the MTU Runbook MY-001',
    ],
    ['pass', 'DOC-PROXY-MODE', 'cp-1', 'ipvs', 'ipvs', 'the mode is ipvs'],
  ]);
  expect(part.querySelectorAll('a').map((a) => a.getAttribute('href'))).toEqual([
    '#runbook-conntrack',
    '#finding-MY-001',
  ]);
  expect(partOf(page, 'finding-MY-001').text).toContain(
    'Measured: cp-1→cp-2 has 1372 bytes, intended is 1380 bytes.',
  );
  const chips = page.querySelectorAll('.chips .badge').map(({ text }) => text);
  expect(chips).toEqual(['1 fail', '1 pass', '1 warning']);
});

test('a heat map has the number in every cell, and colours by verdict', () => {
  expect(tableRows(page, 'Between pods, Mb/s; rows send, columns receive')).toEqual([
    ['', 'cp-1', 'cp-2'],
    ['cp-1', '–', '941'],
    ['cp-2', '12,346', '–'],
  ]);
  const looks = page
    .querySelectorAll('td.heat')
    .map((cell) => [cell.classNames, cell.getAttribute('title')]);
  expect(looks).toEqual([
    ['heat mute', 'unknown'],
    ['heat warn', 'warn'],
    ['heat good', 'pass'],
    ['heat mute', 'unknown'],
  ]);
});

test('a histogram has its counts, and bars to scale', () => {
  expect(tableRows(page, 'fsync of cp-1: how many up to, ms')).toEqual([
    ['1', '1,500'],
    ['2', '500'],
  ]);
  const widths = page.querySelectorAll('.bars i').map((bar) => bar.getAttribute('style'));
  expect(widths).toEqual(['width:80%', 'width:26.7%']);
});

test('Markdown has the same numbers', () => {
  const text = measuredMarkdown(measured);
  expect(text).toContain('| cp-2 | 12345.6 | – |');
  expect(text).toContain('| 2 | 500 |');
  expect(text).toContain('| fail | `DOC-MTU-POD` | cp-1→cp-2 | 1372 bytes | 1380 bytes |');
});

test('a step or a finding that this cluster does not have is no dead link', () => {
  const [, fails] = measured.measurements;
  const measurements = [{ ...fails!, runbook: 'collectors', findingId: 'MY-002' }];
  const other = parsePage(reportHtml(cluster(), { ...measured, measurements }));
  const links = partOf(other, 'measured').querySelectorAll('a');
  expect(links.map((a) => a.getAttribute('href'))).toEqual(['#runbook']);
});

test('the page that a synth wrote takes what was measured, and is else as it was', () => {
  const synthesized = reportHtml(cluster());
  const html = withMeasured(synthesized, measured);
  const filled = parsePage(html);
  const [top, ...rest] = filled.querySelectorAll('main > section').map(({ id }) => id);
  expect([top, rest[0]]).toEqual(['glance', 'measured']);
  for (const contents of filled.querySelectorAll('.toc')) {
    const [, second] = contents.querySelectorAll('a');
    expect(second!.getAttribute('href')).toBe('#measured');
  }
  const quick = filled.querySelectorAll('.quick a').map((a) => a.getAttribute('href'));
  expect(quick.slice(0, 3)).toEqual(['#glance', '#measured', '#findings']);
  expect(filled.querySelector('footer')!.text).toBe(
    'Written at synth from the spec: the same spec gives the same page. A run of the doctor has added what it measured.',
  );
  // What was put in taken out again, the page is the same.
  for (const one of [
    ...filled.querySelectorAll('.toc li').filter((item) => /^Measured/.test(item.text)),
    ...filled.querySelectorAll('#measured, .quick a:nth-child(2)'),
    ...filled.querySelectorAll('.chips li').slice(0, 2),
    ...filled.querySelectorAll('#finding-MY-001 p').filter(({ text }) => /^Measured/.test(text)),
  ]) {
    one.remove();
  }
  const squeezed = (text: string) => text.replace(/ A run of the doctor[^<]*|\n/g, '');
  const same = squeezed(filled.toString()) === squeezed(parsePage(synthesized).toString());
  expect(same).toBe(true);
});

test('a page that was not written by a synth, or has it all already, is refused', () => {
  for (const html of ['<html></html>', reportHtml(cluster(), measured)]) {
    expect(takesMeasured(html)).toBe(false);
    expect(() => withMeasured(html, measured)).toThrow(
      'the page has no place for what was measured, or has it already',
    );
  }
  expect(takesMeasured(reportHtml(cluster()))).toBe(true);
});

test('what was measured is never taken for a place to put something in', () => {
  const [pass] = measured.measurements;
  const measurements = [{ ...pass!, subject: '<!--measured-chips-->', value: '$& $1' }];
  const part = partOf(parsePage(reportHtml(cluster(), { ...measured, measurements })), 'measured');
  expect(part.querySelectorAll('tbody td')[2]!.text).toBe('<!--measured-chips-->');
  expect(part.querySelectorAll('tbody td')[3]!.text).toBe('$& $1');
});

test('without the report of the cluster there is a page of what was measured alone', () => {
  const alone = parsePage(measuredHtml(measured));
  expect(alone.querySelectorAll('main > section').map(({ id }) => id)).toEqual(['measured']);
  expect(alone.querySelector('h1')!.text).toBe('Measured in oslo');
});

test('two runs stand side by side, worst first', () => {
  const [pass, fail] = measured.measurements;
  const earlier: DoctorReport = {
    ...measured,
    measurements: [
      pass!,
      { ...fail!, value: '1380 bytes', level: PASS },
      { ...fail!, subject: 'cp-2→cp-1' },
      { ...fail!, subject: 'cp-3→cp-1', level: UNKNOWN },
    ],
  };
  const now: DoctorReport = {
    ...measured,
    measurements: [
      pass!,
      fail!,
      { ...fail!, subject: 'cp-2→cp-1', level: WARN, value: '1376 bytes' },
      { ...fail!, subject: 'cp-3→cp-1' },
    ],
  };
  const rows = (a: DoctorReport, b: DoctorReport) =>
    tableRows(parsePage(measuredHtml(b, a)), 'What changed, worst first').slice(1);
  expect(rows(earlier, now)).toEqual([
    ['worse', 'DOC-MTU-POD', 'cp-1→cp-2', 'pass 1380 bytes', 'fail 1372 bytes'],
    ['better', 'DOC-MTU-POD', 'cp-2→cp-1', 'fail 1372 bytes', 'warn 1376 bytes'],
    ['known now', 'DOC-MTU-POD', 'cp-3→cp-1', 'unknown 1372 bytes', 'fail 1372 bytes'],
  ]);
  const less = { ...now, measurements: [{ ...pass!, value: 'nftables' }] };
  expect(rows(now, less).map(([change, , where]) => [change, where])).toEqual([
    ['unknown now', 'cp-1→cp-2'],
    ['unknown now', 'cp-2→cp-1'],
    ['unknown now', 'cp-3→cp-1'],
    ['other value', 'cp-1'],
  ]);
  const [, part] = measuredMarkdown(now, earlier).split('### Beside the run before: 3 changes');
  expect(part).toContain('The same in both runs: 1 measurement.');
});

test('without a run of the doctor nothing is said of it', () => {
  expect(parsePage(reportHtml(cluster())).getElementById('measured')).toBeNull();
});

import { RunbookStep, VerdictLevel, type DoctorReport } from '../../lib/cluster';
import { Severity } from '../../lib';
import { reportHtml, reportMarkdown } from '../../lib/report';
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
  const text = reportMarkdown(cluster(), measured);
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

test('without a run of the doctor nothing is said of it', () => {
  expect(parsePage(reportHtml(cluster())).getElementById('measured')).toBeNull();
});

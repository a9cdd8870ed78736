import { findingAnchor } from './content/findings';
import { levelChips, measuredSection } from './content/measured';
import { text, type Block } from './document';
import { blocksHtml, inlineHtml } from './html/blocks';
import { markup, type Markup } from './html/markup';
import { contentsEntry, linkTo, pageHtml, sectionHtml } from './html/page';
import { fillSlots, hasSlot } from './html/slots';
import { sectionsMarkdown } from './markdown';
import type { DoctorReport, Measurement } from '../cluster';

/** Whether a page was written by a synth that knows of measurements, and has none yet. */
export function takesMeasured(html: string): boolean {
  return hasSlot(html, 'chapter') && !html.includes('<section id="measured"');
}

/**
 * A page that a synth wrote, with what a run of the doctor measured: the same as if the report had been
 * written with both.
 *
 * @param earlier another run, to be put beside this one
 * @throws when the page has no place for it, or was filled already
 */
export function withMeasured(html: string, report: DoctorReport, earlier?: DoctorReport): string {
  if (!takesMeasured(html)) {
    throw new Error('the page has no place for what was measured, or has it already');
  }
  const section = measuredSection(report, anchorsOf(html), earlier);
  return fillSlots(html, {
    chips: markup`${levelChips(report.measurements).map((chip) => markup`<li>${inlineHtml(chip)}</li>`)}`,
    quick: linkTo(section),
    contents: contentsEntry(section),
    chapter: sectionHtml(section),
    footer: markup` A run of the doctor has added what it measured.`,
    ...besideFindings(report.measurements),
  });
}

/** A page with nothing but what was measured, for a cluster whose report is not at hand. */
export function measuredHtml(report: DoctorReport, earlier?: DoctorReport): string {
  const head = { title: titleOf(report), subtitle: '', chips: [], quick: [], footer: '' };
  return withMeasured(pageHtml(head, []), report, earlier);
}

/** The same as Markdown. */
export function measuredMarkdown(report: DoctorReport, earlier?: DoctorReport): string {
  return sectionsMarkdown(titleOf(report), [measuredSection(report, new Set(), earlier)]);
}

function titleOf({ cluster }: DoctorReport): string {
  return `Measured in ${cluster}`;
}

/** The steps and findings that a page has; in text of others there are no quotes, but references to them. */
function anchorsOf(html: string): ReadonlySet<string> {
  return new Set([...html.matchAll(/ id="((?:finding|runbook)-[^"]+)"/g)].map(([, id]) => id!));
}

/** What was measured that a finding speaks of, where it is told. */
function besideFindings(measurements: readonly Measurement[]): Record<string, Markup> {
  const ids = new Set(measurements.flatMap(({ findingId }) => findingId ?? []));
  return Object.fromEntries(
    [...ids].map((id) => {
      const those = measurements.filter(({ findingId }) => findingId === id).map(besideFinding);
      return [findingAnchor(id), markup`${blocksHtml(those, 3)}`];
    }),
  );
}

function besideFinding({ subject, value, intended }: Measurement): Block {
  return text({ strong: 'Measured:' }, ` ${subject} has ${value}, intended is ${intended}.`);
}

import { capacity } from './content/capacity';
import { decisions } from './content/decisions';
import type { Facts } from './content/facts';
import { findingChips, findings } from './content/findings';
import { glance } from './content/glance';
import { lifeCycles } from './content/life-cycles';
import { levelChips, measuredSection } from './content/measured';
import { mtu } from './content/mtu';
import { packetPath } from './content/packet-path';
import { ports } from './content/ports';
import { runbook } from './content/runbook';
import { topology } from './content/topology';
import { text, type Section } from './document';
import { explainLines, explainMarkdown, findingsText } from './explain';
import { findingLines, findingsSarif } from './findings-data';
import { pageHtml } from './html/page';
import { sectionsMarkdown } from './markdown';
import type { Cluster, DoctorReport } from '../cluster';

/** All files below `report/` that a synth writes of a cluster: names and contents, one name perhaps twice. */
export function reportFiles(cluster: Cluster): Array<[name: string, content: string]> {
  const facts = factsOf(cluster);
  const sections = sectionsOf(facts);
  return [
    ['explain.md', explainMarkdown(cluster)],
    ['explain.ndjson', explainLines(cluster)],
    ['findings.ndjson', findingLines(facts.findings)],
    ['findings.sarif', findingsSarif(facts.findings)],
    ['findings.txt', findingsText(facts.findings)],
    ['index.html', page(facts, sections)],
    ['report.md', sectionsMarkdown(titleOf(cluster), sections.map(shortened))],
    ...Object.entries(facts.files),
  ];
}

/**
 * The report as one page of HTML that needs nothing else. With the measurements of a doctor's run they
 * stand beside what is intended.
 */
export function reportHtml(cluster: Cluster, measured?: DoctorReport): string {
  const facts = factsOf(cluster);
  return page(facts, sectionsOf(facts, measured), measured);
}

/** The same as Markdown, beside explain.md and the pages of the constructs. */
export function reportMarkdown(cluster: Cluster, measured?: DoctorReport): string {
  const sections = sectionsOf(factsOf(cluster), measured);
  return sectionsMarkdown(titleOf(cluster), sections.map(shortened));
}

function factsOf(cluster: Cluster): Facts {
  return {
    cluster,
    findings: cluster.findings(),
    paths: cluster.paths(),
    files: cluster._reports(),
  };
}

function sectionsOf(facts: Facts, measured?: DoctorReport): Section[] {
  const led = [findings(facts, measured), runbook(facts)];
  const anchors = new Set(
    led.flatMap(({ blocks }) => blocks.flatMap((block) => ('id' in block && block.id) || [])),
  );
  return [
    glance(facts),
    ...(measured === undefined ? [] : [measuredSection(measured, anchors)]),
    ...led,
    topology(facts),
    packetPath(facts),
    mtu(facts),
    ports(facts),
    capacity(facts),
    lifeCycles(facts),
    decisions(facts),
  ];
}

function page(facts: Facts, sections: readonly Section[], measured?: DoctorReport): string {
  const { cluster } = facts;
  return pageHtml(
    {
      title: titleOf(cluster),
      subtitle: `Kubernetes ${cluster.kubernetesVersion}, ${cluster.machines.length} machines, API ${cluster.endpoint.url}`,
      chips: [...levelChips(measured?.measurements ?? []), ...findingChips(facts.findings)],
      quick: [
        { id: 'glance', title: 'Top' },
        { id: 'measured', title: 'Measured' },
        { id: 'findings', title: 'Findings' },
        { id: 'runbook', title: 'Runbook' },
        { id: 'ports', title: 'Ports' },
      ],
      footer:
        measured === undefined
          ? 'Written at synth from the spec: the same spec gives the same page.'
          : 'Written from the spec and from what was measured.',
    },
    sections,
  );
}

/** Markdown has the decisions in a file of their own already. */
function shortened(section: Section): Section {
  return section.id === 'decisions'
    ? {
        ...section,
        blocks: [text('All of them are in ', { href: 'explain.md', text: 'explain.md' }, '.')],
      }
    : section;
}

function titleOf({ clusterName }: Cluster): string {
  return `Report of ${clusterName}`;
}

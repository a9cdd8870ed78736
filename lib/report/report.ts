import { capacity } from './content/capacity';
import { decisions } from './content/decisions';
import type { Facts } from './content/facts';
import { findingChips, findings } from './content/findings';
import { glance } from './content/glance';
import { lifeCycles } from './content/life-cycles';
import { mtu } from './content/mtu';
import { packetPath } from './content/packet-path';
import { ports } from './content/ports';
import { residency } from './content/residency';
import { runbook } from './content/runbook';
import { topology } from './content/topology';
import { text, type Section } from './document';
import { explainLines, explainMarkdown, findingsText } from './explain';
import { findingLines, findingsSarif } from './findings-data';
import { pageHtml } from './html/page';
import { sectionsMarkdown } from './markdown';
import { withMeasured } from './measured';
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
  const html = page(facts, sectionsOf(facts));
  return measured === undefined ? html : withMeasured(html, measured);
}

/** The same as Markdown, beside explain.md and the pages of the constructs. */
export function reportMarkdown(cluster: Cluster): string {
  const sections = sectionsOf(factsOf(cluster));
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

function sectionsOf(facts: Facts): Section[] {
  return [
    glance(facts),
    findings(facts),
    runbook(facts),
    topology(facts),
    packetPath(facts),
    mtu(facts),
    ports(facts),
    capacity(facts),
    ...residency(facts),
    lifeCycles(facts),
    decisions(facts),
  ];
}

function page(facts: Facts, sections: readonly Section[]): string {
  const { cluster } = facts;
  return pageHtml(
    {
      title: titleOf(cluster),
      subtitle: `Kubernetes ${cluster.kubernetesVersion}, ${cluster.machines.length} machines, API ${cluster.endpoint.url}`,
      chips: findingChips(facts.findings),
      quick: [
        { id: 'glance', title: 'Top' },
        { id: 'findings', title: 'Findings' },
        { id: 'runbook', title: 'Runbook' },
        { id: 'ports', title: 'Ports' },
      ],
      footer: 'Written at synth from the spec: the same spec gives the same page.',
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

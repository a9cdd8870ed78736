import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { checks } from '../lib/doctor/checks';
import { projectRoot } from './support/markdown';

// docs/articles.md answers every point of two articles, and each answer leads somewhere.

const PAGE = 'docs/articles.md';
/** Findings, and known failures that something catches. */
const IS_CHECK = /^(GW-[A-Z]+-\d{3}|[A-Z]{4}\d{2})$/;
const page = readFileSync(join(projectRoot, PAGE), 'utf8');
const rows = [...page.matchAll(/^\| ([AB]\d+) \| (.+) \| (.+) \| (.+) \|$/gm)].map(
  ([, number, says, today, here]) => ({
    number: number!,
    says: says!.trim(),
    today: today!.trim(),
    here: here!.trim(),
  }),
);
const links = [...page.matchAll(/\[([^\]]+)\]\(([^)\s]+)\)/g)].map(([, text, target]) => ({
  text: text!,
  target: target!,
}));

interface Page {
  readonly text: string;
  /** Its headings as GitHub makes anchors of them, and the anchors that it names itself. */
  readonly anchors: ReadonlySet<string>;
}

const pages = new Map<string, Page>();

function pageOf(file: string): Page {
  const known = pages.get(file);
  if (known !== undefined) {
    return known;
  }
  const text = readFileSync(join(projectRoot, file), 'utf8');
  const own = [...text.matchAll(/ (?:id|name)="([^"]+)"/g)].map(([, id]) => id!);
  // A comment in a block of code looks like a heading and is no anchor.
  const prose = text.replace(/^```[\s\S]*?^```/gm, '');
  const headings = [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading!));
  const read = { text, anchors: new Set([...own, ...headings]) };
  pages.set(file, read);
  return read;
}

function anchorOf(heading: string): string {
  return heading
    .replace(/<[^>]*>/g, '')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replace(/ /g, '-');
}

/** What is wrong with a link of the page; nothing when it leads somewhere. */
function brokenLink({ text, target }: { text: string; target: string }): string | undefined {
  const [path, anchor] = target.split('#');
  const file = path === '' ? PAGE : normalize(join('docs', path!));
  if (!existsSync(join(projectRoot, file))) {
    return `${target}: no such file`;
  }
  if (anchor === undefined) {
    return undefined;
  }
  if (statSync(join(projectRoot, file)).isDirectory() || !pageOf(file).anchors.has(anchor)) {
    return `${target}: no such anchor`;
  }
  return IS_CHECK.test(text) && !partOf(pageOf(file).text, anchor).includes(`| ${text} |`)
    ? `${target}: no ${text} there`
    : undefined;
}

/** The part of a page that a heading of the second level begins. */
function partOf(text: string, anchor: string): string {
  const parts = text.split(/^## /m);
  return parts.find((part) => anchorOf(part.split('\n')[0]!) === anchor) ?? '';
}

test('every point of both articles is there, once and in order', () => {
  const numbers = (article: string, count: number) =>
    Array.from({ length: count }, (_, n) => `${article}${n + 1}`);
  expect(rows.map(({ number }) => number)).toEqual([...numbers('A', 50), ...numbers('B', 36)]);
});

test('every point has a standing of today and an answer that leads somewhere', () => {
  const bare = rows.filter(
    ({ says, today, here }) =>
      says === '' || today === '' || !(/\]\([^)]+\)/.test(here) || /\b(PRE|DOC)-[A-Z]/.test(here)),
  );
  expect(bare).toEqual([]);
});

test('every link leads to a file, an anchor and a check that are there', () => {
  expect(links.length).toBeGreaterThan(150);
  expect(links.map(brokenLink).filter((fault) => fault !== undefined)).toEqual([]);
});

test('every check that is named without a link is there', () => {
  const preflight = readFileSync(join(projectRoot, 'docs/preflight.md'), 'utf8');
  const all = readFileSync(join(projectRoot, 'docs/checks.md'), 'utf8');
  const named = [...new Set(page.match(/\b(DOC|PRE|GW)-[A-Z]+(-[A-Z0-9]+)*\b/g))];
  expect(named.length).toBeGreaterThan(60);
  const known = (id: string) =>
    id.startsWith('DOC-')
      ? Object.hasOwn(checks, id)
      : (id.startsWith('PRE-') ? preflight : all).includes(id);
  expect(named.filter((id) => !known(id))).toEqual([]);
});

test('every name of the public face is in the assembly', () => {
  const assembly = JSON.parse(readFileSync(join(projectRoot, '.jsii'), 'utf8'));
  const names = links.flatMap(
    ({ target }) => /API\.md#(cdk8s-groundwork\.\w+)/.exec(target)?.[1] ?? [],
  );
  expect(names.length).toBeGreaterThan(20);
  expect([...new Set(names)].filter((name) => !Object.hasOwn(assembly.types, name))).toEqual([]);
});

describe('the check of links', () => {
  test.each([
    ['no-such-page.md', 'no-such-page.md: no such file'],
    ['checks.md#no-such-room', 'checks.md#no-such-room: no such anchor'],
    ['../API.md#cdk8s-groundwork.NoSuch', '../API.md#cdk8s-groundwork.NoSuch: no such anchor'],
    ['../lib/cluster#anything', '../lib/cluster#anything: no such anchor'],
    [
      'service-proxy.md#full-synchronisations-that-take-long-or-fail',
      'service-proxy.md#full-synchronisations-that-take-long-or-fail: no such anchor',
    ],
    ['checks.md#cni', undefined],
    ['../lib/cluster', undefined],
    ['#the-article-of-2019', undefined],
  ])('%s', (target, fault) => {
    expect(brokenLink({ text: 'text', target })).toBe(fault);
  });

  test('a check must be in the part that is named', () => {
    expect(brokenLink({ text: 'GW-CNI-001', target: 'checks.md#cni' })).toBeUndefined();
    expect(brokenLink({ text: 'GW-CNI-001', target: 'checks.md#node' })).toBe(
      'checks.md#node: no GW-CNI-001 there',
    );
  });
});

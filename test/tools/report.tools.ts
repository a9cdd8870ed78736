import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Browser, type Screen } from './browser';
import { withTools } from './programs';
import { exampleNames, runExample } from '../support/examples';
import { projectRoot } from '../support/markdown';
import { tempDir } from '../support/temp-app';

const SCREENS: Readonly<Record<string, Screen>> = {
  phone: { width: 375, height: 812, mobile: true },
  'phone-dark': { width: 375, height: 812, mobile: true, dark: true },
  wide: { width: 1440, height: 900 },
  'wide-dark': { width: 1440, height: 900, dark: true },
};

/** Kept after the run, for eyes. */
const pictures = join(projectRoot, '.test-results', 'report');

let browser: Browser | undefined;

afterAll(() => browser?.close());

// One example has constructs in an App of cdk8s, which writes no report.
describe.each(exampleNames.filter((name) => name !== 'single-constructs'))('%s', (name) => {
  withTools(
    ['chromium'],
    'the page is well in a browser, on a phone and on a wide screen',
    async () => {
      browser ??= new Browser('chromium');
      const outdir = tempDir();
      runExample(name, outdir);
      mkdirSync(pictures, { recursive: true });
      const url = `file://${join(outdir, 'report/index.html')}`;
      for (const [screen, size] of Object.entries(SCREENS)) {
        const page = await browser.open(url, size);
        if (size.dark !== true || name === 'two-sites') {
          writeFileSync(join(pictures, `${name}-${screen}.png`), await page.screenshot());
        }
        // What is closed at first must fit as well.
        await page.evaluate(
          'document.querySelectorAll("details").forEach((one) => (one.open = true))',
        );
        const seen = await page.evaluate<Record<string, unknown>>(`({
        width: document.scrollingElement.scrollWidth,
        tooWide: [...document.querySelectorAll('main *')]
          .filter((one) => one.closest('.scroll, pre, thead') === null)
          .filter((one) => one.getBoundingClientRect().right > innerWidth)
          .map((one) => one.outerHTML.slice(0, 80)),
        dark: matchMedia('(prefers-color-scheme: dark)').matches,
        ground: getComputedStyle(document.body).backgroundColor,
        contents: getComputedStyle(document.querySelector('.toc.wide')).display !== 'none',
        bar: getComputedStyle(document.querySelector('.quick')).display !== 'none',
      })`);
        expect({ screen, ...seen }).toEqual({
          screen,
          width: size.width,
          tooWide: [],
          dark: size.dark === true,
          ground: size.dark === true ? 'rgb(22, 24, 27)' : 'rgb(252, 252, 250)',
          contents: size.mobile !== true,
          bar: size.mobile === true,
        });
        expect(page.complaints).toEqual([]);
        expect(page.requests).toEqual([]);
        await page.close();
      }
    },
  );
});

withTools(['chromium'], 'a tap on a symptom shows its step, below the bar of a phone', async () => {
  browser ??= new Browser('chromium');
  const outdir = tempDir();
  runExample('two-sites', outdir);
  const url = `file://${join(outdir, 'report/index.html')}`;
  const page = await browser.open(url, SCREENS.phone!);
  const top = await page.evaluate<[number, number]>(`(() => {
    document.documentElement.style.scrollBehavior = 'auto';
    document.querySelector('.quick a[href="#runbook"]').click();
    document.querySelector('#runbook a[href="#runbook-conntrack"]').click();
    return [
      document.querySelector('#runbook-conntrack h3').getBoundingClientRect().top,
      document.querySelector('.quick').getBoundingClientRect().bottom,
    ];
  })()`);
  expect(top[0]).toBeGreaterThanOrEqual(top[1]);
  expect(top[0]).toBeLessThan(300);
  await page.close();
});

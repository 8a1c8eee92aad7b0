/** Reports as a person opens them: from disk, in Debian's Chromium, with an eye on what a reader with other needs gets. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runHtml } from '../../src/report/html/run.ts';
import { sweepHtml } from '../../src/report/html/sweep.ts';
import { scratch } from '../cli/meshsim.ts';
import { result } from '../report/fixtures/result.ts';
import { sweep } from '../report/fixtures/sweep.ts';

const executablePath = '/usr/bin/chromium';
const isThere = existsSync(executablePath);
if (!isThere) console.log(`skipped: reports in a browser, as there is no ${executablePath}`);

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
const evil = '</script><img src=x onerror="window.hacked = true">\u202e';

describe.skipIf(!isThere)('a report in a browser', { timeout: 60_000 }, () => {
  const directory = scratch();
  let browser: Browser;
  const asked: string[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--disable-background-networking', '--disable-quic'],
    });
  });
  afterAll(() => browser?.close());

  async function open(name: string, text: string, options = {}): Promise<Page> {
    const file = join(directory, `${name}.html`);
    writeFileSync(file, text);
    const context = await browser.newContext({ acceptDownloads: true, ...options });
    const page = await context.newPage();
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(pathToFileURL(file).href);
    return page;
  }

  const named = {
    ...result,
    scenario: evil,
    warnings: [evil],
    cases: result.cases.map((one) => ({
      ...one,
      services: one.services.map((service) => ({ ...service, service: evil })),
    })),
  };

  it('shows charts without scripts, and asks the network for nothing', async () => {
    const page = await open('run', await runHtml(result), { javaScriptEnabled: false });
    const drawn = await page.locator('figure svg').count();
    expect(drawn).toBeGreaterThan(3);
    const box = await page.locator('figure svg').first().boundingBox();
    expect(box?.width).toBeGreaterThan(300);
    expect(asked.every((url) => url.startsWith('file:'))).toBe(true);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it.each([
    ['run', () => runHtml(result)],
    ['sweep', () => sweepHtml(sweep)],
  ])('has nothing that axe-core finds fault with: %s', async (name, make) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      // The page lets no script run, so that of the test needs a way around its policy.
      const page = await open(`axe-${name}`, await make(), { colorScheme, bypassCSP: true });
      await page.addScriptTag({ content: axe });
      const violations = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as {
          readonly axe: {
            run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
          };
        };
        const found = await axe.run();
        return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
      });
      expect(violations).toEqual([]);
      await page.context().close();
    }
  });

  it('lets no name run, whatever it is', async () => {
    const page = await open('evil', await runHtml(named));
    expect(await page.evaluate(() => 'hacked' in globalThis)).toBe(false);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('h1').textContent()).toContain('</script><img src=x');
    const data = await page.locator('#result').textContent();
    expect(JSON.parse(data ?? '').scenario).toBe(evil);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('gives the rows of a table as CSV', async () => {
    const page = await open('csv', await sweepHtml(sweep));
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('a[download="points.csv"]').click(),
    ]);
    const path = join(directory, 'points.csv');
    await download.saveAs(path);
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(1 + sweep.points.length);
    expect(lines[0]).toContain('latency_p99_ms');
    await page.context().close();
  });

  it('follows the scheme of its reader', async () => {
    const background = async (colorScheme: 'light' | 'dark') => {
      const page = await open('scheme', await sweepHtml(sweep), { colorScheme });
      const colour = await page.locator('body').evaluate((body) => {
        const { getComputedStyle } = globalThis as unknown as {
          getComputedStyle(of: unknown): { readonly backgroundColor: string };
        };
        return getComputedStyle(body).backgroundColor;
      });
      await page.context().close();
      return colour;
    };
    expect(await background('light')).toBe('rgb(255, 255, 255)');
    expect(await background('dark')).toBe('rgb(20, 24, 31)');
  });
});

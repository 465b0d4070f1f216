/** A real Chromium for tests: Debian's, without a window. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Locator, type Page } from 'playwright-core';
import { ROOT } from '../node-red/support';
import { LIMIT_MS } from '../support/waiting';

const CHROMIUM = '/usr/bin/chromium';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The browser of this process. It ends with the process, or where somebody closes it. */
let running: Promise<Browser> | undefined;

/** This process's Chromium, which all files of tests share that it runs; says in one plain line where there is none. */
export async function startBrowser(): Promise<Browser | undefined> {
  if (!existsSync(CHROMIUM)) {
    console.error(`skipped: there is no ${CHROMIUM} on this machine`);
    return undefined;
  }
  if (!(await running)?.isConnected()) running = chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  return running;
}

/** Closes all pages with all that they keep, such as cookies, and leaves the browser to the next file of tests. */
export async function closePages(browser: Browser | undefined): Promise<void> {
  for (const context of browser?.contexts() ?? []) await context.close();
}

/**
 * An error of Node-RED 5's editor as a slow machine loads it, whatever nodes there are: it sets a timer of a second for
 * the first tip of its Info tab, and makes the tab, in which the tip is to be, once it has been sent its keymap. Where
 * that takes longer the timer's function, which nothing calls but the browser, finds no place for the tip.
 */
const TIP_BEFORE_ITS_TAB =
  /^TypeError: Cannot read properties of undefined \(reading 'html'\)\n +at \w+ \(http:[^\s)]*\/red\/red\.min\.js[^\s)]*\)$/;

/**
 * A page, and what went wrong on it: errors of scripts, and error lines of the console. What Node-RED's editor does
 * wrong by itself is left out.
 */
export async function openPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; errors: string[] }> {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(LIMIT_MS);
  const errors: string[] = [];
  page.on('pageerror', ({ stack, message }) => {
    if (!TIP_BEFORE_ITS_TAB.test(stack ?? '')) errors.push(stack ?? message);
  });
  page.on('console', (message) => {
    // The editor itself asks for the catalogue of nodes on the internet.
    const isOfCatalogue = message.location().url.includes('catalogue.nodered.org');
    if (message.type() === 'error' && !isOfCatalogue) errors.push(message.text());
  });
  return { page, errors };
}

/** Unfolds a folded `<details>` by the keyboard: a click may miss what a live page moves under the mouse. */
export async function unfold(details: Locator): Promise<void> {
  await details.locator('> summary').press('Enter');
  await details.and(details.page().locator('[open]')).waitFor();
}

/** Folds an unfolded `<details>` by the keyboard. */
export async function fold(details: Locator): Promise<void> {
  await details.locator('> summary').press('Enter');
  await details.and(details.page().locator(':not([open])')).waitFor();
}

/** Keeps a picture of the page in .test-output, for people to look at, where `SCREENSHOTS=1` asks for it. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  if (!process.env['SCREENSHOTS']) return;
  const folder = join(ROOT, '.test-output/screenshots');
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

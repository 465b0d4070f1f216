import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { readExample, startNodeRed, VERSIONS, type NodeRed } from '../node-red/support';
import { keepScreenshot, openPage, startBrowser } from './support';

const LOOKS = [
  ['light', { viewport: { width: 1000, height: 800 }, colorScheme: 'light' }],
  ['dark', { viewport: { width: 1000, height: 800 }, colorScheme: 'dark' }],
  ['phone', { viewport: { width: 390, height: 800 }, colorScheme: 'light' }],
] as const;

describe('the station in Chromium', () => {
  let browser: Browser;
  let nodeRed: NodeRed;
  before(async function () {
    const started = await startBrowser();
    const [version] = VERSIONS;
    if (!started || !version) {
      this.skip();
      return;
    }
    browser = started;
    nodeRed = await startNodeRed(version);
  });
  after(async () => {
    await browser?.close();
    await nodeRed?.stop();
  });

  it('says what to do while nothing has arrived', async () => {
    const { page, errors } = await openPage(browser);
    await page.goto(`${nodeRed.url}/station`);
    assert.match(await page.innerText('body'), /Import/i);
    await keepScreenshot(page, 'station-empty');
    assert.deepEqual(errors, []);
    await page.close();
  });

  for (const [name, options] of LOOKS) {
    it(`shows graphs and pictures (${name}), all of them from this machine`, async () => {
      await nodeRed.deploy([...(await readExample('First readings')), ...(await readExample('Pictures'))]);
      await nodeRed.until(() => nodeRed.debugged.filter(({ name: debug }) => debug === 'stored').length >= 2);
      const { page, errors } = await openPage(browser, options);
      const strangers: string[] = [];
      page.on('request', (request) => {
        if (!request.url().startsWith(nodeRed.url)) strangers.push(request.url());
      });
      await page.goto(`${nodeRed.url}/station`);
      await page.waitForSelector('svg');
      await page.waitForFunction(
        `[...document.images].length > 0 && [...document.images].every((image) => image.naturalWidth > 0)`,
      );
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth > document.documentElement.clientWidth',
      );
      assert.equal(overflow, false, 'the page is wider than the window');
      await keepScreenshot(page, `station-${name}`);
      assert.deepEqual([errors, strangers], [[], []]);
      await page.close();
    });
  }
});

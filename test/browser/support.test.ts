import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { startNodeRed, VERSIONS, type NodeRed } from '../node-red/support';
import { within } from '../support/waiting';
import { closePages, openPage, startBrowser } from './support';

const [newest] = VERSIONS;
assert(newest);

/** Scripts with an error that is like the one that is left out but for one thing, and their place at the server. */
const OTHER_ERRORS: Readonly<Record<string, readonly [path: string, script: string]>> = {
  "in a script that is not the editor's": [
    '/red/sensorpost.js',
    'setTimeout(function show() { tip.html("") })',
  ],
  'in a function of the editor that another one calls': [
    '/red/red.min.js',
    'function show() { tip.html("") } setTimeout(function open() { show() })',
  ],
  'in the editor about something else': ['/red/red.min.js', 'setTimeout(function show() { tip.text("") })'],
};

describe('the errors of a page in Chromium', () => {
  let browser: Browser;
  let nodeRed: NodeRed;
  before(async function () {
    const started = await startBrowser();
    if (!started) {
      this.skip();
      return;
    }
    browser = started;
    nodeRed = await startNodeRed(newest);
  });
  after(async () => {
    await closePages(browser);
    await nodeRed?.stop();
  });

  it('leave out that Node-RED 5 shows a tip before there is a place for it', async () => {
    const { page, errors } = await openPage(browser);
    // The tip of this number names no key. One that does is not shown before the keymap is there.
    await page.addInitScript('Math.random = () => 0.4');
    const failure = page.waitForEvent('pageerror');
    await page.route('**/red/keymap.json', async (route) => {
      await failure;
      await route.continue();
    });
    await page.goto(nodeRed.url);
    const { message } = await within('the editor to show a tip', failure);
    assert.equal(message, "Cannot read properties of undefined (reading 'html')");
    await page.waitForSelector('[data-palette-type="dht22-in"]', { state: 'attached' });
    assert.deepEqual(errors, []);
    await page.close();
  });

  for (const [which, [path, script]] of Object.entries(OTHER_ERRORS)) {
    it(`have one ${which}`, async () => {
      const { page, errors } = await openPage(browser);
      await page.route('**/*', (route) => {
        const isScript = new URL(route.request().url()).pathname === path;
        return route.fulfill(
          isScript
            ? { contentType: 'text/javascript', body: `var tip; ${script}` }
            : {
                contentType: 'text/html',
                body: `<link rel=icon href="data:,"><script src="${path}"></script>`,
              },
        );
      });
      const failure = page.waitForEvent('pageerror');
      await page.goto(nodeRed.url);
      await within('the error', failure);
      assert.equal(errors.length, 1);
      assert.match(String(errors), /Cannot read properties of undefined/);
      await page.close();
    });
  }
});

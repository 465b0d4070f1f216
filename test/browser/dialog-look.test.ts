import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { startNodeRed, VERSIONS, type NodeRed } from '../node-red/support';
import type { RecordingServer } from '../support/recording-server';
import { flowsFor, startServer } from './dialog-support';
import { openEditor, unfold } from './editor';
import { keepScreenshot, startBrowser } from './support';

const [newest] = VERSIONS;
assert(newest);

describe('the look of the edit dialogs in Chromium', () => {
  let browser: Browser;
  let nodeRed: NodeRed;
  let server: RecordingServer;
  before(async function () {
    const started = await startBrowser();
    if (!started) {
      this.skip();
      return;
    }
    browser = started;
    server = await startServer();
    nodeRed = await startNodeRed(newest);
    await nodeRed.deploy(flowsFor(server.url));
  });
  after(async () => {
    await browser?.close();
    await nodeRed?.stop();
    await server?.close();
  });

  for (const theme of ['light', 'dark'] as const) {
    it(`is without barriers in the ${theme} theme`, async () => {
      const editor = await openEditor(browser, nodeRed, theme);
      const { page, errors } = editor;
      await editor.show('kept');
      for (const id of ['dht22', 'camera', 'senio', 'device', 'template', 'sensor', 'account']) {
        await editor.open(id);
        const test = page.locator('#sensorpost-test, #sensorpost-read');
        if ((await test.count()) > 0) {
          await test.click();
          await page.waitForSelector('[data-tone=good], [data-tone=bad]');
        }
        await page.evaluate(`document.querySelector('.red-ui-tray-content').scrollTop = 0`);
        await keepScreenshot(page, `dialog-${id}-${theme}`);
        await unfold(page);
        assert.deepEqual(await editor.findBarriers(), [], id);
        await page.evaluate(`document.querySelector('.red-ui-tray-content').scrollTop = 1e5`);
        await keepScreenshot(page, `dialog-${id}-${theme}-unfolded`);
        await editor.close('cancel');
      }
      assert.deepEqual(errors, []);
      await page.close();
    });
  }
});

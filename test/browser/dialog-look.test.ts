import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import german from '../../locales/de/dht22-in.json';
import germanSidebar from '../../locales/de/outbox-sidebar.json';
import { ROOT, startNodeRed, VERSIONS, type NodeRed } from '../node-red/support';
import type { RecordingServer } from '../support/recording-server';
import { flowsFor, startServer } from './dialog-support';
import { openEditor, unfoldAll, type Look, type Rules } from './editor';
import { closePages, keepScreenshot, startBrowser } from './support';

const [newest] = VERSIONS;
assert(newest);

const GERMAN: Look = { theme: 'light', viewport: { width: 1280, height: 800 }, language: 'de' };

/**
 * How the dialogs are looked at, and with which rules: a theme changes colours alone, and a language and a width change
 * everything else.
 */
const LOOKS: Readonly<Record<string, readonly [look: Look, rules: Rules]>> = {
  light: [{ theme: 'light', viewport: { width: 1280, height: 800 } }, 'all'],
  dark: [{ theme: 'dark', viewport: { width: 1280, height: 800 } }, 'of colours'],
  'narrow-german': [{ theme: 'light', viewport: { width: 520, height: 800 }, language: 'de' }, 'but colours'],
};
const DIALOGS = [
  'dht22',
  'camera',
  'senio',
  'fleet',
  'alone',
  'device',
  'template',
  'arrivals',
  'sensor',
  'account',
  'kitchen',
  'station',
];

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
    await closePages(browser);
    await nodeRed?.stop();
    await server?.close();
  });

  it('speaks German where the editor does', async () => {
    const editor = await openEditor(browser, nodeRed, GERMAN);
    const { page, errors } = editor;
    await editor.show('kept');
    await editor.open('dht22');
    const { source, error, read, label } = german['dht22-in'];
    assert.equal(await page.innerText('#node-input-source option:checked'), source.gpio);
    assert.equal((await page.innerText('#sensorpost-read')).trim(), read.button);
    await page.fill('#node-input-interval', '1');
    await page.keyboard.press('Tab');
    assert.equal(await editor.reasonAt('#node-input-interval'), `${label.interval}: ${error.interval}`);
    const help = await page.evaluate(`RED.nodes.getNodeHelp('dht22-in')`);
    assert.match(String(help), /<h3>Eingangsdaten<\/h3>/);
    await editor.close('cancel');
    await page.evaluate(`RED.sidebar.show('sensorpost-outbox')`);
    await page.getByText(germanSidebar['outbox-sidebar'].fact.waiting, { exact: true }).first().waitFor();
    assert.deepEqual(errors, []);
    await page.close();
  });

  for (const [name, [look, rules]] of Object.entries(LOOKS)) {
    it(`shows no barriers, and fits (${name})`, async () => {
      const editor = await openEditor(browser, nodeRed, look);
      const { page, errors } = editor;
      await editor.show('kept');
      // In a narrow window they lie over the flow.
      if (look.viewport.width < 1000) await editor.hideSidebars();
      for (const id of DIALOGS) {
        await editor.open(id);
        await tryButtons(page);
        await keepWhole(page, `dialog-${id}-${name}`);
        const type = String(await editor.valueOf(id, 'type'));
        const known = textsOf(look.language ?? 'en-US', type);
        const labels = await page.locator('.sensorpost-form label:visible').allInnerTexts();
        for (const label of labels) assert(known.has(label.trim()), `${id}: ${label}`);
        assert.deepEqual(await findOverflow(page), [], id);
        assert.deepEqual(await editor.findBarriers(rules), [], id);
        await editor.close('cancel');
      }
      assert.deepEqual(errors, []);
      await page.close();
    });
  }
});

/** The texts of a dialog in a language: its own, and those that all dialogs share. */
function textsOf(language: string, type: string): ReadonlySet<string> {
  const files = [type, 'common'].map((name) => join(ROOT, 'locales', language, `${name}.json`));
  return new Set(
    files.flatMap((file) => {
      const texts: string[] = [];
      JSON.parse(readFileSync(file, 'utf8'), (_key, value: unknown) => {
        if (typeof value === 'string') texts.push(value);
        return value;
      });
      return texts;
    }),
  );
}

/** Has a dialog show what comes of its buttons. */
async function tryButtons(page: Page): Promise<void> {
  if (await page.isVisible('#sensorpost-make-key')) await page.click('#sensorpost-make-key');
  const ask = page.locator('#sensorpost-test, #sensorpost-read, #sensorpost-try');
  if ((await ask.count()) === 0) return;
  await ask.click();
  await page.waitForSelector('[id$=-outcome][data-tone=good], [id$=-outcome][data-tone=bad]');
}

/** Pictures of a dialog: its beginning as it opens, and its end with all sections open. */
async function keepWhole(page: Page, name: string): Promise<void> {
  const scroll = (to: string) =>
    page.evaluate(
      `for (const body of document.querySelectorAll('.red-ui-tray-body, .red-ui-tray-content')) body.scrollTop = ${to}`,
    );
  await scroll('0');
  await keepScreenshot(page, name);
  await unfoldAll(page);
  await scroll('1e5');
  await keepScreenshot(page, `${name}-unfolded`);
}

/** What of the open dialog is wider than the dialog. */
function findOverflow(page: Page): Promise<readonly string[]> {
  return page.evaluate(`(() => {
    const form = document.querySelector('.red-ui-tray:last-of-type .sensorpost-form');
    const { right } = form.getBoundingClientRect();
    return [...form.querySelectorAll('*')]
      .filter((part) => part.checkVisibility() && part.getBoundingClientRect().right > right + 1)
      .map((part) => part.outerHTML.slice(0, 120));
  })()`);
}

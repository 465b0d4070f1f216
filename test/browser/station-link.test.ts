/** The ways from the editor to the station's page, behind a reverse proxy that adds a prefix. */
import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import german from '../../locales/de/common.json';
import english from '../../locales/en-US/common.json';
import { startNodeRed, VERSIONS, type FlowNode, type NodeRed } from '../node-red/support';
import { startReverseProxy, type ReverseProxy } from '../support/reverse-proxy';
import { openEditor, type Editor, type Look } from './editor';
import { closePages, keepScreenshot, startBrowser } from './support';

const FLOWS: readonly FlowNode[] = [
  { id: 'flow', type: 'tab', label: 'flow' },
  { id: 'arrivals', type: 'station-in', z: 'flow', x: 200, y: 100, wires: [] },
  {
    id: 'comment',
    type: 'comment',
    z: 'flow',
    name: 'what this is',
    info: "See what arrives on [the station's page](#sensorpost-station).",
    x: 200,
    y: 160,
    wires: [],
  },
  { id: 'kitchen', type: 'senio-config', server: 'here', sensor: 'kitchen' },
  { id: 'account', type: 'databoom-config', server: 'here' },
];
/** Flows in which nothing uses the station. */
const AWAY: readonly FlowNode[] = [
  { id: 'flow', type: 'tab', label: 'flow' },
  { id: 'elsewhere', type: 'senio-config', server: 'custom', url: 'http://127.0.0.1:9', sensor: 'rpi' },
];

const LAPTOP = { width: 1366, height: 768 };
const LINK = '.sensorpost-station-button';

/** How Node-RED is set up and proxied, and how it is looked at, for each version. */
const SETUPS = [
  {
    look: { theme: 'dark', viewport: LAPTOP, language: 'de' },
    texts: german.common.station,
    adminRoot: '',
    prefix: '/api/hassio_ingress/Zm9v',
    nodeRoot: '/endpoint',
  },
  {
    // This version has no dark theme.
    look: { theme: 'light', viewport: LAPTOP, language: 'en-US' },
    texts: english.common.station,
    adminRoot: '/admin',
    prefix: '/red',
    nodeRoot: '/',
  },
] as const satisfies readonly { look: Look; [other: string]: unknown }[];

for (const [index, version] of VERSIONS.entries()) {
  const { look, texts, adminRoot, prefix, nodeRoot } = SETUPS[index] ?? assert.fail();

  describe(`the ways to the station in ${version.name}, in ${look.language}`, () => {
    let browser: Browser;
    let nodeRed: NodeRed;
    let proxy: ReverseProxy;
    let editor: Editor;
    let page: Page;
    let path: string;

    before(async function () {
      const started = await startBrowser();
      if (!started) {
        this.skip();
        return;
      }
      browser = started;
      nodeRed = await startNodeRed(version, {
        adminRoot,
        settings: `httpNodeRoot: '${nodeRoot}',`,
        flows: FLOWS,
      });
      proxy = await startReverseProxy(new URL(nodeRed.url).origin, prefix);
      path = `${new URL(proxy.url).pathname}${nodeRoot.replace(/\/$/, '')}/station/`;
      editor = await openEditor(browser, { ...nodeRed, url: `${proxy.url}${adminRoot}/` }, look);
      ({ page } = editor);
    });
    after(async () => {
      await closePages(browser);
      proxy?.close();
      await nodeRed?.stop();
    });

    /** Follows a link by the keyboard, and expects the station's page. */
    async function follow(link: string): Promise<void> {
      const popup = page.waitForEvent('popup');
      await page.locator(`${link}:visible`).press('Enter');
      const station = await popup;
      await station.waitForSelector('main, h1');
      assert.equal(new URL(station.url()).pathname, path);
      // Its readings are asked for below the same address.
      await station.waitForFunction(`document.title !== ''`);
      await station.close();
    }

    for (const id of ['kitchen', 'account', 'arrivals']) {
      it(`lead from the dialog of ${id} to the page`, async () => {
        await editor.open(id);
        await page.waitForSelector(`${LINK}:visible`);
        assert.equal((await page.innerText(`${LINK}:visible`)).trim(), texts.open);
        await keepScreenshot(page, `station-link-${id}-${index}`);
        await follow(LINK);
        if (id === 'kitchen') {
          await page.selectOption('#node-config-input-server', 'cloud');
          assert.equal(await page.locator(`${LINK}:visible`).count(), 0, 'a way to the station at a server');
        }
        await editor.close('cancel');
      });
    }

    it('lead from the Outbox sidebar to the page', async () => {
      await page.evaluate(`RED.sidebar.show('sensorpost-outbox')`);
      await page.waitForSelector(`${LINK}:visible`);
      await keepScreenshot(page, `station-link-sidebar-${index}`);
      await follow(LINK);
    });

    it('lead from the comment of a flow to the page', async () => {
      await page.evaluate(
        `RED.sidebar.show('info'); RED.view.select({ nodes: [RED.nodes.node('comment')] })`,
      );
      await page.waitForSelector('a[href="#sensorpost-station"]:visible');
      await keepScreenshot(page, `station-link-comment-${index}`);
      await follow('a[href="#sensorpost-station"]');
    });

    it('show the address for other devices with the prefix', async () => {
      await editor.open('kitchen');
      await page.locator('#sensorpost-make-key').press('Enter');
      const address = await page.locator('#sensorpost-made-key code').nth(1).innerText();
      assert.equal(address, `${new URL(proxy.url).origin}${path}publish/kitchen`);
      await editor.close('cancel');
    });

    it('lead nowhere while no node uses the station', async () => {
      await nodeRed.deploy(AWAY);
      await page.reload();
      await page.waitForSelector('[data-palette-type="dht22-in"]', { state: 'attached' });
      await page.evaluate(`RED.sidebar.show('sensorpost-outbox')`);
      await page.waitForSelector('.sensorpost-card:visible, .sensorpost-note:visible');
      assert.equal(await page.locator(`${LINK}:visible`).count(), 0);
      await page.evaluate(
        `document.body.insertAdjacentHTML('beforeend', '<a id="way" href="#sensorpost-station">page</a>')`,
      );
      await page.locator('#way').press('Enter');
      await page.getByText(texts.none).waitFor();
    });

    it('leave no error on the console, and nothing asked for outside the prefix', () => {
      assert.deepEqual(editor.errors, []);
      assert.deepEqual(proxy.strays, []);
    });
  });
}

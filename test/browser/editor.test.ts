import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import {
  DATABOOM_CONFIG,
  DATABOOM_IN,
  DATABOOM_PUBLISH,
  DHT22_IN,
  PICAMERA_IN,
  SENIO_CONFIG,
  SENIO_PUBLISH,
  STATION_CONFIG,
  STATION_IN,
} from '../../src/nodes/contract';
import { readExample, startNodeRed, VERSIONS, type FlowNode, type NodeRed } from '../node-red/support';
import { closePages, keepScreenshot, openPage, startBrowser } from './support';

const NODES = ['senio-publish', 'databoom-publish', 'databoom-in', 'dht22-in', 'picamera-in', 'station-in'];
const CONFIGS = ['senio-config', 'databoom-config'];

/** Nodes as an earlier version may have stored them: without the fields that came later. */
const OLD_NODES: readonly FlowNode[] = ['dht22-in', 'picamera-in', 'station-in'].map((type) => ({
  id: `old-${type}`,
  type,
  z: '5e2a000000000100',
  x: 200,
  y: 400,
  interval: 0,
  wires: [],
}));

/** A message that cannot be published, on a tab without a Catch node. */
const WRONG_INPUT: readonly FlowNode[] = [
  { id: 'uncaught', type: 'tab', label: 'uncaught', disabled: false, info: '' },
  {
    id: 'wrong-input',
    type: 'inject',
    z: 'uncaught',
    name: '',
    props: [{ p: 'payload' }, { p: 'topic', vt: 'str' }],
    topic: 'temp',
    payload: '21,5',
    payloadType: 'str',
    once: false,
    repeat: '',
    x: 200,
    y: 100,
    wires: [['refusing']],
  },
  {
    id: 'refusing',
    type: 'senio-publish',
    z: 'uncaught',
    ...SENIO_PUBLISH,
    config: '5e2a000000000108',
    x: 400,
    y: 100,
    wires: [[]],
  },
];
const SHAPES: Readonly<Record<string, object>> = {
  'senio-config': SENIO_CONFIG,
  'senio-publish': SENIO_PUBLISH,
  'databoom-config': DATABOOM_CONFIG,
  'databoom-publish': DATABOOM_PUBLISH,
  'databoom-in': DATABOOM_IN,
  'dht22-in': DHT22_IN,
  'picamera-in': PICAMERA_IN,
  'station-in': STATION_IN,
  'station-config': STATION_CONFIG,
};

/** A text of a catalogue that was not found is shown as its key. */
const UNTRANSLATED =
  /\b(?:common|(?:senio|databoom)-(?:config|publish)|(?:dht22|picamera|station|databoom)-in|station-config)\.\w/;

for (const [index, version] of VERSIONS.entries()) {
  describe(`the editor of ${version.name} in Chromium`, () => {
    let browser: Browser;
    let nodeRed: NodeRed;
    let page: Page;
    let errors: string[];
    let flows: FlowNode[];
    before(async function () {
      const started = await startBrowser();
      if (!started) {
        this.skip();
        return;
      }
      browser = started;
      flows = [
        ...(await readExample('First readings')),
        ...(await readExample('Camera to Senio')),
        ...(await readExample('Databoom read back')),
        ...OLD_NODES,
        ...WRONG_INPUT,
      ];
      nodeRed = await startNodeRed(version, { flows });
      ({ page, errors } = await openPage(browser, {
        viewport: { width: 1300, height: 900 },
        colorScheme: index === 0 ? 'light' : 'dark',
      }));
      await page.goto(nodeRed.url);
      await page.waitForSelector(
        '#red-ui-palette-Sensorpost, [id^="red-ui-palette-base-category-Sensorpost"]',
      );
      await page.waitForSelector('.red-ui-flow-node-status-label >> text=/sent [0-9]/');
    });
    after(async () => {
      await closePages(browser);
      await nodeRed?.stop();
    });

    it('shows every node in the palette', async () => {
      for (const type of NODES)
        assert.equal(await page.locator(`[data-palette-type="${type}"]`).count(), 1, type);
      await keepScreenshot(page, `editor-${index}`);
    });

    it('gives new nodes the values that the runtime takes for missing ones', async () => {
      for (const [type, shape] of Object.entries(SHAPES)) {
        const values = await page.evaluate(
          `Object.fromEntries(Object.entries(RED.nodes.getType(${JSON.stringify(type)}).defaults)
            .map(([name, { value }]) => [name, value]))`,
        );
        assert.deepEqual(values, shape, type);
      }
    });

    it('finds nothing wrong with the examples', async () => {
      const invalid = await page.evaluate(
        `(() => { const found = [];
          const look = (node) => { if (node.valid === false) found.push(node.type + ': ' + node.validationErrors); };
          RED.nodes.eachNode(look); RED.nodes.eachConfig(look); return found; })()`,
      );
      assert.deepEqual(invalid, []);
    });

    for (const type of NODES) {
      it(`opens the dialog of ${type} with every text in place`, async () => {
        const id = flows.find((node) => node.type === type)?.id;
        await page.evaluate(`RED.editor.edit(RED.nodes.node(${JSON.stringify(id)}))`);
        await page.waitForSelector('#node-input-name:visible');
        await checkDialog(`${type}-${index}`);
        await page.click('#node-dialog-cancel');
        await page.waitForSelector('#node-dialog-cancel', { state: 'detached' });
      });
    }

    for (const { id, type } of OLD_NODES) {
      it(`keeps the defaults of an old ${type} that lacks fields, when its dialog is closed with Done`, async () => {
        const node = `RED.nodes.node(${JSON.stringify(id)})`;
        await page.evaluate(`RED.editor.edit(${node})`);
        await page.waitForSelector('#node-input-name:visible');
        await page.click('#node-dialog-ok');
        await page.waitForSelector('#node-dialog-ok', { state: 'detached' });
        const shape = SHAPES[type] ?? {};
        const defaults = Object.entries('interval' in shape ? { ...shape, interval: 0 } : shape);
        assert(defaults.length > 2);
        for (const [name, value] of defaults) {
          assert.equal(await page.evaluate(`String(${node}[${JSON.stringify(name)}])`), String(value), name);
        }
      });
    }

    for (const type of CONFIGS) {
      it(`opens the dialog of ${type} and shows what its server needs`, async () => {
        const id = flows.find((node) => node.type === type)?.id;
        await page.evaluate(`RED.editor.editConfig('', ${JSON.stringify(type)}, ${JSON.stringify(id)})`);
        await page.waitForSelector('#node-config-input-server:visible');
        assert.equal(await page.isVisible('#node-config-input-url'), false);
        await page.selectOption('#node-config-input-server', 'custom');
        assert.equal(await page.isVisible('#node-config-input-url'), true);
        await page.type('#node-config-input-url', 'no address');
        await page.waitForSelector('#node-config-input-url.input-error');
        await checkDialog(`${type}-${index}`);
        await page.click('#node-config-dialog-cancel');
        await page.waitForSelector('#node-config-dialog-cancel', { state: 'detached' });
      });
    }

    async function checkDialog(name: string): Promise<void> {
      const shown = await page.evaluate(
        `[...document.querySelectorAll('.red-ui-tray-body')].map((tray) => tray.innerText + ' ' +
          [...tray.querySelectorAll('[placeholder]')].map((input) => input.placeholder).join(' ')).join(' ')`,
      );
      assert.doesNotMatch(String(shown), UNTRANSLATED);
      await keepScreenshot(page, name);
    }

    it('shows the help of every node', async () => {
      for (const type of [...NODES, ...CONFIGS]) {
        const help = await page.evaluate(`RED.nodes.getNodeHelp(${JSON.stringify(type)})`);
        assert.match(String(help), /^\s*<p>/, type);
      }
    });

    it('shows an error in the debug sidebar as a text that unfolds whole, with nothing else', async () => {
      await nodeRed.inject('wrong-input');
      const logged = await nodeRed.until(
        () => /\[senio-publish:refusing\] (?<text>.*)/.exec(nodeRed.log()) ?? undefined,
      );
      const text = logged.groups?.['text'] ?? '';
      assert.match(text, /^Field "temp" is "21,5"/);
      const shown = page.locator('.red-ui-debug-msg-node-refusing .red-ui-debug-msg-payload').first();
      await shown.waitFor({ state: 'attached' });
      // Node-RED shows 80 characters of a text, and all of it when it is unfolded.
      assert.equal((await shown.textContent())?.trim().slice(0, 70), `"${text}`.slice(0, 70));
      await page.evaluate(`RED.sidebar.show('debug')`);
      await shown.locator('.red-ui-debug-msg-expandable').dispatchEvent('click');
      await keepScreenshot(page, `debug-error-${index}`);
      assert.equal(await shown.locator('pre').textContent(), text);
    });

    it('logs no error on the console', () => assert.deepEqual(errors, []));
  });
}

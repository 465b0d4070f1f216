/** The way of a new user: from the palette to readings that arrive. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { readExample, ROOT, startNodeRed, VERSIONS, type FlowNode, type NodeRed } from '../node-red/support';
import type { RecordingServer } from '../support/recording-server';
import { until } from '../support/waiting';
import { KEY, startServer } from './dialog-support';
import { openEditor, type Editor } from './editor';
import { closePages, keepScreenshot, startBrowser, unfold } from './support';

const EXAMPLES = readdirSync(join(ROOT, 'examples')).map((file) => file.replace(/\.json$/, ''));

const FLOWS: readonly FlowNode[] = [
  { id: 'blank', type: 'tab', label: 'blank' },
  { id: 'station', type: 'databoom-config', server: 'here' },
  { id: 'kitchen', type: 'senio-config', server: 'here', sensor: 'kitchen window' },
];

/** Config nodes whose server is this Node-RED, and what another device sends them. */
const DOORS = [
  {
    id: 'kitchen',
    input: 'key',
    resource: 'publish/kitchen%20window',
    body: '{"timestamp":1795227373850,"data":{"temp":21.5}}',
    accepted: 201,
  },
  {
    id: 'station',
    input: 'token',
    resource: 'v1/signals/push',
    body: '{"device":"D1","signals":[{"name":"temp","value":21.5}]}',
    accepted: 200,
  },
] as const;
const CONFIG_OF = { kitchen: 'senio-config', station: 'databoom-config' };

const statusOf = (id: string) => `[id="${id}"] .red-ui-flow-node-status-label`;

const isPicture = ({ path, body }: { path: string; body: Buffer }) =>
  path === '/publish/porch' && body.length > 5000;

/** Chooses an entry of the import dialog: until it is chosen, because a click may miss it while the list unfolds. */
async function chooseEntry(page: Page, name: string): Promise<void> {
  const entry = page.locator(`.red-ui-treeList-label-text >> text="${name}" >> visible=true`);
  const chosen = page.locator('.red-ui-treeList-label.selected:visible', { hasText: name });
  await until(`the chosen entry "${name}"`, async () => {
    await entry.click();
    return (await chosen.count()) > 0;
  });
}

for (const [index, version] of VERSIONS.entries()) {
  describe(`a new user of ${version.name} in Chromium`, () => {
    let browser: Browser;
    let nodeRed: NodeRed;
    let server: RecordingServer;
    let editor: Editor;
    let page: Page;

    before(async function () {
      const started = await startBrowser();
      if (!started) {
        this.skip();
        return;
      }
      browser = started;
      server = await startServer();
      nodeRed = await startNodeRed(version);
      await nodeRed.deploy(FLOWS);
      editor = await openEditor(browser, nodeRed);
      ({ page } = editor);
    });
    after(async () => {
      await closePages(browser);
      await nodeRed?.stop();
      await server?.close();
    });

    /** The fields of the sensor, as the station's page gets them. */
    async function fieldsOfKitchen(): Promise<readonly object[]> {
      const answer = await fetch(`${nodeRed.url}/station/api/sources`);
      const { sources }: { sources: readonly { name: string; fields: readonly object[] }[] } =
        await answer.json();
      return sources.find(({ name }) => name === 'kitchen window')?.fields ?? [];
    }

    it('comes from the palette to readings that arrive', async () => {
      await editor.show('blank');
      const sensor = await editor.drag('dht22-in', 400, 200);
      const camera = await editor.drag('picamera-in', 400, 400);
      const senio = await editor.drag('senio-publish', 700, 200);
      const databoom = await editor.drag('databoom-publish', 700, 300);
      const stationIn = await editor.drag('station-in', 400, 600);
      await editor.wire(sensor, senio);
      await editor.wire(sensor, databoom);
      await editor.wire(camera, senio);

      await editor.open(sensor);
      await page.fill('#node-input-name', 'porch');
      await page.selectOption('#node-input-source', 'demo');
      await page.fill('#node-input-interval', '2');
      await editor.close();
      await editor.open(camera);
      await page.selectOption('#node-input-program', 'test-picture');
      await editor.close();

      await editor.open(senio);
      await page.click('#node-input-btn-config-add');
      await editor.settle('#node-config-input-sensor');
      await page.selectOption('#node-config-input-server', 'custom');
      await page.fill('#node-config-input-url', server.url);
      await page.fill('#node-config-input-sensor', 'porch');
      for (const [typed, tone] of [
        ['wrong', 'bad'],
        [KEY, 'good'],
      ] as const) {
        await page.fill('#node-config-input-key', typed);
        await page.click('#sensorpost-test');
        await page.waitForSelector(`#sensorpost-test-outcome[data-tone=${tone}]`);
      }
      await editor.close();
      // Before the first deploy, from the server that was just set.
      await page.waitForSelector('#sensorpost-fields button >> text=cam1');
      await editor.close();
      await editor.open(databoom);
      await page.selectOption('#node-input-config', 'station');
      await page.fill('.red-ui-typedInput-input >> visible=true', 'porch');
      await editor.close();

      await editor.open(stationIn);
      await page.fill('#node-input-source', 'porch');
      await editor.close();

      await editor.deploy();
      await page.waitForSelector(`${statusOf(sensor)} >> text=/^demo .* °C .* %$/`);
      await page.waitForSelector(`${statusOf(camera)} >> text=/^test [0-9:]+$/`);
      await page.waitForSelector(`${statusOf(senio)} >> text=/^sent [0-9:]+$/`);
      await page.waitForSelector(`${statusOf(databoom)} >> text=/^sent [0-9:]+$/`);
      await page.waitForSelector(`${statusOf(stationIn)} >> text=/^received [0-9:]+$/`);
      await server.until(() => server.requests.some(isPicture));
      await keepScreenshot(page, `flow-${index}`);
    });

    for (const { id, input, resource, body, accepted } of index === 0 ? DOORS : DOORS.slice(0, 1)) {
      it(`makes a key for other devices, shown until the dialog of ${id} is closed, and never again`, async () => {
        const post = async (key: string) => {
          const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${key}` };
          const answer = await fetch(`${nodeRed.url}/station/${resource}`, { method: 'POST', headers, body });
          return answer.status;
        };
        await editor.open(id);
        assert.match(await page.innerText('#sensorpost-key-note'), /^No (?:key|token) is set/);
        await page.click('#sensorpost-make-key');
        const [key = '', address] = await page.locator('#sensorpost-made-key code').allInnerTexts();
        assert.match(key, /^[\w-]{32}$/);
        assert.equal(address, `${nodeRed.url}/station/${resource}`);
        await keepScreenshot(page, `key-made-${id}-${index}`);
        await page.click('#sensorpost-made-key button >> nth=0');
        await page.focus('#node-config-input-name');
        await page.keyboard.press('Control+V');
        assert.equal(await page.inputValue('#node-config-input-name'), key);
        await page.fill('#node-config-input-name', '');
        await editor.close();
        assert.equal(await post(key), 403);

        for (const step of ['saved', 'deployed']) {
          if (step === 'deployed') await editor.deploy();
          await editor.open(id);
          assert.match(await page.innerText('#sensorpost-key-note'), /^A (?:key|token) is set/, step);
          assert.match(await page.innerText('#sensorpost-make-key'), /Make a new/, step);
          assert.equal(await page.isVisible('#sensorpost-made-key'), false, step);
          assert.equal(await page.getAttribute(`#node-config-input-${input}`, 'type'), 'password', step);
          assert(!(await page.content()).includes(key), step);
          await editor.close('cancel');
        }
        assert.deepEqual([await post(key), await post(`${key}x`)], [accepted, 403]);
        const stored = await (await fetch(`${nodeRed.url}/credentials/${CONFIG_OF[id]}/${id}`)).text();
        const flows = await (await fetch(`${nodeRed.url}/flows`)).text();
        assert(!`${stored}${flows}`.includes(key));

        // One that is made and not saved changes nothing.
        await editor.open(id);
        assert.equal(await page.inputValue(`#node-config-input-${input}`), '__PWRD__');
        await page.click('#sensorpost-make-key');
        assert.match(await page.innerText('#sensorpost-made-key'), /the former (?:key|token) does not/);
        await editor.close('cancel');
        assert.equal(await editor.valueOf(id, 'changed'), false);
      });
    }

    it("names a sensor's fields for the station's page", async () => {
      await editor.open('kitchen');
      await unfold(page.locator('#sensorpost-fields-fold'));
      await page.click('#sensorpost-fields-fold .red-ui-editableList-addButton');
      for (const [part, value] of Object.entries({ name: 'temp', label: 'Temperature', unit: '°C' }))
        await page.fill(`.sensorpost-field [data-part=${part}]`, value);
      await editor.close();
      await editor.deploy();
      // A deploy is done before its nodes have started.
      await until('the name of the field', async () =>
        (await fieldsOfKitchen()).some((field) => 'label' in field),
      );
      assert.partialDeepStrictEqual(await fieldsOfKitchen(), [
        { name: 'temp', label: 'Temperature', unit: '°C' },
      ]);
    });

    // The examples are the same for every Node-RED.
    for (const example of index === 0 ? EXAMPLES : []) {
      it(`imports the example "${example}" from the menu`, async () => {
        await page.click('#red-ui-header-button-sidemenu');
        await page.click('#menu-item-import');
        await page.click('#red-ui-clipboard-dialog-import-tabs >> text=Examples');
        // The tree is there twice, in a tab for each library.
        await page.click('.red-ui-treeList-label-text >> text=@sensorpost/ >> visible=true');
        await chooseEntry(page, example);
        await page.click('#red-ui-clipboard-dialog-ok:enabled');
        const nodes = (await readExample(example)).filter(({ type }) => /-(?:in|publish|config)$/.test(type));
        assert(nodes.length > 0);
        for (const { id } of nodes) {
          await page.waitForFunction(`Boolean(RED.nodes.node('${id}'))`);
          assert.deepEqual(await editor.valueOf(id, 'validationErrors'), []);
        }
        await keepScreenshot(page, `example-${example.replaceAll(' ', '-')}`);
      });
    }

    it('sees no error on the console', () => assert.deepEqual(editor.errors, []));
  });
}

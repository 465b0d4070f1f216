import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { readExample, ROOT, startNodeRed, VERSIONS, type FlowNode, type NodeRed } from '../node-red/support';
import { answerWith, RecordingServer } from '../support/recording-server';
import { openEditor, unfold, type Editor } from './editor';
import { keepScreenshot, startBrowser } from './support';

const KEY = 'aaaa1111-bb22-4c33-8d44-eeee55556666';
const FIELDS = `{"name":"test sensor","fields":{"temp":{"unit":"celsius","type":"scalar"},
  "humidity":{"unit":"relative %","type":"scalar"},"cam1":{"unit":"","type":"image"}}}`;
const EXAMPLES = readdirSync(join(ROOT, 'examples')).map((file) => file.replace(/\.json$/, ''));

/** Speaks Senio's and Databoom's API, and knows one key. */
function startServer(): Promise<RecordingServer> {
  return RecordingServer.start((request, response) => {
    const isRight = request.headers.authorization === `Bearer ${KEY}`;
    if (!isRight) answerWith(403, '{"error":"<img src=x onerror=alert(1)>"}')(request, response);
    else if (request.method === 'POST') answerWith(201, '{"data":{}}')(request, response);
    else answerWith(200, request.path.startsWith('/v1') ? '{"data":[]}' : FIELDS)(request, response);
  });
}

function place(z: string, nodes: readonly FlowNode[]): FlowNode[] {
  return nodes.map((node, index) => ({ z, x: 150, y: 60 + 50 * index, wires: [], interval: 0, ...node }));
}

/** A flow with nodes to be opened, an empty one, and one to be spoiled. */
function flowsFor(url: string): FlowNode[] {
  const custom = { server: 'custom', url };
  const push = { type: 'databoom-publish', config: 'station' };
  return [
    { id: 'kept', type: 'tab', label: 'kept' },
    ...place('kept', [
      { id: 'dht22', type: 'dht22-in', source: 'gpio', gpio: 4 },
      { id: 'garden', type: 'dht22-in', source: 'gpio', gpio: 17, name: 'Garden' },
      { id: 'demo', type: 'dht22-in', source: 'demo', gpio: 22 },
      { id: 'off', type: 'dht22-in', source: 'gpio', gpio: 23, d: true },
      { id: 'camera', type: 'picamera-in', program: 'test-picture' },
      { id: 'senio', type: 'senio-publish', config: 'sensor' },
      { id: 'device', ...push, mode: 'device', device: 'IF7879' },
      { id: 'template', ...push, mode: 'template', template: 'T', unique: '1' },
    ]),
    { id: 'blank', type: 'tab', label: 'blank' },
    { id: 'spoiled', type: 'tab', label: 'spoiled' },
    ...place('spoiled', [
      { id: 'wrong dht22-in', type: 'dht22-in', source: 'gpio', gpio: 5 },
      { id: 'wrong picamera-in', type: 'picamera-in' },
      { id: 'wrong databoom-publish', ...push, mode: 'template', template: 'T', unique: '1' },
    ]),
    { id: 'sensor', type: 'senio-config', ...custom, sensor: 'rpi', credentials: { key: KEY } },
    { id: 'account', type: 'databoom-config', ...custom },
    { id: 'station', type: 'databoom-config', server: 'here' },
    { id: 'kitchen', type: 'senio-config', server: 'here', sensor: 'kitchen window' },
    { id: 'wrong senio-config', type: 'senio-config', ...custom, sensor: 'rpi' },
    { id: 'wrong databoom-config', type: 'databoom-config', ...custom },
  ];
}

/** A wrong value of an input, and the reason that is shown for it. */
const WRONG: readonly (readonly [type: string, input: string, value: string, reason: RegExp])[] = [
  ['dht22-in', 'interval', '1', /0, or at least 2 seconds/],
  ['dht22-in', 'temperatureField', '', /This is needed/],
  ['dht22-in', 'humidityField', 'dew', /Each value needs a name of its own/],
  ['dht22-in', 'dewPointField', 'dew', /Each value needs a name of its own/],
  ['picamera-in', 'interval', '3', /0, or a whole number from 5 to 2000000/],
  ['picamera-in', 'width', '10', /A whole number from 64 to 16384/],
  ['picamera-in', 'quality', '101', /A whole number from 1 to 100/],
  ['picamera-in', 'field', ' ', /This is needed/],
  ['databoom-publish', 'template', '', /This is needed/],
  ['senio-config', 'sensor', '', /This is needed/],
  ['senio-config', 'url', 'sensors.example.com', /The address begins with http/],
  ['senio-config', 'concurrent', '17', /A whole number from 1 to 16/],
  ['databoom-config', 'keepDays', '0', /A whole number from 1 to 3650/],
  ['databoom-config', 'perMinute', '-1', /A whole number from 0 to 60000/],
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

const pin = (gpio: number) => `.sensorpost-pin[data-gpio="${gpio}"]`;

const [newest] = VERSIONS;
assert(newest);

describe('the edit dialogs in Chromium', () => {
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
    nodeRed = await startNodeRed(newest);
    await nodeRed.deploy(flowsFor(server.url));
    editor = await openEditor(browser, nodeRed);
    ({ page } = editor);
  });
  after(async () => {
    await browser?.close();
    await nodeRed?.stop();
    await server?.close();
  });

  it('mark wrong input with its reason, in folded sections too, and the node with all of them', async () => {
    await editor.show('spoiled');
    for (const type of new Set(WRONG.map(([of]) => of))) {
      const id = `wrong ${type}`;
      const prefix = type.endsWith('-config') ? '#node-config-input' : '#node-input';
      const cases = WRONG.filter(([of]) => of === type);
      await editor.open(id);
      await unfold(page);
      for (const [, input, value] of cases) await page.fill(`${prefix}-${input}`, value);
      await page.keyboard.press('Tab');
      for (const [, input] of cases) await page.waitForSelector(`${prefix}-${input}.input-error`);
      const [, shown, , why] = cases[0] ?? assert.fail();
      assert.match(await editor.reasonAt(`${prefix}-${shown}`), why);
      await editor.close();
      assert.equal(await editor.valueOf(id, 'valid'), false);
      const reasons = String(await editor.valueOf(id, 'validationErrors'));
      for (const [, input, , reason] of cases) assert.match(reasons, reason, `${type} ${input}`);
      // What is wrong in a folded section is seen at once.
      await editor.open(id);
      for (const [, input] of cases) await page.waitForSelector(`${prefix}-${input}:visible`);
      await editor.close('cancel');
      await editor.undo();
    }
  });

  it('judge each node by itself, while the dialog of another is open', async () => {
    await editor.show('kept');
    await editor.open('template');
    await page.click('#node-input-btn-config-edit');
    await page.waitForSelector('#node-config-input-name:visible');
    await page.fill('#node-config-input-name', 'another name');
    await editor.close();
    await editor.close('cancel');
    for (const id of ['device', 'template']) assert.equal(await editor.valueOf(id, 'valid'), true, id);
  });

  it('test the connection to Senio: with the fields where it is right, with the reason where it is wrong', async () => {
    const outcome = '#sensorpost-test-outcome';
    await editor.open('sensor');
    // The key is the stored one, which the browser never sees.
    assert.equal(await page.inputValue('#node-config-input-key'), '__PWRD__');
    await page.click('#sensorpost-test');
    await page.waitForSelector(`${outcome}[data-tone=good]`);
    assert.match(await page.innerText(outcome), /The key is accepted\. The sensor is called “test sensor”/);
    assert.deepEqual(await page.locator(`${outcome} tbody tr`).allInnerTexts(), [
      'temp\tnumbers\tcelsius',
      'humidity\tnumbers\trelative %',
      'cam1\tpictures\t',
    ]);
    await page.waitForSelector('.red-ui-notification-success >> text=The key is accepted');
    await keepScreenshot(page, 'test-connection-right');

    await page.fill('#node-config-input-key', 'wrong');
    await page.click('#sensorpost-test');
    await page.waitForSelector(`${outcome}[data-tone=bad]`);
    const reason = await page.innerText(outcome);
    assert.match(
      reason,
      /403 Forbidden: <img src=x onerror=alert\(1\)>: the device key of sensor "rpi" is refused/,
    );
    assert.equal(await page.locator('img[src=x]').count(), 0);
    await page.waitForSelector('.red-ui-notification-error >> text=403 Forbidden');
    await keepScreenshot(page, 'test-connection-wrong');

    await page.selectOption('#node-config-input-server', 'here');
    await page.fill('#node-config-input-key', '');
    await page.click('#sensorpost-test');
    await page.waitForSelector(
      `${outcome} >> text=The station takes readings of “rpi”. None has arrived yet.`,
    );
    await editor.close('cancel');
  });

  it('test the connection to Databoom', async () => {
    const outcome = '#sensorpost-test-outcome';
    await editor.open('account');
    for (const [token, tone, text] of [
      [KEY, 'good', /^The token is accepted\.$/],
      ['wrong', 'bad', /the OAuth token is refused, enter it again/],
      ['', 'bad', /^No OAuth token is set/],
    ] as const) {
      await page.fill('#node-config-input-token', token);
      await page.click('#sensorpost-test');
      await page.waitForSelector(`${outcome}[data-tone=${tone}]`);
      assert.match((await page.innerText(outcome)).trim(), text);
      await page.evaluate(`document.querySelector('${outcome}').dataset.tone = ''`);
    }
    await editor.close('cancel');
  });

  it("offer a sensor's fields where readings are published to it", async () => {
    await editor.show('kept');
    await editor.open('senio');
    await page.click('#sensorpost-fields button >> text=humidity');
    assert.equal(await page.inputValue('#node-input-field'), 'humidity');
    await editor.close('cancel');
  });

  it('pick the data pin with the mouse, show the wiring, and grey what is in use', async () => {
    await editor.show('kept');
    await editor.open('dht22');
    assert.equal(await page.getAttribute(pin(4), 'aria-checked'), 'true');
    assert.match(await page.innerText('#sensorpost-wiring'), /GPIO 4 \(pin 7\)/);
    const used = page.locator('.sensorpost-pin-used');
    const names = await used.evaluateAll((pins) => pins.map((greyed) => greyed.getAttribute('aria-label')));
    assert.deepEqual(names, [
      'GPIO 17 (pin 11) is in use by Garden',
      'GPIO 5 (pin 29) is in use by dht22-in',
    ]);
    await page.click(pin(17));
    assert.match(await page.innerText('#sensorpost-wiring'), /GPIO 17 \(pin 11\) is in use by Garden/);
    await keepScreenshot(page, 'pin-in-use');
    await page.click(pin(21));
    assert.equal(await page.locator('.sensorpost-pin[aria-checked=true]').count(), 1);
    assert.match(await page.innerText('#sensorpost-wiring'), /GPIO 21 \(pin 40\)[\s\S]*ground \(pin 39/);
    await editor.close();
    assert.equal(await editor.valueOf('dht22', 'gpio'), '21');
    await editor.open('dht22');
    assert.equal(await page.getAttribute(pin(21), 'aria-checked'), 'true');
    await editor.close('cancel');
  });

  it('pick the data pin with the keyboard', async () => {
    await editor.show('kept');
    await editor.open('dht22');
    await page.click(pin(4));
    await page.focus('#node-input-source');
    await page.keyboard.press('Tab');
    const focused = () => page.evaluate(`document.activeElement.getAttribute('aria-label')`);
    assert.equal(await focused(), 'GPIO 4 (pin 7)');
    for (const [key, name] of [
      ['ArrowDown', 'GPIO 17 (pin 11) is in use by Garden'],
      ['ArrowRight', 'GPIO 18 (pin 12)'],
      ['ArrowUp', 'GPIO 15 (pin 10)'],
      ['End', 'GPIO 21 (pin 40)'],
      ['Home', 'GPIO 2 (pin 3)'],
      ['ArrowUp', 'GPIO 26 (pin 37)'],
    ] as const) {
      await page.keyboard.press(key);
      assert.equal(await focused(), name);
      assert.equal(await page.getAttribute('.sensorpost-pin[aria-checked=true]', 'aria-label'), name);
    }
    await keepScreenshot(page, 'pin-by-keyboard');
    // One stop for the whole group.
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.id'), 'node-input-model');
    await editor.close();
    assert.equal(await editor.valueOf('dht22', 'gpio'), '26');
  });

  it('read a sensor now, before the first deploy, or say why not', async () => {
    const outcome = '#sensorpost-read-outcome';
    await editor.show('blank');
    const id = await editor.drag('dht22-in', 500, 700);
    await editor.open(id);
    await page.selectOption('#node-input-source', 'demo');
    await page.click('#sensorpost-read');
    await page.waitForSelector(`${outcome}[data-tone=good]`);
    const reading = /^-?[\d.]+ °C and [\d.]+ % relative humidity\s+Invented by the demo sensor$/;
    assert.match(await page.innerText(outcome), reading);
    await page.waitForSelector('.red-ui-notification-success >> text=relative humidity');

    await page.selectOption('#node-input-source', 'kernel');
    await page.click('#sensorpost-read');
    await page.waitForSelector(`${outcome}[data-tone=bad]`);
    assert.match(await page.innerText(outcome), /kernel driver serves no sensor on GPIO 4 \(pin 7\)/);
    // The line that the driver needs for the pin that is picked.
    await page.click(pin(22));
    assert.match(await page.innerText('#sensorpost-kernel'), /dtoverlay=dht11,gpiopin=22/);
    await keepScreenshot(page, 'read-now-failing');
    await editor.close('cancel');
  });

  it('keep a list of fields', async () => {
    const fold = '#sensorpost-fields-fold';
    await editor.open('sensor');
    await page.selectOption('#node-config-input-server', 'here');
    await page.click(`${fold} summary`);
    for (const values of [
      ['temp', 'Temperature', '°C'],
      ['humidity', '', '%'],
      ['', 'nameless', ''],
    ]) {
      await page.click(`${fold} .red-ui-editableList-addButton`);
      const row = page.locator('.sensorpost-field').last();
      for (const [index, value] of values.entries()) await row.locator('input').nth(index).fill(value);
    }
    await editor.close();
    const fields = [
      { name: 'temp', label: 'Temperature', unit: '°C' },
      { name: 'humidity', label: '', unit: '%' },
    ];
    assert.deepEqual(await editor.valueOf('sensor', 'fields'), fields);
    assert.equal(await editor.valueOf('sensor', 'changed'), true);
    await editor.open('sensor');
    assert.equal(await page.innerText(`${fold} .sensorpost-fold-note`), 'temp, humidity');
    await page.click(`${fold} summary`);
    await page.click('.red-ui-editableList-item-remove >> nth=0');
    await page.selectOption('#node-config-input-server', 'custom');
    await editor.close();
    assert.deepEqual(await editor.valueOf('sensor', 'fields'), fields.slice(1));
  });

  it('give nodes of an older version their present shape when they are closed with Done', async () => {
    await editor.show('kept');
    assert.equal(await editor.valueOf('camera', 'version'), undefined);
    await editor.open('camera');
    assert.equal(await page.inputValue('#node-input-field'), 'cam1');
    await editor.close();
    assert.equal(await editor.valueOf('camera', 'version'), 1);
    // One that refers to no other config node still refers to none.
    await editor.open('account');
    assert.notEqual(
      await page.evaluate(`document.querySelector('#node-config-input-tls').selectedIndex`),
      -1,
    );
    await editor.close();
    assert.equal(await editor.valueOf('account', 'tls'), '');
    assert.equal(await editor.valueOf('account', 'version'), 1);
  });

  it('lead from the palette to readings that arrive', async () => {
    await editor.show('blank');
    const sensor = await editor.drag('dht22-in', 400, 200);
    const camera = await editor.drag('picamera-in', 400, 400);
    const senio = await editor.drag('senio-publish', 700, 200);
    const databoom = await editor.drag('databoom-publish', 700, 300);
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
    await page.waitForSelector('#node-config-input-sensor:visible');
    await page.selectOption('#node-config-input-server', 'custom');
    await page.fill('#node-config-input-url', server.url);
    await page.fill('#node-config-input-sensor', 'porch');
    await page.fill('#node-config-input-key', KEY);
    await editor.close();
    // Before the first deploy, from the server that was just set.
    await page.waitForSelector('#sensorpost-fields button >> text=cam1');
    await editor.close();
    await editor.open(databoom);
    await page.selectOption('#node-input-config', 'station');
    await page.fill('.red-ui-typedInput-input >> visible=true', 'porch');
    await editor.close();

    await keepScreenshot(page, 'flow');
    await editor.deploy();
    await page.waitForSelector(`${statusOf(sensor)} >> text=/^demo .* °C .* %$/`);
    await page.waitForSelector(`${statusOf(camera)} >> text=/^test [0-9:]+$/`);
    await page.waitForSelector(`${statusOf(senio)} >> text=/^sent [0-9:]+$/`);
    await page.waitForSelector(`${statusOf(databoom)} >> text=/^sent [0-9:]+$/`);
    await server.until(() => server.requests.some(isPicture));
  });

  for (const { id, input, resource, body, accepted } of DOORS) {
    it(`make a key for other devices, shown until the dialog of ${id} is closed, and never again`, async () => {
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
      await keepScreenshot(page, `key-made-${id}`);
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

  for (const example of EXAMPLES) {
    it(`come with the example "${example}", imported from the menu`, async () => {
      await page.click('#red-ui-header-button-sidemenu');
      await page.click('#menu-item-import');
      await page.click('#red-ui-clipboard-dialog-import-tabs >> text=Examples');
      // The tree is there twice, in a tab for each library.
      await page.click('.red-ui-treeList-label-text >> text=@sensorpost/ >> visible=true');
      await page.click(`.red-ui-treeList-label-text >> text="${example}" >> visible=true`);
      await page.click('#red-ui-clipboard-dialog-ok');
      const nodes = (await readExample(example)).filter(({ type }) => /-(?:in|publish|config)$/.test(type));
      assert(nodes.length > 0);
      for (const { id } of nodes) {
        await page.waitForFunction(`RED.nodes.node('${id}') !== null`);
        assert.deepEqual(await editor.valueOf(id, 'validationErrors'), []);
      }
      await keepScreenshot(page, `example-${example.replaceAll(' ', '-')}`);
    });
  }

  it('leave no error on the console', () => assert.deepEqual(editor.errors, []));
});

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

import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { startNodeRed, VERSIONS, type NodeRed } from '../node-red/support';
import type { RecordingServer } from '../support/recording-server';
import { flowsFor, KEY, SIGNALS, startServer } from './dialog-support';
import { openEditor, unfoldAll, type Editor } from './editor';
import { closePages, keepScreenshot, startBrowser, unfold } from './support';

/** A wrong value of an input, and the reason that is shown for it. */
const WRONG: readonly (readonly [type: string, input: string, value: string, reason: RegExp])[] = [
  ['dht22-in', 'interval', '1', /^Every: 0, or at least 2 seconds/],
  ['dht22-in', 'temperatureField', '', /^Temperature: Nothing is entered: fill it in/],
  ['dht22-in', 'humidityField', 'dew', /^Humidity: Each value needs a name of its own/],
  ['dht22-in', 'dewPointField', 'dew', /^Dew point: Each value needs a name of its own/],
  ['dht22-in', 'temperatureOffset', '21', /^Add to temperature: A number from -20 to 20/],
  ['dht22-in', 'humidityOffset', '21', /^Add to humidity: A number from -20 to 20/],
  ['dht22-in', 'startPulse', '0.1', /^Start pulse: 0, or 0\.3 to 25 ms/],
  ['dht22-in', 'powerPin', '5', /^Power pin: .*other than the data pin/],
  ['picamera-in', 'interval', '3', /^Every: 0, or a whole number from 5 to 2000000/],
  ['picamera-in', 'width', '10', /^Width: A whole number from 64 to 16384/],
  ['picamera-in', 'quality', '101', /^Quality: A whole number from 1 to 100/],
  ['picamera-in', 'field', ' ', /^Field: Nothing is entered: fill it in/],
  ['senio-config', 'url', 'sensors.example.com', /^Address: The address begins with http/],
  ['senio-config', 'concurrent', '17', /^At once: A whole number from 1 to 16/],
  ['databoom-config', 'keepDays', '0', /^Keep for: A whole number from 1 to 3650/],
  ['databoom-config', 'keepMegabytes', '0', /^Keep for \(MB\): A whole number from 1 to 100000/],
  ['databoom-config', 'perMinute', '-1', /^At most: A whole number from 0 to 60000/],
];

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
    await closePages(browser);
    await nodeRed?.stop();
    await server?.close();
  });

  /** Gives a typed input of the open dialog its kind and its value. */
  async function setTyped(name: string, kind: string, value: string): Promise<void> {
    const call = `$('#node-input-${name}')`;
    await page.evaluate(`${call}.typedInput('type', ${JSON.stringify(kind)})`);
    await page.evaluate(`${call}.typedInput('value', ${JSON.stringify(value)})`);
  }

  it('mark wrong input with its reason, in folded sections too, and the node with all of them', async () => {
    await editor.show('spoiled');
    for (const type of new Set(WRONG.map(([of]) => of))) {
      const id = `wrong ${type}`;
      const prefix = type.endsWith('-config') ? '#node-config-input' : '#node-input';
      const cases = WRONG.filter(([of]) => of === type);
      await editor.open(id);
      await unfoldAll(page);
      for (const [, input, value] of cases) await page.fill(`${prefix}-${input}`, value);
      await page.keyboard.press('Tab');
      for (const [, input] of cases) await page.waitForSelector(`${prefix}-${input}.input-error`);
      const [, shown, , why] = cases[0] ?? assert.fail();
      assert.match(await editor.reasonAt(`${prefix}-${shown}`), why);
      await editor.close();
      assert.equal(await editor.valueOf(id, 'valid'), false);
      const reasons = await editor.reasonsOf(id);
      for (const [, input, , reason] of cases)
        assert(
          reasons.some((each) => reason.test(each)),
          `${type} ${input}: ${reasons.join('; ')}`,
        );
      // What is wrong in a folded section is seen at once.
      await editor.open(id);
      for (const [, input] of cases) await page.waitForSelector(`${prefix}-${input}:visible`);
      await editor.close('cancel');
      await editor.undo();
    }
  });

  it('take a device from wherever it may be, and mark what cannot be read there', async () => {
    await editor.show('spoiled');
    await editor.open('wrong databoom-publish');
    await setTyped('template', 'jsonata', '$[');
    await setTyped('unique', 'msg', '');
    await editor.close();
    const [template = '', unique = ''] = await editor.reasonsOf('wrong databoom-publish');
    assert.match(template, /^Template: .*Invalid JSONata expression/);
    assert.match(unique, /^Unique: Nothing is entered/);
    await editor.open('wrong databoom-publish');
    await setTyped('template', 'jsonata', '"T" & topic');
    await setTyped('unique', 'flow', 'room.name');
    await keepScreenshot(page, 'typed-inputs');
    await editor.close();
    const stored = ['valid', 'template', 'templateType', 'unique', 'uniqueType'];
    const values = await Promise.all(stored.map((name) => editor.valueOf('wrong databoom-publish', name)));
    assert.deepEqual(values, [true, '"T" & topic', 'jsonata', 'room.name', 'flow']);
  });

  it('take the name of a sensor from wherever it may be, unless the key serves one sensor, and say why', async () => {
    const stored = () =>
      Promise.all(
        ['valid', 'sensor', 'sensorType', 'config'].map((name) => editor.valueOf('nameless', name)),
      );
    const reasons = async () => String(await editor.valueOf('nameless', 'validationErrors'));
    await editor.show('spoiled');
    await editor.open('nameless');
    await editor.close();
    assert.match(await reasons(), /The config node names no sensor/);
    await editor.open('nameless');
    await setTyped('sensor', 'msg', '');
    await editor.close();
    assert.match(await reasons(), /Sensor name: Nothing is entered/);
    await editor.open('nameless');
    await setTyped('sensor', 'msg', 'sensor');
    assert.equal(await page.isVisible('#sensorpost-one-sensor'), false);
    await editor.close();
    assert.deepEqual(await stored(), [true, 'sensor', 'msg', 'house']);

    await editor.open('nameless');
    await page.selectOption('#node-input-config', 'at senio');
    await page.waitForSelector('#sensorpost-one-sensor >> text=a device key belongs to one sensor');
    assert.equal(await page.inputValue('#node-input-sensorType'), 'config');
    await editor.close();
    assert.deepEqual((await stored()).toSpliced(1, 1), [true, 'config', 'at senio']);
  });

  it('need the name of a sensor in a config node where its key serves one alone', async () => {
    await editor.open('house');
    assert.equal(await page.locator('#node-config-input-sensor.input-error').count(), 0);
    await page.selectOption('#node-config-input-server', 'cloud');
    await page.locator('#node-config-input-sensor').press('Space');
    await page.waitForSelector('#node-config-input-sensor.input-error');
    await editor.close('cancel');
  });

  it('check each node by itself, while the dialog of another is open', async () => {
    await editor.show('kept');
    await editor.open('template');
    await page.click('#node-input-btn-config-edit');
    await editor.settle('#node-config-input-name');
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
    // The message is gone again after a while.
    await Promise.all([
      page.waitForSelector('.red-ui-notification-success >> text=The key is accepted'),
      page.click('#sensorpost-test'),
    ]);
    await page.waitForSelector(`${outcome}[data-tone=good]`);
    assert.match(await page.innerText(outcome), /The key is accepted\. The sensor is called “test sensor”/);
    assert.deepEqual(await page.locator(`${outcome} tbody tr`).allInnerTexts(), [
      'temp\tnumbers\tcelsius',
      'humidity\tnumbers\trelative %',
      'cam1\tpictures\t',
    ]);
    await keepScreenshot(page, 'test-connection-right');

    await page.fill('#node-config-input-key', 'wrong');
    await Promise.all([
      page.waitForSelector('.red-ui-notification-error >> text=403 Forbidden'),
      page.click('#sensorpost-test'),
    ]);
    await page.waitForSelector(`${outcome}[data-tone=bad]`);
    const reason = await page.innerText(outcome);
    assert.match(
      reason,
      /403 Forbidden: <img src=x onerror=alert\(1\)>: the device key of sensor "rpi" is refused/,
    );
    assert.equal(await page.locator('img[src=x]').count(), 0);
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
      ['publish-only', 'unsure', /^The token may not list signals\. .*first reading\.\s+\S+ answered 403/],
      ['', 'bad', /^No OAuth token is set/],
    ] as const) {
      await page.fill('#node-config-input-token', token);
      await page.click('#sensorpost-test');
      await page.waitForSelector(`${outcome}[data-tone=${tone}]`);
      assert.match((await page.innerText(outcome)).trim(), text);
      await keepScreenshot(page, `test-databoom-${tone}`);
      await page.evaluate(`document.querySelector('${outcome}').dataset.tone = ''`);
    }
    await editor.close('cancel');
  });

  it('ask databoom-in for a range of time and what to make of it only where it reads a history', async () => {
    await editor.show('kept');
    await editor.open('reading back');
    const shown = async () => [
      await page.isVisible('#node-input-granularity'),
      await page.isVisible('#node-input-periodValue'),
    ];
    assert.deepEqual(await shown(), [false, false]);
    await page.selectOption('#node-input-operation', 'history');
    assert.deepEqual(await shown(), [true, true]);
    await keepScreenshot(page, 'databoom-in-history');
    await page.selectOption('#node-input-granularity', '*');
    assert.deepEqual(await shown(), [true, false]);
    await page.selectOption('#node-input-output', 'list');
    await editor.close();
    const names = ['operation', 'granularity', 'periodValue', 'output', 'start', 'startType', 'device'];
    const stored = await Promise.all(names.map((name) => editor.valueOf('reading back', name)));
    assert.deepEqual(stored, ['history', '*', 'mean', 'list', '-24h', 'str', '']);
    await editor.undo();
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
      'GPIO 6 (pin 31) is in use by Garden',
    ]);
    await page.evaluate(`$('#node-input-powerPin').val('13').trigger('change')`);
    assert.equal(await page.getAttribute(pin(13), 'aria-label'), 'GPIO 13 (pin 33) is in use by Power pin');
    await page.click(pin(13));
    await page.waitForSelector('#node-input-gpio.input-error', { state: 'attached' });
    assert.match(await page.innerText('#sensorpost-wiring'), /GPIO 13 \(pin 33\) is in use by Power pin/);
    await page.evaluate(`$('#node-input-powerPin').val('').trigger('change')`);
    assert.equal(await page.getAttribute(pin(13), 'aria-label'), 'GPIO 13 (pin 33)');
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

  it('show what an older flow does with payloads, and store what is chosen instead', async () => {
    await editor.show('kept');
    for (const [id, boxes] of [
      ['senio', ['nested']],
      ['device', ['nested', 'keepText']],
    ] as const) {
      await editor.open(id);
      assert.equal(await page.inputValue('#node-input-unsendable'), 'error', id);
      for (const box of boxes) assert.equal(await page.isChecked(`#node-input-${box}`), false, box);
      await page.selectOption('#node-input-unsendable', 'leftOut');
      for (const box of boxes) await page.check(`#node-input-${box}`);
      await editor.close();
      assert.equal(await editor.valueOf(id, 'unsendable'), 'leftOut');
      for (const box of boxes) assert.equal(await editor.valueOf(id, box), true, box);
      await editor.undo();
    }
  });

  it('say that a pin is not on the header, and take another', async () => {
    await editor.show('spoiled');
    assert.equal(await editor.valueOf('variable', 'valid'), true);
    assert.equal(await editor.valueOf('odd', 'valid'), false);
    await editor.open('odd');
    const warning = '“99” is no GPIO of the header: pick a pin';
    assert.equal((await page.innerText('#sensorpost-wiring')).trim(), warning);
    assert.equal(await page.locator('.sensorpost-pin[aria-checked=true]').count(), 0);
    await page.click(pin(6));
    assert.doesNotMatch(await page.innerText('#sensorpost-wiring'), /99/);
    await editor.close();
    assert.equal(await editor.valueOf('odd', 'valid'), true);
    await editor.undo();
  });

  it('keep a key in view that belongs to what the dialog says, and no other', async () => {
    const made = page.locator('#sensorpost-made-key code');
    await editor.open('kitchen');
    await page.click('#sensorpost-make-key');
    const key = await made.nth(0).innerText();
    await page.fill('#node-config-input-sensor', 'cellar');
    assert.match(await made.nth(1).innerText(), /\/station\/publish\/cellar$/);
    await page.selectOption('#node-config-input-server', 'custom');
    assert.equal(await made.nth(0).isVisible(), false);
    await page.selectOption('#node-config-input-server', 'here');
    assert.equal(await made.nth(0).innerText(), key);
    await page.fill('#node-config-input-key', 'typed');
    assert.equal(await made.count(), 0);
    assert.match(await page.innerText('#sensorpost-key-note'), /^A key is set/);
    await page.fill('#node-config-input-key', '');
    assert.match(await page.innerText('#sensorpost-key-note'), /^No key is set/);
    await editor.close('cancel');
  });

  it("offer the station's sensors to the node that listens to them", async () => {
    await editor.show('kept');
    await editor.open('arrivals');
    const offered = await page
      .locator('#sensorpost-sources option')
      .evaluateAll((options) => options.map((option) => option.getAttribute('value') ?? option.textContent));
    assert.deepEqual(offered, ['kitchen window']);
    await editor.close('cancel');
  });

  it('read a sensor now, before the first deploy, or say why not', async () => {
    const outcome = '#sensorpost-read-outcome';
    await editor.show('blank');
    const id = await editor.drag('dht22-in', 500, 700);
    await editor.open(id);
    await page.selectOption('#node-input-source', 'demo');
    await Promise.all([
      page.waitForSelector('.red-ui-notification-success >> text=relative humidity'),
      page.click('#sensorpost-read'),
    ]);
    await page.waitForSelector(`${outcome}[data-tone=good]`);
    const reading = /^-?[\d.]+ °C and [\d.]+ % relative humidity\s+Invented by the demo sensor$/;
    assert.match(await page.innerText(outcome), reading);

    await page.selectOption('#node-input-source', 'kernel');
    await page.click('#sensorpost-read');
    await page.waitForSelector(`${outcome}[data-tone=bad]`);
    assert.match(await page.innerText(outcome), /kernel driver serves no sensor on GPIO 4 \(pin 7\)/);
    // The line that the driver needs for the pin that is picked, once the runtime has told what it knows of the pins.
    await page.click(pin(22));
    await page.waitForSelector('#sensorpost-kernel >> text=dtoverlay=dht11,gpiopin=22');
    await keepScreenshot(page, 'read-now-failing');
    await editor.close('cancel');
  });

  it('take a picture before the first deploy, and fill presets in', async () => {
    const id = await editor.drag('picamera-in', 500, 700);
    await editor.open(id);
    await page.selectOption('#node-input-program', 'test-picture');
    await page.click('#sensorpost-try');
    const shown = page.locator('#sensorpost-try-outcome[data-tone=good] img');
    await shown.waitFor();
    assert.deepEqual(
      await shown.evaluate((image) => [
        Reflect.get(image, 'naturalWidth'),
        Reflect.get(image, 'naturalHeight'),
      ]),
      [1280, 720],
    );
    await page.selectOption('#node-input-program', 'rpicam-still');
    await unfold(page.locator('#sensorpost-light-fold'));
    await page.fill('#node-input-ev', '1');
    await page.locator('#sensorpost-presets button').nth(1).click();
    assert.match(await page.innerText('#sensorpost-presets'), /Settle: 6000, .*Shutter: 2000000, Gain: 8/);
    await page.selectOption('#node-input-program', 'fswebcam');
    assert.equal(await page.isVisible('#sensorpost-presets'), false, 'presets for fswebcam');
    await page.selectOption('#node-input-program', 'rpicam-still');
    assert.equal(await page.isVisible('#sensorpost-presets'), true);
    await editor.close();
    assert.deepEqual(
      [
        await editor.valueOf(id, 'shutter'),
        await editor.valueOf(id, 'settle'),
        await editor.valueOf(id, 'ev'),
      ],
      ['2000000', '6000', ''],
    );
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

  it('keep what Databoom is told of a signal, leave out what is empty, and lose nothing of what was stored', async () => {
    const fold = '#sensorpost-fields-fold';
    const inRow = (row: number, part: string) =>
      page.locator('.sensorpost-field').nth(row).locator(`[data-part=${part}]`);
    await editor.open('account');
    assert.equal(
      await page.innerText(`${fold} .sensorpost-fold-note`),
      'meter, door',
      'a list for Databoom itself too',
    );
    await page.click(`${fold} summary`);
    const parts = ['label', 'unit', 'type', 'tags', 'counter'];
    const shown = await Promise.all(parts.map((part) => inRow(0, part).inputValue()));
    assert.deepEqual(shown, ['Meter', 'kWh', 'energy', 'home, cellar', 'total']);
    await page.click(`${fold} .red-ui-editableList-addButton`);
    await inRow(2, 'name').fill('rain');
    await inRow(2, 'type').fill(' precipitation ');
    await inRow(2, 'tags').fill('garden, roof');
    await inRow(2, 'counter').selectOption('increments');
    await keepScreenshot(page, 'databoom-signals');
    await editor.close();
    const added = {
      name: 'rain',
      label: '',
      unit: '',
      type: 'precipitation',
      tags: 'garden, roof',
      counter: 'increments',
    };
    assert.deepEqual(await editor.valueOf('account', 'fields'), [...SIGNALS, added]);
    await editor.open('account');
    await page.click(`${fold} summary`);
    await inRow(0, 'counter').selectOption('');
    await editor.close();
    const [{ counter: _counter, ...meter }, door] = SIGNALS;
    assert.deepEqual(await editor.valueOf('account', 'fields'), [meter, door, added]);
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

  it('leave no error on the console', () => assert.deepEqual(editor.errors, []));
});

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import type { Overview } from '../../src/nodes/contract';
import { flowOf } from '../node-red/flows';
import { freePort, ROOT, startNodeRed, VERSIONS, type FlowNode, type NodeRed } from '../node-red/support';
import { answerWith, RecordingServer, type RecordedRequest } from '../support/recording-server';
import { closePages, fold, keepScreenshot, openPage, startBrowser, unfold } from './support';

const AXE = join(ROOT, 'node_modules/axe-core/axe.min.js');
const VIEWPORT = { width: 1300, height: 1000 };
const JSON_TYPE = { 'Content-Type': 'application/json' };
const TAKE = answerWith(201, '{}', JSON_TYPE);
const REFUSE = answerWith(422, '{"error":"the sensor has no field \\"temp\\""}', JSON_TYPE);

/** A text of a catalogue that was not found is shown as its key. */
const UNTRANSLATED =
  /outbox-sidebar\.|\b(summary|state|fact|action|refused|orphan|graph|import|filter|edit|sent)\.[a-z-]+\b/;

/** The widths and themes in which the sidebar is looked at; only the newest Node-RED has a dark theme. */
const LOOKS = [
  { name: 'light', width: 300, isDark: false },
  { name: 'dark', width: 300, isDark: true },
  { name: 'narrow', width: 180, isDark: false },
] as const;

const PICTURE = `{cam1: Buffer.concat([Buffer.from("ffd8ffe000104a464946", "hex"), Buffer.alloc(2990, 1)]), temp: 4}`;

/** Sensors by their names, with a publish node and a button each. */
function flowsFor(urls: Readonly<Record<string, string>>): FlowNode[] {
  const names = Object.keys(urls);
  return flowOf(
    names.map((name) => ({ id: `p-${name}`, type: 'senio-publish', config: `c-${name}`, field: '' })),
    names.map((name) => ({
      id: `c-${name}`,
      type: 'senio-config',
      name,
      server: 'custom',
      url: urls[name],
      sensor: name,
      credentials: { key: 'a-key' },
    })),
    names.map((name) => ({
      id: `i-${name}`,
      target: `p-${name}`,
      code: `msg.payload = ${name === 'camera' ? PICTURE : '{temp: 21.5}'}; msg.timestamp = 1580871573000;`,
    })),
  );
}

/** Opens the editor and in it the sidebar. */
async function openSidebar(browser: Browser, address: string) {
  const opened = await openPage(browser, { viewport: VIEWPORT });
  await showSidebar(opened.page, address);
  return opened;
}

async function showSidebar(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.waitForSelector('#red-ui-workspace-chart');
  await page.waitForFunction(
    `typeof RED !== 'undefined' && RED.nodes.getType('senio-publish') && RED.plugins.getPlugin('sensorpost-outbox')`,
  );
  await page.evaluate(`RED.sidebar.show('sensorpost-outbox')`);
  await page.waitForSelector('#sensorpost-outbox:visible');
}

/** How many pixels the sidebar's content is wider than the sidebar. */
function overflowOf(page: Page): Promise<unknown> {
  return page.evaluate(
    `(() => { const { scrollWidth, clientWidth } = document.querySelector('#sensorpost-outbox'); return scrollWidth - clientWidth; })()`,
  );
}

/** What axe finds wrong in the sidebar. */
async function violationsOf(page: Page): Promise<unknown> {
  await page.addScriptTag({ path: AXE });
  return page.evaluate(
    `axe.run('#sensorpost-outbox', { resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, nodes }) =>
      id + ': ' + nodes.map(({ html, failureSummary }) => html.slice(0, 120) + ' ' + failureSummary).join('; ')))`,
  );
}

/** The controls of the sidebar that cannot be scrolled to where a mouse reaches them. */
const HIDDEN_CONTROLS = `[...document.querySelectorAll('#sensorpost-outbox :is(button, summary, select, input)')]
  .filter((control) => control.checkVisibility())
  .filter((control) => {
    control.scrollIntoView({ block: 'nearest' });
    const { left, right, top, bottom } = control.getBoundingClientRect();
    const there = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return !control.contains(there);
  })
  .map((control) => control.outerHTML)`;

const readingLine = (temp: number) =>
  JSON.stringify({ payload: { temp }, timestamp: Date.UTC(2026, 0, temp, 12) });

const press = (within: Locator, label: string) =>
  within.getByRole('button', { name: label, exact: true }).click();
/** Opens a card by the keyboard, where it is folded. */
async function openCard(card: Locator): Promise<void> {
  const head = card.locator('.sensorpost-head button');
  if ((await head.getAttribute('aria-expanded')) === 'false') await head.press('Enter');
  await card.locator('.sensorpost-body').waitFor();
}

const see = (locator: Locator, text: string | RegExp) => locator.filter({ hasText: text }).waitFor();

for (const [index, version] of VERSIONS.entries()) {
  describe(`the Outbox sidebar of ${version.name} in Chromium`, () => {
    let browser: Browser;
    let nodeRed: NodeRed;
    let page: Page;
    let errors: string[];
    let server: RecordingServer;
    let portOfKitchen: number;
    /** The sensors of which the server takes readings. */
    const welcome = new Set(['hall', 'porch', 'kitchen']);
    before(async function () {
      const started = await startBrowser();
      if (!started) {
        this.skip();
        return;
      }
      browser = started;
      server = await RecordingServer.start((request, response) => {
        const name = request.path.slice(request.path.lastIndexOf('/') + 1);
        (welcome.has(name) ? TAKE : REFUSE)(request, response);
      });
      portOfKitchen = await freePort();
      nodeRed = await startNodeRed(version);
      await arrange();
      ({ page, errors } = await openSidebar(browser, nodeRed.url));
      // In Node-RED 5, the debug messages have half of the sidebar until they are folded.
      const debug = page.locator('button[data-tab-id=debug]');
      if ((await debug.count()) > 0) await debug.click();
    });
    after(async () => {
      await closePages(browser);
      await nodeRed?.stop();
      await server?.close();
    });

    /** Queues of each kind: sound, refused, behind a server that is off, and without a config node. */
    async function arrange(): Promise<void> {
      const off = `http://127.0.0.1:${portOfKitchen}`;
      const sensors = {
        camera: server.url,
        cellar: server.url,
        hall: server.url,
        kitchen: off,
        porch: server.url,
      };
      await nodeRed.deploy(flowsFor({ ...sensors, attic: off, shed: off }));
      for (const name of ['attic', 'shed']) await nodeRed.inject(`i-${name}`);
      await statusIs('attic', '1 waiting: offline');
      await statusIs('shed', '1 waiting: offline');
      await nodeRed.deploy(flowsFor(sensors));
      for (let count = 0; count < 3; count += 1) await nodeRed.inject('i-camera');
      for (let count = 0; count < 25; count += 1) await nodeRed.inject('i-cellar');
      await nodeRed.inject('i-kitchen');
      await statusIs('camera', '3 refused');
      await statusIs('cellar', '25 refused');
    }

    const statusIs = (name: string, text: string) =>
      nodeRed.until(() => nodeRed.statusesOf(`p-${name}`).at(-1)?.text === text);
    const card = (name: string): Locator => page.locator('.sensorpost-card', { has: named(name) });
    const named = (name: string) => page.locator('.sensorpost-name', { hasText: new RegExp(`^${name}$`) });
    const state = (name: string): Locator => card(name).locator('.sensorpost-state');
    const focused = () => page.evaluate('document.activeElement.textContent.trim()');

    /** Presses the button of a question at the top of the editor. */
    const confirm = (label: string) =>
      press(page.locator('.red-ui-notification[role=alertdialog]').last(), label);
    const told = (text: RegExp) => see(page.locator('.red-ui-notification'), text);

    const names = () => page.locator('.sensorpost-name').allTextContents();
    const openNames = () =>
      page
        .locator('.sensorpost-card', { has: page.locator('.sensorpost-body:visible') })
        .locator('.sensorpost-name')
        .allTextContents();

    it('says first how all queues are, then shows those that need somebody, and each healthy one in a line', async () => {
      await see(page.locator('.sensorpost-summary'), /^7 queues, 4 need you$/);
      await page.locator('.sensorpost-summary .sensorpost-mark-person').waitFor();
      assert.deepEqual(await names(), ['camera', 'cellar', 'attic', 'shed', 'kitchen', 'hall', 'porch']);
      assert.deepEqual(await openNames(), ['camera', 'cellar', 'attic', 'shed']);
      // What recovers by itself says so without being opened.
      await see(state('kitchen'), /^Waiting for the server\./);
      assert.equal(await state('hall').isVisible(), false);
      const heights = await card('hall').evaluate(({ clientHeight }) => clientHeight);
      assert(heights < 40, `a healthy queue is ${heights} pixels high`);
      await keepScreenshot(page, `outbox-summary-${index}`);
    });

    it('reaches everything in a sidebar that is 283 pixels high', async () => {
      const content = page.locator('#sensorpost-outbox');
      const height = () => content.evaluate(({ clientHeight }) => clientHeight);
      await page.setViewportSize({ ...VIEWPORT, height: VIEWPORT.height - (await height()) + 283 });
      assert.equal(await height(), 283);
      await keepScreenshot(page, `outbox-low-${index}`);
      const hidden = await page.evaluate(HIDDEN_CONTROLS);
      await page.setViewportSize(VIEWPORT);
      assert.deepEqual(hidden, []);
    });

    for (const { name, width, isDark } of LOOKS.filter((look) => index === 0 || !look.isDark)) {
      it(`fits the editor, and has nothing that axe finds wrong (${name})`, async () => {
        await page.evaluate(`document.documentElement.classList.toggle('nr-theme-dark', ${isDark})`);
        await page.evaluate(`$('#red-ui-sidebar, .red-ui-sidebar-right').width(${width})`);
        await see(state('kitchen'), /^Waiting for the server\./);
        await see(state('attic'), 'No config node leads here any more.');
        const list = card('camera').locator('.sensorpost-refused');
        const reading = list.locator('li details').first();
        await unfold(list);
        await unfold(reading);
        await list.locator('pre').waitFor();
        await page.evaluate(`document.querySelector('#sensorpost-outbox').scrollTop = 0`);
        await keepScreenshot(page, `outbox-${name}-${index}`);
        assert.equal(await overflowOf(page), 0, 'it is wider than the sidebar');
        assert.doesNotMatch(await page.innerText('#sensorpost-outbox'), UNTRANSLATED);
        assert.deepEqual(await violationsOf(page), []);
        await fold(reading);
        await fold(list);
      });
    }

    it('shows a server that is off, and that it is back, without being asked', async () => {
      await page.evaluate(`$('#red-ui-sidebar, .red-ui-sidebar-right').width(300)`);
      await see(state('kitchen'), /^Waiting for the server\. Next try (in \d+ seconds?|now)\.$/);
      await openCard(card('kitchen'));
      await see(card('kitchen').locator('.sensorpost-error'), /refused the connection/);
      await see(card('kitchen').locator('dd').first(), /^1, the oldest taken \d+ years ago$/);
      await card('kitchen').scrollIntoViewIfNeeded();
      await keepScreenshot(page, `outbox-offline-${index}`);
      const kitchen = await RecordingServer.startAt(portOfKitchen, TAKE);
      await press(card('kitchen'), 'Retry now');
      await told(/Trying again now/);
      await see(state('kitchen'), 'Nothing is waiting.');
      await see(card('kitchen').locator('dd').nth(1), /^1, the last/);
      await see(card('kitchen'), /Last error, .*: .*refused the connection/);
      assert.match(
        (await card('kitchen').getByRole('img').getAttribute('aria-label')) ?? '',
        /^The last 6 hours: 1 sent, and at most 1 waiting$/,
      );
      const sent = card('kitchen').locator('.sensorpost-sent');
      await unfold(sent);
      await see(sent.locator('li'), /^2\/5\/20.*sent .*, answer 201$/);
      await keepScreenshot(page, `outbox-sent-${index}`);
      await fold(sent);
      await kitchen.close();
    });

    it('pauses and resumes with the keyboard', async () => {
      const before = server.posts.length;
      await openCard(card('hall'));
      await card('hall').getByRole('button', { name: 'Pause' }).focus();
      await page.keyboard.press('Enter');
      await see(state('hall'), /^Paused by you/);
      await statusIs('hall', 'paused by you');
      await nodeRed.inject('i-hall');
      await see(card('hall').locator('.sensorpost-waiting'), '1');
      assert.deepEqual([server.posts.length, await focused()], [before, 'Resume']);
      await page.keyboard.press('Enter');
      await see(state('hall'), 'Nothing is waiting.');
      assert.equal(server.posts.length, before + 1);
    });

    it('folds a destination', async () => {
      await openCard(card('hall'));
      const head = card('hall').locator('.sensorpost-head button');
      await head.click();
      assert.deepEqual(
        [await head.getAttribute('aria-expanded'), await state('hall').isVisible()],
        ['false', false],
      );
      await head.click();
      assert.deepEqual(
        [await head.getAttribute('aria-expanded'), await state('hall').isVisible()],
        ['true', true],
      );
    });

    it("opens a destination's settings", async () => {
      await openCard(card('hall'));
      await card('hall').getByRole('button', { name: 'Settings of hall' }).click();
      await page.waitForSelector('#node-config-input-sensor:visible');
      assert.equal(await page.inputValue('#node-config-input-sensor'), 'hall');
      await page.click('#node-config-dialog-cancel');
      await page.waitForSelector('#node-config-dialog-cancel', { state: 'detached' });
    });

    it('shows what was refused and why, retries, exports and discards it', async () => {
      await see(state('camera'), 'Nothing is waiting, but readings were refused.');
      const list = card('camera').locator('.sensorpost-refused');
      await see(list.locator('> summary'), /^Refused readings \(3\)$/);
      await unfold(list);
      const readings = list.locator('li');
      await readings.nth(2).waitFor();
      await unfold(readings.first().locator('details'));
      await see(readings.first(), /no field "temp"/);
      await see(readings.first().locator('pre'), /"temp": 4/);
      await see(readings.first(), /Picture cam1, 3 kB/);

      const download = page.waitForEvent('download');
      await press(list.locator('> .sensorpost-buttons'), 'Export');
      const saved = await download;
      assert.match(saved.suggestedFilename(), /^sensorpost-refused-\d{4}-\d\d-\d\d\.jsonl$/);
      const lines = (await readFile(await saved.path(), 'utf8')).trimEnd().split('\n');
      assert.deepEqual([lines.length, JSON.parse(lines[0] ?? '').payload], [3, { temp: 4 }]);

      await press(readings.first(), 'Discard');
      await confirm('Cancel');
      assert.deepEqual([await readings.count(), await focused()], [3, 'Discard']);
      await press(readings.first(), 'Discard');
      await confirm('Discard');
      await told(/Readings discarded: 1/);
      await readings.nth(2).waitFor({ state: 'detached' });
      // The keyboard goes on where the reading was.
      assert.match(String(await focused()), /^Refused readings/);

      welcome.add('camera');
      await unfold(readings.first().locator('details'));
      await press(readings.first(), 'Retry');
      await readings.nth(1).waitFor({ state: 'detached' });
      await press(list.locator('> .sensorpost-buttons'), 'Retry all');
      await list.waitFor({ state: 'hidden' });
      await see(state('camera'), 'Nothing is waiting.');
    });

    it('limits a refused list, and exports those of it that are chosen', async () => {
      const list = card('cellar').locator('.sensorpost-refused');
      const buttons = list.locator('> .sensorpost-buttons');
      await unfold(list);
      await unfold(list.locator('.sensorpost-filter'));
      const search = list.getByLabel('Reason or content');
      await search.fill('nothing like it');
      await list.getByText('No reading matches the filter.').waitFor();
      assert.equal(await buttons.getByRole('button', { name: 'Discard all' }).isDisabled(), true);
      await search.fill('NO FIELD');
      await list.locator('li').nth(19).waitFor();
      await list.getByLabel('Taken from').fill('2020-02-06T00:00');
      await list.getByText('No reading matches the filter.').waitFor();
      await list.getByLabel('Taken from').fill('2020-02-04T00:00');
      await list.locator('li').nth(19).waitFor();
      const boxes = list.locator('li').getByRole('checkbox');
      for (const box of [boxes.nth(0), boxes.nth(2)]) await box.press('Space');
      await buttons.getByRole('button', { name: 'Retry (2)', exact: true }).waitFor();
      const download = page.waitForEvent('download');
      await buttons.getByRole('button', { name: 'Export (2)', exact: true }).press('Enter');
      const lines = (await readFile(await (await download).path(), 'utf8')).trimEnd().split('\n');
      assert.equal(lines.length, 2);
      await list.getByLabel('Choose all').press('Space');
      await buttons.getByRole('button', { name: 'Discard (25)', exact: true }).waitFor();
      await page.evaluate(`document.querySelector('.sensorpost-filter[open]').scrollIntoView()`);
      await keepScreenshot(page, `outbox-filter-${index}`);
      assert.equal(await overflowOf(page), 0, 'it is wider than the sidebar');
      assert.deepEqual(await violationsOf(page), []);
      await list.getByLabel('Choose all').press('Space');
      for (const field of [search, list.getByLabel('Taken from')]) await field.fill('');
      await buttons
        .getByRole('button', { name: 'Discard all', exact: true })
        .and(page.locator(':enabled'))
        .waitFor();
    });

    it('tries a reading again with another content, if the service could take that', async () => {
      const list = card('cellar').locator('.sensorpost-refused');
      const first = list.locator('li').first();
      await unfold(first.locator('details'));
      await first.getByRole('button', { name: 'Edit' }).press('Enter');
      const area = first.getByRole('textbox');
      const save = first.getByRole('button', { name: 'Save and retry' });
      assert.deepEqual(JSON.parse(await area.inputValue()), { payload: { temp: 21.5 } });
      await area.fill('{"payload"');
      await save.press('Enter');
      await see(first, 'This is no JSON');
      await area.fill('{"payload": {"temp": "warm"}}');
      await save.press('Enter');
      await see(first, 'Field "temp" is');
      // The browser reports the refusal itself.
      assert.match(errors.splice(0).join(), /^Failed to load resource: [^,]* 422 /);
      await keepScreenshot(page, `outbox-edit-${index}`);
      assert.equal(await overflowOf(page), 0, 'it is wider than the sidebar');
      assert.deepEqual(await violationsOf(page), []);
      await area.fill('{"payload": {"temperature": 4.5}}');
      const before = server.posts.length;
      await save.press('Enter');
      await server.until(() => server.posts.length === before + 1);
      assert.deepEqual(JSON.parse(String(server.posts.at(-1)?.body)), {
        timestamp: 1580871573000,
        data: { temperature: 4.5 },
      });
      await see(list.locator('> summary'), '(25)');
      await fold(list);
    });

    it('shows a long list part by part, and discards all of it', async () => {
      const list = card('cellar').locator('.sensorpost-refused');
      await see(list.locator('> summary'), '(25)');
      await unfold(list);
      await list.locator('li').nth(19).waitFor();
      assert.equal(await list.locator('li').count(), 20);
      await press(list, 'Show more');
      await list.locator('li').nth(24).waitFor();
      assert.equal(await list.getByRole('button', { name: 'Show more' }).isVisible(), false);
      await press(list.locator('> .sensorpost-buttons'), 'Discard all');
      await confirm('Discard');
      await list.waitFor({ state: 'hidden' });
    });

    it('imports an exported file once, and says before that what it would do', async () => {
      const buffer = Buffer.from([readingLine(1), readingLine(2), 'no JSON'].join('\n'));
      const file = { name: 'readings.jsonl', mimeType: 'application/x-ndjson', buffer };
      const before = server.posts.length;
      await openCard(card('hall'));
      const plan = card('hall').locator('.sensorpost-import');
      const choose = async () => {
        const chooser = page.waitForEvent('filechooser');
        await card('hall')
          .locator('.sensorpost-buttons')
          .first()
          .getByRole('button', { name: 'Import' })
          .press('Enter');
        await (await chooser).setFiles(file);
      };
      await choose();
      await see(plan, /readings\.jsonl/);
      await see(plan, /Readings to import: 2/);
      await see(plan.locator('li').first(), /^hall 2, 1\/1\/26.* to 1\/2\/26/);
      await see(plan, /Cannot be read, left out: 1/);
      await see(plan, /Line 3: no reading in JSON/);
      await keepScreenshot(page, `outbox-import-${index}`);
      assert.equal(await overflowOf(page), 0, 'it is wider than the sidebar');
      assert.equal(server.posts.length, before);
      await plan.getByRole('button', { name: 'Import' }).press('Enter');
      await told(/Readings imported: 2/);
      await server.until(() => server.posts.length === before + 2);
      await choose();
      await see(plan, /Already here, left out: 2/);
      assert.equal(await plan.getByRole('button', { name: 'Import' }).count(), 0);
      await plan.getByRole('button', { name: 'Cancel' }).press('Enter');
      await plan.waitFor({ state: 'hidden' });
      assert.equal(await focused(), 'Import');
    });

    it('gives a queue that has lost its config node to another destination', async () => {
      const before = server.posts.length;
      await card('attic').getByRole('combobox').selectOption({ label: 'porch' });
      await card('attic').scrollIntoViewIfNeeded();
      await keepScreenshot(page, `outbox-orphan-${index}`);
      await press(card('attic'), 'Assign');
      await confirm('Assign');
      await told(/Readings assigned to "porch": 1/);
      await card('attic').waitFor({ state: 'detached' });
      await server.until(() => server.posts.length === before + 1);
      assert.equal(server.posts.at(-1)?.path, '/publish/porch');
    });

    it('exports and discards a queue that has lost its config node', async () => {
      const download = page.waitForEvent('download');
      await press(card('shed'), 'Export');
      assert.match((await download).suggestedFilename(), /^sensorpost-readings-/);
      await press(card('shed'), 'Discard');
      await confirm('Discard');
      await card('shed').waitFor({ state: 'detached' });
    });

    it('logs no error on the console', () => assert.deepEqual(errors, []));
  });
}

/** Devices of one Databoom account, with a publish node and a button each. */
function flowsForDevices(url: string, devices: readonly string[]): FlowNode[] {
  return flowOf(
    devices.map((device, index) => ({
      id: `p-${index}`,
      type: 'databoom-publish',
      config: 'account',
      device,
      deviceType: 'str',
    })),
    [
      {
        id: 'account',
        type: 'databoom-config',
        name: 'devices',
        server: 'custom',
        url,
        credentials: { token: 'a-token' },
      },
    ],
    devices.map((_, index) => ({
      id: `i-${index}`,
      target: `p-${index}`,
      code: 'msg.payload = { temp: 21.5 };',
    })),
  );
}

function deviceOf({ body }: RecordedRequest): string {
  const { device }: { readonly device: string } = JSON.parse(body.toString());
  return device;
}

describe('the Outbox sidebar with devices of which some wait', () => {
  /** One whose name has markup and what catalogues replace, and is too long for the sidebar. */
  const STRANGE = `<b>shed</b> __cause__ $t(label) ${'very long '.repeat(10)}`.trim();
  const DEVICES = ['hall', 'porch', 'garden', STRANGE];
  let browser: Browser;
  let nodeRed: NodeRed;
  let server: RecordingServer;
  let known: Set<string>;
  before(async function () {
    const [version] = VERSIONS;
    const started = await startBrowser();
    if (!started || !version) {
      this.skip();
      return;
    }
    browser = started;
    known = new Set(['hall', 'porch']);
    server = await RecordingServer.start((request, response) => {
      const device = request.method === 'POST' ? deviceOf(request) : 'garden';
      const status = known.has(device) ? 200 : device === 'garden' ? 404 : 503;
      answerWith(status)(request, response);
    });
    nodeRed = await startNodeRed(version);
    await nodeRed.deploy(flowsForDevices(server.url, DEVICES));
    for (const [index, device] of DEVICES.entries()) {
      await nodeRed.inject(`i-${index}`);
      await server.until(() => server.posts.some((request) => deviceOf(request) === device));
    }
    await nodeRed.until(() => nodeRed.statusesOf('p-0').at(-1)?.text === '2 devices wait');
  });
  after(async () => {
    await closePages(browser);
    await nodeRed?.stop();
    await server?.close();
  });

  it('says that nothing is deleted for its age while the clock has jumped ahead', async () => {
    const { page, errors } = await openPage(browser, { viewport: VIEWPORT });
    await page.route(/sensorpost\/outbox(\?|$)/, async (route) => {
      const answer = await route.fetch();
      const overview: Overview = await answer.json();
      await route.fulfill({ response: answer, json: { ...overview, clockDaysAhead: 400 } });
    });
    await showSidebar(page, nodeRed.url);
    await page.evaluate(`$('#red-ui-sidebar, .red-ui-sidebar-right').width(300)`);
    await see(
      page.locator('.sensorpost-outbox'),
      /clock has jumped ahead by 400 days\. Is it right\? Nothing is deleted/,
    );
    assert.equal(await overflowOf(page), 0, 'it is wider than the sidebar');
    await keepScreenshot(page, 'outbox-clock-ahead');
    assert.deepEqual(errors, []);
    await page.close();
  });

  it('says how many more wait, and leaves out a time that there is not, in a sidebar as narrow as it can be', async () => {
    const { page, errors } = await openPage(browser, { viewport: VIEWPORT });
    await page.route(/sensorpost\/outbox(\?|$)/, async (route) => {
      const answer = await route.fetch();
      const overview: Overview = await answer.json();
      const destinations = overview.destinations.map((view) => ({
        ...view,
        deferredCount: 1234,
        deferred: view.deferred.map((each) => ({ ...each, retryAt: undefined })),
      }));
      await route.fulfill({ response: answer, json: { ...overview, destinations } });
    });
    await showSidebar(page, nodeRed.url);
    await page.evaluate(`$('#red-ui-sidebar, .red-ui-sidebar-right').width(180)`);
    const lines = page.locator('.sensorpost-devices li');
    await see(lines.nth(0), /^garden: not found, 1 waiting$/);
    await see(lines.nth(2), /^and 1,232 more$/);
    assert.equal(await overflowOf(page), 0, 'it is wider than the sidebar');
    assert.deepEqual(errors, []);
    await page.close();
  });

  it('says which queue is of several sensors, and offers to it only what is of several, too', async () => {
    const { page, errors } = await openPage(browser, { viewport: VIEWPORT });
    await page.route(/sensorpost\/outbox(\?|$)/, async (route) => {
      const answer = await route.fetch();
      const overview: Overview = await answer.json();
      const destinations = overview.destinations.flatMap((view) => {
        const of = { ...view, service: 'senio' as const, deferred: [], deferredCount: 0 };
        const orphan = { ...of, nodes: [], state: 'orphaned' as const, namesSensors: true, waiting: 3 };
        return [
          { ...of, key: 'several', namesSensors: true },
          { ...of, key: 'one', nodes: [], name: 'porch' },
          { ...orphan, key: 'lost', name: 'https://a.example/publish' },
          { ...orphan, key: 'lost one', name: 'shed', namesSensors: false },
        ];
      });
      await route.fulfill({ response: answer, json: { ...overview, destinations } });
    });
    await showSidebar(page, nodeRed.url);
    await page.evaluate(`$('#red-ui-sidebar, .red-ui-sidebar-right').width(300)`);
    const cardOf = (name: string) =>
      page.locator('.sensorpost-card').filter({ has: page.locator(`.sensorpost-name >> text="${name}"`) });
    const offered = (name: string) => cardOf(name).getByRole('combobox').locator('option').allInnerTexts();
    await cardOf('devices · several sensors').waitFor();
    for (const name of ['https://a.example/publish · several sensors', 'shed']) await openCard(cardOf(name));
    assert.deepEqual(await offered('https://a.example/publish · several sensors'), [
      'devices · several sensors',
    ]);
    assert.deepEqual(await offered('shed'), ['porch']);
    await see(
      page.locator('.sensorpost-card p'),
      /^Each of these readings is of the sensor that its message/,
    );
    assert.equal(await overflowOf(page), 0, 'it is wider than the sidebar');
    await keepScreenshot(page, 'outbox-several-sensors');
    assert.deepEqual(errors, []);
    await page.close();
  });

  it('names each that waits, why, how much and until when, and leaves it out once it is served', async () => {
    const { page, errors } = await openSidebar(browser, nodeRed.url);
    await page.evaluate(`$('#red-ui-sidebar, .red-ui-sidebar-right').width(300)`);
    const card = page.locator('.sensorpost-card');
    const lines = card.locator('.sensorpost-devices li');
    await see(card.locator('.sensorpost-state'), /^Some devices wait; the others are sent\.$/);
    await card.locator('.sensorpost-head .sensorpost-mark-person').waitFor();
    await see(lines.nth(0), /^garden: not found, 1 waiting, next try \d{1,2}:\d\d/);
    await see(lines.nth(1), /server fault, 1 waiting, next try \d{1,2}:\d\d/);
    const title = (await lines.nth(1).getAttribute('title')) ?? '';
    assert(title.startsWith(`${STRANGE}: 127.0.0.1`), title);
    // Its name is text, whatever is in it, and no wider than the sidebar.
    const name = lines.nth(1).locator('bdi');
    assert.deepEqual([await name.textContent(), await name.locator('*').count()], [STRANGE, 0]);
    const hiddenWidth = await page.evaluate(
      `(() => { const name = [...document.querySelectorAll('.sensorpost-devices bdi')].at(-1); return name.scrollWidth - name.clientWidth; })()`,
    );
    assert(Number(hiddenWidth) > 0, `it is not cut: ${String(hiddenWidth)}`);
    await keepScreenshot(page, 'outbox-devices');
    assert.deepEqual(await violationsOf(page), []);

    known.add(STRANGE).add('garden');
    await press(card, 'Retry now');
    await card.locator('.sensorpost-devices').waitFor({ state: 'hidden' });
    await see(card.locator('.sensorpost-state'), 'Nothing is waiting.');
    assert.deepEqual(errors, []);
  });
});

describe('the Outbox sidebar where users log in', () => {
  const SETTINGS = `adminAuth: {
      type: 'credentials',
      users: (name) => Promise.resolve({ username: name, permissions: name === 'reader' ? 'read' : '*' }),
      tokens: (token) => Promise.resolve({ username: token, permissions: token === 'reader' ? 'read' : '*' }),
    },`;
  let browser: Browser;
  let nodeRed: NodeRed;
  let server: RecordingServer;
  before(async function () {
    const [version] = VERSIONS;
    const started = await startBrowser();
    if (!started || !version) {
      this.skip();
      return;
    }
    browser = started;
    server = await RecordingServer.start(REFUSE);
    nodeRed = await startNodeRed(version, { settings: SETTINGS });
    await asWriter('/flows', flowsFor({ hall: server.url }));
    await nodeRed.until(() => nodeRed.log().split('Started flows').length > 2);
    await asWriter('/inject/i-hall', {});
    await server.until(() => server.posts.length === 1);
  });
  after(async () => {
    await closePages(browser);
    await nodeRed?.stop();
    await server?.close();
  });

  async function asWriter(path: string, body: object): Promise<void> {
    const headers = { 'Content-Type': 'application/json', Authorization: 'Bearer writer' };
    const { ok, status } = await fetch(`${nodeRed.url}${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    assert(ok, `${path} answered ${status}`);
  }

  it('shows queues to a user who may only look, exports what was refused, and offers nothing else', async () => {
    const { page, errors } = await openSidebar(browser, `${nodeRed.url}/?access_token=reader`);
    const card = page.locator('.sensorpost-card');
    const list = card.locator('.sensorpost-refused');
    await unfold(list);
    await unfold(list.locator('li details'));
    await see(list.locator('pre'), /"temp": 21.5/);
    const buttons = await card.locator('.sensorpost-body').getByRole('button').allInnerTexts();
    assert.deepEqual(
      buttons.map((text) => text.trim()),
      ['Settings', 'Export', 'Export'],
    );
    const download = page.waitForEvent('download');
    await press(list, 'Export');
    assert.match(await readFile(await (await download).path(), 'utf8'), /"payload":\{"temp":21.5\}/);
    assert.deepEqual(errors, []);
  });

  it('lets a user who may write do the rest', async () => {
    const { page, errors } = await openSidebar(browser, `${nodeRed.url}/?access_token=writer`);
    await press(page.locator('.sensorpost-card'), 'Pause');
    await see(page.locator('.sensorpost-state'), /^Paused by you/);
    assert.deepEqual(errors, []);
  });
});

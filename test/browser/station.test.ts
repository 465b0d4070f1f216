import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { flowOf } from '../node-red/flows';
import { readExample, startNodeRed, VERSIONS, type FlowNode, type NodeRed } from '../node-red/support';
import { JPEG, NEVER, sha1, type TestStation } from '../station/support/index';
import { Listener } from '../station/support/listener';
import { pngOf } from '../support/pictures';
import { until } from '../support/waiting';
import {
  accessibilityFaults,
  drawnShare,
  furnish,
  LONG_AGO,
  look,
  MARKUP,
  overflows,
  PICTURES,
  push,
  rows,
  sendPictures,
  startStation,
} from './station-support';
import { closePages, keepScreenshot, startBrowser, unfold } from './support';

const LIVING_ROOM = '#/device/living%20room';
const GARDEN = '#/sensor/garden';
const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const VIEWS = ['#/', LIVING_ROOM, GARDEN, '#/sensor/attic', '#/sensor/nobody'];

/** Who may look at what the flows serve; the hash is that of the password. */
const HOME = { httpCredentials: { username: 'home', password: 'sesame' } };
const HASH = '$2b$04$gxAFT/NkKQ4edXFNC.sx2es7siC9EN2alrCoZeXhLA3D/YMzDO6UW';

const SETTINGS = `httpNodeRoot: '/things', httpNodeAuth: { user: 'home', pass: '${HASH}' },
  sensorpostStation: { keepDays: 30 },`;

/** A flow that sends when it is told to. */
const LATER = flowOf(
  [{ id: 'senio', type: 'senio-publish', config: 'sensor' }],
  [{ id: 'sensor', type: 'senio-config', sensor: 'afterwards' }],
  [{ id: 'later', target: 'senio', code: 'msg.payload = {temp: 42.5};' }],
);

/** The first graph with what it shows; others may have theirs before it. */
const FIRST_GRAPH = '.graph-card:first-child.is-loaded';

/** A line without a height is there, and is not visible to Playwright. */
const ATTACHED = { state: 'attached' } as const;

/** The row of a graph's legend that names a field. */
const legendOf = (page: Page, name: string) =>
  page.locator('.legend tbody tr', { has: page.locator('th', { hasText: name }) });

/** What of some requests asks the station for something else than a picture, which the browser fetches when it likes. */
const questionsOf = (requests: readonly string[]) => requests.filter((request) => request.startsWith('api/'));

/**
 * Waits until the page hears what happens: a moment after it is connected it reads the sources again, and from then on
 * it asks for nothing by itself.
 */
async function untilListening(page: Page, requests: readonly string[]): Promise<void> {
  while (requests.filter((request) => request === 'api/sources?').length < 2)
    await page.waitForRequest(/api\/sources\?$/);
}

/** A temperature that rises and falls. */
const waveOf = (index: number) => Math.round(10 * (21 + Math.sin(index / 4))) / 10;
/** A measurement of a room. */
const measured = (timestamp: number, index: number) => ({
  timestamp,
  scalars: new Map([
    ['temp', waveOf(index)],
    ['humidity', 50 + (index % 3)],
  ]),
  images: new Map(),
});

/** Where the page is; what Playwright says of it comes a little later. */
const hashOf = async (page: Page) => String(await page.evaluate('location.hash'));

/** The range that is not a preset, as the address has it. */
async function rangeOf(page: Page): Promise<{ from: number; to: number; span: number }> {
  const query = new URLSearchParams((await hashOf(page)).split('?')[1]);
  const [from, to] = [Number(query.get('from')), Number(query.get('to'))];
  return { from, to, span: to - from };
}

/** Fingers on an element, at places from 0 (left) to 1 (right): Playwright itself has but one, which only taps. */
async function touch(page: Page, selector: string) {
  const box = await page.locator(selector).first().boundingBox();
  assert(box);
  const session = await page.context().newCDPSession(page);
  return (type: 'touchStart' | 'touchMove' | 'touchEnd', places: readonly number[]) =>
    session.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: places.map((place, id) => ({ id, x: box.x + box.width * place, y: box.y + 80 })),
    });
}

/** Waits until a picture is there, and not only its place. */
const untilDrawn = (page: Page, selector: string) =>
  page.waitForFunction((wanted) => {
    const image = document.querySelector(wanted);
    return image instanceof HTMLImageElement && image.naturalWidth > 0;
  }, selector);

const textOf = async (page: Page, selector: string) =>
  (await page.locator(selector).first().innerText()).trim();

describe('The station’s page in Chromium', () => {
  let browser: Browser;
  before(async function () {
    const started = await startBrowser();
    if (!started) {
      this.skip();
      return;
    }
    browser = started;
  });
  afterEach(() => closePages(browser));

  describe('with an empty station', () => {
    let station: TestStation;
    beforeEach(async () => {
      station = await startStation();
    });
    afterEach(() => station.close());

    it('says what to do, and shows the first reading by itself', async () => {
      const { page, faults } = await look(browser, station);
      const advice = await page.innerText('main');
      assert.match(advice, /Import.*“First readings”/s);
      assert.match(advice, /“this Node-RED” as the server/);
      assert.deepEqual(await accessibilityFaults(page), []);
      await keepScreenshot(page, 'station-empty');
      await station.deliver('rpi', Date.now(), { temp: 21.5 });
      await page.waitForSelector('.source-card >> text=21.5');
      assert.equal(await page.isVisible('.empty'), false);
      assert.deepEqual(faults, []);
    });

    it('shows how to post to a sensor that has sent nothing, without its key, and its graph once it has', async () => {
      station.station.registerSensor({
        name: "o'neil",
        key: 'the-secret-key',
        fields: [{ name: 'temp', label: 'Warmth', unit: '°C' }],
      });
      const { page, faults } = await look(browser, station);
      await page.click('.source-card a');
      await page.waitForSelector('pre');
      const command = await textOf(page, 'pre');
      assert(command.includes(`curl '${station.url}/publish/o%27neil'`), command);
      assert.match(command, /Bearer \$KEY/);
      assert.doesNotMatch(await page.content(), /secret/);
      await station.deliver("o'neil", Date.now(), { temp: 1 });
      await page.waitForSelector(FIRST_GRAPH);
      assert.equal(await legendOf(page, 'Warmth').locator('.now').innerText(), '1\u00a0°C');
      assert.deepEqual(faults, []);
    });
  });

  describe('with the readings of a house', () => {
    const clock = { ahead: LONG_AGO };
    let station: TestStation;
    before(async () => {
      const now = () => Date.now() + clock.ahead;
      station = await startStation(now, { uptime: () => ({ boot: 'the same', ms: now() }) });
      await furnish(station, clock);
    });
    after(() => station?.close());

    it('shows every sensor with its latest values, their age and a line, and marks the silent one', async () => {
      const { page, faults } = await look(browser, station);
      const card = (name: string) => page.locator('.source-card', { hasText: name });
      await page.waitForSelector('.silence:visible');
      assert.deepEqual(await page.locator('.source-card.is-silent h2').allInnerTexts(), ['cellar']);
      assert.match(await card('cellar').innerText(), /5 hours ago/);
      const livingRoom = await card('living room').innerText();
      for (const text of ['Temperature', '°C', 'Humidity', '%', 'window', 'Off', 'state 29'])
        assert(livingRoom.includes(text), `${text} in ${livingRoom}`);
      // It is so for ten seconds, of which the page may have taken some to come.
      await push(station, 'living room', { temp: [[Date.now(), 21]] });
      await card('living room').locator('.age').first().filter({ hasText: /^now$/ }).waitFor();
      const lines = card('living room').locator('.sparkline .line[d^="M"]');
      await lines.nth(2).waitFor(ATTACHED);
      assert.equal(await lines.count(), 3);
      await untilDrawn(page, '.source-card img');
      assert.match(await card('attic').innerText(), /Nothing has come yet/);
      assert.match(await textOf(page, '.kept'), /365 days.*2 GB/);
      await keepScreenshot(page, 'station-light');
      await page.click('text=living room');
      await page.waitForSelector('.graph-card');
      assert.equal(await page.title(), 'living room · Station');
      assert.equal(await textOf(page, 'h1'), 'living room');
      assert.deepEqual(faults, []);
    });

    it('shows readings as they arrive', async () => {
      const { page, faults, requests } = await look(browser, station, '#/');
      const value = page.locator('.source-card', { hasText: 'garden' }).locator('.value').first();
      await page.waitForSelector('.sparkline .line[d^="M"]');
      await station.deliver('garden', Date.now(), { light: 4321 });
      await page.waitForSelector('.source-card >> text=4,321');
      assert.match(await value.innerText(), /4,321/);
      await page.goto(`${station.url}/${GARDEN}`);
      await page.waitForSelector(FIRST_GRAPH);
      await untilListening(page, requests);
      const asked = requests.length;
      await station.deliver('garden', Date.now(), { light: 1234.5 });
      await page.waitForSelector('.legend >> text=1,234.5');
      assert.deepEqual(questionsOf(requests.slice(asked)), [], 'asked again for what it was told');
      assert.deepEqual(faults, []);
    });

    it('draws a backlog that arrives at once, and not only the newest of it', async () => {
      const end = Date.now() - 1000;
      await push(station, 'shed', { x: rows(end - HOUR_MS, 2, 1000, () => 5) });
      const { page, faults, requests } = await look(browser, station, '#/device/shed?range=day');
      const overview = await look(browser, station, '#/');
      await page.waitForSelector(FIRST_GRAPH);
      await overview.page.locator('.source-card', { hasText: 'shed' }).scrollIntoViewIfNeeded();
      await overview.page.waitForSelector('.source-card:has-text("shed") .line[d^="M"]', ATTACHED);
      // A graph has what came before it was read, and what it was told of.
      await untilListening(page, requests);
      await untilListening(overview.page, overview.requests);
      const again = overview.page.waitForRequest(/api.series.*source=shed/);
      await push(station, 'shed', { x: rows(end, 300, 60_000, (index) => index - 100) });
      await page.waitForSelector('.legend td >> text=-100');
      await again;
      await page.click('button >> text="All"');
      await page.waitForFunction(() => {
        const query = document.querySelector('.downloads a')?.getAttribute('href') ?? '';
        return Date.now() - Number(new URLSearchParams(query).get('from')) > 4.9 * 3_600_000;
      });
      assert.deepEqual(faults, []);
    });

    it('finds out how often a new sensor sends, to draw its gaps', async () => {
      await push(station, 'newcomer', { x: [[Date.now() - 60_000, 1]] });
      const { page, requests } = await look(browser, station, '#/device/newcomer?range=hour');
      const overview = await look(browser, station, '#/');
      await page.waitForSelector(FIRST_GRAPH);
      await overview.page.locator('.source-card', { hasText: 'newcomer' }).scrollIntoViewIfNeeded();
      await overview.page.waitForSelector('.source-card:has-text("newcomer") .dots[d^="M"]', ATTACHED);
      await untilListening(page, requests);
      await untilListening(overview.page, overview.requests);
      const again = [page, overview.page].map((each) => each.waitForRequest(/api.series.*source=newcomer/));
      for (const value of [2, 3]) {
        await push(station, 'newcomer', { x: [[Date.now(), value]] });
        await page.waitForSelector(`.legend .now >> text=${value}`);
      }
      await Promise.all(again);
    });

    it('says how old a value is that is much older than others of its sensor, and breaks no number', async () => {
      await station.deliver('pond', Date.now() - 2 * DAY_MS, { level: 3, depth: 1 });
      await station.deliver('pond', Date.now(), { depth: 1, volume: 12_345_678 });
      const { page, faults } = await look(browser, station, '#/');
      const card = page.locator('.source-card', { hasText: 'pond' });
      const ages = await card.locator('dt').evaluateAll((all) => all.map((each) => each.textContent));
      assert.deepEqual(ages, ['level2 days ago', 'depth', 'volume']);
      const lines = await card
        .locator('.value > span:first-child')
        .evaluateAll((all) => all.map((each) => each.getClientRects().length));
      assert.deepEqual(lines, [1, 1, 1]);
      assert.equal(await overflows(page), false);
      assert.deepEqual(await accessibilityFaults(page), []);
      assert.deepEqual(faults, []);
    });

    it('cuts no time off at the edge of a graph', async () => {
      const to = Math.floor(Date.now() / DAY_MS) * DAY_MS + 1000;
      const range = `?from=${to - DAY_MS}&to=${to}`;
      const { page } = await look(browser, station, LIVING_ROOM + range, { ...PHONE, timezoneId: 'UTC' });
      await page.waitForSelector(FIRST_GRAPH);
      const [left, right] = await page
        .locator('.uplot canvas')
        .first()
        .evaluate((canvas) => {
          if (!(canvas instanceof HTMLCanvasElement)) return [];
          const { width, height } = canvas;
          return [0, width - 2].map((place) =>
            canvas
              .getContext('2d')
              ?.getImageData(place, height - 34, place === 0 ? width - 2 : 2, 34)
              .data.some((value) => value > 0),
          );
        });
      assert.deepEqual([left, right], [true, false]);
    });

    it('draws a line of its own graph without dashes, and numbers along it as a whole', async () => {
      const numbers = Array.from({ length: 9 }, (_, index) => `n${index}`);
      const history = rows(Date.now(), 100, 600_000, (index) => 12_345_000 + index);
      await push(station, 'meter', Object.fromEntries(numbers.map((name) => [name, history])));
      const { page } = await look(browser, station, '#/device/meter?range=day');
      const last = page.locator('.graph-card', { hasText: 'n8' });
      await last.scrollIntoViewIfNeeded();
      await page.waitForSelector('.graph-card.is-loaded:has-text("n8")');
      const number = (await page.locator('.uplot').count()) - 1;
      assert((await drawnShare(page, number, 0.4, 0.99)) > 0.95);
      const isCut = await last.locator('canvas').evaluate((canvas) => {
        if (!(canvas instanceof HTMLCanvasElement)) return undefined;
        const edge = canvas.getContext('2d')?.getImageData(0, 0, 1, canvas.height).data;
        return edge?.some((value) => value > 0);
      });
      assert.equal(isCut, false);
    });

    it('says of a picture whose file is gone that it cannot be shown, small and large', async () => {
      const camera = await startStation();
      const gone = pngOf({ width: 7, height: 5 });
      await camera.deliver('gone', Date.now(), {}, { cam1: gone });
      await rm(join(camera.folder, 'pictures', sha1(gone)));
      const { page } = await look(browser, camera, '#/sensor/gone');
      await page.waitForSelector('.thumbnail .missing-picture:has-text("This picture cannot be shown")');
      await page.click('.thumbnail');
      await page.waitForSelector('.lightbox img[alt^="This picture cannot be shown"]');
    });

    it('says that a picture cannot be shown', async () => {
      const camera = await startStation();
      await camera.deliver('damaged', Date.now(), {}, { cam1: JPEG });
      await rm(join(camera.folder, 'pictures', sha1(JPEG)));
      const { page } = await look(browser, camera, '#/sensor/damaged');
      await page.click('.thumbnail');
      await page.waitForSelector('.lightbox img[alt^="This picture cannot be shown"]');
    });

    it('reads the texts of the time that is shown where it is asked to try again', async () => {
      const { page } = await look(browser, station, `${LIVING_ROOM}?range=hour`);
      await page.waitForSelector('.texts li');
      await page.route('**/api/texts*', (route) => route.abort());
      for (const range of ['Day', 'Week']) {
        const failed = page.waitForEvent('requestfailed', (request) => request.url().includes('api/texts'));
        await page.click(`button >> text="${range}"`);
        await failed;
      }
      await page.waitForSelector('text=The texts could not be read');
      await page.unroute('**/api/texts*');
      const asking = page.waitForRequest('**/api/texts*');
      await page.click('.card:has(.texts) >> text=Try again');
      const query = new URL((await asking).url()).searchParams;
      assert.equal(Math.round((Number(query.get('to')) - Number(query.get('from'))) / DAY_MS), 7);
    });

    it('draws one graph per unit, with a gap where nothing came', async () => {
      const { page, faults } = await look(browser, station, `${LIVING_ROOM}?range=day`);
      await page.locator('.graph-card.is-loaded').nth(2).waitFor();
      const names = await page
        .locator('.graph-card')
        .evaluateAll((cards) => cards.map((card) => card.getAttribute('aria-label')));
      assert.deepEqual(names, ['Temperature, Dew point (°C)', 'Humidity (%)', 'window', 'state']);
      // The gap is from 10 to 6 hours ago, of 24.
      for (const graph of [0, 1]) {
        assert((await drawnShare(page, graph, 0, 0.57)) > 0.95);
        assert.equal(await drawnShare(page, graph, 0.6, 0.74), 0);
        assert((await drawnShare(page, graph, 0.77, 0.99)) > 0.95);
      }
      const plot = await page.locator('.u-over').first().boundingBox();
      assert(plot);
      await page.mouse.move(plot.x + plot.width * 0.67, plot.y + 50);
      await page.waitForFunction(() => document.querySelector('.legend .now')?.textContent === '–');
      await page.mouse.move(plot.x + plot.width * 0.9, plot.y + 50);
      await page.waitForFunction(() => document.querySelector('.legend .now')?.textContent !== '–');
      assert.match(await legendOf(page, 'Humidity').locator('.now').innerText(), /^1,0\d\d(\.\d)?\u00a0%$/);
      const cursors = await page
        .locator('.u-cursor-x')
        .evaluateAll((all) => all.map((one) => getComputedStyle(one).transform));
      assert.equal(new Set(cursors).size, 1, 'the cursors are in one place');
      await keepScreenshot(page, 'station-graphs');
      assert.deepEqual(faults, []);
    });

    it('shows other ranges, zooms by pointer and wheel with finer data, and returns', async () => {
      const { page, faults, requests } = await look(browser, station, LIVING_ROOM);
      await page.waitForSelector(FIRST_GRAPH);
      assert.match(await textOf(page, '[aria-pressed="true"]'), /Day/);
      await page.click('text=Year');
      await page.waitForSelector('.note >> text=/per \\d+ /');
      assert.match(await hashOf(page), /range=year$/);
      await page.click('text="All"');
      await page.waitForURL(/range=all$/);

      const plot = await page.locator('.u-over').first().boundingBox();
      assert(plot);
      const at = (share: number) => [plot.x + plot.width * share, plot.y + 60] as const;
      await page.mouse.move(...at(0.8));
      await page.mouse.down();
      await page.mouse.move(...at(0.9), { steps: 4 });
      await page.mouse.up();
      const dragged = await rangeOf(page);
      assert(dragged.span > 4 * 3_600_000 && dragged.span < 6 * 3_600_000, String(dragged.span));
      await page.waitForFunction(() => document.querySelector('.graph-card .note')?.textContent === '');
      const finest = requests.findLast((request) => request.startsWith('api/series'));
      const asked = Number(new URLSearchParams(finest).get('from'));
      assert(Math.abs(asked - dragged.from) < 2, `${finest} for ${dragged.from}`);

      await page.mouse.move(...at(0.5));
      await page.keyboard.down('Control');
      await page.mouse.wheel(0, -300);
      await page.keyboard.up('Control');
      await page.waitForURL((url) => !url.hash.includes(String(dragged.from)));
      const wheeled = await rangeOf(page);
      assert(wheeled.span < dragged.span * 0.6, String(wheeled.span));
      await page.keyboard.down('Shift');
      await page.mouse.down();
      await page.mouse.move(...at(0.75), { steps: 4 });
      await page.mouse.up();
      await page.keyboard.up('Shift');
      const panned = await rangeOf(page);
      assert(Math.abs(panned.span - wheeled.span) < 2 && panned.to < wheeled.to, 'dragging with Shift moves');
      await keepScreenshot(page, 'station-zoomed');

      await page.reload();
      await page.waitForSelector(FIRST_GRAPH);
      assert.deepEqual(await rangeOf(page), panned);
      await page.click('text=Day');
      await page.waitForURL(/range=day$/);
      assert.deepEqual(faults, []);
    });

    it('scrolls the page with the wheel alone', async () => {
      const { page } = await look(browser, station, LIVING_ROOM, { viewport: { width: 1200, height: 500 } });
      await page.waitForSelector(FIRST_GRAPH);
      await page.hover('.u-over');
      await page.mouse.wheel(0, 200);
      await page.waitForFunction(() => scrollY > 100);
      assert.doesNotMatch(await hashOf(page), /from=/);
    });

    it('offers the way from a range without data to the newest data', async () => {
      const { page, faults } = await look(
        browser,
        station,
        `${LIVING_ROOM}?from=1400000000000&to=1400003600000`,
      );
      await page.locator('text=Go to the last reading').first().click();
      await page.waitForFunction(() =>
        document.querySelectorAll('.legend td')[1]?.textContent?.includes('°C'),
      );
      assert((await drawnShare(page, 0, 0.1, 0.85)) > 0.95);
      assert.deepEqual(faults, []);
    });

    it('shows the history of numbers where the newest is a text, and the texts as marks beside them', async () => {
      const now = Date.now();
      const readings = rows(now - 60_000, 180, 60_000, (index) => index).map(
        ([time, index]) =>
          [time, (index >= 60 && index < 90) || index === 179 ? 'unavailable' : index] as const,
      );
      const modes = rows(now - 60_000, 20, 5 * 60_000, (index) => (index < 10 ? 'eco' : 'heat'));
      await push(station, 'hub', { warmth: readings, mode: modes });
      const { page, faults } = await look(browser, station, '#/device/hub?range=day');
      await page.waitForSelector(`${FIRST_GRAPH} .state`);
      assert.equal(await legendOf(page, 'warmth').locator('.now').innerText(), 'unavailable');
      assert.deepEqual(await legendOf(page, 'warmth').locator('td').allInnerTexts(), [
        'unavailable',
        '0',
        '178',
      ]);
      await page.click('button >> text="All"');
      // From the first reading to now: a third is marked, and has no line.
      await until('both parts of the line', async () => (await drawnShare(page, 0, 0.02, 0.32)) > 0.95);
      assert((await drawnShare(page, 0, 0.51, 0.98)) > 0.95);
      assert.equal(await drawnShare(page, 0, 0.36, 0.47), 0);
      const bars = () =>
        page.locator('.graph-card:first-child .state').evaluateAll((all) =>
          all.map((each) => {
            const [bar, row] = [each, each.parentElement ?? each].map((one) => one.getBoundingClientRect());
            return bar && row ? [(bar.left - row.left) / row.width, bar.width / row.width] : [];
          }),
        );
      await until('two bars, of which the first begins at a third and takes a sixth', async () => {
        const boxes = await bars();
        const [[start = NaN, width = NaN] = []] = boxes;
        return boxes.length === 2 && Math.abs(start - 1 / 3) < 0.01 && Math.abs(width - 1 / 6) < 0.01;
      });
      const texts = await page.locator('.graph-card:nth-child(2) .state').allInnerTexts();
      assert.match(texts.join('|'), /^eco \d.*\|heat \d.*$/);
      const plot = await page.locator('.u-over').first().boundingBox();
      assert(plot);
      await page.mouse.move(plot.x + plot.width * 0.4, plot.y + 50);
      await page.waitForFunction(() =>
        document.querySelector('.legend .now')?.textContent?.match(/^unavailable \d/),
      );
      await keepScreenshot(page, 'station-states');
      assert.deepEqual(await accessibilityFaults(page), []);
      await page.goto(`${station.url}/#/`);
      const card = page.locator('.source-card', { hasText: 'hub' });
      await card.locator('.sparkline .line[d^="M"]').waitFor(ATTACHED);
      assert.deepEqual(faults, []);
    });

    it('breaks a line where a person chooses, and remembers it', async () => {
      const now = Date.now();
      await push(station, 'chosen', { x: rows(now, 7, 10 * 60_000, () => 5) });
      const { page, faults } = await look(browser, station, '#/device/chosen?range=hour');
      await page.waitForSelector(`${FIRST_GRAPH} [data-from]`);
      assert((await drawnShare(page, 0, 0.05, 0.95)) > 0.95);
      await unfold(page.locator('.gaps'));
      await page.selectOption('.gaps select', { label: 'After 5 minutes' });
      await until('dots alone', async () => (await drawnShare(page, 0, 0.05, 0.95)) < 0.2);
      await page.reload();
      await page.waitForSelector(`${FIRST_GRAPH} [data-from]`);
      assert((await drawnShare(page, 0, 0.05, 0.95)) < 0.2);
      assert((await drawnShare(page, 0, 0.05, 0.95)) > 0);
      assert.deepEqual(faults, []);
    });

    it('lists texts, and offers the range that is shown for download', async () => {
      const { page, faults } = await look(browser, station, `${LIVING_ROOM}?range=hour`);
      await page.waitForSelector('.texts li');
      assert.match(await textOf(page, '.texts li'), /state 29$/);
      for (const [format, begins] of [
        ['csv', 'timestamp,field,value'],
        ['json', '['],
      ] as const) {
        const link = page.locator(`.downloads a[href*="format=${format}"]`);
        const url = new URL((await link.getAttribute('href')) ?? '', page.url());
        assert.equal(
          Number(url.searchParams.get('to')) - Number(url.searchParams.get('from')) < 3_600_002,
          true,
        );
        const [downloading] = await Promise.all([page.waitForEvent('download'), link.click()]);
        const chunks: unknown[] = [];
        for await (const chunk of await downloading.createReadStream()) chunks.push(chunk);
        const text = chunks.map(String).join('');
        assert(text.startsWith(begins), text.slice(0, 50));
        assert.match(text, /temp/);
      }
      assert.deepEqual(faults, []);
    });

    it('shows pictures small and large, by keyboard too, and older ones on demand', async () => {
      const { page, faults } = await look(browser, station, GARDEN);
      const thumbnails = page.locator('.thumbnail');
      await page.waitForSelector('.thumbnail img');
      await untilDrawn(page, '.thumbnail img');
      await keepScreenshot(page, 'station-gallery');
      const first = await thumbnails.count();
      assert(first < PICTURES);
      await thumbnails.nth(0).focus();
      await page.keyboard.press('Enter');
      const shown = () => page.evaluate(`document.querySelector('.lightbox img').src.slice(-40)`);
      await untilDrawn(page, '.lightbox img');
      const newest = await shown();
      await page.waitForSelector('.lightbox >> text=/160 × 120 · [\\d.]+ kB/');
      assert.equal(await page.locator('.lightbox [aria-label="Newer picture"]').isDisabled(), true);
      assert.deepEqual(await accessibilityFaults(page), []);
      await keepScreenshot(page, 'station-lightbox');
      await page.keyboard.press('ArrowLeft');
      assert.notEqual(await shown(), newest);
      await page.keyboard.press('ArrowRight');
      assert.equal(await shown(), newest);
      const seen = new Set([newest]);
      for (let turn = 1; turn < PICTURES; turn++) {
        const before = await shown();
        await page.keyboard.press('ArrowLeft');
        await page.waitForFunction(
          (id) => document.querySelector('.lightbox img')?.getAttribute('src') !== `pictures/${id}`,
          String(before),
        );
        seen.add(await shown());
      }
      assert.equal(seen.size, PICTURES);
      const [downloading] = await Promise.all([
        page.waitForEvent('download'),
        page.click('.lightbox [aria-label="Download this picture"]'),
      ]);
      assert.match(downloading.suggestedFilename(), /^garden-cam1-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.jpg$/);
      await page.keyboard.press('Escape');
      await page.waitForSelector('.lightbox', { state: 'hidden' });
      assert.equal(await thumbnails.count(), PICTURES);
      // The focus goes to the picture that was shown last.
      await page.waitForFunction(
        (last) => document.activeElement === document.querySelectorAll('.thumbnail')[last],
        PICTURES - 1,
      );
      assert.deepEqual(faults, []);
    });

    it('asks before it shows a picture that fills the memory of a phone', async () => {
      const huge = pngOf({ width: 9000, height: 9000 });
      const now = Date.now();
      await station.deliver('panorama', now - 1000, {}, { cam1: JPEG });
      await station.deliver('panorama', now, {}, { cam1: huge });
      const { page, requests, faults } = await look(browser, station, '#/sensor/panorama');
      const asked = () => requests.filter((request) => request === `pictures/${sha1(huge)}`).length;
      // What is shown here need not be that large itself.
      await page.route(`**/pictures/${sha1(huge)}`, (route) =>
        route.fulfill({ contentType: 'image/png', body: pngOf({ width: 90, height: 90 }) }),
      );
      await page.waitForSelector('.thumbnail >> text=/unasked: 9,000 × 9,000 pixels, [\\d.]+ kB/');
      await keepScreenshot(page, 'station-gallery-large');
      assert.deepEqual(await accessibilityFaults(page), []);
      await page.locator('.thumbnail').first().click();
      const show = page.locator('.lightbox >> text=Show it all the same');
      await show.waitFor();
      await keepScreenshot(page, 'station-lightbox-large');
      assert.deepEqual(await accessibilityFaults(page), []);
      await page.keyboard.press('ArrowLeft');
      await show.waitFor({ state: 'hidden' });
      await page.keyboard.press('ArrowRight');
      await show.waitFor();
      assert.equal(asked(), 0);
      await show.click();
      await untilDrawn(page, '.lightbox img');
      assert.deepEqual([asked(), await show.isVisible()], [1, false]);
      // The other picture cannot be shown, which is no fault of the page.
      assert.deepEqual(faults, []);
    });

    it('goes on with the arrow keys where a button led to the first or the last picture', async () => {
      const camera = await startStation();
      await sendPictures(camera, 'camera', Date.now());
      const { page } = await look(browser, camera, '#/sensor/camera');
      await page.locator('.thumbnail').nth(1).click();
      const [older, newer] = ['Older', 'Newer'].map((name) => page.locator(`[aria-label="${name} picture"]`));
      assert(older && newer);
      const time = () => textOf(page, '.lightbox h2');
      const second = await time();
      await newer.click();
      await newer.waitFor({ state: 'hidden' });
      const first = await time();
      await page.keyboard.press('ArrowLeft');
      assert.deepEqual([await time(), await newer.isVisible()], [second, true]);
      await page.keyboard.press('ArrowRight');
      assert.equal(await time(), first);
      for (let turn = 1; turn < PICTURES; turn++) {
        const before = await page.textContent('.lightbox h2');
        await older.click();
        // Those after the ninth are read first.
        await page.waitForFunction(
          (text) => document.querySelector('.lightbox h2')?.textContent !== text,
          before,
        );
      }
      await older.click();
      await older.waitFor({ state: 'hidden' });
      const last = await time();
      await page.keyboard.press('ArrowRight');
      assert.notEqual(await time(), last);
      assert.equal(await older.isVisible(), true);
      await camera.close();
    });

    it('works with the keys alone', async () => {
      const { page, faults } = await look(browser, station);
      const tabTo = async (selector: string) => {
        for (let turn = 0; turn < 60; turn++) {
          await page.keyboard.press('Tab');
          if (await page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`)) return;
        }
        assert.fail(`no way to ${selector}`);
      };
      await tabTo('a[href="#/device/living%20room"]');
      await page.keyboard.press('Enter');
      await page.waitForSelector(FIRST_GRAPH);
      assert.equal(await page.evaluate('document.activeElement.tagName'), 'H1');
      await tabTo('[role="slider"]');
      const reading = () => page.locator('.plot').first().getAttribute('aria-valuetext');
      assert.match(
        (await reading()) ?? '',
        /^Latest, Temperature: [\d.]+\u00a0°C, Dew point: [\d.]+\u00a0°C$/,
      );
      await page.keyboard.press('ArrowLeft');
      const last = await reading();
      await page.keyboard.press('ArrowLeft');
      const earlier = await reading();
      assert.notEqual(earlier, last);
      await page.keyboard.press('ArrowRight');
      assert.equal(await reading(), last);
      await page.keyboard.press('Home');
      assert.notEqual(await reading(), last);
      assert.match((await reading()) ?? '', /\d{4}.*Temperature: [\d.]+/);
      await page.keyboard.press('+');
      await page.waitForURL(/from=/);
      const before = await hashOf(page);
      await page.keyboard.press('PageUp');
      assert.notEqual(await hashOf(page), before);
      await page.keyboard.press('0');
      await page.waitForURL(/range=day$/);
      const outline = await page.evaluate(`getComputedStyle(document.activeElement).outlineStyle`);
      assert.equal(outline, 'solid', 'the focus is seen');
      assert.deepEqual(faults, []);
    });

    for (const [name, options, rules] of [
      ['in the light', { colorScheme: 'light' }, undefined],
      ['in the dark', { colorScheme: 'dark' }, ['color-contrast']],
      ['on a phone', PHONE, []],
    ] as const) {
      it(`fits its window, and the accessibility checker has nothing to object to (${name})`, async () => {
        const { page, faults } = await look(browser, station, '#/', options);
        for (const [index, hash] of VIEWS.entries()) {
          await page.goto(`${station.url}/${hash}`);
          await page.waitForSelector('.source-card, .graph-card.is-loaded, .empty:visible');
          assert.equal(await overflows(page), false, `${hash} is wider than the window`);
          if (rules?.length !== 0) assert.deepEqual(await accessibilityFaults(page, rules), [], hash);
          await keepScreenshot(page, `station ${name} ${index}`);
        }
        assert.deepEqual(faults, []);
      });
    }

    it('reads, moves and zooms by touch', async () => {
      const { page, faults } = await look(browser, station, `${LIVING_ROOM}?range=day`, PHONE);
      await page.waitForSelector(FIRST_GRAPH);
      await page.locator('.u-over').first().tap();
      await page.waitForSelector('.has-cursor');
      assert.equal(await page.locator('.legend .now').first().getAttribute('data-label'), 'At cursor');
      const fingers = await touch(page, '.u-over');
      await fingers('touchStart', [0.3]);
      for (const place of [0.4, 0.5, 0.6]) await fingers('touchMove', [place]);
      await fingers('touchEnd', []);
      const moved = await rangeOf(page);
      assert(Math.abs(moved.span - DAY_MS) < 2);
      assert(moved.to < Date.now() - 0.15 * DAY_MS, 'one finger moves');
      await fingers('touchStart', [0.4, 0.6]);
      for (const reach of [0.15, 0.2, 0.3]) await fingers('touchMove', [0.5 - reach, 0.5 + reach]);
      await fingers('touchEnd', []);
      const zoomed = await rangeOf(page);
      assert(Math.abs(zoomed.span / moved.span - 1 / 3) < 0.1, `${zoomed.span} of ${moved.span}`);
      assert.deepEqual(faults, []);
    });

    it('follows the dark mode of the system, and remembers another choice', async () => {
      const { page, faults } = await look(browser, station, '#/', { colorScheme: 'dark' });
      const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
      const dark = await ground();
      await page.click('[aria-label="Light colours"]');
      const light = await ground();
      assert.notEqual(light, dark);
      await page.reload();
      await page.waitForSelector('main h1');
      assert.equal(await ground(), light);
      await page.click('[aria-label="Dark colours"]');
      assert.equal(await ground(), dark);
      assert.deepEqual(faults, []);
    });

    it('appears in German where that is preferred', async () => {
      const { page, faults } = await look(browser, station, '#/', { locale: 'de-AT' });
      await page.waitForSelector('.silence:visible');
      const overview = await page.innerText('body');
      for (const text of ['Sensoren', 'vor 5 Stunden', 'Aus', 'Belegt'])
        assert(overview.includes(text), `${text} in ${overview}`);
      assert.equal(await page.getAttribute('html', 'lang'), 'de');
      await page.goto(`${station.url}/${LIVING_ROOM}?range=month`);
      await page.waitForSelector(FIRST_GRAPH);
      const graphs = await page.innerText('body');
      for (const text of ['Stunde', 'Woche', 'Tiefster', 'Bewegen in den Graphen'])
        assert(graphs.includes(text), `${text} in ${graphs}`);
      assert.match(await legendOf(page, 'Humidity').locator('.now').innerText(), /^1\s?0\d\d(,\d)?\u00a0%$/u);
      await keepScreenshot(page, 'station-german');
      assert.deepEqual(faults, []);
    });

    it('shows markup that was sent as text', async () => {
      const { page, faults } = await look(browser, station);
      await page.locator('.source-card a', { hasText: MARKUP }).click();
      await page.waitForSelector('.texts li');
      const shown = await page.innerText('main');
      assert(shown.split(MARKUP).length >= 3, shown);
      assert.equal(await page.title(), `${MARKUP} · Station`);
      assert.equal(await page.locator('main img, main script').count(), 0);
      assert.deepEqual(faults, []);
    });

    it('shows by their numbers what nobody sees in names and texts', async () => {
      const own = await startStation();
      await push(own, 'kit\u202Echen', { 'te\u200Bmp': [[Date.now(), 'a\u2066b']] });
      const { page, faults } = await look(browser, own);
      await page.locator('.source-card a', { hasText: 'kit⟨U+202E⟩chen' }).press('Enter');
      await page.waitForSelector('.texts li');
      const shown = await page.innerText('main');
      for (const text of ['kit⟨U+202E⟩chen', 'te⟨U+200B⟩mp', 'a⟨U+2066⟩b'])
        assert(shown.includes(text), shown);
      assert.equal(await page.title(), 'kit⟨U+202E⟩chen · Station');
      const hidden = (await page.content()).match(/.{40}[\u202E\u200B\u2066].{10}/g);
      assert.equal(hidden, null);
      assert.deepEqual(faults, []);
      await own.close();
    });

    it('never shows a key', async () => {
      const { page } = await look(browser, station);
      const texts: Promise<string>[] = [];
      page.on('response', (response) => {
        // The stream of live readings has no end, and a redirect no text.
        if (!response.url().endsWith('/live')) texts.push(response.text().catch(() => ''));
      });
      await page.reload();
      for (const hash of VIEWS) {
        await page.goto(`${station.url}/${hash}`);
        await page.waitForSelector('.source-card, .thumbnail, .texts li, .empty:visible');
        texts.push(page.content());
      }
      const all = (await Promise.all(texts)).join('\n');
      assert(all.includes('living room') && all.includes('Bearer $KEY'));
      assert.doesNotMatch(all, /the-key-of|the-token-of/);
    });

    it('disconnects while nobody sees it, and then reads what it missed', async () => {
      const { page, faults, requests } = await look(browser, station, GARDEN);
      await page.waitForSelector(FIRST_GRAPH);
      await untilListening(page, requests);
      const show = (state: string) =>
        page.evaluate((wanted) => {
          Object.defineProperty(document, 'visibilityState', { value: wanted, configurable: true });
          document.dispatchEvent(new Event('visibilitychange'));
        }, state);
      const closed = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/live'));
      await show('hidden');
      await closed;
      await station.deliver('garden', Date.now(), { light: 98_765 });
      const asked = requests.length;
      await show('visible');
      await page.waitForSelector('.legend td:nth-of-type(3) >> text=98,765');
      const again = questionsOf(requests.slice(asked));
      assert.deepEqual(again.slice(0, 2).toSorted(), ['api/live', 'api/sources?']);
      assert.deepEqual(faults, []);
    });

    it('connects anew after a long silence, as when the device slept, and reads what it missed', async () => {
      const { page, faults, requests } = await look(browser, station, GARDEN);
      await page.waitForSelector(FIRST_GRAPH);
      await untilListening(page, requests);
      const asked = requests.length;
      await page.clock.install();
      const asking = ['**/api/live', '**/api/series*'].map((url) => page.waitForRequest(url));
      await page.clock.fastForward('01:00');
      await Promise.all(asking);
      const again = requests.slice(requests.indexOf('api/live', asked));
      assert(again.includes('api/sources?'), String(again));
      assert.equal(await page.isVisible('.banner'), false);
      assert.deepEqual(faults, []);
    });

    it('says when the connection is lost, comes back by itself, and reads anew', async () => {
      const { page, requests } = await look(browser, station, '#/sensor/nobody');
      await page.route('**/api/live', (route) => route.fulfill({ status: 503, body: '' }));
      await page.reload();
      await page.waitForSelector('.banner.is-shown >> text=connection is lost');
      await push(station, 'meanwhile', { x: [[Date.now(), 7]] });
      const asked = requests.length;
      await page.unroute('**/api/live');
      await page.waitForSelector('.banner', { state: 'hidden' });
      await page.click('.home');
      await page.waitForSelector('text=meanwhile');
      assert.deepEqual(
        requests.slice(asked).filter((request) => request.startsWith('api/sources')),
        ['api/sources?'],
      );
    });

    it('says that too many pages are open, and goes on by itself once one is closed', async () => {
      const house = await startStation();
      await push(house, 'room', { temp: [[Date.now(), 21]] });
      const listeners = await Promise.all(Array.from({ length: 50 }, () => Listener.open(house)));
      const { page } = await look(browser, house);
      await page.waitForSelector('.banner.is-shown >> text=50 pages are open already');
      await keepScreenshot(page, 'station-full');
      await listeners[0]?.close();
      await page.waitForSelector('.banner', { state: 'hidden' });
      await push(house, 'room', { temp: [[Date.now(), 22.5]] });
      await page.waitForSelector('text=22.5');
      await Promise.all(listeners.map((listener) => listener.close()));
      await page.close();
      await house.close();
    });
  });

  describe('with readings whose time is not what it seems', () => {
    const FAR = Date.UTC(2099, 0, 1);
    let isClockKnown = false;
    let station: TestStation;
    before(async () => {
      station = await startStation(Date.now, {
        latest: () => (isClockKnown ? Date.now() + DAY_MS : Infinity),
      });
      const fields = [
        { name: 'temp', label: 'Temperature', unit: '°C' },
        { name: 'humidity', label: 'Humidity', unit: '%' },
      ];
      station.station.registerSensor({ name: 'room', key: undefined, fields });
    });
    after(() => station?.close());

    it('draws those that wait for the time apart, says so in words, and stores them with their true times', async () => {
      const transport = station.station.senioTransport('room');
      const now = Date.now();
      for (const [time, index] of rows(now - 20 * 60_000, 20, 60_000, (each) => each))
        await transport.deliver(measured(time, index), NEVER);
      const { page, faults, requests } = await look(browser, station);
      await untilListening(page, requests);
      const waiting = rows(now, 15, 60_000, (each) => each + 40).map(([time, index]) =>
        measured(time, index),
      );
      assert.equal(await transport.preview?.(waiting), true);
      await page.waitForSelector('.field:has-text("Temperature") .not-confirmed:visible');
      await page.locator('.sparkline .line.unconfirmed[d^="M"]').first().waitFor(ATTACHED);
      assert.deepEqual(await accessibilityFaults(page), []);
      await keepScreenshot(page, 'station-unconfirmed-overview');

      await page.goto(`${station.url}/#/sensor/room?range=hour`);
      await page.waitForSelector(FIRST_GRAPH);
      assert.match(
        await page.innerText('.time-note:visible'),
        /^Time not confirmed until this machine knows the time/,
      );
      assert.equal(await legendOf(page, 'Temperature').locator('.now').innerText(), `${waveOf(54)}\u00a0°C`);
      // Stored from 40 to 20 minutes ago, waiting from 14: dashes and points leave room between them.
      assert((await drawnShare(page, 0, 0.37, 0.65)) > 0.95);
      const share = await drawnShare(page, 0, 0.78, 0.99);
      assert(share > 0.2 && share < 0.95, `${share} of the waiting line is drawn`);
      await keepScreenshot(page, 'station-unconfirmed');
      for (const [name, options] of [
        ['dark', { colorScheme: 'dark' }],
        ['phone', PHONE],
        ['german', { locale: 'de-AT' }],
      ] as const) {
        const other = await look(browser, station, '#/sensor/room?range=hour', options);
        await other.page.waitForSelector(FIRST_GRAPH);
        assert.equal(await overflows(other.page), false, name);
        await keepScreenshot(other.page, `station-unconfirmed-${name}`);
        await other.page.context().close();
      }

      void transport.preview?.([]);
      for (const { timestamp, ...content } of waiting)
        await transport.deliver({ ...content, timestamp: timestamp - 30_000, images: new Map() }, NEVER);
      await page.waitForSelector('.time-note:visible', { state: 'detached' });
      await until(
        'a solid line of the stored readings',
        async () => (await drawnShare(page, 0, 0.78, 0.97)) > 0.95,
      );
      assert.deepEqual(faults, []);
    });

    it('says what is ahead of a clock that is set, and shows the others as the latest', async () => {
      await station.deliver('ahead', Date.now(), { temp: 20.5 });
      await station.deliver('ahead', FAR, { temp: 99 });
      const { page, faults } = await look(browser, station);
      const card = page.locator('.source-card', { hasText: 'ahead' });
      await card.getByText('99', { exact: true }).waitFor();
      isClockKnown = true;
      await page.reload();
      await card.getByText('20.5', { exact: true }).waitFor();
      assert.match(
        await card.locator('.time-note:visible').innerText(),
        /more than a day ahead.*: 1, up to Jan 1, 2099/,
      );
      await keepScreenshot(page, 'station-ahead');
      assert.deepEqual(await accessibilityFaults(page), []);
      assert.deepEqual(faults, []);
    });

    it('ends the hour now where a reading is dated tomorrow, says so, and shows it on a click', async () => {
      isClockKnown = true;
      const now = Date.now();
      for (const [time, value] of rows(now, 30, 60_000, (index) => index))
        await station.deliver('fast', time, { temp: value });
      await station.deliver('fast', now + 20 * HOUR_MS, { temp: 99 });
      const { page, faults } = await look(browser, station, '#/sensor/fast?range=hour');
      await page.waitForSelector(`${FIRST_GRAPH} [data-to]`);
      const to = Number(await page.locator('[data-to]').first().getAttribute('data-to'));
      assert(Math.abs(to - Date.now()) < 10 * 60_000, new Date(to).toISOString());
      assert.match(await page.innerText('.time-note:visible'), /: 1, by up to (19|20) hours/);
      assert.equal(await page.locator('.legend .now').first().innerText(), '29');
      assert((await drawnShare(page, 0, 0.55, 0.95)) > 0.95);
      await keepScreenshot(page, 'station-later');
      await page.click('text=Show what is ahead');
      await page.waitForURL(/from=/);
      const shown = await rangeOf(page);
      assert(shown.from < now && shown.to > now + 20 * HOUR_MS);
      await page.waitForFunction(() => document.querySelectorAll('.legend td')[2]?.textContent === '99');
      assert.deepEqual(faults, []);
    });
  });

  describe('in Node-RED, below a root and behind a password of its own', () => {
    let nodeRed: NodeRed;
    let flows: FlowNode[];
    before(async () => {
      const [version] = VERSIONS;
      assert(version);
      flows = [...(await readExample('First readings')), ...(await readExample('Camera to Senio'))];
      nodeRed = await startNodeRed(version, { flows, settings: SETTINGS });
    });
    after(() => nodeRed?.stop());

    it('shows nothing to those who do not have it', async () => {
      for (const path of ['', '/', '/api/sources', '/api/live', '/assets/main.js', '/publish/rpi']) {
        const answer = await fetch(`${nodeRed.url}/things/station${path}`);
        assert.deepEqual([answer.status, await answer.text()], [401, 'Unauthorized'], path);
      }
    });

    it('shows the readings and pictures of the examples, and goes on when they are deployed anew', async () => {
      const url = `${nodeRed.url}/things/station`;
      const { page, faults, requests } = await look(browser, { url }, '', HOME);
      await page.waitForSelector('.source-card h2 >> text=rpi');
      await untilDrawn(page, '.source-card img');
      assert.match(await textOf(page, '.kept'), /30 days.*2 GB/);
      const lives = () => requests.filter((request) => request === 'api/live').length;
      // The browser itself connects again.
      const again = page.waitForRequest('**/api/live');
      await nodeRed.deploy([...flows, ...LATER]);
      await again;
      assert.equal(lives(), 2);
      await nodeRed.inject('later');
      await page.waitForSelector('.source-card >> text=42.5');
      assert.equal(await page.isVisible('.banner'), false);
      assert.deepEqual(faults, []);
    });
  });
});

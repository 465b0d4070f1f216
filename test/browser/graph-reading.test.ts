import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import type { TestStation } from '../station/support/index';
import { until } from '../support/waiting';
import { drawnShare, look, push, rows, startStation } from './station-support';
import { closePages, startBrowser } from './support';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const GRAPH = '.graph-card:first-child.is-loaded';

/** How many texts a graph asks for at once. */
const PER_REQUEST = 1000;

const labelsOf = (page: Page) => page.locator(`${GRAPH} .state`).allInnerTexts();

/** Browsers and Node.js write other spaces around a dash. */
const spaced = (text: string) => text.replace(/\s/g, ' ');

/** The right end of the last bar, as a share of the range. */
const endOf = (page: Page) =>
  page.locator(`${GRAPH} .state`).evaluateAll((bars) => {
    const bar = bars.at(-1);
    if (!(bar instanceof HTMLElement)) throw new Error('There is no bar');
    return Number.parseFloat(bar.style.left) + Number.parseFloat(bar.style.width);
  });

const startOf = (page: Page) => page.locator('.plot').first().getAttribute('data-from').then(Number);

describe('A graph of the station’s page that reads its range, in Chromium', () => {
  let browser: Browser;
  let station: TestStation;
  before(async function () {
    const started = await startBrowser();
    if (!started) {
      this.skip();
      return;
    }
    browser = started;
    station = await startStation();
  });
  afterEach(() => closePages(browser));
  after(() => station?.close());

  it('shows a text that arrives while it is read', async () => {
    await push(station, 'boiler', { mode: rows(Date.now() - MINUTE_MS, 3, MINUTE_MS, () => 'eco') });
    const { page, faults } = await look(browser, station, '#/device/boiler?range=hour');
    await page.waitForSelector(`${GRAPH} .state`);
    let isAnswered = false;
    await page.route(`**/api/texts*count=${PER_REQUEST}`, async (route) => {
      // The station answers, and the answer is on its way while the text comes.
      const response = await route.fetch();
      isAnswered = true;
      await page.waitForFunction(() => document.querySelector('.legend .now')?.textContent === 'heat');
      await route.fulfill({ response });
    });
    const isRead = page.waitForResponse((response) => response.url().endsWith('count=1'));
    await page.click('button >> text="Day"');
    await until('the answer', () => isAnswered);
    await push(station, 'boiler', { mode: [[Date.now(), 'heat']] });
    await isRead;
    await until('the text that came', async () => (await labelsOf(page)).at(-1)?.startsWith('heat') ?? false);
    assert.deepEqual(faults, []);
  });

  it('lets a text hold until now while time goes on, also in a range that stays and lies around now', async () => {
    const now = Date.now();
    await push(station, 'heater', { mode: rows(now - MINUTE_MS, 3, MINUTE_MS, () => 'eco') });
    const { page, faults } = await look(browser, station, '#/device/heater?range=hour');
    await page.waitForSelector(`${GRAPH} .state`);
    const before = await startOf(page);
    // The page moves on each 5 seconds, which is a seven-hundredth of the hour. At first it also reads the range anew.
    await until('the range to move on', async () => (await startOf(page)) >= before + 12_000);
    assert((await endOf(page)) > 99.95, String(await endOf(page)));

    await page.goto(`${station.url}/#/device/heater?from=${now - MINUTE_MS}&to=${now + HOUR_MS}`);
    await page.waitForFunction(
      (from) => document.querySelector('.plot')?.getAttribute('data-from') === from,
      String(now - MINUTE_MS),
    );
    await page.waitForSelector(`${GRAPH} .state`);
    const first = await endOf(page);
    await until('the bar to grow', async () => (await endOf(page)) > first);
    assert.deepEqual(faults, []);
  });

  it('ends a text with a past range, and not now', async () => {
    const now = Date.now();
    await push(station, 'hall', {
      mode: [
        [now - 3 * HOUR_MS, 'eco'],
        [now - HOUR_MS, 'heat'],
      ],
    });
    const range = { from: now - 4 * HOUR_MS, to: now - 2 * HOUR_MS };
    const { page, faults } = await look(browser, station, `#/device/hall?from=${range.from}&to=${range.to}`);
    await page.waitForSelector(`${GRAPH} .state`);
    const clock = new Intl.DateTimeFormat('en-US', { timeStyle: 'short' });
    const expected = `eco ${clock.formatRange(now - 3 * HOUR_MS, range.to)}`;
    assert.deepEqual((await labelsOf(page)).map(spaced), [spaced(expected)]);
    assert.deepEqual(faults, []);
  });

  it('says from when on texts are drawn where they are too many', async () => {
    const now = Date.now();
    await push(station, 'talker', { mode: rows(now, 3, MINUTE_MS, (index) => `mode ${index}`) });
    const asked: number[] = [];
    const { page, faults } = await look(browser, station, '#/device/talker?range=hour');
    await page.waitForSelector(`${GRAPH} .state`);
    assert.equal(await page.innerText('.graph-card .note'), '');
    // A text each second of the day: more than ten answers of the station.
    await page.route(`**/api/texts*count=${PER_REQUEST}`, async (route) => {
      const to = Math.floor(Number(new URL(route.request().url()).searchParams.get('to')) / 1000) * 1000;
      const texts = Array.from({ length: PER_REQUEST }, (_, index) => to - index * 1000);
      asked.push(...texts);
      await route.fulfill({
        json: texts.map((timestamp) => ({ timestamp, value: `mode ${timestamp % 7}` })),
      });
    });
    await page.click('button >> text="Day"');
    await until('the note', async () => (await page.innerText('.graph-card .note')) !== '');
    const oldest = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeStyle: 'medium' }).format(
      Math.min(...asked),
    );
    assert.equal(
      await page.innerText('.graph-card .note'),
      `Texts are shown from ${oldest} on. Zoom in for more.`,
    );
    assert.equal(asked.length, 10 * PER_REQUEST);
    assert.deepEqual(faults, []);
  });

  it('says below the drawing, which stays, that it could not be read', async () => {
    const now = Date.now();
    await push(station, 'attic', { temp: rows(now, 241, MINUTE_MS, () => 21) });
    const { page } = await look(browser, station, '#/device/attic?range=hour');
    await page.waitForSelector(GRAPH);
    await page.route('**/api/series*', (route) => route.abort());
    await page.click('button >> text="Day"');
    const notice = page.locator('.graph-card .notice:visible');
    await notice.getByText('The readings could not be read').waitFor();
    const [plot, told] = [await page.locator('.plot').boundingBox(), await notice.boundingBox()];
    assert(plot && told && told.y >= plot.y + plot.height, JSON.stringify([plot, told]));
    // The hour that was read before.
    assert((await drawnShare(page, 0, 0.965, 0.99)) > 0.9);
    await page.unroute('**/api/series*');
    await notice.getByText('Try again').click();
    await until('all four hours', async () => (await drawnShare(page, 0, 0.85, 0.99)) > 0.95);
    assert.equal(await notice.count(), 0);
  });
});

/** How the page comes to its first graph: what it asks for, and what each request has to wait for. */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { Browser, Page } from 'playwright-core';
import type { TestStation } from '../station/support/index';
import { until, within } from '../support/waiting';
import { look, push, rows, startStation, type Look } from './station-support';
import { closePages, openPage, startBrowser } from './support';

const ROOM = '#/device/room';
const FIRST_GRAPH = '.graph-card:first-child.is-loaded';
const FIRST_LINE = '.source-card .sparkline .line[d^="M"]';

/**
 * How many answers, one after the other, had come before each request was made, itself included. This is never less than
 * the round trips that it depends on.
 */
function countRoundTrips(page: Page): Map<string, number> {
  const depths = new Map<string, number>();
  let deepest = 0;
  page.on('request', (request) => void depths.set(request.url(), deepest + 1));
  page.on('requestfinished', (request) => {
    deepest = Math.max(deepest, depths.get(request.url()) ?? 0);
  });
  return depths;
}

const seriesIn = (requests: readonly string[]) =>
  requests.filter((request) => request.startsWith('api/series?'));

describe('The first view of the station’s page', () => {
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
    const minutes = rows(Date.now() - 30_000, 600, 60_000, (index) => 20 + (index % 9));
    await push(station, 'room', { temp: minutes, humidity: minutes });
  });
  after(async () => {
    await station?.close();
    await closePages(browser);
  });

  async function lookAt(
    hash: string,
    isThere: string,
    prepare: (page: Page) => unknown = () => undefined,
  ): Promise<Look> {
    const { page, errors: faults } = await openPage(browser, { viewport: { width: 360, height: 740 } });
    await prepare(page);
    const requests: string[] = [];
    const base = `${station.url}/`;
    page.on('request', (request) => requests.push(request.url().slice(base.length)));
    await page.goto(base + hash);
    await page.waitForSelector(isThere, { state: 'attached' });
    return { page, faults, requests };
  }

  for (const [name, hash, isThere] of [
    ['a graph', ROOM, FIRST_GRAPH],
    ['a line of the overview', '#/', FIRST_LINE],
  ] as const) {
    it(`takes three round trips from nothing to ${name}, and asks for each series once`, async () => {
      let depths = new Map<string, number>();
      const { page, faults, requests } = await lookAt(hash, isThere, (opened) => {
        depths = countRoundTrips(opened);
      });
      const asked = [...depths].filter(([url]) => url.includes('/api/series?'));
      assert.equal(asked.length, 2);
      for (const [url, depth] of asked) assert(depth <= 3, `${depth} round trips to ${url}`);
      assert.equal(seriesIn(requests).length, 2);
      assert.deepEqual(faults, []);
      await page.context().close();
    });
  }

  it('comes a moment later, and the same, where a proxy forbids scripts inside of pages', async () => {
    const { page, requests } = await lookAt(ROOM, FIRST_GRAPH, (opened) =>
      opened.route(`${station.url}/`, async (route) => {
        const response = await route.fetch();
        const headers = { ...response.headers(), 'content-security-policy': "script-src 'self'" };
        await route.fulfill({ response, headers });
      }),
    );
    assert.equal(seriesIn(requests).length, 2);
    await page.context().close();
  });

  it('reads its graphs again where a reading came before it heard of new ones', async () => {
    const connecting = new EventEmitter();
    const connected = once(connecting, 'now');
    const { page, requests } = await lookAt(ROOM, FIRST_GRAPH, (opened) =>
      opened.route('**/api/live', async (route) => {
        await within('the first graph', connected);
        await route.continue();
      }),
    );
    await push(station, 'room', { temp: [[Date.now(), 25]] });
    assert.equal(seriesIn(requests).length, 2);
    connecting.emit('now');
    await until('the graphs to be read again', () => seriesIn(requests).length > 3);
    await page.context().close();
  });

  it('asks anew for a graph that comes into sight after a reading has arrived', async () => {
    const { page, requests } = await lookAt(ROOM, FIRST_GRAPH, (opened) =>
      opened.setViewportSize({ width: 360, height: 100 }),
    );
    const ofHumidity = () => seriesIn(requests).filter((request) => request.includes('field=humidity'));
    await push(station, 'room', { temp: [[Date.now(), 77]] });
    await page.locator(FIRST_GRAPH).getByText('77').first().waitFor();
    assert.equal(ofHumidity().length, 1);
    await page.locator('.graph-card').nth(1).scrollIntoViewIfNeeded();
    await page.locator('.graph-card.is-loaded').nth(1).waitFor();
    assert.equal(ofHumidity().length, 2);
    await page.context().close();
  });

  it('loads nothing but the page itself and its data when it was visited before', async () => {
    const { page, faults } = await look(browser, station, ROOM);
    await page.waitForSelector(FIRST_GRAPH);
    const cached = await page.evaluate(
      `performance.getEntriesByType('resource').filter(({ name }) => name.includes('/assets/')).length`,
    );
    assert(Number(cached) >= 3);
    await page.goto('about:blank');
    await page.goto(`${station.url}/${ROOM}`);
    await page.waitForSelector(FIRST_GRAPH);
    const transferred = await page.evaluate(
      `performance.getEntriesByType('resource')
        .filter(({ name, transferSize }) => name.includes('/assets/') && transferSize > 0).map(({ name }) => name)`,
    );
    assert.deepEqual(transferred, []);
    assert.deepEqual(faults, []);
    await page.context().close();
  });
});

import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import type { SeriesAnswer } from '../../src/station/views/api';
import type { TestStation } from '../station/support/index';
import { createRandom } from '../support/random';
import { readGraph, type DrawnGraph } from './drawn-graph';
import { historiesOf, type History } from './graph-histories';
import { look, push, startStation } from './station-support';
import { closePages, startBrowser } from './support';
import { LIMIT_MS } from '../support/waiting';

/** How many histories of each kind are drawn: `GRAPH_SEEDS=20 npm test -- --grep graph` tries more. */
const SEEDS = Number(process.env['GRAPH_SEEDS'] ?? 1);

const RANGES = ['hour', 'day', 'week', 'month', 'all'] as const;

/** How far from its place a reading may be drawn, in pixels. */
const NEAR = 2;

/** What is drawn beside the last reading before a gap: half a dot, and what a place may be off. */
const BESIDE = 5;

/** The times of readings, and the range that the page asked for. */
interface Shown {
  readonly graph: DrawnGraph;
  readonly answer: SeriesAnswer;
}

const columnOf = ({ from, to, width }: DrawnGraph, time: number) => ((time - from) / (to - from)) * width;
const rowOf = ({ low, high, height }: DrawnGraph, value: number) => ((high - value) / (high - low)) * height;
const numberOf = (value: unknown) => Number(value);

/** Whether anything is drawn near a place: in the columns of a reading or of its bucket, at the height of the reading. */
function isNear(graph: DrawnGraph, left: number, right: number, y: number): boolean {
  for (let x = Math.floor(left - NEAR); x <= Math.ceil(right + NEAR); x += 1)
    for (let at = Math.floor(y - NEAR); at <= Math.ceil(y + NEAR); at += 1)
      if (graph.isDrawn(x, at)) return true;
  return false;
}

/** The readings in the range that are not drawn, in words. */
function missing({ graph, answer: { bucketMs } }: Shown, { readings }: History): string[] {
  return readings
    .filter(([time, value]) => typeof value !== 'string' && time >= graph.from && time <= graph.to)
    .flatMap(([time, value]) => {
      const start = bucketMs > 0 ? Math.floor(time / bucketMs) * bucketMs : time;
      const [left, right] = [columnOf(graph, start), columnOf(graph, start + bucketMs)];
      const y = rowOf(graph, numberOf(value));
      if (isNear(graph, left, right, y)) return [];
      return [`${String(value)} of ${new Date(time).toISOString()} at ${Math.round(left)}, ${Math.round(y)}`];
    });
}

/** The columns in which something is drawn though the station says that there is nothing, in words. */
function drawnInGaps({ graph, answer: { times, gaps } }: Shown, end: number): string[] {
  const places = gaps.map((index) => [times[index - 1] ?? NaN, times[index] ?? NaN] as const);
  const outside = [
    [-Infinity, times[0] ?? Infinity],
    [end, Infinity],
  ] as const;
  return [...places, ...outside].flatMap(([before, after]) => {
    const from = Math.max(Math.ceil(columnOf(graph, before)) + BESIDE, 0);
    const to = Math.min(Math.floor(columnOf(graph, after)) - BESIDE, graph.width - 1);
    for (let x = from; x <= to; x += 1)
      if (graph.isColumnDrawn(x)) return [`column ${x} of ${from} to ${to}`];
    return [];
  });
}

describe('A graph of the station’s page in Chromium', () => {
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
  after(async () => {
    await closePages(browser);
    await station?.close();
  });

  /** Shows a device over a range of time: what each of its graphs has drawn, and what the station answered to it. */
  async function show(page: Page, device: string, range: string): Promise<ReadonlyMap<string, Shown>> {
    const urls = new Map<string, string>();
    page.on('request', (request) => {
      const { pathname, searchParams } = new URL(request.url());
      if (pathname.endsWith('/api/series')) urls.set(searchParams.get('field') ?? '', request.url());
    });
    await page.goto(`${station.url}/#/device/${device}?range=${range}`);
    await page.waitForFunction(() => {
      const cards = [...document.querySelectorAll('.graph-card')];
      return (
        cards.length > 0 &&
        cards.every((card) => card.matches('.is-loaded') && card.querySelector('[data-from]') !== null)
      );
    });
    const names = await page
      .locator('.graph-card')
      .evaluateAll((all) => all.map((each) => each.ariaLabel ?? ''));
    const shown = new Map<string, Shown>();
    for (const [card, name] of names.entries()) {
      const graph = await readGraph(page, card);
      const answer: SeriesAnswer = JSON.parse(await (await fetch(urls.get(name) ?? '')).text());
      shown.set(name, { graph, answer });
    }
    page.removeAllListeners('request');
    return shown;
  }

  for (let seed = 1; seed <= SEEDS; seed += 1) {
    it(`shows every reading in each range that ends now, and nothing where there is a gap (seed ${seed})`, async () => {
      const histories = historiesOf(Date.now(), createRandom(seed));
      const device = `d${seed}`;
      await push(
        station,
        device,
        Object.fromEntries(histories.map(({ name, readings }) => [name, readings])),
      );
      // All graphs are in the window, so that all are drawn.
      const { page, faults } = await look(browser, station, '', { viewport: { width: 1200, height: 5000 } });
      const wrong: string[] = [];
      for (const range of RANGES) {
        const graphs = await show(page, device, range);
        for (const history of histories) wrong.push(...faultsOf(history, range, graphs.get(history.name)));
      }
      assert.deepEqual(wrong, []);
      assert.deepEqual(faults, []);
      await page.context().close();
    });
  }
});

/** What is wrong with a graph, in words; of many faults the first three. */
function faultsOf(history: History, range: string, shown: Shown | undefined): string[] {
  if (!shown) return [`${history.name} has no graph in range ${range}`];
  // A switch holds its last value until now, which is where these ranges end.
  const isSwitch = typeof history.readings[0]?.[1] === 'boolean';
  const end = isSwitch ? Infinity : (shown.answer.times.at(-1) ?? -Infinity);
  const faults = [
    // The page came to this range a moment ago.
    ...(Math.abs(shown.graph.to - Date.now()) > LIMIT_MS
      ? [`ends at ${new Date(shown.graph.to).toISOString()}`]
      : []),
    ...missing(shown, history).map((each) => `not drawn: ${each}`),
    ...drawnInGaps(shown, end).map((each) => `drawn in a gap: ${each}`),
  ];
  if (faults.length === 0) return [];
  return [`${history.name} in range ${range}, ${faults.length} times, as ${faults.slice(0, 3).join('; ')}`];
}

/** A station with a house full of readings, and pages that look at it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { Station } from '../../src/station';
import { createMachine, pictureOf, testPicture } from '../camera/support';
import { ROOT } from '../node-red/support';
import { NEVER, TestStation, type Options } from '../station/support/index';
import { openPage } from './support';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How far behind the clock is when a station starts that is to be furnished. */
export const LONG_AGO = -10 * DAY;

/** What a careless or malicious device may be called, and may send. */
export const MARKUP = `<img src=x onerror="document.title='run'"><script>document.title='run'</script>`;

/** How many pictures the camera has sent: more than a gallery shows at first. */
export const PICTURES = 16;

/** The values of each signal with the time of each. */
type History = Readonly<
  Record<string, readonly (readonly [time: number, value: number | boolean | string])[]>
>;

/** The page of a station that runs in this process, as it was built. */
export async function startStation(
  now: () => number = Date.now,
  options: Options = {},
): Promise<TestStation> {
  return TestStation.start({ now, page: join(ROOT, 'dist/page'), sensors: [], ...options });
}

/** A device that sent this history at once. */
export async function push({ station }: TestStation, device: string, history: History): Promise<void> {
  const signals = Object.fromEntries(
    Object.entries(history).map(([name, sent]) => [
      name,
      { history: sent.map(([time, value]) => ({ date: new Date(time).toISOString(), value })) },
    ]),
  );
  await accept(station.databoomTransport().deliver({ body: { device, signals }, unique: undefined }, NEVER));
}

async function accept(delivering: ReturnType<ReturnType<Station['databoomTransport']>['deliver']>) {
  const delivered = await delivering;
  assert(delivered.ok, delivered.ok ? '' : delivered.failure.message);
}

/** Rows at a regular distance up to `end`, oldest first. */
export function rows<Value>(
  end: number,
  count: number,
  distance: number,
  valueOf: (index: number) => Value,
): (readonly [number, Value])[] {
  return Array.from({ length: count }, (_, index) => [end - (count - 1 - index) * distance, valueOf(index)]);
}

/** Pictures that differ, each taken half an hour after the one before. */
export async function sendPictures(station: TestStation, sensor: string, end: number): Promise<void> {
  const machine = createMachine();
  machine.remove();
  for (const [time] of rows(end, PICTURES, 30 * MINUTE, () => undefined)) {
    const taken = await testPicture(
      { width: 160, height: 120, quality: 50 },
      { ...machine.environment, now: () => time },
    );
    await station.deliver(sensor, time, { light: time % 100 }, { cam1: pictureOf(taken).bytes });
  }
}

/**
 * A house in the middle of a day: a living room with a gap in its readings, a garden with a camera, a cellar that sent
 * each two hours and has been silent for five, an attic that never sent anything, and somebody who sends markup.
 * @param clock its `ahead` makes the station believe in another time: at first one that is `LONG_AGO`
 */
export async function furnish(station: TestStation, clock: { ahead: number }): Promise<void> {
  const now = Date.now();
  station.station.registerSensor({ name: 'attic', key: undefined });
  station.station.registerSensor({ name: 'garden', key: 'the-key-of-the-garden' });
  station.station.registerAccount({
    token: 'the-token-of-the-account',
    fields: [
      { name: 'temp', label: 'Temperature', unit: '°C' },
      { name: 'dew', label: 'Dew point', unit: '°C' },
      { name: 'humidity', label: 'Humidity', unit: '%' },
    ],
  });
  // Days tell what is usual for a sensor.
  for (let ago = 9 * DAY; ago > 5 * HOUR; ago -= 2 * HOUR) {
    clock.ahead = -ago;
    await push(station, 'cellar', { temp: [[now - ago, 12]] });
  }
  clock.ahead = -5 * HOUR;
  await push(station, 'cellar', { temp: rows(now - 5 * HOUR, 60, 10 * MINUTE, (index) => 12 + (index % 3)) });
  clock.ahead = 0;
  const minutes = rows(now - 30 * SECOND, 3000, MINUTE, (index) => index);
  const isInGap = (time: number) => time > now - 10 * HOUR && time < now - 6 * HOUR;
  const kept = minutes.filter(([time]) => !isInGap(time));
  const each = (valueOf: (index: number) => number) =>
    kept.map(([time, index]) => [time, Math.round(valueOf(index) * 10) / 10] as const);
  await push(station, 'living room', {
    temp: each((index) => 21 + 2 * Math.sin(index / 200)),
    dew: each((index) => 10 + Math.sin(index / 300)),
    humidity: each((index) => 1048.5 + 5 * Math.cos(index / 200)),
    window: rows(now - 30 * SECOND, 48, HOUR / 2, (index) => index % 8 === 0),
    state: rows(now - 30 * SECOND, 30, DAY / 40, (index) => `state ${index}`),
  });
  await push(station, MARKUP, { [MARKUP]: [[now, MARKUP]] });
  await sendPictures(station, 'garden', now - MINUTE);
}

export interface Look {
  readonly page: Page;
  /** Errors of scripts, error lines of the console, and requests that would have left the machine. */
  readonly faults: string[];
  /** What was asked of the station, as in `api/sources?`. */
  readonly requests: string[];
}

/** Opens the page. Its context is closed with it. */
export async function look(
  browser: Browser,
  station: { readonly url: string },
  hash = '',
  options: BrowserContextOptions = {},
): Promise<Look> {
  const { page, errors: faults } = await openPage(browser, {
    viewport: { width: 1200, height: 900 },
    colorScheme: 'light',
    locale: 'en-US',
    ...options,
  });
  const requests: string[] = [];
  // Read once: a page that is still open asks again after a test has closed its station.
  const base = `${station.url}/`;
  page.on('request', (request) => {
    const url = request.url();
    if (url.startsWith(base)) requests.push(url.slice(base.length));
    else faults.push(`asked for ${url}`);
  });
  await page.goto(base + hash);
  await page.waitForSelector('main h1');
  return { page, faults, requests };
}

const ALL_RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * What the accessibility checker finds wrong, in short.
 * @param rules tags or names of rules
 */
export async function accessibilityFaults(
  page: Page,
  rules: readonly string[] = ALL_RULES,
): Promise<readonly string[]> {
  // The policy of the page forbids it to load a script from elsewhere, but not the test to run one.
  await page.evaluate(axe.source);
  const found: readonly string[] = await page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(rules)}, resultTypes: ['violations'] })
      .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html)))`,
  );
  return found;
}

/** Whether the page is wider than its window. */
export function overflows(page: Page): Promise<unknown> {
  return page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
}

/**
 * The share of a graph's columns, between two places from 0 (left) to 1 (right), in which the graph's first line is
 * drawn.
 */
export async function drawnShare(page: Page, graph: number, from: number, to: number): Promise<number> {
  const share = await page.evaluate(
    `(() => {
      const root = document.querySelectorAll('.uplot')[${graph}];
      const swatch = root.closest('.graph-card').querySelector('.swatch');
      const wanted = getComputedStyle(swatch).backgroundColor.match(/\\d+/g).map(Number);
      const canvas = root.querySelector('canvas');
      const [whole, over] = [canvas.getBoundingClientRect(), root.querySelector('.u-over').getBoundingClientRect()];
      const scale = canvas.width / whole.width;
      const left = Math.round((over.left - whole.left + over.width * ${from}) * scale);
      const width = Math.round(over.width * ${to - from} * scale);
      const { data, height } = canvas.getContext('2d').getImageData(left, 0, width, canvas.height);
      const isLine = (at) => data[at + 3] > 200 && wanted.every((value, index) => Math.abs(data[at + index] - value) < 24);
      let drawn = 0;
      for (let x = 0; x < width; x++)
        for (let y = 0; y < height; y++) if (isLine((y * width + x) * 4)) { drawn++; break; }
      return drawn / width;
    })()`,
  );
  return Number(share);
}

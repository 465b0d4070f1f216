/** How long the station's page takes from nothing to its graphs, in Chromium. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { startBrowser } from '../test/browser/support';
import { middleOf } from './report';

/** Each run begins with an empty cache, and keeps nothing for the next. */
const RUNS = 9;
const PHONE_RUNS = 5;

/** A phone with a weak signal: bytes per second, and milliseconds from a request to the first byte of its answer. */
const PHONE_NETWORK = { bytesPerSecond: 400_000 / 8, latencyMs: 400 };

/** Notes when the second frame after some graphs are there begins: then the first one has been painted. */
const noteWhenPainted = (count: number) => `
  const look = () => {
    if (document.querySelectorAll('.graph-card.is-loaded').length < ${count}) return requestAnimationFrame(look);
    requestAnimationFrame(() => requestAnimationFrame(() => { window.painted = performance.now(); }));
  };
  requestAnimationFrame(look);`;

/** Milliseconds from nothing until so many graphs are painted. Another context each time, so that nothing is kept. */
async function paintedAfter(
  browser: Browser,
  url: string,
  graphs: number,
  options: BrowserContextOptions,
  prepare: (page: Page) => Promise<void> = async () => {},
): Promise<number> {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(120_000);
  await prepare(page);
  await page.addInitScript(noteWhenPainted(graphs));
  await page.goto(url, { waitUntil: 'commit' });
  // A function, because the page forbids text to be run.
  const painted = await page.waitForFunction(() => Reflect.get(window, 'painted'));
  const milliseconds = Number(await painted.jsonValue());
  await page.close();
  return milliseconds;
}

async function behaveAsPhone(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { bytesPerSecond, latencyMs } = PHONE_NETWORK;
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: latencyMs,
    downloadThroughput: bytesPerSecond,
    uploadThroughput: bytesPerSecond,
  });
  // What a browser takes without HTTPS; only of this machine itself would it take more.
  await page.setExtraHTTPHeaders({ 'Accept-Encoding': 'gzip, deflate' });
}

async function middleTime(runs: number, measure: (browser: Browser) => Promise<number>) {
  const browser = await startBrowser();
  if (!browser) return {};
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) times.push(await measure(browser));
  await browser.close();
  return { milliseconds: middleOf(times) };
}

/** All graphs of a page on a computer. */
export function measurePage(url: string, graphs: number) {
  return middleTime(RUNS, (browser) =>
    paintedAfter(browser, url, graphs, { viewport: { width: 1280, height: 900 } }),
  );
}

/** The first graph of a page on a phone with a weak signal. */
export function measurePhone(url: string) {
  const options = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, hasTouch: true };
  return middleTime(PHONE_RUNS, (browser) => paintedAfter(browser, url, 1, options, behaveAsPhone));
}

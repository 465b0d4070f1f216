/** The page that asks for the station's password, in a real browser. */
import assert from 'node:assert/strict';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { createViewAccess, hashPassword, type AccessPolicy, type ViewAccess } from '../../src/station';
import type { TestStation } from '../station/support/index';
import { push, rows, startStation } from './station-support';
import { closePages, keepScreenshot, openPage, startBrowser } from './support';

const PASSWORD = 'correct horse';

/** What the page looks like, and what it asks in that language. */
const LOOKS: readonly {
  readonly name: string;
  readonly options: BrowserContextOptions;
  readonly asks: RegExp;
}[] = [
  { name: 'light', options: { colorScheme: 'light', locale: 'en-GB' }, asks: /asks for its password/ },
  { name: 'dark', options: { colorScheme: 'dark', locale: 'en-GB' }, asks: /asks for its password/ },
  {
    name: 'phone-german',
    options: { colorScheme: 'light', locale: 'de-DE', viewport: { width: 360, height: 640 } },
    asks: /fragt nach ihrem Passwort/,
  },
];

describe('The page to sign in to the station', () => {
  let browser: Browser;
  let station: TestStation;
  let access: ViewAccess;
  let policy: AccessPolicy;
  before(async function () {
    const started = await startBrowser();
    if (!started) {
      this.skip();
      return;
    }
    browser = started;
    const hash = await hashPassword(PASSWORD);
    assert(hash.ok);
    policy = { kind: 'password', passwordHashes: [hash.value] };
    access = createViewAccess(() => 0, policy);
    station = await startStation(Date.now, { access });
    await push(station, 'room', { temp: rows(Date.now() - 30_000, 10, 60_000, (index) => index) });
  });
  afterEach(() => closePages(browser));
  after(() => station?.close());

  for (const { name, options, asks } of LOOKS) {
    it(`asks, ${name}, fits, and leads to what was asked for`, async () => {
      const { page, errors } = await openPage(browser, options);
      await page.goto(`${station.url}#/device/room`);
      assert.match(await page.locator('.ask').innerText(), asks);
      await keepScreenshot(page, `sign-in-${name}`);
      const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.equal(widths[0], widths[1]);
      await page.locator('#password').fill('a wrong one');
      await page.locator('#password').press('Enter');
      await page.locator('.wrong').waitFor();
      await keepScreenshot(page, `sign-in-wrong-${name}`);
      assert.equal(await page.locator('.ask').isVisible(), false);
      await page.goto(`${station.url}/#/device/room`);
      await page.locator('#password').fill(PASSWORD);
      await page.locator('#password').press('Enter');
      await page.locator('.graph-card').first().waitFor();
      assert.equal(page.url(), `${station.url}/#/device/room`);
      const cookies = await page.context().cookies();
      assert.deepEqual(
        cookies.map(({ path, httpOnly, sameSite, secure }) => ({ path, httpOnly, sameSite, secure })),
        [{ path: '/station', httpOnly: true, sameSite: 'Lax', secure: false }],
      );
      // What a browser says of a 401 is no fault of the page.
      assert.deepEqual(
        errors.filter((error) => !error.includes('401')),
        [],
      );
    });
  }

  it('comes back with signing out, and when the session ends elsewhere', async () => {
    const { page } = await openPage(browser);
    const signIn = async () => {
      await page.locator('#password').fill(PASSWORD);
      await page.locator('#password').press('Enter');
      await page.locator('.source-card').first().waitFor();
    };
    await page.goto(`${station.url}/`);
    await signIn();
    await page.getByRole('button', { name: 'Sign out' }).press('Enter');
    await signIn();
    access.setPolicy({ kind: 'nobody' });
    access.setPolicy(policy);
    await page.locator('#password').waitFor();
  });

  it('says that nobody may look, without a field', async () => {
    access.setPolicy({ kind: 'nobody' });
    const { page } = await openPage(browser);
    await page.goto(`${station.url}/`);
    assert.match(await page.locator('.nobody').innerText(), /^Nobody may look/);
    assert.equal(await page.locator('#password').isVisible(), false);
    access.setPolicy(policy);
  });

  it('does not come where everyone may look, who is told once that others see it too', async () => {
    access.setPolicy({ kind: 'everyone', isExposed: true });
    const { page } = await openPage(browser);
    await page.goto(`${station.url}/`);
    await page.locator('.exposure').waitFor();
    await keepScreenshot(page, 'station-exposed');
    await page.getByRole('button', { name: 'Understood' }).press('Enter');
    await page.locator('.exposure').waitFor({ state: 'hidden' });
    await page.reload();
    await page.locator('.source-card').first().waitFor();
    assert.equal(await page.locator('.exposure').isVisible(), false);
    access.setPolicy(policy);
  });
});

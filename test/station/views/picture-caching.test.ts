import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { keepStorageThread, NOW, picture, sha1, TestStation } from '../support/index';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('The copy of a picture in a browser', () => {
  keepStorageThread();
  let station: TestStation;
  let now: number;
  beforeEach(async () => {
    now = NOW;
    station = await TestStation.start({
      now: () => now,
      uptime: () => ({ boot: 'boot', ms: now }),
      retention: { ageMs: 10 * DAY, bytes: 1e9 },
      shrinker: { shrink: (_, to) => writeFile(to, 'small'), close: () => undefined },
    });
    await station.deliver('rpi', NOW, {}, { cam1: picture(1) });
  });
  afterEach(() => station.close());

  const addresses = [`/pictures/${sha1(picture(1))}`, `/pictures/${sha1(picture(1))}/thumbnail`];
  const cachingOf = async (address: string) => (await station.fetch(address)).headers.get('cache-control');

  it('ends with the station, or after a day where that keeps it for longer', async () => {
    for (const [age, seconds] of [
      [0, 86_400],
      [9 * DAY, 86_400],
      [9 * DAY + HOUR, 82_800],
      [10 * DAY - 1500, 1],
      [10 * DAY + HOUR, 0],
      // A clock that was set back.
      [-20 * DAY, 86_400],
    ] as const) {
      now = NOW + age;
      for (const address of addresses)
        assert.equal(await cachingOf(address), `private, max-age=${seconds}`, `${address} after ${age} ms`);
    }
  });

  it('lasts as long as the newest of several measurements with the same picture', async () => {
    now = NOW + 9 * DAY + 20 * HOUR;
    await station.deliver('rpi', now, {}, { cam1: picture(1) });
    for (const address of addresses) assert.equal(await cachingOf(address), 'private, max-age=86400');
  });

  it('serves on where the station still has the picture, which takes no file', async () => {
    for (const address of addresses) {
      const tag = (await station.fetch(address)).headers.get('etag') ?? '';
      for (const known of [tag, `"other", ${tag}`, `W/${tag}`]) {
        const answer = await station.fetch(address, { headers: { 'If-None-Match': known } });
        assert.deepEqual([answer.status, answer.text], [304, ''], known);
        assert.equal(answer.headers.get('cache-control'), 'private, max-age=86400');
      }
      const other = await station.fetch(address, { headers: { 'If-None-Match': '"other"' } });
      assert.equal(other.status, 200);
    }
  });

  it('ends where a picture is not kept any more: the answer is kept by nobody', async () => {
    const missing = await station.fetch(`/pictures/${sha1(picture(2))}`, {
      headers: { 'If-None-Match': `"${sha1(picture(2))}"` },
    });
    assert.deepEqual([missing.status, missing.headers.get('cache-control')], [404, 'no-store']);
  });
});

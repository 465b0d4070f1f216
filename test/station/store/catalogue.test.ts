import assert from 'node:assert/strict';
import { keepStorageThread, NOW, TestStation } from '../support/index';

describe('The catalogue of the store', () => {
  keepStorageThread();

  it('writes at most once a minute when a source was last seen', async () => {
    let now = NOW;
    const station = await TestStation.start({ now: () => now });
    const seenAfter = async (milliseconds: number) => {
      now = NOW + milliseconds;
      await station.deliver('rpi', now, { temp: 1 });
      await station.reopen();
      return (await station.sources()).find(({ name }) => name === 'rpi')?.lastSeen;
    };
    assert.equal(await seenAfter(0), NOW);
    assert.equal(await seenAfter(59_999), NOW);
    assert.equal(await seenAfter(60_000), NOW + 60_000);
    await station.close();
  });
});

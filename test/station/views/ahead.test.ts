import assert from 'node:assert/strict';
import { keepStorageThread, NOW, picture, sha1, TestStation } from '../support/index';
import { Listener } from '../support/listener';

const DAY = 86_400_000;
const FAR = Date.UTC(2099, 0, 1);

describe('Readings that are ahead of the time', () => {
  keepStorageThread();
  let station: TestStation;
  let isClockKnown: boolean;
  let onClockChange: () => void;

  beforeEach(async () => {
    isClockKnown = false;
    station = await TestStation.start({
      latest: () => (isClockKnown ? NOW + DAY : Infinity),
      onClockChange: (listener) => {
        onClockChange = listener;
        return () => {};
      },
    });
  });
  afterEach(() => station.close());

  const push = (time: number, signals: Readonly<Record<string, number | string | boolean>>) =>
    station.push({
      device: 'd',
      date: new Date(time).toISOString(),
      signals: Object.entries(signals).map(([name, value]) => ({ name, value })),
    });

  it('count as the latest while the clock is not set, and no longer once it is', async () => {
    await station.deliver('rpi', NOW, { temp: 1 });
    await station.deliver('rpi', FAR, { temp: 2 });
    const before = await station.field('rpi', 'temp');
    assert.deepEqual([before?.latest, before?.ahead], [{ timestamp: FAR, value: 2 }, undefined]);
    isClockKnown = true;
    assert.deepEqual(await station.field('rpi', 'temp'), {
      name: 'temp',
      type: 'number',
      first: NOW,
      latest: { timestamp: NOW, value: 1 },
      ahead: { count: 1, until: FAR },
    });
  });

  it('leave the newest of each kind that is at most a day ahead as the latest where no others are', async () => {
    const times = [
      NOW + DAY - 300,
      NOW + DAY - 1,
      NOW + DAY,
      NOW + DAY + 1,
      NOW + DAY + 2,
      FAR - 1000 * DAY,
      FAR,
    ];
    for (const [index, time] of times.entries()) {
      await station.deliver('rpi', time, { temp: index }, { cam1: picture(index) });
      await push(time, { text: `text ${index}`, on: index % 2 === 0 });
    }
    isClockKnown = true;
    const ahead = { count: 4, until: FAR };
    const latestOf = async (source: string, name: string) => {
      const field = await station.field(source, name);
      assert.deepEqual([field?.latest?.timestamp, field?.ahead], [NOW + DAY, ahead], name);
      return field?.latest?.value;
    };
    assert.equal(await latestOf('rpi', 'temp'), 2);
    assert.equal(await latestOf('rpi', 'cam1'), sha1(picture(2)));
    assert.equal(await latestOf('d', 'text'), 'text 2');
    assert.equal(await latestOf('d', 'on'), true);
  });

  it('count apart from those that are up to a day ahead, which do not hide those of now', async () => {
    const times = [NOW - 1, NOW + 60_000, NOW + 60_001, NOW + DAY, NOW + DAY + 1, FAR];
    for (const [index, time] of times.entries()) {
      await station.deliver('rpi', time, { temp: index });
      await push(time, { text: `text ${index}` });
      await push(time + 5000, { text: index });
    }
    assert.equal((await station.field('rpi', 'temp'))?.later, undefined, 'while the time is not known');
    isClockKnown = true;
    const temp = await station.field('rpi', 'temp');
    assert.deepEqual(temp?.later, { count: 2, until: NOW + DAY });
    assert.deepEqual(temp?.ahead, { count: 2, until: FAR });
    assert.deepEqual(temp?.latest, { timestamp: NOW + 60_000, value: 1 });
    // Its texts as above, and its numbers 5 s later.
    const text = await station.field('d', 'text');
    assert.deepEqual(text?.later, { count: 4, until: NOW + DAY });
    assert.deepEqual(text?.ahead, { count: 5, until: FAR + 5000 });
    assert.deepEqual([text?.latest, text?.type], [{ timestamp: NOW + 60_000, value: 'text 1' }, 'text']);
  });

  it('of another kind than those of now do not hide them, as long as there are any', async () => {
    isClockKnown = true;
    await push(NOW + DAY / 2, { s: 'tomorrow' });
    const tomorrow = { timestamp: NOW + DAY / 2, value: 'tomorrow' };
    assert.deepEqual((await station.field('d', 's'))?.latest, tomorrow);
    await push(NOW, { s: 1 });
    const field = await station.field('d', 's');
    assert.deepEqual([field?.latest, field?.type], [{ timestamp: NOW, value: 1 }, 'number']);
  });

  it('add up over all kinds of values of a field, and leave it without a latest where all are ahead', async () => {
    await push(FAR, { s: 1 });
    await push(FAR + 1, { s: 'later' });
    isClockKnown = true;
    const field = await station.field('d', 's');
    assert.deepEqual([field?.latest, field?.ahead], [undefined, { count: 2, until: FAR + 1 }]);
  });

  it('have open pages load everything anew when the clock is set', async () => {
    const listener = await Listener.open(station);
    isClockKnown = true;
    onClockChange();
    await listener.until('a change with the clock', () =>
      listener.events.some(({ event }) => event === 'changed'),
    );
    await listener.close();
  });
});

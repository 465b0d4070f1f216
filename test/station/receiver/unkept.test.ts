import assert from 'node:assert/strict';
import FormData from 'form-data';
import { detectImageType } from '../../../src/image';
import { readRetention } from '../../../src/nodes/runtime/retention';
import {
  errorOf,
  JPEG,
  keepStorageThread,
  NEVER,
  NOW,
  picture,
  TestStation,
  type Answer,
} from '../support/index';

const DAY = 86_400_000;
const MEGABYTE = 2 ** 20;

/** More of a server's reason does not reach the refused list of a sender. */
const LONGEST_REASON = 200;

const LIMIT = NOW - DAY;
const LIMIT_TEXT = '2026-04-30T12:00:00.000Z';
const OLD = LIMIT - 1;
const OLD_TEXT = '2026-04-30T11:59:59.999Z';

const type = detectImageType(JPEG);
assert(type);

/** What one way into the station answers to a reading of a time. */
type Way = (
  station: TestStation,
  time: number,
) => Promise<{ readonly status: number; readonly error: string }>;

function told(answer: Answer) {
  return { status: answer.status, error: answer.status < 300 ? '' : String(errorOf(answer)) };
}

async function postPicture(station: TestStation, time: number, bytes: Buffer): Promise<Answer> {
  const form = new FormData();
  form.append('json', JSON.stringify({ timestamp: time, data: { temp: 1 } }));
  form.append('cam1', bytes, { filename: 'x' });
  return station.postMultipart(form.getBuffer(), form.getHeaders()['content-type']);
}

const iso = (time: number) => new Date(time).toISOString();
const SIGNALS = [{ name: 's', value: 1 }];

const WAYS: Readonly<Record<string, Way>> = {
  'Senio JSON': async (station, timestamp) => told(await station.postJson({ timestamp, data: { temp: 1 } })),
  'Senio multipart': async (station, time) => told(await postPicture(station, time, JPEG)),
  'current values': async (station, time) =>
    told(await station.push({ device: 'd', date: iso(time), signals: SIGNALS })),
  history: async (station, time) =>
    told(await station.push({ device: 'd', signals: { s: { history: [{ date: iso(time), value: 1 }] } } })),
  'the template form': async (station, time) =>
    told(
      await station.push(
        { type: 'data', message: [{ template: 'T', date: iso(time), signals: SIGNALS }] },
        '/v1/signals/push/u',
      ),
    ),
  'a measurement of this process': async (station, timestamp) => {
    const images = new Map([['cam1', { bytes: JPEG, type }]]);
    const item = { timestamp, scalars: new Map([['temp', 1]]), images };
    const delivered = await station.station.senioTransport('rpi').deliver(item, NEVER);
    if (delivered.ok) return { status: delivered.value.statusCode ?? 0, error: '' };
    assert.equal(delivered.failure.kind, 'refused');
    return { status: delivered.failure.statusCode ?? 0, error: delivered.failure.message };
  },
  'a push of this process': async (station, time) => {
    const body = { device: 'd', date: iso(time), signals: SIGNALS };
    const delivered = await station.station.databoomTransport().deliver({ body, unique: undefined }, NEVER);
    if (delivered.ok) return { status: delivered.value.statusCode ?? 0, error: '' };
    assert.equal(delivered.failure.kind, 'refused');
    return { status: delivered.failure.statusCode ?? 0, error: delivered.failure.message };
  },
};

const historyOf = (...times: readonly number[]) => ({
  body: { device: 'd', signals: { s: { history: times.map((time) => ({ date: iso(time), value: 1 })) } } },
  unique: undefined,
});

describe('A station that keeps a day', () => {
  keepStorageThread();
  let station: TestStation;
  let isClockSet: boolean;
  beforeEach(async () => {
    isClockSet = true;
    station = await TestStation.start({ retention: { ageMs: DAY }, isClockSet: () => isClockSet });
  });
  afterEach(() => station.close());

  for (const [name, send] of Object.entries(WAYS)) {
    it(`refuses what is older, by ${name}, with the time, the limit and the setting, and takes what is as old`, async () => {
      const refused = await send(station, OLD);
      assert.equal(refused.status, 422, refused.error);
      assert.equal(
        refused.error,
        `The reading of ${OLD_TEXT} is older than what the station keeps: sensorpostStation.keepDays is 1, so nothing from before ${LIMIT_TEXT} stays.`,
      );
      assert(refused.error.length <= LONGEST_REASON);
      assert.deepEqual(await station.sources().then((all) => all.flatMap(({ fields }) => fields)), []);
      const accepted = await send(station, LIMIT);
      assert(accepted.status >= 200 && accepted.status < 300, accepted.error);
    });
  }

  it("refuses the time of Databoom's own example", async () => {
    const push =
      '{"device":"IF7879-34D35A1","date":"2020-02-05T02:59:33.000+0000","signals":[{"name":"temp","value":22.0}]}';
    const { status, error } = told(await station.push(push));
    assert.equal(status, 422);
    assert.match(error, /^The reading of 2020-02-05T02:59:33\.000Z is older/);
  });

  it('says how many values of a history are too old and which is the oldest, and keeps none of it', async () => {
    const times = [OLD, NOW, OLD - 5 * DAY, LIMIT, OLD - DAY];
    const history = times.map((time, value) => ({ date: iso(time), value }));
    const { status, error } = told(
      await station.push({ device: 'd', signals: { s: { history }, t: { history: history.slice(0, 2) } } }),
    );
    assert.equal(status, 422);
    assert.equal(
      error,
      `4 of 7 values are older than what the station keeps, the oldest of ${iso(OLD - 5 * DAY)}: sensorpostStation.keepDays is 1, so nothing from before ${LIMIT_TEXT} stays.`,
    );
    assert(error.length + 2 * '100000'.length <= LONGEST_REASON);
    assert.deepEqual(await station.sources().then((all) => all.flatMap(({ fields }) => fields)), []);
  });

  it('refuses nothing for its age while the clock is not set, because nothing is deleted for it', async () => {
    isClockSet = false;
    for (const [name, send] of Object.entries(WAYS)) {
      const { status, error } = await send(station, OLD);
      assert(status >= 200 && status < 300, `${name}: ${error}`);
    }
  });

  it('shows no reading that waits for the time where it would be refused as it is', async () => {
    const { preview } = station.station.databoomTransport();
    assert(preview);
    assert.equal(await preview([historyOf(OLD), historyOf(NOW, OLD)]), false);
    assert.equal(await preview([historyOf(OLD), historyOf(NOW, LIMIT)]), true);
    isClockSet = false;
    assert.equal(await preview([historyOf(OLD)]), true);
  });

  it('names the settings as the settings file has them', () => {
    const sensorpostStation = { keepDays: 1, keepMegabytes: 5 };
    assert.deepEqual(readRetention({ sensorpostStation }, assert.fail), { ageMs: DAY, bytes: 5 * MEGABYTE });
  });
});

describe('A station that keeps five megabytes', () => {
  keepStorageThread();
  let station: TestStation;
  beforeEach(async () => {
    station = await TestStation.start({ retention: { bytes: 5 * MEGABYTE } });
  });
  afterEach(() => station.close());

  it('refuses a picture of 15 MB as too large, over HTTP and inside the process', async () => {
    const large = picture(1, 15 * MEGABYTE);
    const { status, error } = told(await postPicture(station, NOW, large));
    assert.equal(status, 413);
    assert.match(
      error,
      /^This is 15 MB, and the station has room for 4\.\d+ MB beside its readings: sensorpostStation\.keepMegabytes is 5\.$/,
    );
    const item = { timestamp: NOW, scalars: new Map(), images: new Map([['cam1', { bytes: large, type }]]) };
    const delivered = await station.station.senioTransport('rpi').deliver(item, NEVER);
    assert.deepEqual(delivered, { ok: false, failure: { kind: 'refused', statusCode: 413, message: error } });
    assert.equal((await postPicture(station, NOW, picture(2, 4 * MEGABYTE))).status, 201);
  });

  it('refuses a picture that is older than all that it keeps where it is full, and takes newer ones', async () => {
    for (let index = 0; index < 4; index += 1) {
      const answer = await postPicture(station, NOW + index, picture(index, MEGABYTE));
      assert.equal(answer.status, 201, answer.text);
    }
    const { status, error } = told(await postPicture(station, NOW - 1, picture(5, MEGABYTE)));
    assert.equal(status, 422);
    assert.equal(
      error,
      `The station is full, and what is of ${iso(NOW - 1)} would be the first to be deleted: sensorpostStation.keepMegabytes is 5.`,
    );
    // A picture that is stored may be sent again, and numbers have room.
    assert.equal((await postPicture(station, NOW, picture(0, MEGABYTE))).status, 201);
    assert.equal((await station.postJson({ timestamp: NOW - 1, data: { temp: 1 } })).status, 201);
    assert.equal((await postPicture(station, NOW + 9, picture(6, MEGABYTE))).status, 201);
  });
});

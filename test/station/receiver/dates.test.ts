/** Dates of a history, as databoom-publish and the station's endpoint read them: the same, but for what is listed here. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { presentAt } from '../../../src/clock';
import { parsePush } from '../../../src/databoom';
import { DATE_FORMS, MOMENTS, shownAt } from '../../clock/written-dates';
import { messageOf } from '../../support/results';
import { everything, keepStorageThread, NOW, TestStation } from '../support/index';

const YEARS = 50 * 365.25 * 86_400_000;

const historyOf = (dates: readonly unknown[]) => ({
  temp: { history: dates.map((date, value) => ({ date, value })) },
});

/** The times that databoom-publish sends, or why it sends none. */
function nodeReads(dates: readonly unknown[]): readonly number[] | string {
  const input = { payload: historyOf(dates), timestamp: NOW, signal: '', target: { device: 'd' } };
  const parsed = parsePush(input, presentAt(NOW));
  if (!parsed.ok) return parsed.failure.message;
  const { content } = parsed.value;
  assert(content.kind === 'history');
  return content.signals.get('temp')?.values.map(({ timestamp }) => timestamp) ?? [];
}

describe('The dates that the station takes', () => {
  keepStorageThread();
  let station: TestStation;
  before(async () => {
    station = await TestStation.start({ retention: { ageMs: YEARS } });
  });
  after(() => station.close());

  let devices = 0;
  /** The times that the station stores, or why it refuses them. */
  async function stationReads(dates: readonly unknown[]): Promise<readonly number[] | string> {
    devices += 1;
    const device = `d${devices}`;
    const answer = await station.push({ device, signals: historyOf(dates) });
    if (answer.status !== 200) return answer.text;
    const stored = await everything(station, 'device', device);
    return [...stored.keys()].map((key) => Number(key.split(' ').find((part) => /^-?\d+$/.test(part))));
  }

  it('agree with those of databoom-publish, in each form that Date reads, and mean the same moment', async () => {
    const written = fc.tuple(MOMENTS, fc.constantFrom(...DATE_FORMS)).map(([moment, write]) => ({
      text: write(shownAt(moment)),
      timestamp: moment.timestamp,
    }));
    const lists = fc.uniqueArray(written, {
      minLength: 30,
      maxLength: 60,
      selector: ({ timestamp }) => timestamp,
    });
    await fc.assert(
      fc.asyncProperty(lists, async (list) => {
        const past = list.filter(({ timestamp }) => timestamp < NOW && timestamp > NOW - YEARS / 2);
        const texts = past.map(({ text }) => text);
        const times = past.map(({ timestamp }) => timestamp);
        assert.deepEqual(nodeReads(texts), times);
        const stored = await stationReads(texts);
        assert(typeof stored !== 'string', String(stored));
        assert.deepEqual(new Set(stored), new Set(times));
      }),
      { numRuns: 5 },
    );
  });

  it('have an offset: databoom-publish knows whose local time it is, and sends it in UTC', async () => {
    const local = '2026-04-30T12:00:00';
    assert.deepEqual(nodeReads([local]), [new Date(2026, 3, 30, 12).getTime()]);
    assert.match(String(await stationReads([local])), /unknown time zone/);
  });

  const wrong = [
    '30 Feb 2026',
    '2026-13-01',
    'noon',
    '',
    '2026-04-31T12:00:00Z',
    '31/04/2026 12:00Z',
    '1 May 26',
  ];
  for (const text of wrong)
    it(`exclude, as databoom-publish does, what is no date: ${JSON.stringify(text)}`, async () => {
      assert.equal(typeof nodeReads([text]), 'string');
      assert.equal(typeof (await stationReads([text])), 'string');
    });

  it('have the month first where there are slashes, as Databoom documents it, but not in msg.timestamp', async () => {
    const text = '04/03/2026 12:26:00.996+02:00';
    const time = Date.UTC(2026, 3, 3, 10, 26, 0, 996);
    assert.deepEqual([nodeReads([text]), await stationReads([text])], [[time], [time]]);
    const input = { payload: 1, timestamp: text, signal: 'temp', target: { device: 'd' } };
    assert.match(
      messageOf(parsePush(input, presentAt(NOW))),
      /^msg\.timestamp "04\/03\/2026 .* is not a time: .*Which of its two numbers is the month/,
    );
  });
});

import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { reachableRange, StationModel, storedRange } from '../../src/page/station-model';
import type { FieldAnswer, SourceAnswer, SourcesAnswer } from '../../src/station/views/api';

const NOW = 1_000_000;

const sourceOf = (...fields: readonly Partial<FieldAnswer>[]): SourceAnswer => ({
  kind: 'sensor',
  name: 'rpi',
  registered: true,
  fields: fields.map((field, index) => ({ name: `f${index}`, type: 'number', ...field })),
});

describe('The stored time of a source', () => {
  it('ends at the station’s time, whatever the time of its readings', () => {
    const latest = { timestamp: NOW + 72_000_000, value: 1 };
    const ahead = sourceOf({ first: 10, latest }, { first: 20, latest: { timestamp: 30, value: 2 } });
    assert.deepEqual(storedRange(ahead, NOW), { from: 10, to: NOW });
    assert.deepEqual(storedRange(sourceOf({ first: NOW + 5, latest }), NOW), { from: NOW, to: NOW });
    assert.deepEqual(storedRange(sourceOf(), NOW), { from: NOW, to: NOW });
  });

  it('reaches to the last reading for whoever moves there', () => {
    const latest = { timestamp: 30, value: 2 };
    assert.equal(reachableRange(sourceOf({ first: 10, latest }), NOW).to, NOW);
    assert.equal(reachableRange(sourceOf({ latest: { ...latest, timestamp: NOW + 7 } }), NOW).to, NOW + 7);
    assert.equal(reachableRange(sourceOf({ latest, later: { count: 1, until: NOW + 8 } }), NOW).to, NOW + 8);
    assert.equal(reachableRange(sourceOf({ latest, ahead: { count: 1, until: NOW + 9 } }), NOW).to, NOW + 9);
  });
});

/** A model that has read one source. */
async function modelOf(source: SourceAnswer): Promise<StationModel> {
  const retention = { ageMs: 1, bytes: 1, usedBytes: 0 };
  const answer: SourcesAnswer = { now: NOW, runningSince: 0, retention, sources: [source] };
  Object.assign(globalThis, { window: { begun: { sources: Promise.resolve(answer) } } });
  const model = new StationModel();
  await model.load();
  return model;
}

const receive = (model: StationModel, timestamp: number, value: number) =>
  model.apply({ kind: 'sensor', source: 'rpi', timestamp, fields: { f0: value } });

describe('The model of the station', () => {
  beforeEach(() => mock.timers.enable({ apis: ['Date'], now: NOW }));
  afterEach(() => {
    mock.timers.reset();
    mock.restoreAll();
    Reflect.deleteProperty(globalThis, 'window');
  });

  it('does not let a reading that is dated tomorrow hide those of now', async () => {
    const tomorrow = { timestamp: NOW + 72_000_000, value: 99 };
    const cases: readonly (readonly [Partial<FieldAnswer>, readonly number[], number])[] = [
      [{ latest: tomorrow }, [NOW], NOW],
      [{ latest: tomorrow }, [NOW - 5], NOW - 5],
      [{ latest: { timestamp: NOW - 9, value: 1 } }, [tomorrow.timestamp], NOW - 9],
      [{ latest: { timestamp: NOW - 9, value: 1 } }, [tomorrow.timestamp, NOW + 60_000], NOW + 60_000],
      [{ latest: { timestamp: NOW, value: 1 } }, [NOW - 1], NOW],
      // Of a device whose clock is hours ahead, the newest is shown all the same.
      [{ latest: tomorrow }, [tomorrow.timestamp + 1], tomorrow.timestamp + 1],
      [{ latest: tomorrow }, [tomorrow.timestamp - 1], tomorrow.timestamp],
      [{}, [tomorrow.timestamp], tomorrow.timestamp],
    ];
    for (const [field, times, shown] of cases) {
      const model = await modelOf(sourceOf(field));
      for (const time of times) receive(model, time, 7);
      assert.equal(model.sources[0]?.fields[0]?.latest?.timestamp, shown, JSON.stringify([field, times]));
    }
  });

  it('takes no source for silent while the station tells nothing', async () => {
    const source = { ...sourceOf({}), lastSeen: NOW, usualSilenceMs: 600_000 };
    const model = await modelOf(source);
    mock.timers.tick(3_600_000);
    assert.equal(model.isSilent(source), false);
    model.hear();
    assert.equal(model.isSilent(source), true);
  });

  it('takes no source for silent before what was missed is read', async () => {
    const source = { ...sourceOf({}), lastSeen: NOW, usualSilenceMs: 600_000 };
    const model = await modelOf(source);
    mock.timers.tick(3_600_000);
    mock.method(globalThis, 'fetch', () => Promise.reject(new Error('unreachable')));
    await model.catchUp();
    model.hear();
    assert.equal(model.isSilent(source), false);
  });
});

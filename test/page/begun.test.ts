import assert from 'node:assert/strict';
import {
  forgetSeriesAt,
  takeSeries,
  type Begun,
  type BegunSeries,
  type WantedSeries,
} from '../../src/page/begun';
import { Emitter } from '../../src/page/emitter';

const WANTED: WantedSeries = {
  source: { kind: 'device', name: 'room' },
  field: 'temp',
  range: { from: 1_000_000, to: 2_000_000 },
  gap: 'automatic',
  points: 600,
};

/** A page that asked for one series. */
function openPage(asked: Partial<BegunSeries> = {}): void {
  const never = new Promise<never>(() => undefined);
  const series = [{ ...WANTED, askedAt: Date.now(), answer: never, ...asked }];
  const language = { catalogue: 'en', formats: 'en' };
  const begun: Begun = { language, texts: never, sources: undefined, series };
  Reflect.set(globalThis, 'window', { begun });
}

const isTaken = (wanted: Partial<WantedSeries> = {}) =>
  takeSeries({ ...WANTED, ...wanted }, new AbortController().signal) !== undefined;

describe('A series that the page asked for early', () => {
  afterEach(() => void Reflect.deleteProperty(globalThis, 'window'));

  it('serves once', () => {
    openPage();
    assert(isTaken());
    assert(!isTaken());
  });

  it('serves a range that has moved on with the time, and fewer points', () => {
    openPage();
    assert(isTaken({ range: { from: 1_002_000, to: 2_002_000 }, points: 240 }));
  });

  it('serves no other range, no other rule, and no more points', () => {
    openPage();
    assert(!isTaken({ range: { from: 1_000_000, to: 2_030_000 } }));
    assert(!isTaken({ gap: 60_000 }));
    assert(!isTaken({ points: 601 }));
    assert(isTaken());
  });

  it('serves no one long after it was asked for, also where the range stays', () => {
    openPage({ askedAt: Date.now() - 15_000 });
    assert(!isTaken());
  });

  it('serves no one after the first news of any kind, which its answer lacks', () => {
    const news = [new Emitter<number>(), new Emitter<void>()] as const;
    openPage();
    forgetSeriesAt(...news);
    assert(isTaken());
    openPage();
    news[0].emit(1);
    assert(!isTaken());
    openPage();
    news[1].emit();
    assert(!isTaken());
  });
});

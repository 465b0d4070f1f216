import assert from 'node:assert/strict';
import { reachableRange, storedRange } from '../../src/page/station-model';
import type { FieldAnswer, SourceAnswer } from '../../src/station/views/api';

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

import assert from 'node:assert/strict';
import { readRetention } from '../../../src/nodes/runtime/retention';

const DAY_MS = 86_400_000;

function read(sensorpostStation: unknown) {
  const warnings: string[] = [];
  const retention = readRetention({ sensorpostStation }, (message) => warnings.push(message));
  return { retention, warnings };
}

describe("the station's retention in Node-RED's settings", () => {
  it('sets no limit where the settings have none', () => {
    for (const value of [undefined, {}, null, 5])
      assert.deepEqual(read(value), { retention: {}, warnings: [] });
  });

  it('sets days and megabytes, each by itself', () => {
    const both = { keepDays: 30, keepMegabytes: 100.5 };
    assert.deepEqual(read(both).retention, { ageMs: 30 * DAY_MS, bytes: 100.5 * 2 ** 20 });
    assert.deepEqual(read({ keepDays: 1 }).retention, { ageMs: DAY_MS });
    assert.deepEqual(read({ keepMegabytes: 1 }).retention, { bytes: 2 ** 20 });
  });

  it('ignores a value that makes no sense, and warns of it', () => {
    for (const value of [0, -1, 0.5, Number.NaN, Infinity, '30', null, {}]) {
      const { retention, warnings } = read({ keepDays: value, keepMegabytes: 5 });
      assert.deepEqual(retention, { bytes: 5 * 2 ** 20 });
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? '', /^sensorpostStation\.keepDays in Node-RED's settings must be a number/);
    }
  });
});

import assert from 'node:assert/strict';
import { createClockWarning } from '../../../src/nodes/publishing/clock-warning';
import { createTimeWarning } from '../../../src/nodes/publishing/time-warning';
import { IDLE } from './support';

const MINUTE_MS = 60_000;

/** What is written where the service's clock is ahead by these times, one after the other. */
function warningsOf(isSynchronised: boolean, ...aheads: readonly (number | undefined)[]): readonly string[] {
  const lines: string[] = [];
  const warn = createClockWarning({ warn: (line: string) => lines.push(line) }, () => isSynchronised);
  for (const serviceAheadMs of aheads) warn({ ...IDLE, serviceAheadMs });
  return lines;
}

describe('the warning of a service’s clock', () => {
  it('says that the service’s is wrong where a time server has set this machine’s', () => {
    const [line, ...others] = warningsOf(true, -5 * MINUTE_MS);
    assert.match(line ?? '', /service's clock differs from this machine's by −5 min.*the service's is wrong/);
    assert.deepEqual(others, []);
  });

  it('does not say whose is wrong where this machine’s is not known to be right', () => {
    const [line] = warningsOf(false, 180 * MINUTE_MS);
    assert.match(line ?? '', /This machine's clock differs from the service's by −3 h: is it set\?/);
  });

  it('warns once until they agree again', () => {
    assert.equal(
      warningsOf(true, undefined, 5 * MINUTE_MS, 6 * MINUTE_MS, undefined, 5 * MINUTE_MS).length,
      2,
    );
  });
});

describe('the warning of a clock that is not set', () => {
  it('asks for help once, and again only after the time was known', () => {
    const lines: string[] = [];
    const warn = createTimeWarning({ warn: (line: string) => lines.push(line) });
    for (const isTimeOverdue of [false, true, true, false]) warn({ ...IDLE, waiting: 12, isTimeOverdue });
    assert.equal(lines.length, 1);
    assert.match(
      lines[0] ?? '',
      /^12 readings wait because this machine's clock has not been set.*timedatectl status/,
    );
    warn({ ...IDLE, isTimeOverdue: true });
    assert.equal(lines.length, 1, 'nothing waits');
    warn({ ...IDLE, waiting: 1, isTimeOverdue: true });
    assert.equal(lines.length, 2);
  });
});

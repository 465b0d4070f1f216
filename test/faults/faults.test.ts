import assert from 'node:assert/strict';
import { runBitFlips } from './bit-flips';
import { runDiskBound, runFullDisks } from './full-disk';
import { runKills } from './kills';
import { canMount } from './mounts';
import { runPowerCuts } from './power-cuts';
import { troublesOf, type Verdict } from './verdict';

const NO_MOUNT = 'Skipped: file systems cannot be mounted here (that needs root, mkfs.ext4 and loop devices)';

function assertNothingLost(verdict: Verdict): void {
  const found = { ...troublesOf(verdict), notes: verdict.notes };
  assert.deepEqual(found, { lost: 0, altered: 0, unexplained: 0, stuck: 0, notes: [] });
  assert.ok(verdict.delivered >= verdict.accepted, 'Everything accepted was delivered');
}

describe('outbox under faults', function () {
  // Many runs in one test, on a machine that may be busy.
  this.timeout(300_000);
  let isMountPossible = false;

  before(async () => {
    isMountPossible = await canMount();
    if (!isMountPossible) console.log(`    ${NO_MOUNT}`);
  });

  it('loses nothing to kill -9', async () => {
    const verdict = await runKills(5);
    assert.equal(verdict.faults, 5);
    assertNothingLost(verdict);
  });

  it('loses nothing to power cuts', async function () {
    if (!isMountPossible) return this.skip();
    const verdict = await runPowerCuts(10);
    assert.equal(verdict.faults, 10);
    assert.ok(verdict.accepted > 2000);
    return assertNothingLost(verdict);
  });

  it('can be drained on a full disk, and accepts again by itself once there is room', async function () {
    if (!isMountPossible) return this.skip();
    const verdict = await runFullDisks(2);
    assert.ok(
      verdict.turnedAway > 0 &&
        verdict.notices.includes('disk-full') &&
        verdict.notices.includes('disk-free'),
    );
    return assertNothingLost(verdict);
  });

  it('keeps a part of the disk free where it is told to, and reports what that cost', async function () {
    if (!isMountPossible) return this.skip();
    const { dropped, accepted } = await runDiskBound(0.7);
    assert.ok(dropped.length > 500 && dropped.every(({ bound }) => bound === 'disk'));
    const ids = dropped.map(({ id }) => id);
    assert.deepEqual(
      ids,
      ids.toSorted((one, other) => one - other),
    );
    return assert.equal(accepted, 12_032);
  });

  it('finds flipped bits: hands out nothing that is altered, loses nothing without a word', async () => {
    const verdict = await runBitFlips(60);
    assert.equal(verdict.flips, 60);
    assert.ok(verdict.mended + verdict.reported > 10);
    assert.deepEqual([verdict.altered, verdict.silent], [0, 0]);
  });
});

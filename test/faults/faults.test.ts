import assert from 'node:assert/strict';
import { runBitFlips } from './bit-flips';
import { runDiskBound, runFullDisks } from './full-disk';
import { runKills } from './kills';
import { canMount } from './mounts';
import { runPowerCuts } from './power-cuts';
import { runStationBitFlips } from './station/bit-flips';
import { runDeletedFolders } from './station/deleted-folders';
import { runStationFullDisks } from './station/full-disk';
import { runStationKills, runStationPowerCuts } from './station/processes';
import { troublesOf, type Verdict } from './verdict';
import { seeded } from './ways';

/** Those with which the station refuses for good what is wrong with the posts of one sender. */
const STATUSES = [400, 404, 422];

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

describe('the station under faults', function () {
  // Many runs in one test, on a machine that may be busy.
  this.timeout(300_000);
  let isMountPossible = false;

  before(async () => {
    isMountPossible = await canMount();
    if (!isMountPossible) console.log(`    ${NO_MOUNT}`);
  });

  it('keeps all that it acknowledged through kill -9, and says why it refuses the rest', async () => {
    const verdict = await runStationKills(2);
    assertNothingLost(verdict);
    assert.equal(verdict.faults, 2);
    assert.ok(verdict.repeated > 0, 'No kill left a post without an answer');
    assert.ok(STATUSES.every((status) => verdict.statuses.has(status)));
  });

  it('loses readings to kill -9 where it answers before they are on the disk, and that is seen', async () => {
    const { lost } = await runStationKills(1, { manner: 'early' });
    assert.ok(lost > 0, 'Nothing was found to be lost');
  });

  it('keeps all that it acknowledged through power cuts', async function () {
    if (!isMountPossible) return this.skip();
    const verdict = await runStationPowerCuts(2);
    assert.equal(verdict.faults, 2);
    return assertNothingLost(verdict);
  });

  it('refuses posts on a full disk with the reason, shows what it keeps, and takes them again by itself', async function () {
    if (!isMountPossible) return this.skip();
    const verdict = await runStationFullDisks(4);
    assert.ok(verdict.turnedAway > 0 && verdict.repeated > 0);
    assert.ok(['disk-full', 'disk-free'].every((kind) => verdict.notices.includes(kind)));
    return assertNothingLost(verdict);
  });

  it('keeps all values that it acknowledged where its folder is deleted or moved away while it runs, and says so', async () => {
    const verdict = await runDeletedFolders(3);
    assertNothingLost(verdict);
    assert.equal(verdict.faults, 3);
  });

  it('finds flipped bits: shows nothing that is altered, and hides no picture that is not', async () => {
    const verdict = await runStationBitFlips(20, seeded(7));
    assert.equal(verdict.flips, 20);
    assert.ok(verdict.mended + verdict.reported > 3);
    assert.deepEqual([verdict.altered, verdict.silent], [0, 0]);
  });
});

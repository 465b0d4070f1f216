import assert from 'node:assert/strict';
import { VERSIONS } from '../node-red/support';
import { runFailingService, runNodeRedFailingService, type FailingVerdict } from './failing-service';
import { runNodeRedKills, runNodeRedPowerCuts } from './lives';
import { canMount } from './mounts';
import { runNodeRedFullDisk } from './node-red-full-disk';
import { runSecondNodeRed } from './second-node-red';
import { runSeveralDevices } from './several-devices';
import { runNodeRedStationKills } from './station/node-red';
import { runTwoConfigs } from './two-configs';
import { troublesOf, type Verdict } from './verdict';
import { WAYS } from './ways';

const NO_MOUNT = 'Skipped: file systems cannot be mounted here (that needs root, mkfs.ext4 and loop devices)';
/** Once with each delay of the service. Each costs a start of Node-RED; `npm run test:faults` kills 500 times. */
const KILLS_EACH = 4;
const POWER_CUTS = 3;
const READINGS = 1000;
const KILLS_OF_SEVERAL = 4;
const KILLS_OF_TWO = 6;
const KILLS_OF_STATION = 1;

/** @param waiting how many wait for good, because the service never takes them */
function assertNothingLost(verdict: Verdict, waiting = 0): void {
  const found = { ...troublesOf(verdict), notes: verdict.notes };
  assert.deepEqual(found, { lost: 0, altered: 0, unexplained: 0, stuck: 0, notes: [] });
  assert.ok(verdict.accepted > 0);
  assert.ok(verdict.delivered + verdict.refused + waiting >= verdict.accepted, 'Everything came to its end');
}

/** Each way in which the service fails happened, readings were refused, and answers were really lost. */
function assertItFailedInEveryWay({ ways, requests, faults, refused, duplicates }: FailingVerdict): void {
  assert.deepEqual(new Set(ways.keys()), WAYS);
  const share = faults / requests;
  assert.ok(share > 0.2 && share < 0.4, `${share} of the requests failed`);
  assert.ok(refused > 0);
  assert.deepEqual([...duplicates.keys()], ['answer lost']);
}

describe('Node-RED under faults', function () {
  // Dozens of starts of Node-RED in one test, which on a busy machine take many seconds each.
  this.timeout(1_200_000);
  let isMountPossible = false;

  before(async () => {
    isMountPossible = await canMount();
    if (!isMountPossible) console.log(`    ${NO_MOUNT}`);
  });

  for (const version of VERSIONS) {
    it(`loses nothing to kill -9 of ${version.name}`, async () => {
      const verdict = await runNodeRedKills(version, KILLS_EACH);
      assertNothingLost(verdict);
      assert.ok(verdict.faults >= KILLS_EACH, `${verdict.faults} kills`);
      // Some come when all that was accepted has just been delivered.
      assert.ok(verdict.underLoad >= KILLS_EACH / 2, `${verdict.underLoad} kills while readings waited`);
      assert.ok(verdict.duplicates.size > 0, 'No kill came between an answer and its deletion');
    });

    it(`says in ${version.name} that a second one uses its folder, and works once that has stopped`, async () => {
      const verdict = await runSecondNodeRed(version);
      assertNothingLost(verdict);
      assert.deepEqual([...verdict.codes], ['locked']);
      const { text, fill, shape } = verdict.statuses[0] ?? {};
      assert.deepEqual([text, fill, shape], ['folder in use', 'red', 'dot']);
      assert.match(verdict.log, /\[error\] \[sensorpost\] .* is in use by another process/);
      assert.match(verdict.log, /is in use by another process.*Meanwhile nothing is sent/);
      assert.doesNotMatch(verdict.log, /Readings are kept/);
    });
  }

  const [version] = VERSIONS;
  assert(version);

  it('delivers every reading of a device that is taken in the end, though others of its account are turned away', async () => {
    const verdict = await runSeveralDevices(version, KILLS_OF_SEVERAL);
    assertNothingLost(verdict, verdict.waiting);
    assert.equal(verdict.faults, KILLS_OF_SEVERAL);
    assert.ok(verdict.underLoad > 0, 'No kill came while readings waited');
    assert.ok(verdict.refused > 0);
    assert.deepEqual(verdict.statuses, new Set([400, 401, 404, 503]));
  });

  it('sends each reading with a key or token that is its own, of two config nodes for one sensor and two for one server', async () => {
    const verdict = await runTwoConfigs(version, KILLS_OF_TWO);
    assertNothingLost(verdict);
    assert.deepEqual([verdict.faults, verdict.deploys], [KILLS_OF_TWO, KILLS_OF_TWO]);
    assert.ok(verdict.underLoad > 0, 'No kill came while readings waited');
    assert.ok(verdict.mostWithOldKey > 0, 'The old key was never tried');
  });

  it('keeps at its station all that was acknowledged before kill -9', async () => {
    const verdict = await runNodeRedStationKills(version, KILLS_OF_STATION);
    assertNothingLost(verdict);
    assert.equal(verdict.faults, KILLS_OF_STATION);
    assert.ok(verdict.statuses.has(400) && verdict.statuses.has(404));
  });

  it('loses nothing to power cuts', async function () {
    if (!isMountPossible) return this.skip();
    const verdict = await runNodeRedPowerCuts(version, POWER_CUTS);
    assert.ok(verdict.faults >= POWER_CUTS, `${verdict.faults} power cuts`);
    assert.ok(verdict.underLoad > 0);
    return assertNothingLost(verdict);
  });

  it('says that the disk is full, delivers nevertheless, and accepts again by itself once there is room', async function () {
    if (!isMountPossible) return this.skip();
    const verdict = await runNodeRedFullDisk(version, 1);
    assertNothingLost(verdict);
    assert.deepEqual([...verdict.codes], ['full']);
    const { fill, shape } = verdict.statuses.find(({ text }) => text === 'disk full') ?? {};
    assert.deepEqual([fill, shape], ['red', 'dot']);
    return assert.match(verdict.log, /\[sensorpost\] .*disk is full/i);
  });

  it('delivers or refuses everything where the server fails 30 % of requests in every way', async () => {
    const verdict = await runNodeRedFailingService(version);
    assertNothingLost(verdict);
    assertItFailedInEveryWay(verdict);
  });

  it('delivers or refuses a thousand readings where the server fails 30 % of requests in every way', async () => {
    const verdict = await runFailingService(READINGS);
    assertNothingLost(verdict);
    assertItFailedInEveryWay(verdict);
    assert.equal(verdict.accepted, READINGS);
    assert.equal(verdict.refused, verdict.refusals);
    for (const failure of [
      'offline ECONNREFUSED',
      'offline ECONNRESET',
      'unavailable 500',
      'unavailable 503',
      'throttled 429',
      'timeout ',
      'refused 400',
    ])
      assert.ok(verdict.failures.has(failure), `The publisher never met "${failure}"`);
  });
});

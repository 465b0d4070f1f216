import assert from 'node:assert/strict';
import { shareListing } from '../../../src/nodes/camera-source/shared-listing';
import { longestReading } from '../../../src/nodes/dht22-source/dialog';
import { withinTime } from '../../../src/nodes/dialogs';
import { failed, success } from '../../../src/result';

const CANCELLED = failed({ kind: 'cancelled', message: 'called off' } as const);

/** What waits until its signal aborts. */
const untilAborted = async (signal: AbortSignal) =>
  new Promise<typeof CANCELLED>((resolve) => {
    if (signal.aborted) resolve(CANCELLED);
    signal.addEventListener('abort', () => resolve(CANCELLED));
  });

/** A listing whose runs end when they are told to. */
function bench() {
  const runs: { readonly signal: AbortSignal; readonly end: (value: string) => void }[] = [];
  const list = shareListing<string>(
    async (signal) =>
      new Promise((end) => {
        runs.push({ signal, end });
        signal.addEventListener('abort', () => end('cancelled'));
      }),
  );
  return { runs, list };
}

describe('a question of a dialog that takes long', () => {
  it('fails in its own words once its time is up, and not where the dialog was closed', async () => {
    const [limit, dialog] = [new AbortController(), new AbortController()];
    const time = { limit: limit.signal, tooLong: 'No picture came' };
    const waiting = withinTime(time, dialog.signal, untilAborted);
    limit.abort();
    assert.deepEqual(await waiting, failed({ kind: 'timeout', message: 'No picture came' }));
    dialog.abort();
    assert.deepEqual(await withinTime(time, dialog.signal, untilAborted), CANCELLED);
  });

  it('keeps what was found before its time was up, be it a failure', async () => {
    const time = { limit: AbortSignal.abort(), tooLong: 'No picture came' };
    const open = new AbortController().signal;
    const busy = failed({ kind: 'busy', message: 'in use' });
    assert.deepEqual(await withinTime(time, open, async () => busy), busy);
    assert.deepEqual(await withinTime(time, open, async () => success(1)), success(1));
  });

  it('gives each reading of a median the time of a whole cycle', () => {
    // 15 tries, each with 2.2 s of rest before the next one.
    const cycle = 15 * 2.2;
    for (let readings = 1; readings <= 15; readings += 1)
      assert(longestReading(readings) >= (readings + 1) * cycle, `${readings} readings`);
    assert(longestReading(15) <= 600);
  });
});

describe('a listing of cameras', () => {
  it('serves all who ask while it is under way, and a later one anew', async () => {
    const { runs, list } = bench();
    const clients = [1, 2, 3].map(() => new AbortController().signal);
    const listed = clients.map(async (client) => list(client));
    runs[0]?.end('cameras');
    assert.deepEqual([await Promise.all(listed), runs.length], [['cameras', 'cameras', 'cameras'], 1]);
    void list(new AbortController().signal);
    assert.equal(runs.length, 2);
  });

  it('goes on while one client waits, and ends with the last one', async () => {
    const { runs, list } = bench();
    const [first, second] = [new AbortController(), new AbortController()];
    const both = [list(first.signal), list(second.signal)];
    first.abort();
    assert.equal(runs[0]?.signal.aborted, false);
    second.abort();
    assert.equal(runs[0]?.signal.aborted, true);
    await Promise.all(both);
    void list(new AbortController().signal);
    assert.equal(runs.length, 2, 'who comes after the end gets a listing of its own');
  });

  it('ends at once where its only client had left before', async () => {
    const { runs, list } = bench();
    assert.equal(await list(AbortSignal.abort()), 'cancelled');
    assert.equal(runs[0]?.signal.aborted, true);
  });
});

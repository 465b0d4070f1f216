import assert from 'node:assert/strict';
import { once, EventEmitter } from 'node:events';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { runSource, type Source } from '../../../src/nodes/sources/source';
import { failed, success, type Failure, type Result } from '../../../src/result';
import { onTab, runFlow, useHelper } from './support';

type Read = Source<number>['read'];

/** A node type whose `read` is looked up by the node's id; it reads as often as it can. */
function quickSource(reads: ReadonlyMap<string, Read>, closed: string[] = []) {
  return (RED: NodeAPI): void =>
    RED.nodes.registerType('quick-source', function (this: Node, def: NodeDef & { interval?: number }) {
      RED.nodes.createNode(this, def);
      const read = reads.get(this.id);
      assert(read);
      runSource<number>(RED, this, {
        read,
        messageOf: (payload) => ({ payload }),
        common: { topic: 'quick' },
        interval: def.interval ?? 0.001,
        shortestInterval: 0.001,
        readingStatus: { text: 'reading' },
        statusOf: (reading) => ({ text: String(reading) }),
        failureStatus: ({ kind }) => ({ text: kind }),
        close: () => closed.push(this.id),
      });
    });
}

const node = (id: string, more: object = {}) => onTab({ id, type: 'quick-source', ...more });

const CANCELLED = failed({ kind: 'cancelled', message: 'Ended' } as const);

/** A reading that takes until the test ends it. */
function createSlowRead() {
  const events = new EventEmitter();
  let signal: AbortSignal | undefined;
  return {
    read: async (given: AbortSignal): Promise<Result<number, Failure<string>>> => {
      signal = given;
      const ended = once(events, 'end');
      events.emit('begin');
      const [result]: Result<number, Failure<string>>[] = await ended;
      return result ?? success(0);
    },
    begun: once(events, 'begin'),
    end: (result: Result<number, Failure<string>>) => events.emit('end', result),
    isAborted: () => signal?.aborted,
  };
}

describe('a source node', () => {
  useHelper();

  it('reads again and again by its interval', async () => {
    let count = 0;
    const reads = new Map([['one', async () => success((count += 1))]]);
    const flow = await runFlow([quickSource(reads)], [node('one')]);
    await flow.next('results', 4);
    assert.deepEqual(
      flow.results.slice(0, 5).map(({ payload, topic }) => [payload, topic]),
      [1, 2, 3, 4, 5].map((number) => [number, 'quick']),
    );
  });

  it('reads no more once it is removed', async () => {
    const counts = { gone: 0, stays: 0 };
    const closed: string[] = [];
    const reads = new Map<string, Read>([
      ['gone', async () => success((counts.gone += 1))],
      ['stays', async () => success((counts.stays += 1))],
    ]);
    const flow = await runFlow([quickSource(reads, closed)], [node('gone'), node('stays')]);
    await flow.until('readings of both', () => counts.gone > 2 && counts.stays > 2);
    await flow.redeploy([node('stays')], {}, 'nodes');
    const before = { ...counts };
    await flow.until('ten more readings of the other', () => counts.stays > before.stays + 10);
    assert.deepEqual([counts.gone, closed], [before.gone, ['gone']]);
  });

  for (const [name, result] of [
    ['a failure', CANCELLED],
    ['a reading', success(1)],
  ] as const) {
    it(`ends what it reads when it is removed, and tells nobody of ${name} that comes of it`, async () => {
      const slow = createSlowRead();
      const reads = new Map<string, Read>([
        ['one', slow.read],
        ['other', async () => result],
      ]);
      const other = node('other', { interval: 0 });
      const flow = await runFlow([quickSource(reads)], [node('one'), other]);
      await slow.begun;
      await flow.redeploy([other], {}, 'nodes');
      assert.equal(slow.isAborted(), true);
      slow.end(result);
      // What came of it would be there before this.
      flow.send('other', { mark: 'other' });
      await flow.until('the other one', () => flow.results.length + flow.caught.length > 0);
      const [heard, ...more] = [...flow.results, ...flow.caught];
      assert.deepEqual([heard?.mark, more.length], ['other', 0]);
      assert.deepEqual(flow.statusesOf('one'), [{ text: 'reading' }, {}]);
      assert(!flow.log.some(({ id }) => id === 'one'));
    });
  }

  it('calls done once for a message whose reading its removal ended', async () => {
    const slow = createSlowRead();
    const flow = await runFlow([quickSource(new Map([['one', slow.read]]))], [node('one', { interval: 0 })]);
    flow.send('one', { mark: 'kept' });
    await slow.begun;
    // The tab and its Catch node stay.
    await flow.redeploy([], {}, 'nodes');
    slow.end(CANCELLED);
    const { error, mark } = await flow.next('caught');
    assert.deepEqual([error?.code, mark, flow.completed.length], ['cancelled', 'kept', 0]);
  });

  it('tells Catch nodes what no code expected, and goes on', async () => {
    let count = 0;
    const read = async () => {
      count += 1;
      if (count === 1) throw new Error('broken');
      return success(count);
    };
    const flow = await runFlow([quickSource(new Map([['one', read]]))], [node('one')]);
    const { error, topic } = await flow.next('caught');
    assert.match(error?.message ?? '', /^Unexpected error, please report it: Error: broken/);
    assert.deepEqual([error?.code, topic], ['unexpected', 'quick']);
    await flow.next('results');
  });
});

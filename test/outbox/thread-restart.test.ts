import assert from 'node:assert/strict';
import { join } from 'node:path';
import { openDatabase } from '../../src/storage';
import type { NoteOperations } from '../storage/support/notes';
import { until } from '../support/waiting';
import { ids, newItem, PLENTY, testOutbox, value, type TestOutbox } from './support';

const DESTINATION = newItem().destination;

describe('outbox whose storage thread ends', () => {
  let test: TestOutbox;

  beforeEach(async () => {
    test = await testOutbox();
  });

  afterEach(() => test.remove());

  /** Ends the thread, which all databases share, by another one's program. */
  async function endThread(): Promise<void> {
    const other = openDatabase<NoteOperations, string>({
      file: join(test.folder, '..', 'notes', 'notes.sqlite'),
      program: require.resolve('../storage/support/notes'),
      now: () => 0,
      restore: () => '',
      notify: () => {},
    });
    await other.call('vanish', null);
    await until('a report of the restart of the thread', () =>
      test.notices.some(({ kind }) => kind === 'thread-restarted'),
    );
    await other.close();
  }

  it('hands out no leased item again, but those whose leases had ended', async () => {
    const { outbox } = test;
    const accepted: number[] = [];
    for (let count = 0; count < 4; count += 1) accepted.push(await value(outbox.accept(newItem())));
    const [leased = 0, released = 0, retried = 0, acknowledged = 0] = accepted;
    await value(outbox.lease(DESTINATION, PLENTY));
    await value(outbox.release([released]));
    await value(outbox.refuse([retried], 'no'));
    await value(outbox.refused.retry([retried]));
    await value(outbox.acknowledge([acknowledged]));
    await endThread();
    assert.deepEqual(ids(await value(outbox.lease(DESTINATION, PLENTY))), [released, retried]);
    await value(outbox.release([leased]));
    assert.deepEqual(ids(await value(outbox.lease(DESTINATION, PLENTY))), [leased]);
  });
});

import assert from 'node:assert/strict';
import type { NodeMessageInFlow } from 'node-red';
import type { DeliveryFailure, SenderState } from '../../../src/delivery';
import { createBlockReport } from '../../../src/nodes/publishing/block-report';
import { createPendingMessages } from '../../../src/nodes/publishing/pending';
import { deferring, IDLE, MISSING, UNAVAILABLE } from './support';

const UNAUTHORISED: DeliveryFailure = { kind: 'unauthorised', message: 'example.com answered 401' };
const GARDEN = deferring(['garden', MISSING]);

const messageOf = (id: string): NodeMessageInFlow => ({ _msgid: id, payload: 1 });

/** What Catch nodes get of states: the code, the text, and the id of the message. @param devices those of the messages */
function reportsOf(states: readonly SenderState[], devices: readonly string[] = ['garden']) {
  const reports: (readonly unknown[])[] = [];
  const pending = createPendingMessages();
  for (const [index, device] of devices.entries())
    pending.put(index, messageOf(`of ${device}`), `lane of ${device}`);
  const report = createBlockReport({
    error: (error: Error & { readonly code?: string }, { _msgid }: NodeMessageInFlow) =>
      void reports.push([error.code, error.message, _msgid]),
  });
  for (const state of states) report(state, pending);
  return reports;
}

const GARDEN_WAITS =
  '"garden" waits: example.com answered 404. Its readings are kept, and sent once this is corrected';

describe('what Catch nodes get of a queue that is blocked', () => {
  it('tells once of a device that needs a person, with its oldest message', () => {
    const states = [IDLE, GARDEN, { ...GARDEN, mode: 'sending' } as const, GARDEN];
    assert.deepEqual(reportsOf(states, ['hall', 'garden', 'garden']), [
      ['missing', GARDEN_WAITS, 'of garden'],
    ]);
  });

  it('tells of each device for itself, and of none whose messages another node has', () => {
    const state = deferring(['garden', MISSING], ['hall', UNAUTHORISED], ['attic', MISSING]);
    const told = reportsOf([state], ['garden', 'hall']).map(([code, , id]) => [code, id]);
    assert.deepEqual(told, [
      ['missing', 'of garden'],
      ['unauthorised', 'of hall'],
    ]);
  });

  it('tells again once a device was served in between, or where the cause is another', () => {
    const refused = deferring(['garden', UNAUTHORISED]);
    const codes = reportsOf([GARDEN, IDLE, GARDEN, refused, refused]).map(([code]) => code);
    assert.deepEqual(codes, ['missing', 'missing', 'unauthorised']);
  });

  it('takes a device for served only where the state has room for all', () => {
    const others = { ...deferring(['attic', MISSING]), deferredCount: 2 };
    assert.equal(reportsOf([GARDEN, others, GARDEN]).length, 1);
  });

  it('tells nothing of a device that recovers by itself', () => {
    assert.deepEqual(reportsOf([deferring(['garden', UNAVAILABLE])]), []);
  });

  it('tells of the queue alone while all of it waits', () => {
    const paused = { ...GARDEN, mode: 'paused', failure: UNAUTHORISED } as const;
    assert.deepEqual(reportsOf([paused, paused], ['hall', 'garden']), [
      [
        'unauthorised',
        'example.com answered 401. Readings are kept, and sent once this is corrected',
        'of hall',
      ],
    ]);
  });

  it('tells of the queue again once it was not blocked in between', () => {
    const paused = { ...IDLE, mode: 'paused', failure: UNAUTHORISED } as const;
    const held = { ...IDLE, mode: 'held' } as const;
    assert.equal(reportsOf([paused, held, paused]).length, 1);
    assert.equal(reportsOf([paused, IDLE, paused]).length, 2);
  });
});

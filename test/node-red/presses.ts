/** Buttons that were pressed in a flow, and the times of the readings that came of it. */
import assert from 'node:assert/strict';
import type { RecordingServer } from '../support/recording-server';
import type { Case } from './flows';
import type { NodeRed } from './support';

/** From just before a button was pressed until just after that. */
export interface Press {
  readonly from: number;
  readonly to: number;
}

/** Presses a button. */
export async function press(nodeRed: NodeRed, id: string): Promise<Press> {
  const from = Date.now();
  await nodeRed.inject(id);
  return { from, to: Date.now() };
}

/** How far a reading's time may be off from when its button was pressed: the message takes a moment to its node. */
const TOLERANCE_MS = 1000;

/** A reading has the time at which its button was pressed. */
export function assertTaken(timestamp: number, { from, to }: Press): void {
  const isRight = timestamp >= from - TOLERANCE_MS && timestamp <= to + TOLERANCE_MS;
  assert(isRight, `${timestamp - from} ms from the press, which took ${to - from} ms`);
}

/** Each reading has the time at which its button was pressed, in whatever order they were sent. */
export function assertAllTaken(timestamps: readonly number[], presses: readonly Press[]): void {
  assert.equal(timestamps.length, presses.length);
  const sorted = timestamps.toSorted((a, b) => a - b);
  for (const [index, pressed] of presses.entries()) assertTaken(sorted[index] ?? 0, pressed);
}

/** A time of the user's own. */
export const OWN_TIME = 1_580_871_573_000;

/** Buttons at the node `publish`: a reading without a time, one of the user's own time, one of this machine's. */
export const READINGS: readonly Case[] = [
  { id: 'reading', target: 'publish', code: 'msg.payload = {temp: 1};' },
  { id: 'own', target: 'publish', code: `msg.payload = {temp: 2}; msg.timestamp = ${OWN_TIME};` },
  { id: 'taken', target: 'publish', code: 'msg.payload = {temp: 3}; msg.timestamp = Date.now();' },
];

/** The times of the readings that a server with Senio's API got, in the order in which they came. */
export function timestampsAt(server: RecordingServer): readonly number[] {
  // A server is asked for its first page while the time is awaited, to see whether it can be reached.
  return server.requests
    .filter(({ method }) => method === 'POST')
    .map(({ body }) => {
      const { timestamp }: { timestamp: number } = JSON.parse(body.toString());
      return timestamp;
    });
}

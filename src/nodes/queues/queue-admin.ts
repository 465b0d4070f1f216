import type { Outbox, Outcome } from '../../outbox';
import { success } from '../../result';
import { parseKey, type Runtime, type OpenQueue } from '../runtime';
import {
  checked,
  countOf,
  inUse,
  outboxFailed,
  problem,
  queuesOf,
  unknownDestination,
  withOutbox,
  type Answer,
} from './answers';
import { createImportActions, type ImportActions } from './import-actions';
import { viewDestinations } from './overview';
import { createSentActions, type SentActions } from './sent-actions';
import { userLines } from './reading';
import { createRefusedActions, type RefusedActions } from './refused-actions';
import type { ChangedView, Overview } from '../contract';

/** The queue admin service: what a user sees of queues, and does with them. A destination is named by its key. */
export interface QueueAdmin extends ImportActions, RefusedActions, SentActions {
  readonly overview: () => Answer<Overview>;
  /** Ends all back-off. */
  readonly retryNow: (destination: string) => Answer<void>;
  /** Sends nothing more until `resume`, also after a deploy or a restart. Readings are still accepted. */
  readonly pause: (destination: string) => Answer<void>;
  readonly resume: (destination: string) => Answer<void>;
  /** Moves a queue that has lost its config node to another destination of the same service. */
  readonly reassign: (from: string, to: string) => Answer<ChangedView>;
  /** Deletes a queue that has lost its config node. */
  readonly clear: (destination: string) => Answer<ChangedView>;
  /** The refused list as lines of JSON, see `userLine`. */
  readonly exportRefused: (destination: string) => Answer<AsyncIterable<string>>;
  /** The whole queue as such lines. */
  readonly exportAll: (destination: string) => Answer<AsyncIterable<string>>;
}

/** @param now milliseconds since 1970 */
export function createQueueAdmin(runtime: Runtime, now: () => number): QueueAdmin {
  return {
    ...createQueueActions(runtime, now),
    ...createRefusedActions(runtime),
    ...createOrphanActions(runtime),
    ...createImportActions(runtime),
    ...createSentActions(runtime),
    exportRefused: (destination) =>
      withOutbox(runtime, async (outbox) =>
        exported(outbox, destination, outbox.refused.export(destination)),
      ),
    exportAll: (destination) =>
      withOutbox(runtime, async (outbox) => exported(outbox, destination, outbox.export(destination))),
  };
}

type QueueActions = Pick<QueueAdmin, 'overview' | 'retryNow' | 'pause' | 'resume'>;

function createQueueActions(runtime: Runtime, now: () => number): QueueActions {
  async function overview(): Answer<Overview> {
    const outbox = runtime.peekOutbox();
    const views = outbox ? await viewDestinations(runtime, outbox) : success([]);
    if (!views.ok) return outboxFailed(views.failure);
    const clockDaysAhead = outbox?.daysAhead() ?? 0;
    const isRunning = runtime.isRunning();
    return success({ now: now(), isRunning, clockDaysAhead, destinations: views.value });
  }

  function withQueues(
    destination: string,
    act: (queues: readonly OpenQueue[], outbox: Outbox) => Outcome<void>,
  ): Answer<void> {
    return withOutbox(runtime, async (outbox) => {
      const queues = queuesOf(runtime, destination);
      return queues.length === 0 ? unknownDestination() : checked(await act(queues, outbox));
    });
  }

  return {
    overview,
    retryNow: (destination) =>
      withQueues(destination, async (queues) => {
        for (const queue of queues) queue.retryNow();
        return success(undefined);
      }),
    pause: (destination) =>
      withQueues(destination, async (queues, outbox) => {
        const paused = await outbox.pause(destination);
        // Holding returns what the senders have leased; a retry then makes them report the new state at once.
        for (const queue of paused.ok ? queues : []) {
          queue.hold();
          queue.retryNow();
        }
        return paused;
      }),
    resume: (destination) =>
      withQueues(destination, async (queues, outbox) => {
        const resumed = await outbox.resume(destination);
        for (const queue of resumed.ok ? queues : []) {
          queue.resume();
          queue.retryNow();
        }
        return resumed;
      }),
  };
}

function createOrphanActions(runtime: Runtime): Pick<QueueAdmin, 'reassign' | 'clear'> {
  function tell(): void {
    for (const watcher of runtime.watchers) watcher();
  }

  async function reassign(from: string, to: string): Answer<ChangedView> {
    return withOutbox(runtime, async (outbox) => {
      const [queue, ...others] = queuesOf(runtime, to);
      if (!queue) return unknownDestination();
      const other = checkKind(from, to);
      if (other) return other;
      const wrong = await checkRoom(outbox, from, to, queue.bounds.bytes);
      if (wrong) return wrong;
      if (runtime.queues.has(from)) return inUse();
      const moved = checked(await outbox.reassign(from, to));
      for (const each of [queue, ...others]) each.retryNow();
      tell();
      return countOf(moved);
    });
  }

  async function clear(destination: string): Answer<ChangedView> {
    return withOutbox(runtime, async (outbox) => {
      if (runtime.queues.has(destination)) return inUse();
      const cleared = checked(await outbox.clear(destination));
      tell();
      return countOf(cleared);
    });
  }

  return { reassign, clear };
}

/** Refuses a move of readings that the target would send elsewhere than they were meant for, or not at all. */
function checkKind(from: string, to: string) {
  const [moving, target] = [parseKey(from), parseKey(to)];
  if (moving.service !== target.service) {
    return problem('other-service', 'The readings are of another service: choose a destination of the same');
  }
  if (moving.namesSensors === target.namesSensors) return undefined;
  return problem(
    'other-sensors',
    moving.namesSensors
      ? 'Each of these readings is of the sensor that its message named: choose a destination whose sensors come from messages'
      : 'These readings are of one sensor, which they do not name: choose a destination of one sensor',
  );
}

/** Refuses a move after which the target's bounds would drop readings. */
async function checkRoom(outbox: Outbox, from: string, to: string, mostBytes: number) {
  const [moving, there] = [await outbox.counts(from), await outbox.counts(to)];
  if (!moving.ok) return outboxFailed(moving.failure);
  if (!there.ok) return outboxFailed(there.failure);
  if (moving.value.bytes + there.value.bytes <= mostBytes) return undefined;
  const needed = Math.ceil((moving.value.bytes + there.value.bytes) / 2 ** 20);
  return problem(
    'no-room',
    `Both queues together have ${needed} MB: have the config node keep at least as much, deploy, and assign again`,
  );
}

async function exported(outbox: Outbox, destination: string, lines: AsyncIterable<string>) {
  const known = await outbox.destinations();
  if (!known.ok) return outboxFailed(known.failure);
  return known.value.includes(destination) ? success(userLines(lines)) : unknownDestination();
}

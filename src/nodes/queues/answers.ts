import type { Outbox, OutboxFailure } from '../../outbox';
import { failed, success, type Failure, type Result } from '../../result';
import type { ChangedView, ProblemKind } from '../contract';
import type { OpenQueue, Runtime } from '../runtime';

/** Why an action failed, in words for the user. */
export type QueueAdminFailure = Failure<ProblemKind>;

/** The answer of an action. */
export type Answer<Value> = Promise<Result<Value, QueueAdminFailure>>;

/** The open queues of a destination. */
export function queuesOf({ queues }: Runtime, destination: string): readonly OpenQueue[] {
  return [...(queues.get(destination) ?? [])];
}

/** Does something with the outbox, where it is open or can be. */
export async function withOutbox<Value>(
  runtime: Runtime,
  act: (outbox: Outbox) => Answer<Value>,
): Answer<Value> {
  const outbox = runtime.peekOutbox();
  if (outbox) return act(outbox);
  return runtime.isRunning()
    ? unknownDestination()
    : problem('stopped', 'Flows are stopped, and the outbox with them: start them and try again');
}

export function countOf(result: Result<number, QueueAdminFailure>): Result<ChangedView, QueueAdminFailure> {
  return result.ok ? success({ count: result.value }) : result;
}

export function checked<Value>(result: Result<Value, OutboxFailure>): Result<Value, QueueAdminFailure> {
  return result.ok ? result : outboxFailed(result.failure);
}

export function outboxFailed({ message }: OutboxFailure) {
  return problem('outbox', message);
}

export function unknownDestination() {
  return problem('unknown', 'There is no such destination any more');
}

export function inUse() {
  return problem('in-use', 'A config node leads to this destination, so its queue stays there');
}

export function problem(kind: ProblemKind, message: string) {
  return failed<QueueAdminFailure>({ kind, message });
}

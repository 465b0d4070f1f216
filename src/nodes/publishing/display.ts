import type { Node, NodeAPI, NodeStatus } from 'node-red';
import type { SenderState } from '../../delivery';
import type { Failure } from '../../result';
import {
  afterDelivery,
  failureStatus,
  isPressing,
  leftOutStatus,
  NOTHING_SENT,
  queueStatus,
  type PublisherSummary,
  type RejectionKind,
} from './status';

/** The status of a publish node. */
export interface Display {
  /** Shows the state of its destination. */
  update(state: SenderState): void;
  /** Counts a reading of its own that was delivered; see `HandledReading` for `correctionMs`. */
  delivered(correctionMs: number, now: number): void;
  /**
   * A message was accepted: the next state is shown again. Where fields were left out of it, that is shown first, for a
   * moment, unless something is wrong with the queue.
   */
  accepted(leftOutCount: number): void;
  /** Shows why a message was not accepted, until one is: nothing else reminds of a lost message. */
  rejected(failure: Failure<RejectionKind>): void;
  /** Clears the status, for good. */
  end(): void;
}

/** For how long a status of a moment is shown, in milliseconds: long enough to be read. */
const MOMENT_MS = 5000;

/** What a display needs to know of the queue of its node, besides its state. */
export interface DisplayedQueue extends Pick<PublisherSummary, 'credential'> {
  /** As `isUnverified` of the summary: the queue may become another one. */
  readonly isUnverified: () => boolean;
}

/** @param later calls a function after so many milliseconds */
export function createDisplay(
  RED: Pick<NodeAPI, '_'>,
  node: Pick<Node, 'status'>,
  { credential, isUnverified }: DisplayedQueue,
  later: (call: () => void, ms: number) => NodeJS.Timeout = setTimeout,
): Display {
  let sent = NOTHING_SENT;
  let wasAccepted = true;
  let isEnded = false;
  let latest: NodeStatus = {};
  let moment: NodeJS.Timeout | undefined;

  function show(status: NodeStatus): void {
    if (!isEnded) node.status(status);
  }

  function endMoment(): void {
    clearTimeout(moment);
    moment = undefined;
  }

  function showLatest(): void {
    endMoment();
    if (wasAccepted) show(latest);
  }

  return {
    update(state) {
      latest = queueStatus(RED._, state, { credential, sent, isUnverified: isUnverified() });
      if (moment === undefined || isPressing(latest)) showLatest();
    },
    delivered(correctionMs, now) {
      sent = afterDelivery(sent, correctionMs, now);
    },
    accepted(leftOutCount) {
      wasAccepted = true;
      if (leftOutCount === 0 || isPressing(latest)) return;
      endMoment();
      moment = later(showLatest, MOMENT_MS);
      show(leftOutStatus(RED._, leftOutCount));
    },
    rejected(failure) {
      wasAccepted = false;
      endMoment();
      show(failureStatus(RED._, failure));
    },
    end() {
      endMoment();
      show({});
      isEnded = true;
    },
  };
}

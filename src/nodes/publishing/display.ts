import type { Node, NodeAPI, NodeStatus } from 'node-red';
import type { SenderState } from '../../delivery';
import type { Failure } from '../../result';
import {
  afterDelivery,
  failureStatus,
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
  /** A message was accepted: the next state is shown again. */
  accepted(): void;
  /** Shows why a message was not accepted, until one is: nothing else reminds of a lost message. */
  rejected(failure: Failure<RejectionKind>): void;
  /** Clears the status, for good. */
  end(): void;
}

export function createDisplay(RED: NodeAPI, node: Node, credential: PublisherSummary['credential']): Display {
  let sent = NOTHING_SENT;
  let wasAccepted = true;
  let isEnded = false;

  function show(status: NodeStatus): void {
    if (!isEnded) node.status(status);
  }

  return {
    update(state) {
      if (wasAccepted) show(queueStatus(RED._, state, { credential, sent }));
    },
    delivered(correctionMs, now) {
      sent = afterDelivery(sent, correctionMs, now);
    },
    accepted() {
      wasAccepted = true;
    },
    rejected(failure) {
      wasAccepted = false;
      show(failureStatus(RED._, failure));
    },
    end() {
      show({});
      isEnded = true;
    },
  };
}

import type { Node, NodeAPI, NodeStatus } from 'node-red';
import type { SenderState } from '../../delivery';
import type { Failure } from '../../result';
import {
  afterDelivery,
  failureStatus,
  NOTHING_SENT,
  queueStatus,
  type PublisherSummary,
  type RefusalKind,
} from './status';

/** What a publish node shows below it. */
export interface Display {
  /** The state of its destination is this now. */
  follow(state: SenderState): void;
  /** A reading of its own was delivered; see `HandledReading` for `correctionMs`. */
  delivered(correctionMs: number, now: number): void;
  /** A message was kept. */
  taken(): void;
  /** A message was not kept: that is shown until one is, because nothing else tells of it any more. */
  notTaken(failure: Failure<RefusalKind>): void;
  /** Shows nothing any more. */
  end(): void;
}

export function createDisplay(RED: NodeAPI, node: Node, credential: PublisherSummary['credential']): Display {
  let sent = NOTHING_SENT;
  let isLastTaken = true;
  let isOver = false;

  function show(status: NodeStatus): void {
    if (!isOver) node.status(status);
  }

  return {
    follow(state) {
      if (isLastTaken) show(queueStatus(RED._, state, { credential, sent }));
    },
    delivered(correctionMs, now) {
      sent = afterDelivery(sent, correctionMs, now);
    },
    taken() {
      isLastTaken = true;
    },
    notTaken(failure) {
      isLastTaken = false;
      show(failureStatus(RED._, failure));
    },
    end() {
      show({});
      isOver = true;
    },
  };
}

import type { KeptItem } from '../outbox';
import type { ServiceTime } from './transport';

/** What deliveries tell about times. */
export interface TimeSummary {
  /** Items delivered with another time than the clock gave them, by a second or more, since the sender was made. */
  readonly corrected: number;
  /** By how much the time of the last one of those was put forward, in milliseconds; 0 where there is none. */
  readonly correctionMs: number;
  /**
   * Items delivered with an estimated time: of an earlier boot of this machine, which never knew the time, or of this
   * one, which did not know it when they had waited long enough.
   */
  readonly estimated: number;
  /**
   * How far the service's clock is ahead of this machine's (negative: behind), in milliseconds, where that is more than
   * two minutes: one of the two is wrong. Otherwise undefined.
   */
  readonly serviceAheadMs: number | undefined;
}

/** What a sender has to say about times. */
export interface TimeRecord {
  /** An item was delivered. */
  delivered(item: Pick<KeptItem, 'correctionMs' | 'certainty'>): void;
  /** An answer came. */
  heard(service: ServiceTime): void;
  /** This machine's clock was set: what was heard of the service's no longer holds. */
  clockWasSet(): void;
  summary(): TimeSummary;
}

/** People read corrections in seconds. */
const SMALLEST_CORRECTION_MS = 1000;

/** A clock that is kept by a time server is nowhere near as wrong. */
const LARGEST_DIFFERENCE_MS = 120_000;

/** In whole minutes, so that the state does not change with each answer. */
const MINUTE_MS = 60_000;

export function createTimeRecord(): TimeRecord {
  let corrected = 0;
  let correctionMs = 0;
  let estimated = 0;
  let serviceAheadMs: number | undefined;

  return {
    delivered(item) {
      if (item.certainty !== 'certain') estimated += 1;
      else if (Math.abs(item.correctionMs) >= SMALLEST_CORRECTION_MS) {
        corrected += 1;
        correctionMs = item.correctionMs;
      }
    },
    heard({ aheadMs }) {
      if (aheadMs === undefined) return;
      const isWrong = Math.abs(aheadMs) > LARGEST_DIFFERENCE_MS;
      serviceAheadMs = isWrong ? Math.round(aheadMs / MINUTE_MS) * MINUTE_MS : undefined;
    },
    clockWasSet() {
      serviceAheadMs = undefined;
    },
    summary: () => ({ corrected, correctionMs, estimated, serviceAheadMs }),
  };
}

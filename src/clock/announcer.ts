import { AGREEMENT_MS, aheadOf, type RetentionTime } from './retention-time';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/**
 * What happened to this machine's clock, in words for the user.
 * - `clock-ahead`: it has jumped ahead by more than a day, and ages do not count by it yet.
 * - `clock-confirmed`: it has kept that time for long enough, and they do.
 * - `clock-back`: it has left that time again.
 */
export interface ClockNotice {
  readonly kind: 'clock-ahead' | 'clock-confirmed' | 'clock-back';
  readonly message: string;
}

export interface AnnouncerOptions {
  readonly subject: string;
  readonly report: (notice: ClockNotice) => void;
}

export interface Announcer {
  /** Takes what was announced before this start as announced. */
  readonly resume: (time: RetentionTime) => void;
  /** Reports once that the clock is ahead, and once how that ended. */
  readonly announce: (time: RetentionTime) => void;
  /** By how many days the clock has jumped ahead; 0 where it is not ahead. */
  readonly daysAhead: () => number;
}

/** An announcer for what has an age, as in `the outbox`; `report` must not throw. */
export function createAnnouncer({ subject, report }: AnnouncerOptions): Announcer {
  const hours = AGREEMENT_MS / HOUR_MS;
  /** The time that the clock had jumped to, as of the last look; undefined where it is not ahead. */
  let ahead: RetentionTime | undefined;

  function announce(time: RetentionTime): void {
    const before = ahead;
    ahead = aheadAt(time);
    if (!before === !ahead) return;
    if (!before) {
      const message = `This machine's clock has jumped ahead by ${daysOf(time)} days: nothing in ${subject} is deleted for its age by that time until the clock has kept it for ${hours} h.`;
      report({ kind: 'clock-ahead', message });
    } else if (gainedBetween(before, time) > DAY_MS / 2) {
      const message = `This machine's clock has kept its time for ${hours} h: ages in ${subject} count by it.`;
      report({ kind: 'clock-confirmed', message });
    } else {
      const message = `This machine's clock no longer is days ahead: ages in ${subject} count by it again.`;
      report({ kind: 'clock-back', message });
    }
  }

  return {
    announce,
    daysAhead: () => (ahead ? daysOf(ahead) : 0),
    resume: (time) => {
      ahead = aheadAt(time);
    },
  };
}

function daysOf(time: RetentionTime): number {
  return Math.round(aheadOf(time) / DAY_MS);
}

function aheadAt(time: RetentionTime): RetentionTime | undefined {
  return aheadOf(time) > DAY_MS ? time : undefined;
}

/** By how much the confirmed time has gone ahead of the uptime; rounding aside, it has not or by more than a day. */
function gainedBetween(before: RetentionTime, time: RetentionTime): number {
  return time.confirmed - before.confirmed - (time.uptime.ms - before.uptime.ms);
}

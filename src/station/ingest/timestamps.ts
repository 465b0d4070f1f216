import { parseTimestamp, type Present } from '../../clock';
import { success, type Result } from '../../result';
import { refuse, type Refusal } from '../protocol';

/** What the timestamps of readings are validated against. */
export interface StationPresent extends Present {
  /** Whether a time server has set this machine's clock: where it has not, the clock may be behind. */
  readonly isSynchronised: boolean;
}

/**
 * Validates a timestamp. One that is ahead of this machine's clock is refused for good only where that clock is known to
 * be right; otherwise the sender is to try again, because it may be the only one of the two that knows the time.
 * @param what names it, as in `"date"`
 */
export function checkTimestamp(
  what: string,
  value: unknown,
  present: StationPresent,
): Result<number, Refusal> {
  const timestamp = parseTimestamp(value, present);
  if (timestamp.ok) return success(timestamp.value);
  const { kind, message } = timestamp.failure;
  if (kind === 'invalid') return refuse('invalid', `${what}: ${message}.`);
  return present.isSynchronised
    ? refuse('invalid', `${what}: ${message}, which a time server has set.`)
    : refuse(
        'behind',
        `${what}: ${message}, which no time server has set: it may be behind. Set it, or send it later.`,
      );
}

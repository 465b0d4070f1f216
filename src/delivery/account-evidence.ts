/**
 * Tells whether the failures of lanes concern the account: a lane that fails while others are answered is at fault
 * itself, and lanes that worked and then fail together are not. Times are of the monotonic clock, in milliseconds.
 */
export interface AccountEvidence {
  /**
   * The service took or refused something of a lane.
   * @returns the lanes that had failed together before, where they were too many for each to be at fault itself
   */
  answered(lane: string, now: number): readonly string[];
  /** A lane failed that worked before, or was never tried. */
  failed(lane: string): void;
  /** @param areOthers whether lanes that have not failed since the last answer may have something to send */
  isAccountAtFault(areOthers: boolean, now: number): boolean;
}

/** As many lanes as are remembered at all. */
const MOST_LANES = 4096;

/** So many lanes that worked before fail together only where the account does. */
const MANY_FAILING = 3;

/** For so long, in milliseconds, an answer to one lane tells that the account works while another one fails. */
const ANSWER_COUNTS_MS = 600_000;

export function createAccountEvidence(): AccountEvidence {
  /** The lanes that failed since the last answer, and had not failed before. */
  const newlyFailing = new Set<string>();
  let lastAnswer: { readonly lane: string; readonly at: number } | undefined;

  function isAccountAtFault(areOthers: boolean, now: number): boolean {
    if (newlyFailing.size >= MANY_FAILING) return true;
    if (newlyFailing.size === 0 || areOthers) return false;
    const isProven =
      lastAnswer !== undefined &&
      !newlyFailing.has(lastAnswer.lane) &&
      now - lastAnswer.at < ANSWER_COUNTS_MS;
    return !isProven;
  }

  return {
    answered: (lane, now) => {
      const together = newlyFailing.size > 1 ? [...newlyFailing] : [];
      newlyFailing.clear();
      lastAnswer = { lane, at: now };
      return together;
    },
    failed: (lane) => {
      if (newlyFailing.size < MOST_LANES) newlyFailing.add(lane);
    },
    isAccountAtFault,
  };
}

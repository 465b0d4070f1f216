/** Why a reading may arrive more than once. */
export type Cause = 'answer lost' | 'killed after the answer' | 'power cut after the answer';

/** What an observer finds after faults; the last four must be 0. */
export interface Verdict {
  faults: number;
  /** Readings, or of a station the values, that were accepted. */
  accepted: number;
  /** Of a station: values that it gives back. */
  delivered: number;
  /** On the refused list, because the service refused them. Of a station: posts that it refused, each with a reason. */
  refused: number;
  /** Readings that were delivered more than once, by what caused it. */
  readonly duplicates: Map<Cause, number>;
  /** Accepted, and neither delivered nor refused nor kept. */
  lost: number;
  /** Not what was accepted. */
  altered: number;
  /** Delivered again without a cause, or refused without one, or never offered at all. */
  unexplained: number;
  /** A fresh reading did not get through, or what waits is no longer delivered. */
  stuck: number;
  /** Some of what is lost, altered or unexplained, in words. */
  readonly notes: string[];
}

export function emptyVerdict(): Verdict {
  return {
    faults: 0,
    accepted: 0,
    delivered: 0,
    refused: 0,
    duplicates: new Map(),
    lost: 0,
    altered: 0,
    unexplained: 0,
    stuck: 0,
    notes: [],
  };
}

/** What of a verdict must be all 0. */
export function troublesOf({ lost, altered, unexplained, stuck }: Verdict) {
  return { lost, altered, unexplained, stuck };
}

const MOST_NOTES = 20;

/** Counts a trouble, and notes what it is. */
export function countTrouble(
  verdict: Verdict,
  trouble: 'lost' | 'altered' | 'unexplained',
  note: string,
): void {
  verdict[trouble] += 1;
  if (verdict.notes.length < MOST_NOTES) verdict.notes.push(note);
}

/** Counts one reading that was delivered more than once. */
export function countDuplicate({ duplicates }: Verdict, cause: Cause): void {
  duplicates.set(cause, (duplicates.get(cause) ?? 0) + 1);
}

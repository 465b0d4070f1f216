/** The texts of a field as states over time: each holds until the field's next reading. All times in milliseconds. */
import type { TextsAnswer } from '../station/views/api';
import { positionOf } from '../station/views/api';
import type { TimeRange } from './range';

/** A text, from the reading that brought it to the one that ended it. */
export interface State {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/**
 * @param texts newest first, as the station lists them
 * @param others the times of the field's readings that are no texts, ascending
 * @param until the time up to which the field's readings are known, at which the newest of them ends; one that is dated
 *   later has no length
 * @returns oldest first; a text that came several times without another reading between is one state
 */
export function statesOf(texts: TextsAnswer, others: readonly number[], until: number): State[] {
  const states: State[] = [];
  for (const [index, { timestamp, value }] of texts.entries()) {
    const nextText = texts[index - 1]?.timestamp ?? Infinity;
    const nextOther = others[positionOf(others, timestamp)] ?? Infinity;
    const to = Math.max(Math.min(nextText, nextOther, until), timestamp);
    const later = states.at(-1);
    const isSame = later?.text === value && later.from === to;
    if (isSame) states.pop();
    states.push({ text: value, from: timestamp, to: isSame ? later.to : to });
  }
  return states.toReversed();
}

/**
 * The states that can be told apart where a range is divided into so many columns. Of those that end in the same column
 * it is the first: the others begin and end within it.
 * @param states oldest first
 */
export function distinctStates(states: readonly State[], { from, to }: TimeRange, columns: number): State[] {
  let column = -Infinity;
  return states.filter((state) => {
    if (state.to < from || state.from > to) return false;
    const end = Math.floor(((Math.min(state.to, to) - from) / (to - from)) * columns);
    const isDistinct = end > column;
    column = end;
    return isDistinct;
  });
}

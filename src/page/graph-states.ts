/** The texts of a graph's fields: read, drawn as bars on the graph's time axis, and told at the cursor. */
import { SOON_MS, type TextsAnswer } from '../station/views/api';
import { readTexts, type FieldId } from './api';
import type { Context } from './context';
import { element } from './dom';
import { hasKind, newestOf, type GraphContent } from './fields';
import type { TimeRange } from './range';
import { readRangeTexts, type RangeTexts } from './range-texts';
import type { SourceId } from './route';
import type { Series } from './series';
import { labelOfState, StateBars } from './state-bars';
import { statesOf, type State } from './states';

interface TextsOfLine {
  readonly line: number;
  readonly id: FieldId;
  readonly bars: StateBars;
  /** Newest first. */
  texts: TextsAnswer;
  /** The time of the oldest text that is drawn, where older ones of the range are not. */
  since: number | undefined;
  states: readonly State[];
}

/** What the station answered. */
export interface ReadTexts {
  readonly texts: readonly RangeTexts[];
  /** The time up to which that are all texts: for ever where those that come after arrive live. */
  readonly until: number;
}

export class GraphStates {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #lines: readonly TextsOfLine[];
  #until = Infinity;

  constructor(context: Context, source: SourceId, { fields }: GraphContent) {
    this.#context = context;
    this.#lines = fields.flatMap(({ field }, line) => {
      if (!hasKind(field, 'text')) return [];
      const id = { source, field: field.name };
      return [{ line, id, bars: new StateBars(context.formats), texts: [], since: undefined, states: [] }];
    });
    const rows = this.#lines.map(({ bars }) => bars.element);
    this.element = element('div', { class: 'state-rows' }, ...rows);
  }

  /** Whether no bar is shown. */
  get isEmpty(): boolean {
    return this.#lines.every(({ bars }) => bars.element.hidden);
  }

  /** The time from which on all texts are drawn, where that is not the whole range. */
  get since(): number | undefined {
    const times = this.#lines.flatMap(({ since }) => since ?? []);
    return times.length > 0 ? Math.max(...times) : undefined;
  }

  /** Asks the station for the texts of a range; `take` draws what it answers. */
  async read(range: TimeRange, signal: AbortSignal): Promise<ReadTexts> {
    const { now } = this.#context.station;
    // The end of a range that moves on with the time may be some seconds old, and a clock may be fast by some.
    const isUntilNow = range.to > now - SOON_MS;
    const asked = isUntilNow ? { from: range.from, to: Math.max(range.to, now + SOON_MS) } : range;
    const texts = await Promise.all(
      this.#lines.map(({ id }) => readRangeTexts(asked, (part, count) => readTexts(id, part, count, signal))),
    );
    return { texts, until: isUntilNow ? Infinity : range.to };
  }

  take({ texts, until }: ReadTexts): void {
    this.#until = until;
    for (const [index, each] of this.#lines.entries()) {
      each.texts = texts[index]?.texts ?? [];
      each.since = texts[index]?.since;
    }
  }

  /** Adds a text that arrived. */
  add(line: number, timestamp: number, value: string): void {
    const found = this.#lines.find((each) => each.line === line);
    if (!found || found.texts.some((each) => each.timestamp === timestamp)) return;
    found.texts = [{ timestamp, value }, ...found.texts].toSorted(
      (one, other) => other.timestamp - one.timestamp,
    );
  }

  /**
   * Draws the states that a range has now: the newest one grows with the time.
   * @param seriesOf the other readings of a line of the graph
   */
  draw(seriesOf: (line: number) => Series | undefined, range: TimeRange): void {
    const until = Math.min(this.#until, this.#context.station.now);
    for (const each of this.#lines) {
      const times = seriesOf(each.line)?.times ?? [];
      each.states = statesOf(each.texts, times, until);
      each.bars.draw(each.states, range);
      // The kind that most readings of the range have is the larger one.
      const isIn = (time: number) => time >= range.from && time <= range.to;
      const texts = each.texts.filter(({ timestamp }) => isIn(timestamp)).length;
      each.bars.element.classList.toggle('is-main', texts > times.filter(isIn).length);
    }
  }

  /** The text of a line at a time, or its newest value where that is one; undefined where it has none. */
  textAt(line: number, time: number | undefined): string | undefined {
    const found = this.#lines.find((each) => each.line === line);
    if (!found) return undefined;
    if (time !== undefined) {
      const state = found.states.findLast(({ from, to }) => from <= time && time <= to);
      return state && labelOfState(state, this.#context.formats);
    }
    const { source, field: name } = found.id;
    const field = this.#context.station.find(source)?.fields.find((each) => each.name === name);
    const value = field && newestOf(field)?.value;
    return typeof value === 'string' ? value : undefined;
  }
}

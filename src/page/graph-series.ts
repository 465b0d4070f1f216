/** The numbers of a graph's fields, one series for each line, and what can be read of them. */
import { SOON_MS, type FieldAnswer, type GapRule } from '../station/views/api';
import { readSeries, type FieldId } from './api';
import type { Context } from './context';
import { newestOf, type GraphContent } from './fields';
import type { TimeRange } from './range';
import type { SourceId } from './route';
import {
  extremes,
  insert,
  isGapUnknown,
  lastReading,
  neighbour,
  readAt,
  seriesOf,
  withUnconfirmed,
  type Reading,
  type Series,
} from './series';

export class GraphSeries {
  readonly #context: Context;
  readonly #source: SourceId;
  readonly #content: GraphContent;
  #lines: readonly (Series | undefined)[];

  constructor(context: Context, source: SourceId, content: GraphContent) {
    this.#context = context;
    this.#source = source;
    this.#content = content;
    this.#lines = content.fields.map(() => undefined);
  }

  /** One for each line; undefined where it has not been read yet. */
  get lines(): readonly (Series | undefined)[] {
    return this.#lines;
  }

  /** All that is drawn of a line: its unconfirmed readings as well. */
  drawnOf(line: number): Series | undefined {
    const series = this.#lines[line];
    return series && withUnconfirmed(series);
  }

  get isRead(): boolean {
    return this.#known.length > 0;
  }

  /** Whether there are now enough readings to tell what a gap is, and were not when they were read. */
  get isGapUnknown(): boolean {
    return this.#known.some(isGapUnknown);
  }

  /** The width of the widest time buckets, in milliseconds; 0 where all readings are drawn. */
  get bucketMs(): number {
    return Math.max(0, ...this.#known.map((series) => series.bucketMs));
  }

  /**
   * Asks the station for a range; `take` shows what it answers.
   * @param points how many there may be of a line, at most
   */
  read(range: TimeRange, points: number, signal: AbortSignal): Promise<readonly Series[]> {
    return Promise.all(
      this.#content.fields.map(async ({ field }) => {
        const gap = this.#ruleOf(field);
        return seriesOf(await readSeries(this.#idOf(field), range, { points, gap }, signal), gap);
      }),
    );
  }

  /** @param series one for each line */
  take(series: readonly Series[]): void {
    this.#lines = series;
  }

  /** Adds a reading that arrived, to a line that has been read. */
  add(line: number, time: number, value: number): void {
    const series = this.#lines[line];
    if (series) insert(series, time, value);
  }

  /** @param slackMs how precisely people point, in milliseconds */
  readingAt(line: number, time: number, slackMs: number): Reading | undefined {
    const series = this.drawnOf(line);
    return series && readAt(series, time, slackMs, this.#isSwitch);
  }

  extremes(line: number, range: TimeRange): ReturnType<typeof extremes> {
    const series = this.drawnOf(line);
    return series && extremes(series, range);
  }

  /** The time of the next reading of any line. @param direction 1 is later, -1 earlier */
  neighbour(time: number, direction: 1 | -1): number | undefined {
    return neighbour(this.#known.map(withUnconfirmed), time, direction);
  }

  /** The newest reading of a line. One that is ahead of the station's clock does not hide those that are not. */
  latest(line: number): Reading | undefined {
    const { station } = this.#context;
    const latest = this.#newest(line);
    if (!latest || typeof latest.value === 'string') return undefined;
    const value = Number(latest.value);
    const newest = { time: latest.timestamp, value, low: value, high: value };
    if (newest.time <= station.now + SOON_MS) return newest;
    const series = this.drawnOf(line);
    return (series && lastReading(series, station.now)) ?? newest;
  }

  /** The time of the newest reading of all lines, texts as well; undefined where there never was one. */
  get latestTime(): number | undefined {
    const times = this.#content.fields.flatMap(
      (_, line) => this.latest(line)?.time ?? this.#newest(line)?.timestamp ?? [],
    );
    return times.length > 0 ? Math.max(...times) : undefined;
  }

  #newest(line: number): FieldAnswer['latest'] {
    const name = this.#content.fields[line]?.field.name;
    const found = this.#context.station.find(this.#source)?.fields.find((field) => field.name === name);
    return found && newestOf(found);
  }

  get #known(): Series[] {
    return this.#lines.filter((series) => series !== undefined);
  }

  get #isSwitch(): boolean {
    return this.#content.kind === 'boolean';
  }

  #idOf({ name }: FieldAnswer): FieldId {
    return { source: this.#source, field: name };
  }

  #ruleOf(field: FieldAnswer): GapRule {
    const { gaps } = this.#context;
    const id = this.#idOf(field);
    return this.#isSwitch ? gaps.ruleOfSwitch(id) : gaps.ruleOf(id);
  }
}

/** One value of a card in the overview, with its small line. */
import type { FieldAnswer, SourceAnswer } from '../station/views/api';
import { readSeries } from './api';
import { ageElement } from './age';
import type { Context } from './context';
import { element, setText } from './dom';
import { labelOf, tellValue, type ColouredField } from './fields';
import { colourNumber } from './graph';
import { HOUR_MS, type TimeRange } from './range';
import { insert, isGapUnknown, seriesOf, type Series } from './series';
import { drawSparkline, sparkline } from './sparkline';

/** Points of a small line: two for each of its pixels would be more than is seen. */
const POINTS = 240;

/** Values that a small line has at most, with those that arrived: then it is read anew, thinned out. */
const MOST_POINTS = 4 * POINTS;

/** A field that is so much older than the newest one of its source tells its own age, in milliseconds. */
const OLD_FIELD_MS = HOUR_MS;

export class FieldRow {
  readonly element: HTMLElement;
  readonly hasLine: boolean;
  readonly #context: Context;
  readonly #source: SourceAnswer;
  readonly #value = element('span', {});
  readonly #line: SVGSVGElement;
  #field: FieldAnswer;
  /** When the newest value of the source is from; undefined where there is none. */
  #newest: number | undefined;
  #series: Series | undefined;

  constructor(context: Context, source: SourceAnswer, { field, colour }: ColouredField) {
    this.#context = context;
    this.#source = source;
    this.#field = field;
    this.#newest = newestOf(source);
    this.hasLine = field.type === 'number' && field.latest !== undefined;
    this.#line = sparkline();
    this.#line.classList.add(`series-${colourNumber(colour)}`);
    const age = ageElement(context, () => this.#oldTime);
    this.element = element(
      'div',
      { class: `field ${field.type}` },
      element('dt', { title: field.name }, labelOf(field), age),
      element('dd', { class: 'value' }, this.#value, element('span', { class: 'unit' }, unitOf(field))),
      ...(this.hasLine ? [element('dd', { class: 'line-place' }, this.#line)] : []),
    );
    this.#tell();
  }

  /** After so much time without a value there is a gap; infinite where that is not known. */
  get gapMs(): number {
    return this.#series?.gapMs ?? Infinity;
  }

  /** Whether so much arrived since it was read that it has to be read anew. */
  get isOutgrown(): boolean {
    return (
      this.#series !== undefined && (this.#series.times.length > MOST_POINTS || isGapUnknown(this.#series))
    );
  }

  /** When its value is from, where that is not told by the age of the source. */
  get #oldTime(): number | undefined {
    const time = this.#field.latest?.timestamp;
    if (time === undefined || this.#newest === undefined) return undefined;
    return this.#newest - time >= OLD_FIELD_MS ? time : undefined;
  }

  /** Nobody sees the line: it is read anew when somebody does. */
  forget(): void {
    this.#series = undefined;
  }

  async load(range: TimeRange): Promise<void> {
    if (!this.hasLine) return;
    const { signal } = this.#context;
    try {
      const id = { source: this.#source, field: this.#field.name };
      this.#series = seriesOf(await readSeries(id, range, POINTS, signal));
    } catch {
      // The value is there without its line; the next reading of all sources tries again.
    }
  }

  update(source: SourceAnswer): void {
    this.#newest = newestOf(source);
    const field = source.fields.find(({ name }) => name === this.#field.name);
    if (!field || field === this.#field) return;
    this.#field = field;
    const { latest } = field;
    if (latest && typeof latest.value === 'number' && this.#series) {
      insert(this.#series, latest.timestamp, latest.value);
    }
    this.#tell();
  }

  draw(range: TimeRange): void {
    if (this.#series) drawSparkline(this.#line, this.#series, range);
  }

  #tell(): void {
    const { latest } = this.#field;
    const value = latest?.value ?? '–';
    // The unit has a place of its own, in smaller letters.
    setText(
      this.#value,
      typeof value === 'number'
        ? this.#context.formats.number(value)
        : tellValue(this.#field, value, this.#context),
    );
  }
}

function unitOf({ unit, type, latest }: FieldAnswer): string {
  return unit && type === 'number' && latest ? `\u00a0${unit}` : '';
}

function newestOf({ fields }: SourceAnswer): number | undefined {
  const times = fields.flatMap(({ latest }) => latest?.timestamp ?? []);
  return times.length > 0 ? Math.max(...times) : undefined;
}

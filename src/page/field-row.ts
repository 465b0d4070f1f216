/** One value of a card in the overview, with its sparkline. */
import type { FieldAnswer, SourceAnswer } from '../station/views/api';
import { readSeries } from './api';
import { ageElement } from './age';
import type { Context } from './context';
import { element, setText } from './dom';
import { hasSparkline, labelOf, newestOf, tellValue, type ColouredField } from './fields';
import { colourNumber } from './graph-lines';
import { SPARKLINE_POINTS } from './points';
import { HOUR_MS, type TimeRange } from './range';
import { insert, isGapUnknown, seriesOf, type Series } from './series';
import { drawSparkline, sparkline } from './sparkline';

/** Values that a sparkline has at most, with those that arrived live: beyond this it is read anew, downsampled. */
const MOST_POINTS = 4 * SPARKLINE_POINTS;

/** A value that is so much older than the newest one of its source shows its own age, in milliseconds. */
const OLD_FIELD_MS = HOUR_MS;

export class FieldRow {
  readonly element: HTMLElement;
  readonly hasLine: boolean;
  readonly #context: Context;
  readonly #source: SourceAnswer;
  readonly #value = element('span', {});
  readonly #words = element('span', { class: 'not-confirmed' });
  readonly #line: SVGSVGElement;
  #field: FieldAnswer;
  /** The time of the source's newest value; undefined where there is none. */
  #newest: number | undefined;
  #series: Series | undefined;
  /** Whether its unconfirmed readings are others than those of the sparkline. */
  #isOutdated = false;

  constructor(context: Context, source: SourceAnswer, { field, colour }: ColouredField) {
    this.#context = context;
    this.#source = source;
    this.#field = field;
    this.#newest = newestTimeOf(source);
    this.hasLine = hasSparkline(field);
    this.#line = sparkline();
    this.#line.classList.add(`series-${colourNumber(colour)}`);
    const age = ageElement(context, () => this.#oldTime);
    this.element = element(
      'div',
      { class: `field ${this.hasLine ? 'number' : field.type}` },
      element('dt', { title: field.name }, labelOf(field), age, this.#words),
      element('dd', { class: 'value' }, this.#value, element('span', { class: 'unit' }, unitOf(field))),
      ...(this.hasLine ? [element('dd', { class: 'line-place' }, this.#line)] : []),
    );
    this.#update();
  }

  /** Whether so much arrived since the last reading that the sparkline has to be read anew. */
  get isOutgrown(): boolean {
    return (
      this.#series !== undefined &&
      (this.#isOutdated || this.#series.times.length > MOST_POINTS || isGapUnknown(this.#series))
    );
  }

  /** The time of its value, where the age of the source does not cover it. */
  get #oldTime(): number | undefined {
    const time = newestOf(this.#field)?.timestamp;
    if (time === undefined || this.#newest === undefined) return undefined;
    return this.#newest - time >= OLD_FIELD_MS ? time : undefined;
  }

  /** Drops the sparkline while it is out of sight; it is read anew when it is visible again. */
  forget(): void {
    this.#series = undefined;
  }

  async load(range: TimeRange): Promise<void> {
    if (!this.hasLine) return;
    const { signal } = this.#context;
    try {
      const id = { source: this.#source, field: this.#field.name };
      this.#isOutdated = false;
      const gap = this.#context.gaps.ruleOf(id);
      this.#series = seriesOf(await readSeries(id, range, { points: SPARKLINE_POINTS, gap }, signal), gap);
    } catch {
      // The value is shown without its sparkline; the next reading of all sources tries again.
    }
  }

  update(source: SourceAnswer): void {
    this.#newest = newestTimeOf(source);
    const field = source.fields.find(({ name }) => name === this.#field.name);
    if (!field || field === this.#field) return;
    this.#isOutdated ||= this.#field.unconfirmed !== undefined || field.unconfirmed !== undefined;
    this.#field = field;
    const { latest } = field;
    if (latest && typeof latest.value === 'number' && this.#series) {
      insert(this.#series, latest.timestamp, latest.value);
    }
    this.#update();
  }

  draw(range: TimeRange): void {
    if (this.#series) drawSparkline(this.#line, this.#series, range);
  }

  #update(): void {
    const value = newestOf(this.#field)?.value ?? '–';
    setText(this.#words, this.#field.unconfirmed ? this.#context.texts.time.notConfirmed : '');
    // The unit is an element of its own, in smaller letters.
    setText(
      this.#value,
      typeof value === 'number'
        ? this.#context.formats.number(value)
        : tellValue(this.#field, value, this.#context),
    );
  }
}

function unitOf(field: FieldAnswer): string {
  const { unit, type } = field;
  return unit && type === 'number' && newestOf(field) ? `\u00a0${unit}` : '';
}

function newestTimeOf({ fields }: SourceAnswer): number | undefined {
  const times = fields.flatMap((field) => newestOf(field)?.timestamp ?? []);
  return times.length > 0 ? Math.max(...times) : undefined;
}

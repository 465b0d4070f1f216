/** A sensor or device in the overview: its latest values, how they went, and its latest picture. */
import type { FieldAnswer, SourceAnswer } from '../views-api';
import { readSeries, thumbnailUrl } from './api';
import { ageElement } from './age';
import type { Context } from './context';
import { element, icon, setText } from './dom';
import { colouredFields, labelOf, tellValue, type ColouredField } from './fields';
import { colourNumber } from './graph';
import { DAY_MS, HOUR_MS, type TimeRange } from './range';
import { formatRoute } from './route';
import { insert, isGapUnknown, seriesOf, type Series } from './series';
import { drawSparkline, sparkline } from './sparkline';
import { fill } from './texts';

/** More fields than these are told by their number: a card is no table. */
const FIELDS_SHOWN = 6;

/** Points of a small line: two for each of its pixels would be more than is seen. */
const POINTS = 240;

/** Values that a small line has at most, with those that arrived: then it is read anew, thinned out. */
const MOST_POINTS = 4 * POINTS;

/** Readings that make one necessary are mostly followed by others, so it waits, in milliseconds. */
const LOAD_SOON_MS = 3000;

/** A field that is so much older than the newest one of its source tells its own age, in milliseconds. */
const OLD_FIELD_MS = HOUR_MS;

/** Where nothing is known of how often a source sends, a day and an hour without a word is silence. */
const DEFAULT_SILENCE_MS = 25 * 3_600_000;

/** Two missed readings of a fast sensor are no silence yet. */
const SHORTEST_SILENCE_MS = 60_000;

export class SourceCard {
  readonly element: HTMLElement;
  /** See `shapeOf`. */
  readonly shape: string;
  readonly #life = new AbortController();
  readonly #context: Context;
  readonly #fields: readonly FieldRow[];
  readonly #silence: HTMLElement;
  readonly #window = element('p', { class: 'quiet window' });
  readonly #thumbnail: HTMLImageElement | undefined;
  #source: SourceAnswer;
  #isNear = false;
  #isLoaded = false;
  #loadingSoon = 0;

  constructor(view: Context, source: SourceAnswer) {
    const context = { ...view, signal: this.#life.signal };
    view.signal.addEventListener('abort', () => this.destroy(), context);
    const { texts } = context;
    this.#context = context;
    this.#source = source;
    this.shape = shapeOf(source);
    const shown = source.fields.filter(({ type }) => type !== 'image').slice(0, FIELDS_SHOWN);
    const coloured = new Map(colouredFields(source.fields).map((one) => [one.field.name, one]));
    this.#fields = shown.map(
      (field) => new FieldRow(context, source, coloured.get(field.name) ?? { field, colour: 0 }),
    );
    this.#silence = element('p', { class: 'silence', hidden: true }, icon('alert'), texts.overview.silent);
    this.#thumbnail = latestPicture(source)
      ? element('img', { loading: 'lazy', width: 320, height: 240 })
      : undefined;
    const more =
      source.fields.length - shown.length - source.fields.filter(({ type }) => type === 'image').length;
    this.element = element(
      'article',
      { class: 'card source-card' },
      this.#heading(),
      this.#silence,
      element('dl', {}, ...this.#fields.map((row) => row.element)),
      ...(more > 0
        ? [element('p', { class: 'quiet' }, fill(texts.overview.more, { count: String(more) }))]
        : []),
      ...(source.lastSeen === undefined ? [element('p', { class: 'quiet' }, texts.overview.nothing)] : []),
      this.#window,
      ...(this.#thumbnail ? [this.#thumbnail] : []),
    );
    this.#watchNearness();
    context.tick.listen(() => this.#tell(), context.signal);
    context.signal.addEventListener('abort', () => clearTimeout(this.#loadingSoon));
    this.#tell();
  }

  destroy(): void {
    this.#life.abort();
  }

  /** Takes what is known of the source now, and what of it arrived last. */
  update(source: SourceAnswer): void {
    this.#source = source;
    for (const row of this.#fields) row.update(source);
    if (this.#fields.some((row) => row.isOutgrown)) this.loadSoon();
    this.#tell();
  }

  /** Reads what the small lines show, now or when they are scrolled to. */
  load(): void {
    this.#isLoaded = false;
    if (this.#isNear) void this.#load();
    else for (const row of this.#fields) row.forget();
  }

  /** Reads it in a moment, together with what else makes that necessary until then. */
  loadSoon(): void {
    if (this.#loadingSoon !== 0) return;
    this.#loadingSoon = window.setTimeout(() => {
      this.#loadingSoon = 0;
      this.load();
    }, LOAD_SOON_MS);
  }

  #heading(): HTMLElement {
    const { kind, name } = this.#source;
    const { texts } = this.#context;
    const link = element('a', { href: formatRoute({ view: 'source', kind, name }) }, name);
    return element(
      'header',
      {},
      element('h2', {}, link),
      element(
        'p',
        { class: 'quiet' },
        texts.kind[kind],
        ageElement(this.#context, () => this.#source.lastSeen),
      ),
    );
  }

  #watchNearness(): void {
    const observer = new IntersectionObserver(
      (entries) => {
        this.#isNear = entries.at(-1)?.isIntersecting ?? false;
        if (this.#isNear && !this.#isLoaded) void this.#load();
      },
      { rootMargin: '200px' },
    );
    observer.observe(this.element);
    this.#context.signal.addEventListener('abort', () => observer.disconnect());
  }

  async #load(): Promise<void> {
    this.#isLoaded = true;
    const range = this.#range;
    await Promise.all(this.#fields.map((row) => row.load(range)));
    this.#tell();
  }

  /** The last day; less where the source began later. */
  get #range(): TimeRange {
    const to = this.#context.station.now;
    const first = Math.min(...this.#source.fields.map((field) => field.first ?? Infinity));
    return { from: Math.min(Math.max(first, to - DAY_MS), to - SHORTEST_SILENCE_MS), to };
  }

  #tell(): void {
    const { texts, formats, station } = this.#context;
    const range = this.#range;
    for (const row of this.#fields) row.draw(range);
    const hasLines = this.#fields.some(({ hasLine }) => hasLine);
    setText(
      this.#window,
      hasLines ? fill(texts.overview.window, { time: formats.duration(range.to - range.from) }) : '',
    );
    const { lastSeen } = this.#source;
    const gaps = this.#fields.map(({ gapMs }) => gapMs).filter(Number.isFinite);
    const limit = gaps.length > 0 ? Math.max(Math.min(...gaps), SHORTEST_SILENCE_MS) : DEFAULT_SILENCE_MS;
    const isSilent = lastSeen !== undefined && station.now - lastSeen > limit;
    this.#silence.hidden = !isSilent;
    this.element.classList.toggle('is-silent', isSilent);
    this.#showPicture();
  }

  #showPicture(): void {
    const picture = latestPicture(this.#source);
    if (!picture || !this.#thumbnail) return;
    const url = thumbnailUrl(picture.id);
    if (this.#thumbnail.getAttribute('src') === url) return;
    const { formats, texts } = this.#context;
    const name = `${this.#source.name}, ${picture.label}`;
    this.#thumbnail.alt = fill(texts.picture.alt, { name, time: formats.time(picture.timestamp) });
    this.#thumbnail.src = url;
  }
}

/** One value of a card, with its small line. */
class FieldRow {
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

function latestPicture({ fields }: SourceAnswer) {
  const pictures = fields.flatMap((field) => {
    if (field.type !== 'image' || !field.latest) return [];
    return [{ id: String(field.latest.value), timestamp: field.latest.timestamp, label: labelOf(field) }];
  });
  return pictures.toSorted((one, other) => other.timestamp - one.timestamp)[0];
}

/** What a card is made of, apart from the values: where it differs, the card must be made anew. */
export function shapeOf({ fields, lastSeen }: SourceAnswer): string {
  const described = fields.map(({ name, label, unit, type, latest }) => [
    name,
    label,
    unit,
    type,
    latest !== undefined,
  ]);
  return JSON.stringify([described, lastSeen !== undefined]);
}

/** A sensor or device in the overview: its latest values with sparklines, and its latest picture. */
import type { SourceAnswer } from '../station/views/api';
import { thumbnailUrl } from './api';
import { ageElement } from './age';
import type { Context } from './context';
import { element, icon, setText } from './dom';
import { FieldRow } from './field-row';
import { cardFields, colouredFields, firstOf, labelOf, newestOf } from './fields';
import { sparklineRange, type TimeRange } from './range';
import { formatRoute } from './route';
import { fill } from './texts';
import { aheadNote, laterNote } from './time-notes';
import { showInvisible } from '../visible-text';

/** Pause before data are read anew, in milliseconds: readings that make it necessary rarely come alone. */
const LOAD_SOON_MS = 3000;

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
    const shown = cardFields(source.fields);
    const coloured = new Map(colouredFields(source.fields).map((one) => [one.field.name, one]));
    this.#fields = shown.map(
      (field) => new FieldRow(context, source, coloured.get(field.name) ?? { field, colour: 0 }),
    );
    this.#silence = element('p', { class: 'silence', hidden: true }, icon('alert'), texts.overview.silent);
    this.#thumbnail = latestPicture(source)
      ? element('img', { loading: 'lazy', width: 320, height: 240 })
      : undefined;
    // Else there would be a browser's sign for a broken picture; what is wrong with it is said in the source's own view.
    this.#thumbnail?.addEventListener('error', ({ target }) => {
      if (target instanceof HTMLElement) target.hidden = true;
    });
    const more =
      source.fields.length - shown.length - source.fields.filter(({ type }) => type === 'image').length;
    this.element = element(
      'article',
      { class: 'card source-card' },
      this.#heading(),
      this.#silence,
      aheadNote(context, source),
      laterNote(context, source),
      element('dl', {}, ...this.#fields.map((row) => row.element)),
      ...(more > 0
        ? [element('p', { class: 'quiet' }, fill(texts.overview.more, { count: String(more) }))]
        : []),
      ...(source.lastSeen === undefined ? [element('p', { class: 'quiet' }, texts.overview.nothing)] : []),
      this.#window,
      ...(this.#thumbnail ? [this.#thumbnail] : []),
    );
    this.#watchNearness();
    context.tick.listen(() => this.#update(), context.signal);
    context.signal.addEventListener('abort', () => clearTimeout(this.#loadingSoon));
    this.#update();
  }

  destroy(): void {
    this.#life.abort();
  }

  /** Updates the card with the source as it is now, and with what arrived last. */
  update(source: SourceAnswer): void {
    this.#source = source;
    for (const row of this.#fields) row.update(source);
    if (this.#fields.some((row) => row.isOutgrown)) this.loadSoon();
    this.#update();
  }

  /** Reads the data of the sparklines, now or when they are scrolled into view. */
  load(): void {
    this.#isLoaded = false;
    if (this.#isNear) void this.#load();
    else for (const row of this.#fields) row.forget();
  }

  /** Reads the data after a pause, once for all reasons that come up within it. */
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
    this.#update();
  }

  get #range(): TimeRange {
    return sparklineRange(firstOf(this.#source.fields), this.#context.station.now);
  }

  #update(): void {
    const { texts, formats, station } = this.#context;
    const range = this.#range;
    for (const row of this.#fields) row.draw(range);
    const hasLines = this.#fields.some(({ hasLine }) => hasLine);
    setText(
      this.#window,
      hasLines ? fill(texts.overview.window, { time: formats.duration(range.to - range.from) }) : '',
    );
    const isSilent = station.isSilent(this.#source);
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
    this.#thumbnail.alt = showInvisible(
      fill(texts.picture.alt, { name, time: formats.time(picture.timestamp) }),
    );
    this.#thumbnail.hidden = false;
    this.#thumbnail.src = url;
  }
}

function latestPicture({ fields }: SourceAnswer) {
  const pictures = fields.flatMap((field) => {
    if (field.type !== 'image' || !field.latest) return [];
    return [{ id: String(field.latest.value), timestamp: field.latest.timestamp, label: labelOf(field) }];
  });
  return pictures.toSorted((one, other) => other.timestamp - one.timestamp)[0];
}

/** The parts of a card, without the values: where this text differs, the card must be created anew. */
export function shapeOf({ fields, lastSeen }: SourceAnswer): string {
  const described = fields.map((field) => {
    const { name, label, unit, type } = field;
    return [name, label, unit, type, newestOf(field) !== undefined];
  });
  return JSON.stringify([described, lastSeen !== undefined]);
}

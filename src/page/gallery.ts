/** A field's pictures as thumbnails, newest first, more on demand; each opens in the lightbox. */
import type { PictureAnswer } from '../station/views/api';
import { readPictures, thumbnailUrl, type FieldId } from './api';
import type { Context } from './context';
import { arrange, button, element, setText } from './dom';
import { largeText, type Lightbox, type PictureRow } from './lightbox';
import { Notice, reasonOf } from './notice';
import { fill } from './texts';

/** Pictures in one page of the gallery: a large one, and four rows of small ones beside the graphs. */
const FIRST_PAGE = 9;
const OLDER_PAGE = 24;

export class Gallery implements PictureRow {
  readonly element: HTMLElement;
  readonly name: string;
  readonly #context: Context;
  readonly #id: FieldId;
  readonly #lightbox: Lightbox;
  readonly #list = element('ul', { class: 'thumbnails' });
  readonly #notice = new Notice();
  readonly #older: HTMLButtonElement;
  readonly #until = element('p', { class: 'quiet' });
  #pictures: readonly PictureAnswer[] = [];
  #before: number | undefined;
  #loading: AbortController | undefined;

  /** @param label what the field is called */
  constructor(context: Context, id: FieldId, label: string, lightbox: Lightbox) {
    this.#context = context;
    this.#id = id;
    this.#lightbox = lightbox;
    this.name = `${id.source.name}, ${label}`;
    this.#older = button(
      context.texts.picture.more,
      { class: 'button', hidden: true },
      () => void this.loadOlder(),
    );
    this.element = element(
      'section',
      { class: 'card gallery', 'aria-label': label },
      element('header', {}, element('h2', {}, label), this.#until),
      this.#list,
      this.#notice.element,
      this.#older,
    );
    context.signal.addEventListener('abort', () => this.#loading?.abort());
  }

  get pictures(): readonly PictureAnswer[] {
    return this.#pictures;
  }

  /** @param before only pictures before this time; undefined begins with the newest */
  async show(before: number | undefined): Promise<void> {
    this.#before = before;
    const { texts, formats } = this.#context;
    setText(
      this.#until,
      before === undefined ? '' : fill(texts.picture.until, { time: formats.time(before) }),
    );
    await this.#load(before, () => []);
  }

  /** Reads the newest pictures after one arrived, unless older ones are being looked at. */
  async arrived(): Promise<void> {
    if (this.#before !== undefined) return;
    const hasPaged = this.#pictures.length > FIRST_PAGE;
    await this.#load(undefined, (fresh) => (hasPaged ? olderThan(fresh, this.#pictures) : []));
  }

  async loadOlder(): Promise<boolean> {
    if (this.#older.hidden) return false;
    const count = this.#pictures.length;
    const known = this.#pictures;
    await this.#load(known.at(-1)?.timestamp ?? this.#before, () => [], known);
    return this.#pictures.length > count;
  }

  focus({ timestamp }: PictureAnswer): void {
    this.#list.querySelector<HTMLElement>(`[data-timestamp="${timestamp}"]`)?.focus();
  }

  /**
   * @param after returns the pictures to show after those that were read
   * @param first the pictures to show before them
   */
  async #load(
    before: number | undefined,
    after: (fresh: readonly PictureAnswer[]) => readonly PictureAnswer[],
    first: readonly PictureAnswer[] = [],
  ): Promise<void> {
    this.#loading?.abort();
    const loading = new AbortController();
    this.#loading = loading;
    try {
      const { pictures, more } = await readPictures(
        this.#id,
        before,
        first.length > 0 ? OLDER_PAGE : FIRST_PAGE,
        loading.signal,
      );
      const rest = after(pictures);
      this.#pictures = [...first, ...pictures, ...rest];
      this.#notice.hide();
      if (rest.length === 0) this.#older.hidden = !more;
      this.#render();
    } catch (error) {
      if (loading.signal.aborted) return;
      const { texts } = this.#context;
      const reason = reasonOf(error, texts);
      this.#notice.show(
        fill(texts.failure.pictures, { reason }),
        texts.failure.again,
        () => void this.show(this.#before),
      );
    }
  }

  #render(): void {
    const existing = new Map([...this.#list.children].map((item) => [item.getAttribute('data-key'), item]));
    const items = this.#pictures.map((picture) => existing.get(keyOf(picture)) ?? this.#item(picture));
    arrange(this.#list, items);
    if (items.length === 0) this.#notice.show(this.#context.texts.picture.none);
  }

  #item(picture: PictureAnswer): HTMLLIElement {
    const { formats } = this.#context;
    const time = formats.time(picture.timestamp);
    const image = picture.isLarge ? this.#largePicture(picture, time) : this.#thumbnail(picture, time);
    const opener = button(image, { class: 'thumbnail', 'data-timestamp': picture.timestamp }, () =>
      this.#lightbox.open(this, picture),
    );
    return element(
      'li',
      { 'data-key': keyOf(picture) },
      opener,
      element('span', { class: 'caption' }, formats.shortTime(picture.timestamp)),
    );
  }

  #thumbnail({ id }: PictureAnswer, time: string): HTMLElement {
    const { picture } = this.#context.texts;
    const image = element('img', {
      src: thumbnailUrl(id),
      alt: fill(picture.alt, { name: this.name, time }),
      loading: 'lazy',
      decoding: 'async',
      width: 320,
      height: 240,
    });
    // Else there would be a browser's sign for a broken picture.
    image.addEventListener('error', () =>
      image.replaceWith(element('span', { class: 'missing-picture' }, picture.broken)),
    );
    return image;
  }

  /** What stands in the place of a picture that is shown on demand only. */
  #largePicture(picture: PictureAnswer, time: string): HTMLElement {
    const name = fill(this.#context.texts.picture.alt, { name: this.name, time });
    return element(
      'span',
      { class: 'large-picture' },
      element('span', { class: 'hidden' }, `${name}: `),
      largeText(this.#context, picture),
    );
  }
}

function keyOf({ timestamp, id }: PictureAnswer): string {
  return `${timestamp} ${id}`;
}

function olderThan(
  fresh: readonly PictureAnswer[],
  pictures: readonly PictureAnswer[],
): readonly PictureAnswer[] {
  const last = fresh.at(-1)?.timestamp ?? Infinity;
  return pictures.filter(({ timestamp }) => timestamp < last);
}

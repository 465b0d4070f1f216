/** The texts of a field in the range that is shown, as a list, newest first. */
import type { TextsAnswer } from '../station/views/api';
import { readTexts, type FieldId } from './api';
import type { Context } from './context';
import { arrange, button, element } from './dom';
import { Notice, reasonOf } from './notice';
import type { TimeRange } from './range';
import { fill } from './texts';

const PAGE = 20;

export class TextsCard {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #id: FieldId;
  readonly #list = element('ol', { class: 'texts' });
  readonly #notice = new Notice();
  readonly #older: HTMLButtonElement;
  #count = PAGE;
  #range: TimeRange = { from: 0, to: 0 };
  #loading: AbortController | undefined;

  /** @param label what the field is called */
  constructor(context: Context, id: FieldId, label: string) {
    this.#context = context;
    this.#id = id;
    this.#older = button(context.texts.text.more, { class: 'button', hidden: true }, () => {
      this.#count *= 2;
      void this.show(this.#range);
    });
    this.element = element(
      'section',
      { class: 'card', 'aria-label': fill(context.texts.text.list, { field: label }) },
      element('header', {}, element('h2', {}, label)),
      this.#list,
      this.#notice.element,
      this.#older,
    );
    context.signal.addEventListener('abort', () => this.#loading?.abort());
  }

  async show(range: TimeRange): Promise<void> {
    this.#range = range;
    this.#loading?.abort();
    const loading = new AbortController();
    this.#loading = loading;
    const { texts } = this.#context;
    try {
      this.#render(await readTexts(this.#id, range, this.#count, loading.signal));
    } catch (error) {
      if (loading.signal.aborted) return;
      const reason = reasonOf(error, texts);
      this.#notice.show(
        fill(texts.failure.texts, { reason }),
        texts.failure.again,
        () => void this.show(this.#range),
      );
    }
  }

  #render(answer: TextsAnswer): void {
    const { formats, texts } = this.#context;
    const items = answer.map(({ timestamp, value }) => {
      const time = element('time', { datetime: new Date(timestamp).toISOString() }, formats.time(timestamp));
      return element('li', {}, time, element('span', {}, value));
    });
    arrange(this.#list, items);
    this.#older.hidden = items.length < this.#count;
    if (items.length === 0) this.#notice.show(texts.text.none);
    else this.#notice.hide();
  }
}

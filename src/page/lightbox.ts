/** One picture as large as the window, with buttons to the pictures before and after it. */
import type { PictureAnswer } from '../station/views/api';
import { pictureUrl } from './api';
import type { Context } from './context';
import { button, element, icon, iconButton, setText } from './dom';
import { fill } from './texts';
import { showInvisible } from '../visible-text';

/** Pictures in a row, newest first. */
export interface PictureRow {
  /** The source and field of the pictures, as in `rpi, cam1`. */
  readonly name: string;
  readonly pictures: readonly PictureAnswer[];
  /** Loads older pictures into `pictures`. @returns whether there were any */
  loadOlder(): Promise<boolean>;
  /** Moves the focus back to the thumbnail of a picture. */
  focus(picture: PictureAnswer): void;
}

/** A swipe by so many pixels shows the next picture. */
const SWIPE = 50;

export class Lightbox {
  readonly #context: Context;
  readonly #dialog: HTMLDialogElement;
  readonly #picture = element('img', {});
  /** In the place of a picture that is shown on demand only. */
  readonly #large = element('p', {});
  readonly #showLarge: HTMLButtonElement;
  readonly #time = element('h2', { id: 'picture-time' });
  readonly #details = element('p', { class: 'quiet' });
  readonly #download: HTMLAnchorElement;
  readonly #newer: HTMLButtonElement;
  readonly #older: HTMLButtonElement;
  #row: PictureRow | undefined;
  #shown: PictureAnswer | undefined;

  constructor(context: Context) {
    const { texts } = context;
    this.#context = context;
    this.#newer = iconButton('forward', texts.picture.newer, () => void this.#go(-1));
    this.#older = iconButton('back', texts.picture.older, () => void this.#go(1));
    this.#download = element(
      'a',
      { class: 'icon-button', 'aria-label': texts.picture.download, title: texts.picture.download },
      icon('download'),
    );
    this.#showLarge = button(texts.picture.showLarge, { class: 'button' }, () => {
      if (this.#shown) this.#load(this.#shown);
      this.#dialog.focus();
    });
    const close = iconButton('close', texts.picture.close, () => this.#dialog.close());
    this.#dialog = element(
      'dialog',
      { class: 'lightbox', tabindex: -1, 'aria-labelledby': 'picture-time' },
      element('header', {}, element('div', {}, this.#time, this.#details), this.#download, close),
      element(
        'div',
        { class: 'stage' },
        this.#older,
        element('div', { class: 'shown' }, this.#picture, this.#large, this.#showLarge),
        this.#newer,
      ),
    );
    this.#listen();
    document.body.append(this.#dialog);
    context.signal.addEventListener('abort', () => this.#dialog.remove());
  }

  open(row: PictureRow, picture: PictureAnswer): void {
    this.#row = row;
    this.#show(picture);
    this.#dialog.showModal();
  }

  #listen(): void {
    const moves: Readonly<Record<string, number>> = { ArrowLeft: 1, ArrowRight: -1 };
    this.#dialog.addEventListener('keydown', ({ key }) => {
      const move = moves[key];
      if (move !== undefined) void this.#go(move);
    });
    this.#dialog.addEventListener('close', () => {
      if (this.#shown) this.#row?.focus(this.#shown);
      this.#picture.removeAttribute('src');
    });
    // A click beside the picture closes, as people expect.
    this.#dialog.addEventListener('click', ({ target }) => {
      if (target instanceof Element && target.matches('.lightbox, .stage, .shown')) this.#dialog.close();
    });
    let start = 0;
    this.#picture.addEventListener('pointerdown', ({ clientX }) => (start = clientX));
    this.#picture.addEventListener('pointerup', ({ clientX }) => {
      if (Math.abs(clientX - start) > SWIPE) void this.#go(clientX > start ? 1 : -1);
    });
    this.#picture.addEventListener('load', () => this.#describe());
    // Browsers show the alternative text in its place.
    this.#picture.addEventListener('error', () => (this.#picture.alt = this.#context.texts.picture.broken));
  }

  /** @param move 1 to the older one, -1 to the newer one */
  async #go(move: number): Promise<void> {
    const row = this.#row;
    const from = this.#shown;
    if (!row || !from) return;
    const index = row.pictures.findIndex(({ timestamp }) => timestamp === from.timestamp) + move;
    if (index === row.pictures.length) await row.loadOlder();
    const next = row.pictures[index];
    if (this.#shown !== from) return;
    if (next) this.#show(next);
    else if (move > 0) this.#enable(this.#older, false);
  }

  /** Enables or disables a button. From a disabled one the focus moves to the dialog, because the keys depend on it. */
  #enable(control: HTMLButtonElement, isEnabled: boolean): void {
    if (!isEnabled && document.activeElement === control) this.#dialog.focus();
    control.disabled = !isEnabled;
  }

  #show(picture: PictureAnswer): void {
    this.#shown = picture;
    const { formats, texts } = this.#context;
    const row = this.#row;
    const time = formats.time(picture.timestamp);
    this.#picture.alt = showInvisible(fill(texts.picture.alt, { name: row?.name ?? '', time }));
    if (picture.isLarge) this.#ask(picture);
    else this.#load(picture);
    setText(this.#time, time);
    this.#download.href = pictureUrl(picture.id);
    this.#download.download = fileName(row?.name ?? '', picture);
    this.#describe();
    this.#enable(this.#newer, row?.pictures[0]?.timestamp !== picture.timestamp);
    this.#enable(this.#older, true);
  }

  #load({ id }: PictureAnswer): void {
    for (const asking of [this.#large, this.#showLarge]) asking.hidden = true;
    this.#picture.hidden = false;
    this.#picture.src = pictureUrl(id);
  }

  /** Asks before it shows a picture that fills the memory of a phone. */
  #ask(picture: PictureAnswer): void {
    for (const asking of [this.#large, this.#showLarge]) asking.hidden = false;
    this.#picture.hidden = true;
    this.#picture.removeAttribute('src');
    setText(this.#large, largeText(this.#context, picture));
  }

  #describe(): void {
    const { formats } = this.#context;
    if (!this.#shown) return;
    const { naturalWidth, naturalHeight, complete } = this.#picture;
    const pixels = complete && naturalWidth > 0 ? `${naturalWidth} × ${naturalHeight}` : '';
    setText(
      this.#details,
      [this.#row?.name ?? '', pixels, formats.bytes(this.#shown.bytes)].filter(Boolean).join(' · '),
    );
  }
}

/** Why a picture is not shown unasked. */
export function largeText(
  { formats, texts }: Pick<Context, 'formats' | 'texts'>,
  { width = 0, height = 0, bytes }: PictureAnswer,
): string {
  const numbers = { width: formats.number(width), height: formats.number(height) };
  return fill(texts.picture.large, { ...numbers, size: formats.bytes(bytes) });
}

/** A file name such as `rpi-cam1-2025-11-21T04-58-00.jpg`, without characters that a file system refuses. */
function fileName(name: string, { timestamp, type }: PictureAnswer): string {
  const time = new Date(timestamp).toISOString().slice(0, 19);
  const ending = type.replace(/^image\//, '').replace('jpeg', 'jpg');
  return `${`${name}-${time}`.replace(/[^\p{L}\p{N}._-]+/gu, '-')}.${ending.replace(/\W/g, '')}`;
}

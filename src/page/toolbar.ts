/** The buttons that choose the range of time, and the links that download it. */
import { downloadUrl } from './api';
import type { Context } from './context';
import { button, element, icon, iconButton, setText } from './dom';
import { PRESETS, type Preset, type RangeChoice, type TimeRange } from './range';
import type { SourceId } from './route';

export interface ToolbarActions {
  choose(preset: Preset): void;
  /** @param share of what is shown; positive is later */
  pan(share: number): void;
  /** @param factor below 1 shows less of the time */
  zoom(factor: number): void;
}

const PAN_SHARE = 0.5;
const ZOOM_FACTOR = 2;

export class Toolbar {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #source: SourceId;
  readonly #presets: ReadonlyMap<Preset, HTMLButtonElement>;
  readonly #shown = element('p', { class: 'range-shown' });
  readonly #downloads: readonly (readonly [format: 'csv' | 'json', link: HTMLAnchorElement])[];

  constructor(context: Context, source: SourceId, actions: ToolbarActions) {
    const { texts } = context;
    this.#context = context;
    this.#source = source;
    this.#presets = new Map(
      PRESETS.map((preset) => [preset, button(texts.range[preset], {}, () => actions.choose(preset))]),
    );
    this.#downloads = (['csv', 'json'] as const).map((format) => [
      format,
      downloadLink(texts.download, format),
    ]);
    this.element = element(
      'div',
      { class: 'toolbar', role: 'group', 'aria-label': texts.range.name },
      element('div', { class: 'segments' }, ...this.#presets.values()),
      element(
        'div',
        { class: 'steps' },
        iconButton('back', texts.range.earlier, () => actions.pan(-PAN_SHARE)),
        iconButton('forward', texts.range.later, () => actions.pan(PAN_SHARE)),
        iconButton('minus', texts.range.more, () => actions.zoom(ZOOM_FACTOR)),
        iconButton('plus', texts.range.less, () => actions.zoom(1 / ZOOM_FACTOR)),
      ),
      this.#shown,
      element('div', { class: 'downloads' }, ...this.#downloads.map(([, link]) => link)),
    );
  }

  /** @param range the range that the choice stands for now */
  show(choice: RangeChoice, range: TimeRange): void {
    for (const [preset, made] of this.#presets) made.setAttribute('aria-pressed', String(preset === choice));
    setText(this.#shown, this.#context.formats.range(range));
    for (const [format, link] of this.#downloads) link.href = downloadUrl(this.#source, range, format);
  }
}

function downloadLink(texts: Context['texts']['download'], format: 'csv' | 'json'): HTMLAnchorElement {
  const label = texts[format];
  return element(
    'a',
    { class: 'button', download: true, 'aria-label': label, title: label },
    icon('download'),
    format.toUpperCase(),
  );
}

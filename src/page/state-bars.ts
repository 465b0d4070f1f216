/** States as bars over a graph's time axis, with their texts where there is room. */
import { element } from './dom';
import type { Formats } from './formats';
import { colourNumber } from './graph-lines';
import type { TimeRange } from './range';
import { distinctStates, type State } from './states';

/** Columns of a graph in which bars can be told apart: more than it has pixels. This bounds how many bars there are. */
const COLUMNS = 2000;

export class StateBars {
  readonly element = element('div', { class: 'states', 'aria-hidden': 'true' });
  readonly #formats: Formats;
  /** Each text keeps its colour for as long as the page is open. */
  readonly #colours = new Map<string, number>();

  constructor(formats: Formats) {
    this.#formats = formats;
  }

  /** @param states oldest first */
  draw(states: readonly State[], range: TimeRange): void {
    const shown = distinctStates(states, range, COLUMNS);
    this.element.hidden = shown.length === 0;
    this.element.replaceChildren(...shown.map((state) => this.#barOf(state, range)));
  }

  #barOf(state: State, range: TimeRange): HTMLElement {
    const { text, from, to } = state;
    const share = (time: number) => {
      const place = (time - range.from) / (range.to - range.from);
      return Math.min(Math.max(place, 0), 1) * 100;
    };
    if (!this.#colours.has(text)) this.#colours.set(text, this.#colours.size);
    const bar = element(
      'span',
      { class: `state series-${colourNumber(this.#colours.get(text) ?? 0)}` },
      labelOfState(state, this.#formats),
    );
    bar.style.left = `${share(from)}%`;
    bar.style.width = `${share(to) - share(from)}%`;
    return bar;
  }
}

/** A state as in `unavailable 12:03–12:40`. */
export function labelOfState({ text, from, to }: State, formats: Formats): string {
  return `${text} ${formats.clockRange({ from, to })}`;
}

/** The table above a graph: each line's colour and name, what it reads at the cursor, its lowest and highest. */
import type { Context } from './context';
import { button, element, setText } from './dom';
import { labelOf, tellValue, type ColouredField } from './fields';
import { colourNumber } from './graph';
import type { Reading } from './series';

/** What one line has to tell. */
export interface LegendRow {
  readonly reading: Reading | undefined;
  readonly extremes: { readonly low: number; readonly high: number } | undefined;
}

/** Where there is nothing to read. */
const NOTHING = '–';

export class Legend {
  readonly element: HTMLTableElement;
  readonly #context: Context;
  readonly #fields: readonly ColouredField[];
  readonly #rows: readonly (readonly [now: Element, low: Element, high: Element])[];
  readonly #when: Element;

  /**
   * @param isSwitch whether the lines are on or off, of which no lowest need be told
   * @param onToggle a line is to be shown or hidden; where there is but one, it stays
   */
  constructor(
    context: Context,
    fields: readonly ColouredField[],
    isSwitch: boolean,
    onToggle: (line: number, isShown: boolean) => void,
  ) {
    const { texts } = context;
    this.#context = context;
    this.#fields = fields;
    this.#when = element('th', { scope: 'col', class: 'when' });
    const rows = fields.map(() => [element('td', { class: 'now' }), element('td'), element('td')] as const);
    this.#rows = rows;
    const head = element(
      'tr',
      {},
      element('th', { scope: 'col' }, element('span', { class: 'hidden' }, texts.graph.field)),
      this.#when,
      ...(isSwitch ? [] : [texts.graph.lowest, texts.graph.highest]).map((name) =>
        element('th', { scope: 'col' }, name),
      ),
    );
    const names = fields.map((field, line) =>
      element('th', { scope: 'row' }, fields.length > 1 ? toggle(field, line, onToggle) : nameOf(field)),
    );
    const body = rows.map((cells, line) =>
      element('tr', {}, names[line] ?? '', ...cells.slice(0, isSwitch ? 1 : cells.length)),
    );
    this.element = element(
      'table',
      { class: `legend${isSwitch ? ' is-switch' : ''}` },
      element('thead', {}, head),
      element('tbody', {}, ...body),
    );
  }

  /**
   * @param isCursor whether the readings are those at the cursor, and not the latest
   * @param rows one for each line
   */
  show(isCursor: boolean, rows: readonly LegendRow[]): void {
    const { texts } = this.#context;
    setText(this.#when, isCursor ? texts.graph.atCursor : texts.graph.latest);
    for (const [line, cells] of this.#rows.entries()) {
      const { reading, extremes } = rows[line] ?? { reading: undefined, extremes: undefined };
      const [now, low, high] = cells;
      setText(now, this.tell(line, reading));
      setText(low, extremes ? this.#value(line, extremes.low) : NOTHING);
      setText(high, extremes ? this.#value(line, extremes.high) : NOTHING);
    }
  }

  /** A reading in words; of thinned-out data, from where to where it went. */
  tell(line: number, reading: Reading | undefined): string {
    if (!reading) return NOTHING;
    const { value, low, high } = reading;
    const isSwitch = this.#fields[line]?.field.type === 'boolean';
    if (low === high || isSwitch) return this.#value(line, value);
    return `${this.#context.formats.number(low)} – ${this.#value(line, high)}`;
  }

  #value(line: number, value: number): string {
    const field = this.#fields[line]?.field;
    if (!field) return NOTHING;
    return tellValue(field, field.type === 'boolean' ? value !== 0 : value, this.#context);
  }
}

function nameOf({ field, colour }: ColouredField): HTMLElement {
  const swatch = element('span', { class: `swatch series-${colourNumber(colour)}` });
  return element('span', { class: 'line-name', title: field.name }, swatch, labelOf(field));
}

function toggle(
  field: ColouredField,
  line: number,
  onToggle: (line: number, isShown: boolean) => void,
): HTMLButtonElement {
  const made = button(nameOf(field), { class: 'line-toggle', 'aria-pressed': 'true' }, () => {
    const isShown = made.getAttribute('aria-pressed') === 'false';
    made.setAttribute('aria-pressed', String(isShown));
    onToggle(line, isShown);
  });
  return made;
}

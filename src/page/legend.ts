/** The table above a graph: each line's colour and name, its value at the cursor, its lowest and highest value. */
import type { Context } from './context';
import { button, element, setText } from './dom';
import { labelOf, tellDrawn, tellReading, type ColouredField } from './fields';
import { colourNumber } from './graph-lines';
import type { Reading } from './series';

/** What the legend shows of one line. */
export interface LegendRow {
  readonly reading: Reading | undefined;
  /** The text that the line has instead of a reading. */
  readonly text: string | undefined;
  readonly extremes: { readonly low: number; readonly high: number } | undefined;
}

const NO_ROW: LegendRow = { reading: undefined, text: undefined, extremes: undefined };

/** Shown where there is no value. */
const NOTHING = '–';

export class Legend {
  readonly element: HTMLTableElement;
  readonly #context: Context;
  readonly #fields: readonly ColouredField[];
  readonly #rows: readonly (readonly [now: Element, low: Element, high: Element])[];
  readonly #when: Element;

  /**
   * @param isSwitch whether the lines are on or off, or texts, which have no lowest and highest value
   * @param onToggle called when a line is to be shown or hidden; a single line cannot be hidden
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
    this.#when = columnHeader('', 'when');
    this.#rows = fields.map(
      () => [cell('now', ''), cell('', texts.graph.lowest), cell('', texts.graph.highest)] as const,
    );
    const columns = [
      this.#when,
      ...(isSwitch ? [] : [columnHeader(texts.graph.lowest), columnHeader(texts.graph.highest)]),
    ];
    const body = fields.map((field, line) => {
      const name = fields.length > 1 ? toggle(field, line, onToggle) : nameOf(field);
      const header = element('th', { scope: 'row', role: 'rowheader' }, name);
      return element('tr', { role: 'row' }, header, ...(this.#rows[line] ?? []).slice(0, columns.length));
    });
    const corner = columnHeader(element('span', { class: 'hidden' }, texts.graph.field));
    this.element = element(
      'table',
      { class: `legend${isSwitch ? ' is-switch' : ''}`, role: 'table' },
      element('thead', { role: 'rowgroup' }, element('tr', { role: 'row' }, corner, ...columns)),
      element('tbody', { role: 'rowgroup' }, ...body),
    );
  }

  /**
   * @param isCursor whether the readings are those at the cursor, and not the latest
   * @param rows one for each line
   */
  show(isCursor: boolean, rows: readonly LegendRow[]): void {
    const { texts } = this.#context;
    const when = isCursor ? texts.graph.atCursor : texts.graph.latest;
    setText(this.#when, when);
    for (const [line, cells] of this.#rows.entries()) {
      const { reading, text, extremes } = rows[line] ?? NO_ROW;
      const [now, low, high] = cells;
      setText(now, text ?? this.textOf(line, reading));
      now.setAttribute('data-label', when);
      setText(low, extremes ? this.#value(line, extremes.low) : NOTHING);
      setText(high, extremes ? this.#value(line, extremes.high) : NOTHING);
    }
  }

  /** A reading as text; of downsampled data, its lowest and highest value. */
  textOf(line: number, reading: Reading | undefined): string {
    const field = this.#fields[line]?.field;
    return field && reading ? tellReading(field, reading, this.#context) : NOTHING;
  }

  #value(line: number, value: number): string {
    const field = this.#fields[line]?.field;
    return field ? tellDrawn(field, value, this.#context) : NOTHING;
  }
}

// These are the default roles of the elements. On a phone the rows are laid out as grids, and browsers drop the default
// role of a table element with another layout.

function columnHeader(content: Node | string, className?: string): HTMLElement {
  return element('th', { scope: 'col', role: 'columnheader', class: className }, content);
}

/** @param label the head of the column, which a phone shows at each value */
function cell(className: string, label: string): HTMLElement {
  return element('td', { role: 'cell', class: className, 'data-label': label });
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

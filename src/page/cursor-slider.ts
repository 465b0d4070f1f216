/** The element that a graph is drawn into: to a screen reader, a slider over the times, which says what was read there. */
import type { Context } from './context';
import { element } from './dom';
import { labelOf, type GraphContent } from './fields';
import type { TimeRange } from './range';
import { fill } from './texts';
import { showInvisible } from '../visible-text';

export class CursorSlider {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #content: GraphContent;

  /** @param title of the graph */
  constructor(context: Context, content: GraphContent, title: string) {
    this.#context = context;
    this.#content = content;
    this.element = element('div', {
      class: 'plot',
      tabindex: 0,
      role: 'slider',
      'aria-label': fill(context.texts.graph.cursor, { fields: title }),
    });
  }

  /**
   * @param cursor undefined where there is none: then the readings are the latest
   * @param readings one for each line
   */
  show({ from, to }: TimeRange, cursor: number | undefined, readings: readonly string[]): void {
    const { texts, formats } = this.#context;
    const time = Math.min(Math.max(cursor ?? to, from), to);
    const when = cursor === undefined ? texts.graph.latest : formats.time(time);
    const values = this.#content.fields.map(
      ({ field }, line) => `${labelOf(field)}: ${readings[line] ?? ''}`,
    );
    const attributes = {
      'aria-valuemin': Math.round(from),
      'aria-valuemax': Math.round(to),
      'aria-valuenow': Math.round(time),
      'aria-valuetext': [when, ...values].join(', '),
    };
    for (const [name, value] of Object.entries(attributes))
      this.element.setAttribute(name, showInvisible(String(value)));
  }
}

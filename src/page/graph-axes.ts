/** The axes of a graph: where the times and the values stand, and how they are written. */
import type uPlot from 'uplot';
import { element } from './dom';
import type { Formats } from './formats';
import { AXIS_FONT, AXIS_GAP, AXIS_TICK, axisStyle } from './graph-lines';

/**
 * All graphs have the same margins, so that the same time is in the same place in each of them; but none cuts off its
 * numbers.
 */
const VALUES_WIDTH = 60;
const TIMES_HEIGHT = 42;
export const RIGHT_MARGIN = 12;

/** The axes as uPlot takes them. */
export class GraphAxes {
  readonly #formats: Formats;
  readonly #ruler = element('canvas').getContext('2d');
  #valuesWidth = VALUES_WIDTH;

  constructor(formats: Formats) {
    this.#formats = formats;
    if (this.#ruler) this.#ruler.font = AXIS_FONT;
  }

  /** What the values take at the left, in pixels, as far as they have been drawn. */
  get valuesWidth(): number {
    return this.#valuesWidth;
  }

  /** @param roomAfter how much of the drawing is right of a time, in pixels */
  times(roomAfter: (time: number) => number): uPlot.Axis {
    // A label that the right edge would cut off is left out.
    const isWhole = (label: string, time: number) =>
      this.#widest(label.split('\n')) / 2 <= roomAfter(time) + RIGHT_MARGIN;
    return {
      ...axisStyle(),
      size: TIMES_HEIGHT,
      space: 90,
      values: (_plot, splits, _axis, _space, step) =>
        this.#formats
          .ticks(splits, step)
          .map((label, index) => (isWhole(label, splits[index] ?? 0) ? label : '')),
    };
  }

  /** @param states the names of 0 and 1, where there are no other values */
  values(states: readonly [off: string, on: string] | undefined): uPlot.Axis {
    const style: uPlot.Axis = {
      ...axisStyle(),
      space: 36,
      size: (_plot, labels) => {
        const needed = Math.ceil(this.#widest(labels ?? [])) + AXIS_GAP + AXIS_TICK;
        this.#valuesWidth = Math.max(VALUES_WIDTH, needed);
        return this.#valuesWidth;
      },
    };
    if (states) return { ...style, splits: [0, 1], values: [...states] };
    return {
      ...style,
      values: (_plot, splits, _axis, _space, step) => this.#formats.axisNumbers(splits, step),
    };
  }

  /** The width of the widest of some lines of text, in pixels. */
  #widest(lines: readonly string[]): number {
    return Math.max(0, ...lines.map((line) => this.#ruler?.measureText(line).width ?? 0));
  }
}

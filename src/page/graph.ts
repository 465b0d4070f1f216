/** One drawing of lines over time, made by uPlot. */
import uPlot from 'uplot';
import { element, setText } from './dom';
import { positionOf } from '../station/views/api';
import type { Formats } from './formats';
import { listenToGestures, type Selection, type GestureActions } from './gestures';
import type { TimeRange } from './range';
import { heldSegmentsOf, segmentsOf, valueRange, type Points, type Reading, type Series } from './series';
import { GraphAxes, RIGHT_MARGIN } from './graph-axes';
import {
  areaOf,
  colourOf,
  colourVariable,
  LINE_WIDTH,
  solidLine,
  THIN_LINE_WIDTH,
  unconfirmedLine,
} from './graph-lines';
import { EMPTY_TRACE, type Trace } from './trace';

/** What people can do to a graph, in times instead of pixels. */
export interface GraphActions {
  point(time: number | undefined): void;
  choose(range: TimeRange): void;
  pan(milliseconds: number): void;
  zoom(factor: number, anchor: number): void;
  reset(): void;
  step(direction: 1 | -1): void;
  end(direction: 1 | -1): void;
}

export interface GraphOptions {
  readonly formats: Formats;
  /** The element to draw into, which takes the focus and the keys. */
  readonly host: HTMLElement;
  /** The colour of each line, as its number from 0; where two have the same, the second is dashed. */
  readonly colours: readonly number[];
  /** The names of 0 and 1, for lines that step between them. */
  readonly states?: readonly [off: string, on: string];
  readonly actions: GraphActions;
  /** The reading of a line at the cursor; its point is marked. */
  readonly readingOf: (line: number, time: number) => Reading | undefined;
}

const NUMBERS_HEIGHT = 220;
const STATES_HEIGHT = 110;

const TOP_MARGIN = 10;

const CURSOR_POINT_SIZE = 9;

export class Graph {
  readonly #options: GraphOptions;
  readonly #plot: uPlot;
  readonly #time = element('div', { class: 'cursor-time', 'aria-hidden': 'true' });
  readonly #axes: GraphAxes;
  readonly #resizes: ResizeObserver;
  #range: TimeRange;
  #cursor: number | undefined;
  /** One for each line, then one for the unconfirmed readings of each. */
  #traces: readonly (Trace | undefined)[] = [];

  constructor(options: GraphOptions, range: TimeRange) {
    this.#options = options;
    this.#range = range;
    this.#axes = new GraphAxes(options.formats);
    const size = { width: Math.max(options.host.clientWidth, 1), height: heightOf(options) };
    this.#plot = new uPlot({ ...size, ...this.#plotOptions() }, this.#emptyData(), options.host);
    this.#plot.over.append(this.#time);
    listenToGestures(this.#plot.over, options.host, this.#gestureActions(options.actions));
    this.#resizes = new ResizeObserver(() => this.#resize());
    this.#resizes.observe(options.host);
  }

  /** Puts an element over the drawing, as wide as the times. */
  cover(shown: HTMLElement): void {
    this.#plot.over.append(shown);
  }

  /** The width of the area that shows the times, in pixels. */
  get width(): number {
    return Math.max(this.#options.host.clientWidth - this.#axes.valuesWidth - RIGHT_MARGIN, 1);
  }

  get millisecondsPerPixel(): number {
    return (this.#range.to - this.#range.from) / this.width;
  }

  /**
   * @param series one for each line; undefined where it has not been read yet
   * @param now the station's time, until which switches hold their last value
   */
  draw(series: readonly (Series | undefined)[], now: number): void {
    for (const [index, { bucketMs } = { bucketMs: 0 }] of series.entries()) {
      const line = this.#plot.series[index + 1];
      if (line) line.width = bucketMs > 0 ? THIN_LINE_WIDTH : LINE_WIDTH;
    }
    const isStepped = this.#options.states !== undefined;
    const traces = series.map((one) => one && traceOf(one, isStepped, now));
    const waiting = series.map((one) => one && waitingTraceOf(one.unconfirmed, isStepped));
    this.#traces = [...traces, ...waiting];
    const tables = series.map((one) => this.#tableOf(one));
    const unconfirmed = series.map((one) => this.#tableOf(one?.unconfirmed));
    this.#plot.setData(uPlot.join([...tables, ...unconfirmed]));
    this.showCursor(this.#cursor);
  }

  /** Shows another range of the same data. */
  show(range: TimeRange): void {
    this.#range = range;
    this.#plot.setData(this.#plot.data);
    this.showCursor(this.#cursor);
  }

  showLine(line: number, isShown: boolean): void {
    this.#plot.setSeries(line + 1, { show: isShown });
    this.#plot.setSeries(this.#options.colours.length + line + 1, { show: isShown });
  }

  showCursor(time: number | undefined): void {
    this.#cursor = time;
    const isVisible = time !== undefined && time >= this.#range.from && time <= this.#range.to;
    const left = isVisible ? this.#placeOf(time) : -1;
    this.#plot.root.classList.toggle('has-cursor', isVisible);
    this.#plot.setCursor({ left, top: 0 }, false);
    if (isVisible) this.#showTime(time, left);
  }

  /** Redraws with the current colours of the page. */
  recolour(): void {
    this.#plot.redraw(false);
  }

  destroy(): void {
    this.#resizes.disconnect();
    this.#plot.destroy();
  }

  /** How far right a time is in the drawing, in pixels. */
  #placeOf(time: number): number {
    return (time - this.#range.from) / this.millisecondsPerPixel;
  }

  /** Shows the time at the cursor below it, within the edges of the graph. */
  #showTime(time: number, left: number): void {
    setText(this.#time, this.#options.formats.time(time));
    const half = this.#time.offsetWidth / 2;
    this.#time.style.left = `${Math.max(Math.min(left, this.width - half), half - this.#axes.valuesWidth)}px`;
  }

  #resize(): void {
    const width = this.#options.host.clientWidth;
    if (width > 0 && width !== this.#plot.width) {
      this.#plot.setSize({ width, height: this.#plot.height });
      this.showCursor(this.#cursor);
    }
  }

  /** Two points without values where there are no data, without which uPlot would draw no axes. */
  #nothing(): [number[], null[]] {
    return [
      [this.#range.from, this.#range.to],
      [null, null],
    ];
  }

  #tableOf(points: Points | undefined): uPlot.AlignedData {
    return points && points.times.length > 0 ? [[...points.times], [...points.values]] : this.#nothing();
  }

  #emptyData(): uPlot.AlignedData {
    return uPlot.join(Array.from({ length: 2 * this.#options.colours.length }, () => this.#nothing()));
  }

  #plotOptions(): Omit<uPlot.Options, 'width' | 'height'> {
    const { states, colours } = this.#options;
    return {
      ms: 1,
      padding: [TOP_MARGIN, RIGHT_MARGIN, 0, 0],
      legend: { show: false },
      select: { show: true, left: 0, top: 0, width: 0, height: 0 },
      cursor: this.#cursorOptions(),
      scales: {
        x: { time: true, range: () => [this.#range.from, this.#range.to] },
        y: { range: (_plot, low, high) => (states ? [-0.15, 1.15] : valueRange(low, high)) },
      },
      axes: [this.#axes.times((time) => this.width - this.#placeOf(time)), this.#axes.values(states)],
      series: [
        {},
        ...colours.map((colour, line) => ({
          ...solidLine(colour, colours.slice(0, line), () => this.#traceOf(line)),
          // The areas of several lines would cover each other.
          ...(colours.length === 1 ? areaOf(colour) : {}),
        })),
        ...colours.map((colour, line) => unconfirmedLine(colour, () => this.#traceOf(colours.length + line))),
      ],
      hooks: { draw: [(plot) => this.#publishScales(plot)] },
    };
  }

  #traceOf(index: number): Trace {
    return this.#traces[index] ?? EMPTY_TRACE;
  }

  /** Says in the document what the edges of the drawing stand for, for tests and whoever wants to measure in it. */
  #publishScales({ scales }: uPlot): void {
    const { dataset } = this.#options.host;
    const edges = {
      from: scales['x']?.min,
      to: scales['x']?.max,
      low: scales['y']?.min,
      high: scales['y']?.max,
    };
    for (const [edge, value] of Object.entries(edges)) dataset[edge] = String(value);
  }

  #cursorOptions(): uPlot.Cursor {
    const { colours } = this.#options;
    // The lines of unconfirmed readings follow the others, in their order.
    const lineOf = (index: number) => (index - 1) % colours.length;
    const colour = (_plot: uPlot, index: number) => colourOf(colourVariable(colours[lineOf(index)] ?? 0));
    return {
      x: true,
      y: false,
      // gestures.ts handles the pointer instead of uPlot, and touch and keys as well.
      bind: {
        mousedown: none,
        mouseup: none,
        click: none,
        dblclick: none,
        mousemove: none,
        mouseleave: none,
        mouseenter: none,
      },
      drag: { setScale: false, x: false, y: false },
      points: { size: CURSOR_POINT_SIZE, width: 2, fill: colour, stroke: () => colourOf('--card') },
      dataIdx: (plot, index, closest) => {
        if (index === 0 || this.#cursor === undefined) return closest;
        const reading = this.#options.readingOf(lineOf(index), this.#cursor);
        return reading === undefined ? null : positionOf(plot.data[0] ?? [], reading.time);
      },
    };
  }

  #gestureActions(actions: GraphActions): GestureActions {
    const timeAt = (place: number) => {
      const { from, to } = this.#range;
      return Math.min(Math.max(from + place * this.millisecondsPerPixel, from), to);
    };
    return {
      point: (place) => actions.point(place === undefined ? undefined : timeAt(place)),
      mark: (selection) => this.#mark(selection),
      choose: ({ from, to }) => actions.choose({ from: timeAt(from), to: timeAt(to) }),
      drag: (pixels) => actions.pan(-pixels * this.millisecondsPerPixel),
      zoom: (factor, place) => actions.zoom(factor, timeAt(place)),
      reset: () => actions.reset(),
      step: (direction) => actions.step(direction),
      end: (direction) => actions.end(direction),
    };
  }

  #mark(selection: Selection | undefined): void {
    const from = Math.max(selection?.from ?? 0, 0);
    const width = Math.max(Math.min(selection?.to ?? 0, this.width) - from, 0);
    this.#plot.setSelect({ left: from, top: 0, width, height: this.#plot.over.clientHeight }, false);
  }
}

function traceOf(series: Series, isStepped: boolean, now: number): Trace {
  const segments = isStepped ? heldSegmentsOf(series, now) : segmentsOf(series);
  return { segments, isStepped, hasAllReadings: series.bucketMs === 0 };
}

function waitingTraceOf(points: Points, isStepped: boolean): Trace {
  return { segments: segmentsOf(points), isStepped, hasAllReadings: true };
}

function heightOf({ states }: GraphOptions): number {
  return states ? STATES_HEIGHT : NUMBERS_HEIGHT;
}

function none(): null {
  return null;
}

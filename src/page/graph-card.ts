/** A graph with its legend: reads what it shows, adds what arrives live, and follows the pointer and the keys. */
import type { LiveMeasurement } from '../station/views/api';
import { createArrivals, type Arrival } from './arrivals';
import type { Context } from './context';
import { CursorSlider } from './cursor-slider';
import { element } from './dom';
import { labelOf, type GraphContent } from './fields';
import { gapControl } from './gap-control';
import { Graph, type GraphActions, type GraphOptions } from './graph';
import { GraphNotices } from './graph-notices';
import { GraphSeries } from './graph-series';
import { GraphStates } from './graph-states';
import { Legend } from './legend';
import { reasonOf } from './notice';
import { graphPoints } from './points';
import type { TimeRange } from './range';
import type { SourceId } from './route';
import type { Reading } from './series';

/** How precisely people point, in pixels. */
const AIM = 8;

export interface CardActions extends Omit<GraphActions, 'step' | 'end'> {
  /** Moves to the latest readings. */
  jump(timestamp: number): void;
}

export class GraphCard {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #content: GraphContent;
  readonly #actions: CardActions;
  readonly #legend: Legend;
  readonly #series: GraphSeries;
  readonly #states: GraphStates;
  readonly #slider: CursorSlider;
  readonly #notices: GraphNotices;
  readonly #arrivals = createArrivals();
  #graph: Graph | undefined;
  #range: TimeRange;
  #cursor: number | undefined;
  #loading: AbortController | undefined;
  #failure: string | undefined;
  #isNear = false;
  #isStale = true;

  constructor(
    context: Context,
    source: SourceId,
    content: GraphContent,
    range: TimeRange,
    actions: CardActions,
  ) {
    this.#context = context;
    this.#content = content;
    this.#range = range;
    this.#actions = actions;
    this.#series = new GraphSeries(context, source, content);
    this.#states = new GraphStates(context, source, content);
    this.#legend = new Legend(context, content.fields, content.kind !== 'number', (line, isShown) =>
      this.#graph?.showLine(line, isShown),
    );
    const title = titleOf(content);
    this.#slider = new CursorSlider(context, content, title);
    this.#notices = new GraphNotices(context, {
      again: () => this.load(),
      jump: (timestamp) => actions.jump(timestamp),
    });
    const isSwitch = content.kind === 'boolean';
    this.element = element(
      'section',
      { class: 'card graph-card', 'aria-label': title },
      this.#legend.element,
      element('div', { class: 'plot-place' }, this.#slider.element, this.#notices.over),
      ...this.#notices.below,
      ...(content.kind === 'text' ? [] : [gapControl(context, source, content.fields, isSwitch)]),
    );
    context.gaps.changed.listen(() => this.load(), context.signal);
    this.#slider.element.addEventListener('blur', () => actions.point(undefined));
    this.#update();
    this.#watchNearness();
  }

  /** Shows another range of the data in memory, until `load` reads it. */
  show(range: TimeRange): void {
    this.#range = range;
    this.#graph?.show(range);
    this.#drawHeld();
    this.#update();
  }

  /** Reads the range anew, now or when the graph is scrolled into view. */
  load(): void {
    this.#isStale = true;
    if (this.#isNear) void this.#load();
  }

  add({ timestamp, fields }: LiveMeasurement): void {
    for (const [line, { field }] of this.#content.fields.entries()) {
      const value = fields[field.name];
      if (value === undefined || typeof value === 'object') continue;
      const arrival = { line, time: timestamp, value: typeof value === 'string' ? value : Number(value) };
      this.#arrivals.add(arrival);
      // What is out of sight is read before it is shown.
      if (!this.#isStale) this.#insert(arrival);
    }
    if (this.#arrivals.isFull || this.#series.isGapUnknown) this.load();
  }

  /** Draws what was added, and what has grown with the time. */
  redraw(): void {
    this.#drawLines();
    this.#drawStates();
    this.#update();
  }

  showCursor(time: number | undefined): void {
    this.#cursor = time;
    this.#graph?.showCursor(time);
    this.#update();
  }

  recolour(): void {
    this.#graph?.recolour();
  }

  destroy(): void {
    this.#loading?.abort();
    this.#graph?.destroy();
  }

  /** Creates the graph when it comes near the window. */
  #watchNearness(): void {
    const observer = new IntersectionObserver(
      (entries) => {
        this.#isNear = entries.at(-1)?.isIntersecting ?? false;
        if (!this.#isNear) return;
        this.#graph ??= this.#makeGraph();
        if (this.#isStale) void this.#load();
      },
      { rootMargin: '300px' },
    );
    observer.observe(this.element);
    this.#context.signal.addEventListener('abort', () => observer.disconnect());
  }

  #makeGraph(): Graph {
    const { texts, formats } = this.#context;
    const graph = new Graph(
      {
        formats,
        host: this.#slider.element,
        colours: this.#content.fields.map(({ colour }) => colour),
        ...statesOfAxis(this.#content.kind, texts),
        actions: {
          ...this.#actions,
          step: (direction) => this.#step(direction),
          end: (direction) => this.#end(direction),
        },
        readingOf: (line, time) => this.#readingOf(line, time),
      },
      this.#range,
    );
    graph.cover(this.#states.element);
    return graph;
  }

  async #load(): Promise<void> {
    this.#isStale = false;
    this.#loading?.abort();
    const { signal } = (this.#loading = new AbortController());
    this.#arrivals.beginReading(this.#range);
    const points = graphPoints(this.#graph?.width ?? 0);
    try {
      const [series, texts] = await Promise.all([
        this.#series.read(this.#range, points, signal),
        this.#states.read(this.#range, signal),
      ]);
      this.#series.take(series);
      this.#states.take(texts);
    } catch (error) {
      if (signal.aborted) return;
      this.#failure = reasonOf(error, this.#context.texts);
      this.#update();
      return;
    }
    this.#failure = undefined;
    for (const arrival of this.#arrivals.all) this.#insert(arrival);
    this.element.classList.add('is-loaded');
    this.redraw();
  }

  #insert({ line, time, value }: Arrival): void {
    if (typeof value === 'string') this.#states.add(line, time, value);
    else this.#series.add(line, time, value);
  }

  #drawLines(): void {
    this.#graph?.draw(this.#series.lines, this.#context.station.now);
  }

  #drawStates(): void {
    this.#states.draw((line) => this.#series.drawnOf(line), this.#range);
  }

  /** Draws what holds until now, and so grows with the time: texts, and the last value of a switch. */
  #drawHeld(): void {
    this.#drawStates();
    if (this.#content.kind === 'boolean') this.#drawLines();
  }

  #readingOf(line: number, time: number): Reading | undefined {
    return this.#series.readingAt(line, time, (this.#graph?.millisecondsPerPixel ?? 0) * AIM);
  }

  #step(direction: 1 | -1): void {
    const { from, to } = this.#range;
    const time = this.#series.neighbour(this.#cursor ?? (direction > 0 ? from : to), direction);
    if (time === undefined) return;
    if (time < from || time > to) this.#actions.pan(((to - from) / 5) * direction);
    if (time >= this.#range.from && time <= this.#range.to) this.#actions.point(time);
  }

  #end(direction: 1 | -1): void {
    const { from, to } = this.#range;
    const time = this.#series.neighbour(direction > 0 ? to : from, direction > 0 ? -1 : 1);
    if (time !== undefined) this.#actions.point(Math.min(Math.max(time, from), to));
  }

  /** Updates what surrounds the drawing: the legend, the notices, and what a screen reader says. */
  #update(): void {
    const rows = this.#content.fields.map((_, line) => ({
      reading: this.#cursor === undefined ? this.#series.latest(line) : this.#readingOf(line, this.#cursor),
      text: this.#states.textAt(line, this.#cursor),
      extremes: this.#series.extremes(line, this.#range),
    }));
    this.#legend.show(this.#cursor !== undefined, rows);
    const told = rows.map(({ reading, text }, line) => text ?? this.#legend.textOf(line, reading));
    this.#slider.show(this.#range, this.#cursor, told);
    const hasNumbers = rows.some(({ extremes }) => extremes !== undefined);
    this.#notices.show({
      isEmpty: this.#series.isRead && this.#states.isEmpty && !hasNumbers,
      failure: this.#failure,
      latest: this.#series.latestTime,
      bucketMs: this.#series.bucketMs,
      textsSince: this.#states.since,
    });
  }
}

/** The values of the axis: those of a switch; texts have none. */
function statesOfAxis(kind: GraphContent['kind'], { value }: Context['texts']): Pick<GraphOptions, 'states'> {
  if (kind === 'number') return {};
  return { states: kind === 'boolean' ? [value.off, value.on] : ['', ''] };
}

function titleOf({ fields, unit }: GraphContent): string {
  const names = fields.map(({ field }) => labelOf(field)).join(', ');
  return unit ? `${names} (${unit})` : names;
}

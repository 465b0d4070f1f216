/** A graph with its legend: reads what it shows, adds what arrives live, and says so where there is nothing. */
import { SOON_MS, type FieldAnswer, type GapRule, type LiveMeasurement } from '../station/views/api';
import { readSeries, type FieldId } from './api';
import type { Context } from './context';
import { element, setText } from './dom';
import { labelOf, newestOf, type GraphContent } from './fields';
import { gapControl } from './gap-control';
import { Graph, type GraphActions, type GraphOptions } from './graph';
import { GraphStates } from './graph-states';
import { Legend } from './legend';
import { Notice, reasonOf } from './notice';
import { graphPoints } from './points';
import type { TimeRange } from './range';
import type { SourceId } from './route';
import {
  extremes,
  insert,
  isGapUnknown,
  lastReading,
  neighbour,
  readAt,
  seriesOf,
  withUnconfirmed,
  type Reading,
  type Series,
} from './series';
import { fill } from './texts';

/** How precisely people point, in pixels. */
const AIM = 8;

/** Values that arrived live, at most: beyond this the series is read anew, downsampled. */
const MOST_ARRIVED = 1000;

interface Arrival {
  readonly line: number;
  readonly time: number;
  readonly value: number;
}

export interface CardActions extends Omit<GraphActions, 'step' | 'end'> {
  /** Moves to the latest readings. */
  jump(timestamp: number): void;
}

export class GraphCard {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #source: SourceId;
  readonly #content: GraphContent;
  readonly #actions: CardActions;
  readonly #legend: Legend;
  readonly #states: GraphStates;
  readonly #host: HTMLElement;
  /** Over the drawing, which is empty then. */
  readonly #notice = new Notice();
  /** Below the drawing, which may show what was read before. */
  readonly #fault = new Notice();
  readonly #note = element('p', { class: 'note' });
  readonly #series: (Series | undefined)[];
  #arrivals: Arrival[] = [];
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
    this.#source = source;
    this.#content = content;
    this.#range = range;
    this.#actions = actions;
    this.#series = content.fields.map(() => undefined);
    this.#states = new GraphStates(context, source, content);
    this.#legend = new Legend(context, content.fields, content.kind !== 'number', (line, isShown) =>
      this.#graph?.showLine(line, isShown),
    );
    const title = titleOf(content);
    const { texts } = context;
    this.#host = element('div', {
      class: 'plot',
      tabindex: 0,
      role: 'slider',
      'aria-label': fill(texts.graph.cursor, { fields: title }),
    });
    this.element = element(
      'section',
      { class: 'card graph-card', 'aria-label': title },
      this.#legend.element,
      element('div', { class: 'plot-place' }, this.#host, this.#notice.element),
      this.#fault.element,
      this.#note,
      ...(content.kind === 'text' ? [] : [gapControl(context, source, content.fields, this.#isSwitch)]),
    );
    context.gaps.changed.listen(() => this.load(), context.signal);
    this.#host.addEventListener('blur', () => actions.point(undefined));
    this.#update();
    this.#watchNearness();
  }

  /** Shows another range of the data in memory, until `load` reads it. */
  show(range: TimeRange): void {
    this.#range = range;
    this.#graph?.show(range);
    this.#states.show(range);
    // What a switch holds grows with the time.
    if (this.#isSwitch) this.#graph?.draw(this.#series, this.#context.station.now);
    this.#update();
  }

  get #isSwitch(): boolean {
    return this.#content.kind === 'boolean';
  }

  #idOf({ name }: FieldAnswer): FieldId {
    return { source: this.#source, field: name };
  }

  #ruleOf(field: FieldAnswer): GapRule {
    const { gaps } = this.#context;
    const id = this.#idOf(field);
    return this.#isSwitch ? gaps.ruleOfSwitch(id) : gaps.ruleOf(id);
  }

  /** Reads the range anew, now or when the graph is scrolled into view. */
  load(): void {
    this.#isStale = true;
    if (this.#isNear) void this.#load();
  }

  add({ timestamp, fields }: LiveMeasurement): void {
    for (const [line, { field }] of this.#content.fields.entries()) {
      const value = fields[field.name];
      if (typeof value === 'string') this.#states.add(line, timestamp, value);
      if (typeof value !== 'number' && typeof value !== 'boolean') continue;
      const arrival = { line, time: timestamp, value: Number(value) };
      this.#arrivals.push(arrival);
      this.#insert(arrival);
    }
    if (this.#arrivals.length > MOST_ARRIVED || this.#known.some(isGapUnknown)) this.load();
  }

  /** Draws what was added. */
  redraw(): void {
    this.#graph?.draw(this.#series, this.#context.station.now);
    this.#states.draw(
      this.#content.fields.map((_, line) => this.#readable(line)),
      this.#range,
    );
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
        host: this.#host,
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
    const loading = new AbortController();
    this.#loading = loading;
    this.#arrivals = [];
    const points = graphPoints(this.#graph?.width ?? 0);
    try {
      const states = this.#states.load(this.#range, loading.signal);
      const answers = await Promise.all(
        this.#content.fields.map(({ field }) =>
          readSeries(this.#idOf(field), this.#range, { points, gap: this.#ruleOf(field) }, loading.signal),
        ),
      );
      await states;
      for (const [line, { field }] of this.#content.fields.entries()) {
        const answer = answers[line];
        if (answer) this.#series[line] = seriesOf(answer, this.#ruleOf(field));
      }
    } catch (error) {
      if (loading.signal.aborted) return;
      this.#failure = reasonOf(error, this.#context.texts);
      this.#update();
      return;
    }
    this.#failure = undefined;
    for (const arrival of this.#arrivals) this.#insert(arrival);
    this.element.classList.add('is-loaded');
    this.redraw();
  }

  #insert({ line, time, value }: Arrival): void {
    const series = this.#series[line];
    if (series) insert(series, time, value);
  }

  #readingOf(line: number, time: number): Reading | undefined {
    const series = this.#readable(line);
    const slack = (this.#graph?.millisecondsPerPixel ?? 0) * AIM;
    return series && readAt(series, time, slack, this.#isSwitch);
  }

  /** What can be read of a line: all that is drawn of it. */
  #readable(line: number): Series | undefined {
    const series = this.#series[line];
    return series && withUnconfirmed(series);
  }

  get #drawn(): Series[] {
    return this.#known.map(withUnconfirmed);
  }

  get #known(): Series[] {
    return this.#series.filter((series) => series !== undefined);
  }

  #step(direction: 1 | -1): void {
    const { from, to } = this.#range;
    const start = this.#cursor ?? (direction > 0 ? from : to);
    const time = neighbour(this.#drawn, start, direction);
    if (time === undefined) return;
    if (time < from || time > to) this.#actions.pan(((to - from) / 5) * direction);
    if (time >= this.#range.from && time <= this.#range.to) this.#actions.point(time);
  }

  #end(direction: 1 | -1): void {
    const { from, to } = this.#range;
    const time = neighbour(this.#drawn, direction > 0 ? to : from, direction > 0 ? -1 : 1);
    if (time !== undefined) this.#actions.point(Math.min(Math.max(time, from), to));
  }

  /** Updates what surrounds the drawing: the legend, the notice, and what a screen reader says. */
  #update(): void {
    const rows = this.#content.fields.map((_, line) => {
      const series = this.#readable(line);
      const reading = this.#cursor === undefined ? this.#latest(line) : this.#readingOf(line, this.#cursor);
      const text = this.#states.textAt(line, this.#cursor);
      return { reading, text, extremes: series && extremes(series, this.#range) };
    });
    this.#legend.show(this.#cursor !== undefined, rows);
    this.#announceCursor(rows.map(({ reading, text }, line) => text ?? this.#legend.textOf(line, reading)));
    setText(this.#note, this.#notes.join(' '));
    this.#updateNotices(
      this.#known.length > 0 && this.#states.isEmpty && rows.every((row) => row.extremes === undefined),
    );
  }

  /** What is not drawn in full. */
  get #notes(): string[] {
    const { texts, formats } = this.#context;
    const bucketMs = Math.max(0, ...this.#known.map((series) => series.bucketMs));
    const { since } = this.#states;
    return [
      ...(bucketMs > 0 ? [fill(texts.graph.thinned, { time: formats.duration(bucketMs) })] : []),
      ...(since === undefined ? [] : [fill(texts.graph.textsSince, { time: formats.time(since) })]),
    ];
  }

  #updateNotices(isEmpty: boolean): void {
    const { texts } = this.#context;
    if (this.#failure === undefined) {
      this.#fault.hide();
    } else {
      const told = fill(texts.failure.series, { reason: this.#failure });
      this.#fault.show(told, texts.failure.again, () => this.load());
    }
    if (!isEmpty || this.#failure !== undefined) {
      this.#notice.hide();
    } else if (this.#latestTime === -Infinity) {
      this.#notice.show(texts.graph.never);
    } else {
      this.#notice.show(texts.graph.empty, texts.graph.jump, () => this.#actions.jump(this.#latestTime));
    }
  }

  get #latestTime(): number {
    return Math.max(...this.#content.fields.map((_, line) => this.#latest(line)?.time ?? -Infinity));
  }

  /** The newest reading of a line. One that is ahead of the station's clock does not hide those that are not. */
  #latest(line: number): Reading | undefined {
    const { station } = this.#context;
    const name = this.#content.fields[line]?.field.name;
    const found = station.find(this.#source)?.fields.find((field) => field.name === name);
    const latest = found && newestOf(found);
    if (!latest || typeof latest.value === 'string') return undefined;
    const value = Number(latest.value);
    const newest = { time: latest.timestamp, value, low: value, high: value };
    if (newest.time <= station.now + SOON_MS) return newest;
    const series = this.#readable(line);
    return (series && lastReading(series, station.now)) ?? newest;
  }

  #announceCursor(readings: readonly string[]): void {
    const { from, to } = this.#range;
    const time = Math.min(Math.max(this.#cursor ?? to, from), to);
    const values = this.#content.fields.map(
      ({ field }, line) => `${labelOf(field)}: ${readings[line] ?? ''}`,
    );
    const when =
      this.#cursor === undefined ? this.#context.texts.graph.latest : this.#context.formats.time(time);
    const attributes = {
      'aria-valuemin': Math.round(from),
      'aria-valuemax': Math.round(to),
      'aria-valuenow': Math.round(time),
      'aria-valuetext': [when, ...values].join(', '),
    };
    for (const [name, value] of Object.entries(attributes)) this.#host.setAttribute(name, String(value));
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

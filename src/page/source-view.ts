/** The view of one sensor or device: its graphs, texts and pictures over a range of time. */
import type { LiveMeasurement, SourceAnswer } from '../station/views/api';
import { ageElement } from './age';
import type { Context, View } from './context';
import { element } from './dom';
import { howToPost } from './empty-states';
import { graphsOf, hasKind, labelOf } from './fields';
import { Gallery } from './gallery';
import { GraphCard, type CardActions } from './graph-card';
import { Lightbox } from './lightbox';
import {
  firstPreset,
  pan,
  rangeAhead,
  rangeAround,
  rangeBetween,
  resolveRange,
  zoom,
  type Preset,
  type RangeChoice,
  type TimeRange,
} from './range';
import { formatRoute, type SourceRoute } from './route';
import { reachableRange, storedRange } from './station-model';
import { TextsCard } from './texts-card';
import { aheadNote, laterNote, showAhead, unconfirmedNote } from './time-notes';
import { Toolbar } from './toolbar';

/** Pause between the last movement and reading the data anew, in milliseconds. */
const SETTLE_MS = 150;

/** Pause before reading values that live events left out, in milliseconds: more are probably coming. */
const CATCH_UP_MS = 3000;

export class SourceView implements View {
  readonly title: string;
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #route: SourceRoute;
  readonly #toolbar: Toolbar;
  readonly #graphs: readonly GraphCard[];
  readonly #lists: readonly TextsCard[];
  readonly #galleries: readonly Gallery[];
  #stored: TimeRange;
  /** Where a person can go: beyond now where readings are. */
  #reachable: TimeRange;
  #choice: RangeChoice;
  #range: TimeRange;
  /** The preset to return to after zooming. */
  #preset: Preset;
  #settling = 0;
  #drawing = 0;
  #catchingUp = 0;
  #hasUnconfirmed = false;

  /** @param source not empty: see `emptySourceView` */
  constructor(context: Context, route: SourceRoute, source: SourceAnswer) {
    this.#context = context;
    this.#route = route;
    this.title = source.name;
    this.#stored = storedRange(source, context.station.now);
    this.#reachable = reachableRange(source, context.station.now);
    this.#preset = typeof route.choice === 'string' ? route.choice : firstPreset(this.#stored);
    this.#choice = route.choice ?? this.#preset;
    this.#range = resolveRange(this.#choice, this.#stored);
    this.#toolbar = new Toolbar(context, source, {
      choose: (preset) => this.#choose(preset),
      pan: (share) => this.#pan(share * (this.#range.to - this.#range.from)),
      zoom: (factor) => this.#zoom(factor, (this.#range.from + this.#range.to) / 2),
    });
    this.#graphs = this.#makeGraphs(source);
    const idOf = (field: string) => ({ source, field });
    this.#lists = source.fields
      .filter((field) => hasKind(field, 'text'))
      .map((field) => new TextsCard(context, idOf(field.name), labelOf(field)));
    const lightbox = new Lightbox(context);
    this.#galleries = source.fields
      .filter(({ type }) => type === 'image')
      .map((field) => new Gallery(context, idOf(field.name), labelOf(field), lightbox));
    this.element = this.#layOut(source);
    this.#listen();
    this.#hasUnconfirmed = source.fields.some(({ unconfirmed }) => unconfirmed !== undefined);
    this.#load();
  }

  #makeGraphs(source: SourceAnswer): GraphCard[] {
    const actions: CardActions = {
      point: (time) => this.#showCursor(time),
      choose: ({ from, to }) => this.#choose(rangeBetween(from, to)),
      pan: (milliseconds) => this.#pan(milliseconds),
      zoom: (factor, anchor) => this.#zoom(factor, anchor),
      reset: () => this.#choose(this.#preset),
      jump: (timestamp) => this.#choose(rangeAround(timestamp, this.#range)),
    };
    return graphsOf(source.fields).map(
      (content) => new GraphCard(this.#context, source, content, this.#range, actions),
    );
  }

  #layOut(source: SourceAnswer): HTMLElement {
    const { texts } = this.#context;
    const graphs = this.#graphs.map((card) => card.element);
    const lists = this.#lists.map((card) => card.element);
    const galleries = this.#galleries.map((card) => card.element);
    const help = element(
      'details',
      { class: 'help' },
      element('summary', {}, texts.graph.help),
      element('p', {}, texts.graph.gestures),
    );
    // Texts are beside the graphs where there are no pictures.
    const [beside, below] = galleries.length > 0 ? [galleries, lists] : [lists, []];
    const first = [...graphs, ...(graphs.length > 0 ? [help] : []), ...below];
    const panes = [first, beside].filter(({ length }) => length > 0);
    return element(
      'div',
      { class: 'source-view' },
      heading(this.#context, source),
      unconfirmedNote(this.#context, source),
      aheadNote(this.#context, source),
      laterNote(this.#context, source),
      showAhead(this.#context, source, (until) => this.#choose(rangeAhead(this.#context.station.now, until))),
      this.#toolbar.element,
      element(
        'div',
        { class: `panes${panes.length > 1 ? ' two-panes' : ''}` },
        ...panes.map((cards) => element('div', { class: 'pane' }, ...cards)),
      ),
    );
  }

  #listen(): void {
    const { station, theme, tick, signal } = this.#context;
    station.measured.listen((measurement) => this.#add(measurement), signal);
    station.resumed.listen(() => this.#load(), signal);
    station.loaded.listen(() => this.#renewUnconfirmed(), signal);
    tick.listen(() => this.#grow(), signal);
    theme.changed.listen(() => this.#graphs.forEach((card) => card.recolour()), signal);
    signal.addEventListener('abort', () => {
      clearTimeout(this.#settling);
      clearTimeout(this.#catchingUp);
      cancelAnimationFrame(this.#drawing);
      for (const card of this.#graphs) card.destroy();
    });
  }

  #add(measurement: LiveMeasurement): void {
    const { kind, name } = this.#route;
    if (measurement.kind !== kind || measurement.source !== name) return;
    for (const card of this.#graphs) card.add(measurement);
    const values = Object.values(measurement.fields);
    if (values.some((value) => typeof value === 'object'))
      this.#galleries.forEach((card) => void card.arrived());
    if (values.some((value) => typeof value === 'string') && this.#isFollowing) this.#showTexts();
    if (this.#drawing === 0) this.#drawing = requestAnimationFrame(() => this.#draw());
    if (measurement.hasSkipped && this.#catchingUp === 0)
      this.#catchingUp = window.setTimeout(() => void this.#catchUp(), CATCH_UP_MS);
  }

  /** Reads values that live events left out, which may be older than all that was stored before. */
  async #catchUp(): Promise<void> {
    await this.#context.station.load();
    this.#catchingUp = 0;
    if (this.#context.signal.aborted) return;
    this.#follow();
    for (const card of this.#graphs) card.load();
    this.#showTexts();
  }

  /** Reads the graphs anew where readings wait for their time, and once more when these are stored. */
  #renewUnconfirmed(): void {
    const fields = this.#context.station.find(this.#route)?.fields ?? [];
    const hadUnconfirmed = this.#hasUnconfirmed;
    this.#hasUnconfirmed = fields.some(({ unconfirmed }) => unconfirmed !== undefined);
    if (!this.#hasUnconfirmed && !hadUnconfirmed) return;
    this.#follow();
    for (const card of this.#graphs) card.load();
  }

  #draw(): void {
    this.#drawing = 0;
    this.#follow();
    for (const card of this.#graphs) card.redraw();
  }

  /** Whether the range that is shown ends now. */
  get #isFollowing(): boolean {
    return typeof this.#choice === 'string';
  }

  /** Moves the range on with the time. */
  #follow(): void {
    const { station } = this.#context;
    const source = station.find(this.#route);
    if (source) {
      this.#stored = storedRange(source, station.now);
      this.#reachable = reachableRange(source, station.now);
    }
    if (this.#isFollowing) this.#show();
  }

  /** Moves the range on with the time; where it stays and lies around now, what holds until now grows. */
  #grow(): void {
    this.#follow();
    const { now } = this.#context.station;
    if (!this.#isFollowing && this.#range.to > now) for (const card of this.#graphs) card.redraw();
  }

  #choose(choice: RangeChoice): void {
    if (typeof choice === 'string') this.#preset = choice;
    const wasFollowing = this.#isFollowing;
    this.#choice = choice;
    // Replaces the history entry, so that Back leads to the overview and not through every movement.
    history.replaceState(null, '', formatRoute({ ...this.#route, choice }));
    this.#show();
    clearTimeout(this.#settling);
    const pause = typeof choice === 'string' ? 0 : SETTLE_MS;
    this.#settling = window.setTimeout(() => this.#load(wasFollowing !== this.#isFollowing), pause);
  }

  #pan(milliseconds: number): void {
    this.#choose(pan(this.#range, milliseconds, this.#reachable));
  }

  #zoom(factor: number, anchor: number): void {
    this.#choose(zoom(this.#range, factor, anchor, this.#reachable));
  }

  /** Shows the data in memory for the chosen range. */
  #show(): void {
    this.#range = resolveRange(this.#choice, this.#stored);
    this.#toolbar.show(this.#choice, this.#range);
    for (const card of this.#graphs) card.show(this.#range);
  }

  #showCursor(time: number | undefined): void {
    for (const card of this.#graphs) card.showCursor(time);
  }

  #showTexts(): void {
    for (const card of this.#lists) void card.show(this.#range);
  }

  /** @param isOther whether other pictures are shown than before; those of a range that ends now are kept up to date */
  #load(isOther = true): void {
    this.#follow();
    this.#show();
    for (const card of this.#graphs) card.load();
    this.#showTexts();
    if (!isOther && this.#isFollowing) return;
    for (const card of this.#galleries) void card.show(this.#isFollowing ? undefined : this.#range.to);
  }
}

export function heading(context: Context, { kind, name }: SourceAnswer): HTMLElement {
  const { texts, station } = context;
  const age = ageElement(context, () => station.find({ kind, name })?.lastSeen);
  return element(
    'header',
    { class: 'view-heading' },
    element('a', { class: 'back', href: formatRoute({ view: 'overview' }) }, `‹ ${texts.overview.title}`),
    element('h1', { tabindex: -1 }, name),
    element('p', { class: 'quiet' }, texts.kind[kind], age),
  );
}

/** The view of a source that has sent nothing yet: how to make it send. */
export function emptySourceView(context: Context, source: SourceAnswer): View {
  const made = element(
    'div',
    { class: 'source-view' },
    heading(context, source),
    howToPost(context.texts, source),
  );
  return { title: source.name, element: made };
}

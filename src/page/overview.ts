/** All sensors and devices at a glance. */
import type { LiveMeasurement, SourceAnswer } from '../station/views/api';
import type { Context, View } from './context';
import { arrange, element, setText } from './dom';
import { firstSteps } from './empty-states';
import { SourceCard, shapeOf } from './source-card';
import { sentFirst } from './sources';
import { fill } from './texts';

export class Overview implements View {
  readonly title: string;
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #cards = element('div', { class: 'cards' });
  readonly #empty: HTMLElement;
  readonly #retention = element('p', { class: 'quiet kept' });
  #byKey: ReadonlyMap<string, SourceCard> = new Map();

  constructor(context: Context) {
    const { texts, station, signal } = context;
    this.#context = context;
    this.title = texts.overview.title;
    this.#empty = firstSteps(texts);
    this.element = element(
      'div',
      { class: 'overview' },
      element('header', { class: 'view-heading' }, element('h1', { tabindex: -1 }, texts.overview.title)),
      this.#empty,
      this.#cards,
      this.#retention,
    );
    station.loaded.listen(() => this.#render(), signal);
    station.resumed.listen(() => this.#byKey.forEach((card) => card.load()), signal);
    station.measured.listen((measurement) => this.#update(measurement), signal);
    this.#render();
  }

  #render(): void {
    const { station, texts, formats } = this.#context;
    const { sources, retention } = station;
    this.#empty.hidden = sources.length > 0;
    const cards = new Map(sentFirst(sources).map((source) => [keyOf(source), this.#cardOf(source)]));
    for (const [key, card] of this.#byKey) if (cards.get(key) !== card) card.destroy();
    this.#byKey = cards;
    arrange(
      this.#cards,
      [...cards.values()].map((card) => card.element),
    );
    const amounts = retention && {
      age: formats.duration(retention.ageMs),
      size: formats.bytes(retention.bytes),
      used: formats.bytes(retention.usedBytes),
    };
    setText(this.#retention, amounts ? fill(texts.overview.kept, amounts) : '');
  }

  /** The existing card of a source, where it still has the right parts. */
  #cardOf(source: SourceAnswer): SourceCard {
    const present = this.#byKey.get(keyOf(source));
    if (present?.shape !== shapeOf(source)) return new SourceCard(this.#context, source);
    present.update(source);
    return present;
  }

  #update({ kind, source: name, hasSkipped }: LiveMeasurement): void {
    const source = this.#context.station.find({ kind, name });
    const card = source && this.#byKey.get(keyOf(source));
    if (!card) return;
    card.update(source);
    if (hasSkipped) card.loadSoon();
  }
}

function keyOf({ kind, name }: SourceAnswer): string {
  return `${kind}/${name}`;
}

/** What is said in and below a graph: that there is nothing to draw, why it could not be read, what is not drawn in full. */
import type { Context } from './context';
import { element, setText } from './dom';
import { Notice } from './notice';
import { fill } from './texts';

export interface GraphState {
  readonly isEmpty: boolean;
  /** Why the range could not be read; undefined where it could. */
  readonly failure: string | undefined;
  /** The time of the newest reading, also outside of the range; undefined where there never was one. */
  readonly latest: number | undefined;
  /** The width of the time buckets of which the lowest and the highest value are drawn; 0 where all values are. */
  readonly bucketMs: number;
  /** The time of the oldest text that is drawn, where older ones are not. */
  readonly textsSince: number | undefined;
}

interface Actions {
  /** Reads the range anew. */
  again(): void;
  /** Moves to the latest readings. */
  jump(timestamp: number): void;
}

export class GraphNotices {
  /** Over the drawing, which is empty then. */
  readonly over: HTMLElement;
  /** Below the drawing, which may show what was read before. */
  readonly below: readonly HTMLElement[];
  readonly #context: Context;
  readonly #actions: Actions;
  readonly #nothing = new Notice();
  readonly #fault = new Notice();
  readonly #note = element('p', { class: 'note' });
  #latest: number | undefined;

  constructor(context: Context, actions: Actions) {
    this.#context = context;
    this.#actions = actions;
    this.over = this.#nothing.element;
    this.below = [this.#fault.element, this.#note];
  }

  show(state: GraphState): void {
    this.#latest = state.latest;
    setText(this.#note, this.#notes(state).join(' '));
    this.#showFault(state);
    this.#showNothing(state);
  }

  #notes({ bucketMs, textsSince }: GraphState): string[] {
    const { texts, formats } = this.#context;
    return [
      ...(bucketMs > 0 ? [fill(texts.graph.thinned, { time: formats.duration(bucketMs) })] : []),
      ...(textsSince === undefined ? [] : [fill(texts.graph.textsSince, { time: formats.time(textsSince) })]),
    ];
  }

  #showFault({ failure: reason }: GraphState): void {
    const { failure } = this.#context.texts;
    if (reason === undefined) this.#fault.hide();
    else this.#fault.show(fill(failure.series, { reason }), failure.again, () => this.#actions.again());
  }

  #showNothing({ isEmpty, failure, latest }: GraphState): void {
    const { graph } = this.#context.texts;
    if (!isEmpty || failure !== undefined) this.#nothing.hide();
    else if (latest === undefined) this.#nothing.show(graph.never);
    else this.#nothing.show(graph.empty, graph.jump, () => this.#jump());
  }

  #jump(): void {
    if (this.#latest !== undefined) this.#actions.jump(this.#latest);
  }
}

/** Mouse, touch, wheel and keys on a graph, as what they mean there. */

/** What a person wants of a graph. Places are distances from its left edge, in CSS pixels. */
export interface Wishes {
  /** Looks at one place; at none, where it is undefined. */
  point(place: number | undefined): void;
  /** Marks a stretch, and has not let go yet; none, where it is undefined. */
  mark(stretch: Stretch | undefined): void;
  /** Wants to see a stretch alone. */
  choose(stretch: Stretch): void;
  /** Moves what is seen by so many pixels to the right. */
  drag(pixels: number): void;
  /** @param factor below 1 shows less of the time */
  zoom(factor: number, place: number): void;
  /** Wants back what was shown before the zooming. */
  reset(): void;
  /** Looks at the next or the one before: 1 or -1. */
  step(direction: 1 | -1): void;
  /** Looks at the first (-1) or the last (1) of what is shown. */
  end(direction: 1 | -1): void;
}

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** A hand trembles by so many pixels: less is no movement. */
const TREMBLE = 5;

/** One notch of a wheel is 100 to 120 units: it shows a third more or less. */
const ZOOM_PER_UNIT = 0.0025;
const PIXELS_PER_LINE = 16;

/** What a key press moves or zooms, of what is shown. */
const PAN_SHARE = 0.2;
const KEY_ZOOM = 1.5;

/**
 * @param area what shows the times, and nothing beside them
 * @param keys what has the focus
 */
export function listenToGestures(area: HTMLElement, keys: HTMLElement, wishes: Wishes): void {
  const gestures = new Gestures(area, wishes);
  area.addEventListener('pointerdown', (event) => gestures.down(event));
  area.addEventListener('pointermove', (event) => gestures.move(event));
  area.addEventListener('pointerup', (event) => gestures.up(event));
  area.addEventListener('pointercancel', (event) => gestures.cancel(event));
  area.addEventListener('pointerleave', (event) => gestures.leave(event));
  area.addEventListener('dblclick', () => wishes.reset());
  area.addEventListener('wheel', (event) => gestures.wheel(event), { passive: false });
  keys.addEventListener('keydown', (event) => {
    if (gestures.key(event)) event.preventDefault();
  });
}

class Gestures {
  readonly #area: HTMLElement;
  readonly #wishes: Wishes;
  readonly #fingers = new Map<number, number>();
  #start: { readonly place: number; readonly pans: boolean } | undefined;
  #hasMoved = false;

  constructor(area: HTMLElement, wishes: Wishes) {
    this.#area = area;
    this.#wishes = wishes;
  }

  #placeOf(event: MouseEvent): number {
    return event.clientX - this.#area.getBoundingClientRect().left;
  }

  down(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#area.setPointerCapture(event.pointerId);
    const place = this.#placeOf(event);
    this.#fingers.set(event.pointerId, place);
    this.#start = { place, pans: event.shiftKey || event.pointerType !== 'mouse' };
    this.#hasMoved = this.#fingers.size > 1;
  }

  move(event: PointerEvent): void {
    const place = this.#placeOf(event);
    const before = this.#fingers.get(event.pointerId);
    if (!this.#start || before === undefined) {
      if (event.pointerType === 'mouse') this.#wishes.point(place);
      return;
    }
    this.#hasMoved ||= Math.abs(place - this.#start.place) > TREMBLE;
    if (!this.#hasMoved) return;
    this.#fingers.set(event.pointerId, place);
    const other = [...this.#fingers].find(([id]) => id !== event.pointerId)?.[1];
    if (other !== undefined) this.#pinch(before, place, other);
    else if (this.#start.pans) this.#wishes.drag(place - before);
    else this.#wishes.mark(stretchOf(this.#start.place, place));
  }

  /** Two fingers: the times below each of them stay below it. */
  #pinch(before: number, place: number, other: number): void {
    const distance = Math.max(Math.abs(place - other), TREMBLE);
    this.#wishes.zoom(Math.max(Math.abs(before - other), TREMBLE) / distance, other);
  }

  up(event: PointerEvent): void {
    const { place: from, pans } = this.#start ?? {};
    const place = this.#placeOf(event);
    this.cancel(event);
    if (from === undefined || this.#start) return;
    if (!this.#hasMoved) this.#wishes.point(place);
    else if (!pans) this.#wishes.choose(stretchOf(from, place));
  }

  cancel(event: PointerEvent): void {
    this.#fingers.delete(event.pointerId);
    if (this.#fingers.size > 0) return;
    this.#start = undefined;
    this.#wishes.mark(undefined);
  }

  leave({ pointerType }: PointerEvent): void {
    if (pointerType === 'mouse' && !this.#start) this.#wishes.point(undefined);
  }

  /** The wheel alone scrolls the page, as everywhere: with Ctrl, and by a touchpad's pinch, it zooms. */
  wheel(event: WheelEvent): void {
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? PIXELS_PER_LINE : 1;
    const sideways = (event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX) * unit;
    if (event.ctrlKey || event.metaKey) {
      this.#wishes.zoom(Math.exp(event.deltaY * unit * ZOOM_PER_UNIT), this.#placeOf(event));
    } else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
      this.#wishes.drag(-sideways);
    } else {
      return;
    }
    event.preventDefault();
  }

  /** @returns whether the key means something here */
  key({ key, shiftKey, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
    if (ctrlKey || metaKey || altKey) return false;
    const width = this.#area.clientWidth;
    const wishes = this.#wishes;
    const meanings: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => (shiftKey ? wishes.drag(width * PAN_SHARE) : wishes.step(-1)),
      ArrowRight: () => (shiftKey ? wishes.drag(-width * PAN_SHARE) : wishes.step(1)),
      PageUp: () => wishes.drag(width),
      PageDown: () => wishes.drag(-width),
      Home: () => wishes.end(-1),
      End: () => wishes.end(1),
      '+': () => wishes.zoom(1 / KEY_ZOOM, width / 2),
      '-': () => wishes.zoom(KEY_ZOOM, width / 2),
      '0': () => wishes.reset(),
      Escape: () => wishes.point(undefined),
    };
    const meaning = Object.hasOwn(meanings, key) ? meanings[key] : undefined;
    meaning?.();
    return meaning !== undefined;
  }
}

function stretchOf(one: number, other: number): Stretch {
  return { from: Math.min(one, other), to: Math.max(one, other) };
}

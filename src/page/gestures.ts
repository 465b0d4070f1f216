/** Translates mouse, touch, wheel and keys on a graph into actions. */

/** What gestures can do to a graph. Places are distances from its left edge, in CSS pixels. */
export interface GestureActions {
  /** Puts the cursor at a place, or removes it where undefined. */
  point(place: number | undefined): void;
  /** Shows a selection while it is being made, or removes it where undefined. */
  mark(selection: Selection | undefined): void;
  /** Zooms to a selection. */
  choose(selection: Selection): void;
  /** Moves the graph by so many pixels to the right. */
  drag(pixels: number): void;
  /** @param factor below 1 shows less of the time */
  zoom(factor: number, place: number): void;
  /** Restores what was shown before zooming. */
  reset(): void;
  /** Moves the cursor to the next point (1) or the one before (-1). */
  step(direction: 1 | -1): void;
  /** Moves the cursor to the first (-1) or the last (1) point that is shown. */
  end(direction: 1 | -1): void;
}

export interface Selection {
  readonly from: number;
  readonly to: number;
}

/** Pixels that a pointer moves by accident: less is no movement. */
const MIN_MOVEMENT = 5;

/** One notch of a wheel is 100 to 120 units, which shows a third more or less. */
const ZOOM_PER_UNIT = 0.0025;
const PIXELS_PER_LINE = 16;

/** How far one key press moves or zooms, as a share of what is shown. */
const PAN_SHARE = 0.2;
const KEY_ZOOM = 1.5;

/**
 * @param area the element that shows the times, without the axes
 * @param keys the element that has the focus
 */
export function listenToGestures(area: HTMLElement, keys: HTMLElement, actions: GestureActions): void {
  const gestures = new Gestures(area, actions);
  area.addEventListener('pointerdown', (event) => gestures.down(event));
  area.addEventListener('pointermove', (event) => gestures.move(event));
  area.addEventListener('pointerup', (event) => gestures.up(event));
  area.addEventListener('pointercancel', (event) => gestures.cancel(event));
  area.addEventListener('pointerleave', (event) => gestures.leave(event));
  area.addEventListener('dblclick', () => actions.reset());
  area.addEventListener('wheel', (event) => gestures.wheel(event), { passive: false });
  keys.addEventListener('keydown', (event) => {
    if (gestures.key(event)) event.preventDefault();
  });
}

class Gestures {
  readonly #area: HTMLElement;
  readonly #actions: GestureActions;
  readonly #fingers = new Map<number, number>();
  #start: { readonly place: number; readonly pans: boolean } | undefined;
  #hasMoved = false;

  constructor(area: HTMLElement, actions: GestureActions) {
    this.#area = area;
    this.#actions = actions;
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
      if (event.pointerType === 'mouse') this.#actions.point(place);
      return;
    }
    this.#hasMoved ||= Math.abs(place - this.#start.place) > MIN_MOVEMENT;
    if (!this.#hasMoved) return;
    this.#fingers.set(event.pointerId, place);
    const other = [...this.#fingers].find(([id]) => id !== event.pointerId)?.[1];
    if (other !== undefined) this.#pinch(before, place, other);
    else if (this.#start.pans) this.#actions.drag(place - before);
    else this.#actions.mark(selectionOf(this.#start.place, place));
  }

  /** Zooms with two fingers: the time below each finger stays below it. */
  #pinch(before: number, place: number, other: number): void {
    const distance = Math.max(Math.abs(place - other), MIN_MOVEMENT);
    this.#actions.zoom(Math.max(Math.abs(before - other), MIN_MOVEMENT) / distance, other);
  }

  up(event: PointerEvent): void {
    const { place: from, pans } = this.#start ?? {};
    const place = this.#placeOf(event);
    this.cancel(event);
    if (from === undefined || this.#start) return;
    if (!this.#hasMoved) this.#actions.point(place);
    else if (!pans) this.#actions.choose(selectionOf(from, place));
  }

  cancel(event: PointerEvent): void {
    this.#fingers.delete(event.pointerId);
    if (this.#fingers.size > 0) return;
    this.#start = undefined;
    this.#actions.mark(undefined);
  }

  leave({ pointerType }: PointerEvent): void {
    if (pointerType === 'mouse' && !this.#start) this.#actions.point(undefined);
  }

  /** Zooms by the wheel with Ctrl, which is how a touchpad's pinch arrives too; the wheel alone scrolls the page. */
  wheel(event: WheelEvent): void {
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? PIXELS_PER_LINE : 1;
    const sideways = (event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX) * unit;
    if (event.ctrlKey || event.metaKey) {
      this.#actions.zoom(Math.exp(event.deltaY * unit * ZOOM_PER_UNIT), this.#placeOf(event));
    } else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
      this.#actions.drag(-sideways);
    } else {
      return;
    }
    event.preventDefault();
  }

  /** @returns whether the key does something here */
  key({ key, shiftKey, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
    if (ctrlKey || metaKey || altKey) return false;
    const width = this.#area.clientWidth;
    const actions = this.#actions;
    const meanings: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => (shiftKey ? actions.drag(width * PAN_SHARE) : actions.step(-1)),
      ArrowRight: () => (shiftKey ? actions.drag(-width * PAN_SHARE) : actions.step(1)),
      PageUp: () => actions.drag(width),
      PageDown: () => actions.drag(-width),
      Home: () => actions.end(-1),
      End: () => actions.end(1),
      '+': () => actions.zoom(1 / KEY_ZOOM, width / 2),
      '-': () => actions.zoom(KEY_ZOOM, width / 2),
      '0': () => actions.reset(),
      Escape: () => actions.point(undefined),
    };
    const meaning = Object.hasOwn(meanings, key) ? meanings[key] : undefined;
    meaning?.();
    return meaning !== undefined;
  }
}

function selectionOf(one: number, other: number): Selection {
  return { from: Math.min(one, other), to: Math.max(one, other) };
}

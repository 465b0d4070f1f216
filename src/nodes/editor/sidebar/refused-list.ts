import { LARGEST_PAGE, type RefusedView } from '../../contract';
import type { Context } from './context';
import { arrange, button, element, setShown, setText } from './dom';
import { createRefusedButtons } from './refused-buttons';
import { createRefusedFilter } from './refused-filter';
import { createRefusedPages } from './refused-pages';
import { createRefusedReading, type RefusedContext, type RefusedReading } from './refused-reading';

/** The refused readings of a destination: loaded when the user unfolds them. */
export interface RefusedList {
  readonly element: HTMLElement;
  /** @param count the number of refused readings */
  update(count: number): void;
}

/** Readings that are loaded at a time. */
const PAGE = 20;

/** The most readings that are chosen at once. */
const MOST_CHOSEN = 10_000;

/** @param canRetry whether the destination has a config node, which would deliver them */
export function createRefusedList(outer: Context, destination: string, canRetry: boolean): RefusedList {
  const { words } = outer;
  const chosen = new Set<number>();
  const context: RefusedContext = { ...outer, destination, canRetry, reload, choose };
  const filter = createRefusedFilter(outer, () => {
    chosen.clear();
    void load(1);
  });
  const pages = createRefusedPages(outer, destination, filter);
  const buttons = createRefusedButtons(context, () => ({ ids: [...chosen], isFiltered: filter.isSet() }));
  const all = element('input', { type: 'checkbox' });
  const readings = createReadings(context);
  const title = element('summary');
  const more = button('angle-double-down', words.say('action.more'), () => load(readings.count() + 1));
  const chooser = element('label', { class: 'sensorpost-choose-all' }, all, words.say('refused.choose-all'));
  const parts = [title, buttons.element, filter.element, chooser, readings.element, more.element];
  const whole = element('details', { class: 'sensorpost-refused' }, ...parts);
  let known = 0;

  function reload(): void {
    void load(Math.max(readings.count(), 1));
  }

  function choose(id: number, isChosen: boolean): void {
    if (isChosen) chosen.add(id);
    else chosen.delete(id);
    showChosen();
  }

  function showChosen(): void {
    all.checked = readings.showChosen(chosen);
    buttons.update();
  }

  /** Loads the list from its beginning, at least this many readings. */
  async function load(atLeast: number): Promise<void> {
    const found = await pages.read(atLeast, PAGE);
    if (!found) return;
    setShown(more.element, !found.isLast);
    if (!readings.show(found.readings)) title.focus();
    showChosen();
  }

  /** Chooses all that the filter leaves, shown or not, or none. */
  async function chooseAll(): Promise<void> {
    chosen.clear();
    const found = all.checked ? await pages.read(MOST_CHOSEN, LARGEST_PAGE) : undefined;
    for (const { id } of (found?.readings ?? []).slice(0, MOST_CHOSEN)) chosen.add(id);
    showChosen();
  }

  all.addEventListener('change', () => void chooseAll());
  whole.addEventListener('toggle', () => {
    if (whole.open) reload();
  });

  function update(count: number): void {
    setText(title, words.say('refused.title', { count: words.count(count) }));
    setShown(whole, count > 0);
    if (count === 0) chosen.clear();
    if (whole.open && count !== known) reload();
    known = count;
  }

  return { element: whole, update };
}

/** The readings that are shown. */
function createReadings(context: RefusedContext) {
  const list = element('ul', { class: 'sensorpost-readings' });
  const none = element('p', { role: 'status' }, context.words.say('filter.none'));
  const items = new Map<number, RefusedReading>();
  setShown(none, false);

  function itemOf(reading: RefusedView): HTMLElement {
    const made = items.get(reading.id) ?? createRefusedReading(context, reading);
    items.set(reading.id, made);
    return made.element;
  }

  /** Elements that are shown already are kept. @returns whether a keyboard user still has a place to go on from */
  function show(readings: readonly RefusedView[]): boolean {
    const shown = new Set(readings.map(({ id }) => id));
    for (const id of items.keys()) if (!shown.has(id)) items.delete(id);
    const hadFocus = list.contains(document.activeElement);
    arrange(
      list,
      readings.map((reading) => itemOf(reading)),
    );
    setShown(none, readings.length === 0);
    return !hadFocus || list.contains(document.activeElement);
  }

  /** @returns whether all that are shown are chosen */
  function showChosen(chosen: ReadonlySet<number>): boolean {
    for (const [id, item] of items) item.setChosen(chosen.has(id));
    return items.size > 0 && [...items.keys()].every((id) => chosen.has(id));
  }

  return { element: element('div', {}, none, list), count: () => items.size, show, showChosen };
}

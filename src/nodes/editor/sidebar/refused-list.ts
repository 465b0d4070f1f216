import type { ChangedView, ReadingView, RefusedPageView, RefusedView } from '../../contract';
import { report, type Context } from './context';
import { arrange, button, element, setShown, setText, type Button } from './dom';
import { createExport } from './export-button';
import { change, look } from './requests';

/** The refused readings of a destination: loaded when the user unfolds them. */
export interface RefusedList {
  readonly element: HTMLElement;
  /** @param count the number of refused readings */
  update(count: number): void;
}

/** @param canRetry whether the destination has a config node, which would deliver them */
export function createRefusedList(context: Context, destination: string, canRetry: boolean): RefusedList {
  const { words } = context;
  const title = element('summary');
  const list = element('ul', { class: 'sensorpost-readings' });
  const more = button('angle-double-down', words.say('action.more'), () => load(list.childElementCount + 1));
  const whole = element('details', { class: 'sensorpost-refused' });
  const items = new Map<number, HTMLElement>();
  let known = 0;

  function itemOf(reading: RefusedView): HTMLElement {
    const made = items.get(reading.id) ?? createItem(context, destination, reading, canRetry, reload);
    items.set(reading.id, made);
    return made;
  }

  /** Loads the list from its beginning, at least this many readings; elements that are shown already are kept. */
  async function load(atLeast: number): Promise<void> {
    const readings: RefusedView[] = [];
    for (let isLast = false; !isLast && (readings.length < atLeast || readings.length === 0);) {
      const after = readings[readings.length - 1]?.id ?? 0;
      const page = await look<RefusedPageView>('/refused', { destination, after });
      if (!page.ok) {
        context.notices.failed(page.problem);
        return;
      }
      readings.push(...page.answer.readings);
      ({ isLast } = page.answer);
      setShown(more.element, !isLast);
    }
    const shown = new Set(readings.map(({ id }) => id));
    for (const id of items.keys()) if (!shown.has(id)) items.delete(id);
    const hadFocus = list.contains(document.activeElement);
    arrange(
      list,
      readings.map((reading) => itemOf(reading)),
    );
    // A keyboard user whose reading has gone continues from the title of the list.
    if (hadFocus && !list.contains(document.activeElement)) title.focus();
  }

  function reload(): void {
    void load(list.childElementCount);
  }

  function update(count: number): void {
    setText(title, words.say('refused.title', { count: words.count(count) }));
    setShown(whole, count > 0);
    if (whole.open && count !== known) reload();
    known = count;
  }

  whole.append(
    title,
    element('div', { class: 'sensorpost-buttons' }, ...listButtons(context, destination, canRetry, reload)),
    list,
    more.element,
  );
  whole.addEventListener('toggle', () => {
    if (whole.open) reload();
  });
  return { element: whole, update };
}

function listButtons(
  context: Context,
  destination: string,
  canRetry: boolean,
  reload: () => void,
): readonly HTMLElement[] {
  const { words, notices, canChange } = context;
  const retryAll = button('repeat', words.say('action.retry-all'), async () => {
    const answered = await change<ChangedView>('/retry-all', { destination });
    report(context, answered, ({ count }) => words.say('done.retried', { count: words.count(count) }));
    reload();
  });
  const exportAll = createExport(context, '/export-refused', destination, 'refused');
  const discardAll = button('trash', words.say('action.discard-all'), async () => {
    if (!(await notices.confirm(words.say('confirm.discard-all'), words.say('action.discard')))) return;
    const answered = await change<ChangedView>('/discard-all', { destination });
    report(context, answered, ({ count }) => words.say('done.discarded', { count: words.count(count) }));
    reload();
  });
  const shown: Button[] = [
    ...(canChange && canRetry ? [retryAll] : []),
    exportAll,
    ...(canChange ? [discardAll] : []),
  ];
  return shown.map((each) => each.element);
}

function createItem(
  context: Context,
  destination: string,
  { id, timestamp, refusedAt, reason }: RefusedView,
  canRetry: boolean,
  reload: () => void,
): HTMLElement {
  const { words, notices, canChange } = context;
  const content = element('div');
  const details = element(
    'details',
    {},
    element(
      'summary',
      {},
      element('time', { datetime: new Date(timestamp).toISOString() }, words.moment(timestamp)),
      element('span', { class: 'sensorpost-reason' }, reason),
    ),
    element('p', {}, words.say('refused.at', { time: words.moment(refusedAt) })),
    content,
  );
  details.addEventListener('toggle', () => {
    if (details.open && content.childElementCount === 0) void showReading(context, destination, id, content);
  });
  const retry = button('repeat', words.say('action.retry'), async () => {
    const answered = await change<ChangedView>('/retry', { destination, ids: [id] });
    report(context, answered, ({ count }) => words.say('done.retried', { count: words.count(count) }));
    reload();
  });
  const discard = button('trash', words.say('action.discard'), async () => {
    if (!(await notices.confirm(words.say('confirm.discard-one'), words.say('action.discard')))) return;
    const answered = await change<ChangedView>('/discard', { destination, ids: [id] });
    report(context, answered, ({ count }) => words.say('done.discarded', { count: words.count(count) }));
    reload();
  });
  const buttons = [...(canChange && canRetry ? [retry] : []), ...(canChange ? [discard] : [])];
  details.append(element('div', { class: 'sensorpost-buttons' }, ...buttons.map((each) => each.element)));
  return element('li', {}, details);
}

/** Shows the content of a reading: pictures by name and size, the rest as JSON. */
async function showReading(
  { words, notices }: Context,
  destination: string,
  id: number,
  place: HTMLElement,
): Promise<void> {
  const found = await look<ReadingView>('/reading', { destination, id });
  if (!found.ok) {
    notices.failed(found.problem);
    return;
  }
  const { text, isCut, pictures } = found.answer;
  // Text that is wider than the sidebar scrolls, with the keyboard too.
  const code = element(
    'pre',
    { tabindex: '0', role: 'group', 'aria-label': words.say('refused.content') },
    text,
  );
  const pictureTexts = pictures.map(({ field, size }) =>
    element('p', {}, words.say('refused.picture', { field, size: words.bytes(size) })),
  );
  place.replaceChildren(
    code,
    ...(isCut ? [element('p', {}, words.say('refused.cut'))] : []),
    ...pictureTexts,
  );
}

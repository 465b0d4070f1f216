import { MOST_IDS, type ChangedView } from '../../contract';
import { fileName, report } from './context';
import { button, element } from './dom';
import type { RefusedContext } from './refused-reading';
import { change, save, saveChosen, type Answered } from './requests';

/** The buttons of a refused list: for those that are chosen, or for all. */
export interface RefusedButtons {
  readonly element: HTMLElement;
  /** Shows what they are for now. */
  update(): void;
}

/** What the buttons are for: nothing chosen means all, where no filter hides some. */
export interface Selection {
  readonly ids: readonly number[];
  readonly isFiltered: boolean;
}

export function createRefusedButtons(context: RefusedContext, selection: () => Selection): RefusedButtons {
  const { words, notices, canChange, canRetry, destination, reload } = context;

  const retry = button('repeat', words.say('action.retry-all'), async () => {
    const answered = await changeSelected('/retry', destination, selection().ids);
    report(context, answered, ({ count }) => words.say('done.retried', { count: words.count(count) }));
    reload();
  });
  const exportButton = button('download', words.say('action.export'), async () => {
    const { ids } = selection();
    const name = fileName('refused');
    const saved =
      ids.length > 0
        ? await saveChosen(destination, partsOf(ids), name)
        : await save('/export-refused', { destination }, name);
    report(context, saved, () => words.say('done.exported'));
  });
  const discard = button('trash', words.say('action.discard-all'), async () => {
    const { ids } = selection();
    const question =
      ids.length > 0
        ? words.say('confirm.discard-chosen', { count: words.count(ids.length) })
        : words.say('confirm.discard-all');
    if (!(await notices.confirm(question, words.say('action.discard')))) return;
    const answered = await changeSelected('/discard', destination, ids);
    report(context, answered, ({ count }) => words.say('done.discarded', { count: words.count(count) }));
    reload();
  });
  const shown = [
    ...(canChange && canRetry ? [retry] : []),
    exportButton,
    ...(canChange ? [discard] : []),
  ].map((each) => each.element);

  function update(): void {
    const { ids, isFiltered } = selection();
    const label = (all: string, some: string) =>
      ids.length > 0 ? `${words.say(some)} (${words.count(ids.length)})` : words.say(all);
    retry.say('repeat', label('action.retry-all', 'action.retry'));
    exportButton.say('download', label('action.export', 'action.export'));
    discard.say('trash', label('action.discard-all', 'action.discard'));
    // "All" beside a filter might be taken for all that it leaves.
    for (const each of shown) each.disabled = ids.length === 0 && isFiltered;
  }

  return { element: element('div', { class: 'sensorpost-buttons' }, ...shown), update };
}

/** Changes those that are chosen, or all where none is. */
async function changeSelected(
  action: '/retry' | '/discard',
  destination: string,
  ids: readonly number[],
): Promise<Answered<ChangedView>> {
  if (ids.length === 0) return change<ChangedView>(`${action}-all`, { destination });
  let count = 0;
  for (const part of partsOf(ids)) {
    const answered = await change<ChangedView>(action, { destination, ids: part });
    if (!answered.ok) return answered;
    count += answered.answer.count;
  }
  return { ok: true, answer: { count } };
}

function partsOf(ids: readonly number[]): readonly (readonly number[])[] {
  const count = Math.ceil(ids.length / MOST_IDS);
  return Array.from({ length: count }, (_, index) => ids.slice(index * MOST_IDS, (index + 1) * MOST_IDS));
}

import type { ChangedView, ReadingView, RefusedView } from '../../contract';
import { report, type Context } from './context';
import { button, element, setShown, setText, type Button } from './dom';
import { change, look } from './requests';

/** What the readings of one refused list share. */
export interface RefusedContext extends Context {
  readonly destination: string;
  /** Whether the destination has a config node, which would deliver them. */
  readonly canRetry: boolean;
  /** Loads the list again. */
  readonly reload: () => void;
  /** A reading was chosen, or is chosen no longer. */
  readonly choose: (id: number, isChosen: boolean) => void;
}

/** A refused reading in the sidebar. */
export interface RefusedReading {
  readonly element: HTMLElement;
  setChosen(isChosen: boolean): void;
}

export function createRefusedReading(context: RefusedContext, reading: RefusedView): RefusedReading {
  const { words, canChange, canRetry, choose } = context;
  const { id, timestamp, refusedAt, reason, device } = reading;
  const time = words.moment(timestamp);
  const box = element('input', { type: 'checkbox', 'aria-label': words.say('refused.choose', { time }) });
  box.addEventListener('change', () => choose(id, box.checked));
  const content = element('div');
  const buttons = element('div', { class: 'sensorpost-buttons' });
  const details = element(
    'details',
    {},
    element(
      'summary',
      {},
      element('time', { datetime: new Date(timestamp).toISOString() }, time),
      ...(device === '' ? [] : [' ', element('bdi', {}, device)]),
      element('span', { class: 'sensorpost-reason' }, reason),
    ),
    element('p', {}, words.say('refused.at', { time: words.moment(refusedAt) })),
    content,
    buttons,
  );
  const [retry, discard] = createButtons(context, id);
  const shown = [...(canChange && canRetry ? [retry] : []), ...(canChange ? [discard] : [])];
  buttons.append(...shown.map((each) => each.element));
  details.addEventListener('toggle', () => {
    if (details.open && content.childElementCount === 0) void showReading(context, id, content, buttons);
  });

  return {
    element: element('li', { class: 'sensorpost-chooser' }, box, details),
    setChosen: (isChosen) => {
      box.checked = isChosen;
    },
  };
}

function createButtons(context: RefusedContext, id: number): readonly [Button, Button] {
  const { words, notices, destination, reload } = context;
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
  return [retry, discard];
}

/** Shows the content of a reading: pictures by name and size, the rest as JSON, which can be edited. */
async function showReading(
  context: RefusedContext,
  id: number,
  place: HTMLElement,
  buttons: HTMLElement,
): Promise<void> {
  const { words, notices, destination, canChange, canRetry } = context;
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
  // Only the whole of it can be written again.
  if (canChange && canRetry && !isCut) offerEditing(context, id, code, buttons);
}

function offerEditing(context: RefusedContext, id: number, code: HTMLElement, buttons: HTMLElement): void {
  const { words } = context;
  const edit = button('pencil', words.say('action.edit'), () => {
    const editor = createEditor(context, id, code.textContent ?? '', () => {
      editor.replaceWith(code);
      setShown(buttons, true);
      edit.element.focus();
    });
    code.replaceWith(editor);
    setShown(buttons, false);
    editor.querySelector('textarea')?.focus();
  });
  buttons.append(edit.element);
}

/** A form with the JSON of a reading. @param close puts what was there before in its place */
function createEditor(context: RefusedContext, id: number, before: string, close: () => void): HTMLElement {
  const { words, destination, reload } = context;
  const area = element('textarea', {
    rows: '8',
    spellcheck: 'false',
    'aria-label': words.say('refused.content'),
  });
  area.value = before;
  const wrong = element('p', { class: 'sensorpost-error', role: 'alert' });
  setShown(wrong, false);

  function refuse(text: string): void {
    setText(wrong, text);
    setShown(wrong, true);
    area.focus();
  }

  const save = button('check', words.say('action.save'), async () => {
    const problem = jsonProblemOf(area.value);
    if (problem !== undefined) {
      refuse(words.say('edit.not-json', { reason: problem }));
      return;
    }
    const answered = await change<ChangedView>('/edit', { destination, ids: [id], content: area.value });
    if (!answered.ok && answered.problem.kind === 'rules') {
      refuse(answered.problem.message);
      return;
    }
    report(context, answered, ({ count }) => words.say('done.retried', { count: words.count(count) }));
    reload();
  });
  const cancel = button('times', words.say('action.cancel'), close);
  return element(
    'div',
    { class: 'sensorpost-edit' },
    area,
    wrong,
    element('div', { class: 'sensorpost-buttons' }, save.element, cancel.element),
  );
}

/** What is wrong with a text as JSON; undefined where it is JSON. */
function jsonProblemOf(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

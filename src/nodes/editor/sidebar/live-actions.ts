import type { DestinationView } from '../../contract';
import { nameOf, report, type Context } from './context';
import { createExport } from './export-button';
import { button, element } from './dom';
import { createImport } from './import-file';
import { createRefusedList } from './refused-list';
import { change } from './requests';
import { createSentList } from './sent-list';

/** The lower part of a card: its buttons and the refused list. */
export interface Actions {
  readonly element: HTMLElement;
  update(view: DestinationView, all: readonly DestinationView[]): void;
}

/** The actions for a destination with a config node. */
export function createLiveActions(context: Context, first: DestinationView): Actions {
  const { words, canChange } = context;
  const { key: destination } = first;
  let current = first;

  const retryNow = button('bolt', words.say('action.retry-now'), async () => {
    report(context, await change('/retry-now', { destination }), () => words.say('done.retry-now'));
  });
  const pause = button('pause', words.say('action.pause'), async () => {
    const action = current.state === 'paused-by-user' ? 'resume' : 'pause';
    report(context, await change(`/${action}`, { destination }), () => words.say(`done.${action}`));
  });
  const settings = button('cog', words.say('action.settings'), () => {
    const [node] = current.nodes;
    if (node) RED.editor.editConfig('', node.type, node.id);
  });
  const refused = createRefusedList(context, destination, true);
  const exportAll = createExport(context, destination);
  const sent = createSentList(context, destination);
  const files = createImport(context, destination);
  const buttons = [
    ...(canChange ? [retryNow, pause] : []),
    settings,
    exportAll,
    ...(canChange ? [files.button] : []),
  ];
  const whole = element(
    'div',
    {},
    element('div', { class: 'sensorpost-buttons' }, ...buttons.map((each) => each.element)),
    files.element,
    refused.element,
    sent.element,
  );

  function update(view: DestinationView): void {
    current = view;
    const isPaused = view.state === 'paused-by-user';
    pause.say(isPaused ? 'play' : 'pause', words.say(isPaused ? 'action.resume' : 'action.pause'));
    retryNow.element.disabled = isPaused;
    settings.element.setAttribute(
      'aria-label',
      words.say('action.settings-of', { name: nameOf(context, view) }),
    );
    // Where nothing is kept there is nothing to export.
    exportAll.element.disabled = view.waiting + view.refused === 0;
    refused.update(view.refused);
    sent.update(view.sent);
  }

  return { element: whole, update };
}

import type { ChangedView, DestinationView } from '../../contract';
import { nameOf, placeOf, report, type Context } from './context';
import { button, element, setShown } from './dom';
import { createExport } from './export-button';
import type { Actions } from './live-actions';
import { createRefusedList } from './refused-list';
import { change } from './requests';
import { showInvisible } from '../../../visible-text';

/** The actions for a queue without a config node: assign it to another destination, export it, or discard it. */
export function createOrphanActions(
  context: Context,
  { key, refused: count, namesSensors }: DestinationView,
): Actions {
  const { words, canChange } = context;
  // A config node of the same settings has another queue of this kind.
  const explanation = namesSensors ? 'orphan.explanation-sensors' : 'orphan.explanation';
  const refused = createRefusedList(context, key, false);
  const assign = createAssignment(context, key);
  const exportAll = createExport(context, key);
  const discard = button('trash', words.say('action.discard'), async () => {
    const question = words.say('confirm.clear');
    if (!(await context.notices.confirm(question, words.say('action.discard')))) return;
    const answered = await change<ChangedView>('/clear', { destination: key });
    report(context, answered, (changed) =>
      words.say('done.discarded', { count: words.count(changed.count) }),
    );
  });
  const whole = element('div', {}, element('p', {}, words.say(explanation)));
  if (canChange) whole.append(assign.element);
  whole.append(
    element(
      'div',
      { class: 'sensorpost-buttons' },
      exportAll.element,
      ...(canChange ? [discard.element] : []),
    ),
    refused.element,
  );
  refused.update(count);

  return {
    element: whole,
    update(view, all) {
      refused.update(view.refused);
      assign.update(view, all);
    },
  };
}

/** The choice of another destination of the same service. */
function createAssignment(context: Context, from: string): Actions {
  const { words, notices } = context;
  const select = element('select', { 'aria-label': words.say('orphan.target') });
  const none = element('p', {}, words.say('orphan.no-target'));
  const assign = button('random', words.say('action.assign'), async () => {
    const name = select.selectedOptions[0]?.textContent ?? '';
    if (!(await notices.confirm(words.say('confirm.assign', { name }), words.say('action.assign')))) return;
    const answered = await change<ChangedView>('/reassign', { from, to: select.value });
    report(context, answered, ({ count }) => words.say('done.assigned', { count: words.count(count), name }));
  });
  const chooser = element('div', { class: 'sensorpost-assign' }, select, assign.element);

  function update(orphan: DestinationView, all: readonly DestinationView[]): void {
    const targets = all.filter((view) => view.state !== 'orphaned' && mayTake(view, orphan));
    setShown(chooser, targets.length > 0);
    setShown(none, targets.length === 0 && !orphan.namesSensors);
    const keys = targets.map(({ key }) => key).join('\n');
    // Options are replaced only when they change: the user may have the list open.
    if (select.dataset['keys'] === keys) return;
    select.dataset['keys'] = keys;
    select.replaceChildren(...targets.map((target) => optionOf(context, target)));
  }

  return { element: element('div', {}, chooser, none), update };
}

/** Whether a destination takes the readings of another: readings that name their sensors are for those alone. */
function mayTake(target: DestinationView, { service, namesSensors }: DestinationView): boolean {
  return target.service === service && target.namesSensors === namesSensors;
}

function optionOf(context: Context, view: DestinationView): HTMLOptionElement {
  const option = element('option', { value: view.key }, nameOf(context, view));
  option.title = showInvisible(placeOf(context, view));
  return option;
}

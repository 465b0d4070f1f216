/** Below a graph: after which silence the line of each field breaks. */
import type { GapRule } from '../station/views/api';
import type { Context } from './context';
import { element } from './dom';
import { labelOf, type ColouredField } from './fields';
import { DAY_MS, HOUR_MS } from './range';
import type { SourceId } from './route';
import { fill } from './texts';

const MINUTE_MS = 60_000;

/** The lengths of time to choose from. */
const LENGTHS = [
  MINUTE_MS,
  5 * MINUTE_MS,
  15 * MINUTE_MS,
  HOUR_MS,
  3 * HOUR_MS,
  12 * HOUR_MS,
  DAY_MS,
  7 * DAY_MS,
];

/** What closes and opens, with a choice for each field. */
export function gapControl(
  context: Context,
  source: SourceId,
  fields: readonly ColouredField[],
  isSwitch: boolean,
): HTMLElement {
  const { gaps: texts } = context.texts;
  const choices = fields.map(({ field }) =>
    element(
      'label',
      {},
      element('span', {}, labelOf(field)),
      choiceOf(context, { source, field: field.name }),
    ),
  );
  return element(
    'details',
    { class: 'help gaps' },
    element('summary', {}, texts.title),
    element('p', {}, isSwitch ? texts.ofSwitch : texts.ofLine),
    element('div', { class: 'gap-choices' }, ...choices),
  );
}

function choiceOf(
  { texts, formats, gaps }: Context,
  id: { readonly source: SourceId; readonly field: string },
): HTMLSelectElement {
  const chosen = gaps.ruleOf(id);
  const rules: readonly GapRule[] = ['automatic', Infinity, ...LENGTHS];
  const options = rules.map((rule) =>
    element('option', { value: String(rule), selected: rule === chosen }, nameOf(rule)),
  );
  const made = element('select', {}, ...options);
  made.addEventListener('change', () => gaps.choose(id, rules[made.selectedIndex] ?? 'automatic'));
  return made;

  function nameOf(rule: GapRule): string {
    if (rule === 'automatic') return texts.gaps.automatic;
    return rule === Infinity ? texts.gaps.never : fill(texts.gaps.after, { time: formats.duration(rule) });
  }
}

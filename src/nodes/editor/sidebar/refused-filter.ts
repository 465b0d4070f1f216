import { LONGEST_SEARCH } from '../../contract';
import type { Context } from './context';
import { element } from './dom';

/** What limits the refused list: a folded form. */
export interface RefusedFilter {
  readonly element: HTMLElement;
  /** The parameters of a request; empty where nothing is limited. */
  values(): Readonly<Record<string, string | number>>;
  /** Whether anything is limited. */
  isSet(): boolean;
}

/** How long the user may pause in typing, in milliseconds, before the list is asked for. */
const PAUSE_MS = 300;

/** @param changed called when the user has changed it */
export function createRefusedFilter({ words }: Context, changed: () => void): RefusedFilter {
  const text = field(words.say('filter.text'), 'search');
  const device = field(words.say('filter.device'), 'search');
  const from = field(words.say('filter.from'), 'datetime-local');
  const to = field(words.say('filter.to'), 'datetime-local');
  const fields = [text, device, from, to];
  const whole = element(
    'details',
    { class: 'sensorpost-filter' },
    element('summary', {}, words.say('filter.title')),
    ...fields.map((each) => each.element),
  );
  let timer: ReturnType<typeof setTimeout> | undefined;
  whole.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(changed, PAUSE_MS);
  });

  function values(): Readonly<Record<string, string | number>> {
    const entries = [
      ['text', text.input.value.trim()],
      ['device', device.input.value.trim()],
      ['from', timeOf(from.input)],
      ['to', timeOf(to.input)],
    ] as const;
    return Object.fromEntries(entries.filter(([, value]) => value !== ''));
  }

  return { element: whole, values, isSet: () => Object.keys(values()).length > 0 };
}

function field(label: string, type: 'search' | 'datetime-local') {
  const input = element('input', { type, maxlength: String(LONGEST_SEARCH) });
  return { input, element: element('label', {}, element('span', {}, label), input) };
}

/** A time of the browser's zone as milliseconds since 1970; empty where there is none. */
function timeOf({ value }: HTMLInputElement): number | '' {
  const time = value === '' ? Number.NaN : new Date(value).getTime();
  return time >= 0 ? time : '';
}

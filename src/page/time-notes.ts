/** Lines that say which readings of a source have a time that is not what it seems. */
import type { SourceAnswer } from '../station/views/api';
import type { Context } from './context';
import { element, icon, setText } from './dom';
import { aheadOf } from './fields';
import type { SourceId } from './route';
import { fill } from './texts';

/** Says that readings of a source are ahead of the station's clock, and how many. */
export function aheadNote(context: Context, source: SourceId): HTMLElement {
  const { texts, formats } = context;
  return timeNote(context, source, ({ fields }) => {
    const ahead = aheadOf(fields);
    if (!ahead) return '';
    return fill(texts.time.ahead, { count: String(ahead.count), time: formats.time(ahead.until) });
  });
}

/** Says that readings of a source wait until the time is known. */
export function unconfirmedNote(context: Context, source: SourceId): HTMLElement {
  return timeNote(context, source, ({ fields }) =>
    fields.some(({ unconfirmed }) => unconfirmed !== undefined) ? context.texts.time.unconfirmed : '',
  );
}

/** A line of text that stays up to date; it takes no room while there is none. */
function timeNote(
  { station, signal }: Context,
  source: SourceId,
  textOf: (source: SourceAnswer) => string,
): HTMLElement {
  const text = element('span', {});
  const made = element('p', { class: 'time-note' }, icon('alert'), text);

  function update(): void {
    const found = station.find(source);
    const told = found ? textOf(found) : '';
    setText(text, told);
    made.hidden = told === '';
  }

  update();
  station.loaded.listen(update, signal);
  return made;
}

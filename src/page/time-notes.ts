/** Lines that say which readings of a source have a time that is not what it seems. */
import type { SourceAnswer } from '../station/views/api';
import type { Context } from './context';
import { element, icon, setText } from './dom';
import { aheadOf } from './fields';
import type { SourceId } from './route';
import { fill } from './texts';

/** An element with these lines of one source, which stays up to date; it takes no room while there are none. */
export function timeNotes(context: Context, source: SourceId): HTMLElement {
  const { texts, formats, station, signal } = context;
  const text = element('span', {});
  const made = element('p', { class: 'time-note' }, icon('alert'), text);

  function aheadText({ fields }: SourceAnswer): string {
    const ahead = aheadOf(fields);
    if (!ahead) return '';
    return fill(texts.time.ahead, { count: String(ahead.count), time: formats.time(ahead.until) });
  }

  function update(): void {
    const found = station.find(source);
    const told = found ? aheadText(found) : '';
    setText(text, told);
    made.hidden = told === '';
  }

  update();
  station.loaded.listen(update, signal);
  return made;
}

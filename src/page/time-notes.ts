/** Lines that say which readings of a source have a time that is not what it seems. */
import { SOON_MS, type SourceAnswer } from '../station/views/api';
import type { Context } from './context';
import { button, element, icon, setText } from './dom';
import { aheadOf } from './fields';
import type { SourceId } from './route';
import { fill } from './texts';

/** Says that readings of a source are more than a day ahead of the station's clock, and how many. */
export function aheadNote(context: Context, source: SourceId): HTMLElement {
  const { texts, formats } = context;
  return timeNote(context, source, ({ fields }) => {
    const ahead = aheadOf(fields, 'ahead');
    if (!ahead) return '';
    return fill(texts.time.ahead, { count: String(ahead.count), time: formats.time(ahead.until) });
  });
}

/** Says that readings of a source are up to a day ahead of the station's clock, how many, and by how much. */
export function laterNote(context: Context, source: SourceId): HTMLElement {
  const { texts, formats, station } = context;
  return timeNote(context, source, ({ fields }) => {
    const later = aheadOf(fields, 'later');
    if (!later || later.until - station.now <= SOON_MS) return '';
    const time = formats.duration(later.until - station.now);
    return fill(texts.time.later, { count: String(later.count), time });
  });
}

/** A button that shows what is ahead of the station's clock; it takes no room where nothing is. */
export function showAhead(context: Context, source: SourceId, act: (until: number) => void): HTMLElement {
  const { texts, station, signal } = context;
  const made = button(texts.time.show, { class: 'button show-ahead' }, () => act(untilOf()));

  function untilOf(): number {
    const fields = station.find(source)?.fields ?? [];
    return Math.max(aheadOf(fields, 'ahead')?.until ?? 0, aheadOf(fields, 'later')?.until ?? 0);
  }

  const update = () => {
    made.hidden = untilOf() <= station.now + SOON_MS;
  };
  update();
  station.loaded.listen(update, signal);
  context.tick.listen(update, signal);
  return made;
}

/** Says that readings of a source wait until the time is known. */
export function unconfirmedNote(context: Context, source: SourceId): HTMLElement {
  return timeNote(context, source, ({ fields }) =>
    fields.some(({ unconfirmed }) => unconfirmed !== undefined) ? context.texts.time.unconfirmed : '',
  );
}

/** A line of text that stays up to date; it takes no room while there is none. */
function timeNote(
  { station, tick, signal }: Context,
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
  tick.listen(update, signal);
  return made;
}

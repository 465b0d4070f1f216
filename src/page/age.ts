/** Ages that stay up to date while the page is open. */
import type { Context } from './context';
import { element, setText } from './dom';

/**
 * An element that shows an age, and the exact time as a tooltip.
 * @param timeOf milliseconds since 1970; undefined shows nothing
 */
export function ageElement(context: Context, timeOf: () => number | undefined): HTMLTimeElement {
  const { formats, station, tick, signal } = context;
  const made = element('time', { class: 'age' });
  const update = () => {
    const time = timeOf();
    if (time === undefined) return setText(made, '');
    setText(made, formats.age(station.now - time));
    made.title = formats.time(time);
    made.dateTime = new Date(time).toISOString();
  };
  update();
  tick.listen(update, signal);
  station.measured.listen(update, signal);
  station.loaded.listen(update, signal);
  return made;
}

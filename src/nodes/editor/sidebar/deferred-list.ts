import type { DeferredView, DestinationView } from '../../contract';
import type { Context } from './context';
import { arrange, element, setShown, setText } from './dom';
import { showInvisible } from '../../../visible-text';

/** The devices of a queue that wait while others are sent. */
export interface DeferredList {
  readonly element: HTMLElement;
  /** @param now the time of Node-RED's machine, in milliseconds */
  update(view: DestinationView, now: number): void;
}

export function createDeferredList({ words }: Context): DeferredList {
  const list = element('ul', { class: 'sensorpost-devices' });
  const rest = element('li');
  const lines: Line[] = [];

  function lineOf(index: number): Line {
    return (lines[index] ??= createLine());
  }

  function update({ deferred, deferredCount }: DestinationView, now: number): void {
    const shown = deferred.map((view, index) => {
      const line = lineOf(index);
      line.set(view, textOf({ words }, view, now));
      return line.element;
    });
    const hidden = deferredCount - deferred.length;
    setText(rest, words.say('device.more', { count: words.count(hidden) }));
    arrange(list, hidden > 0 ? [...shown, rest] : shown);
    setShown(list, deferred.length > 0);
  }

  return { element: list, update };
}

/** Stands for the name in a text: the name is text of a user, in which nothing must be replaced. */
const NAME = '\uE000';

/** "\uE000: not found, 12 waiting, next try 14:05" */
function textOf({ words }: Pick<Context, 'words'>, view: DeferredView, now: number): string {
  const { cause, waiting, retryAt } = view;
  const values = { name: NAME, cause: words.say(`cause.${cause}`), count: words.count(waiting) };
  if (retryAt === undefined) return words.say('device.waiting', values);
  // On the clock of the browser, which need not agree with that of Node-RED's machine.
  const time = words.timeOfDay(Date.now() + Math.max(retryAt - now, 0));
  return words.say('device.waiting-until', { ...values, time });
}

interface Line {
  readonly element: HTMLElement;
  /** @param text with `NAME` in it */
  set(view: DeferredView, text: string): void;
}

function createLine(): Line {
  const mark = element('span', { 'aria-hidden': 'true' });
  const [before, name, after] = [element('span'), element('bdi'), element('span')];
  const line = element('li', {}, mark, element('span', { class: 'sensorpost-device' }, before, name, after));

  return {
    element: line,
    set(view, text) {
      const [start = '', end = ''] = text.split(NAME);
      setText(before, start);
      setText(name, view.name);
      setText(after, end);
      mark.className = `sensorpost-mark sensorpost-mark-${view.needsPerson ? 'person' : 'heals'}`;
      line.title = showInvisible(`${view.name}: ${view.message}`);
    },
  };
}

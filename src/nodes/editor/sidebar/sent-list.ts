import type { SentPageView, SentView } from '../../contract';
import type { Context } from './context';
import { button, element, setShown } from './dom';
import { look } from './requests';

/** What a destination took in the last day: loaded when the user unfolds it. */
export interface SentList {
  readonly element: HTMLElement;
  /** @param sent how many readings were sent since Node-RED started */
  update(sent: number): void;
}

/** Readings that are shown at first, and that each press adds. */
const PAGE = 20;

export function createSentList({ words, notices }: Context, destination: string): SentList {
  const list = element('ul', { class: 'sensorpost-readings' });
  const none = element('p', { role: 'status' }, words.say('sent.none'));
  const more = button('angle-double-down', words.say('action.more'), () =>
    load(list.childElementCount + PAGE),
  );
  const whole = element(
    'details',
    { class: 'sensorpost-sent' },
    element('summary', {}, words.say('sent.title')),
    none,
    list,
    more.element,
    element('p', {}, words.say('sent.bound')),
  );
  let known = 0;
  let newest = 0;

  function itemOf({ device, timestamp, sentAt, statusCode }: SentView): HTMLElement {
    const how = words.say('sent.at', { time: words.moment(sentAt), status: String(statusCode) });
    return element(
      'li',
      {},
      element('time', { datetime: new Date(timestamp).toISOString() }, words.moment(timestamp)),
      ...(device === '' ? [] : [' ', element('bdi', {}, device)]),
      element('span', { class: 'sensorpost-reason' }, how),
    );
  }

  async function load(count: number): Promise<void> {
    const call = (newest += 1);
    const page = await look<SentPageView>('/sent', { destination, count });
    if (call !== newest) return;
    if (!page.ok) {
      notices.failed(page.problem);
      return;
    }
    const { readings, isLast } = page.answer;
    list.replaceChildren(...readings.map((reading) => itemOf(reading)));
    setShown(none, readings.length === 0);
    setShown(more.element, !isLast);
  }

  function reload(): void {
    void load(Math.max(list.childElementCount, PAGE));
  }

  whole.addEventListener('toggle', () => {
    if (whole.open) reload();
  });

  return {
    element: whole,
    update(sent) {
      if (whole.open && sent !== known) reload();
      known = sent;
    },
  };
}

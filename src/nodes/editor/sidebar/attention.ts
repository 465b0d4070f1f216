import type { DestinationView } from '../../contract';
import { element, setShown, setText } from './dom';
import type { Words } from './words';

/**
 * How a queue looks. As in the statuses of nodes, what heals recovers by itself and a person is needed for the rest;
 * `rest` is quiet because somebody wants it so.
 */
export type Look = 'good' | 'busy' | 'heals' | 'person' | 'rest';

const LOOKS: Readonly<Record<DestinationView['state'], Look>> = {
  idle: 'good',
  sending: 'busy',
  offline: 'heals',
  throttled: 'heals',
  retrying: 'heals',
  'awaiting-time': 'heals',
  paused: 'person',
  blocked: 'person',
  orphaned: 'person',
  'paused-by-user': 'rest',
  held: 'rest',
  closed: 'rest',
};

/** Trouble before health, in the order of the ranks. What sends and what has nothing to send change places too often to be told apart. */
const RANKS: Readonly<Record<Look, number>> = { person: 0, heals: 1, rest: 2, busy: 3, good: 3 };

export function lookOf(view: DestinationView): Look {
  if (isPartlyDeferred(view)) return view.deferred.some((each) => each.needsPerson) ? 'person' : 'heals';
  const look = LOOKS[view.state];
  // Whatever the queue does meanwhile: what was refused stays until somebody decides.
  return view.refused > 0 && look !== 'rest' ? 'person' : look;
}

/** Whether nothing is wrong with a queue. */
export function isHealthy(view: DestinationView): boolean {
  return RANKS[lookOf(view)] === RANKS.good;
}

/** Whether only refused readings are left. */
export function hasOnlyRefused({ state, waiting, refused }: DestinationView): boolean {
  return state === 'idle' && waiting === 0 && refused > 0;
}

/** Whether some devices wait while the others are sent. In any other state the whole queue waits. */
export function isPartlyDeferred({ state, deferredCount }: DestinationView): boolean {
  return deferredCount > 0 && ['idle', 'sending', 'retrying'].includes(state);
}

/** Those that need somebody before others; equals keep their order. */
export function byNeed(views: readonly DestinationView[]): readonly DestinationView[] {
  const ranks = [...new Set(Object.values(RANKS))];
  return ranks.flatMap((rank) => views.filter((view) => RANKS[lookOf(view)] === rank));
}

/** The line that says how all queues are. */
export interface Summary {
  readonly element: HTMLElement;
  update(views: readonly DestinationView[]): void;
}

export function createSummary(words: Words): Summary {
  const mark = element('span', { 'aria-hidden': 'true' });
  const text = element('span', { role: 'status' });
  const line = element('p', { class: 'sensorpost-summary' }, text, mark);

  function update(views: readonly DestinationView[]): void {
    const looks = views.map((view) => lookOf(view));
    const worst = looks.includes('person') ? 'person' : looks.includes('heals') ? 'heals' : 'good';
    setShown(line, views.length > 0);
    setText(text, summaryText(words, views.length, worst, looks.filter((look) => look === worst).length));
    mark.className = `sensorpost-mark sensorpost-mark-${worst}`;
  }

  return { element: line, update };
}

/** "3 queues, 1 needs you" */
function summaryText(words: Words, all: number, worst: 'person' | 'heals' | 'good', count: number): string {
  const queues = words.counted('summary.queues', all);
  return worst === 'good'
    ? words.say('summary.good', { queues })
    : words.counted(`summary.${worst}`, count, { queues });
}

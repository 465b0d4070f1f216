import type { DestinationState, DestinationView } from '../../contract';
import { nameOf, placeOf, type Context } from './context';
import { element, icon, row, setShown, setText } from './dom';
import { createDeferredList } from './deferred-list';
import { createGraph } from './graph';
import { createLiveActions, type Actions } from './live-actions';
import { createOrphanActions } from './orphan-actions';

/** A destination in the sidebar. */
export interface Card {
  readonly element: HTMLElement;
  /** @param now the time of Node-RED's machine, in milliseconds */
  update(view: DestinationView, all: readonly DestinationView[], now: number): void;
}

/** How a state looks. As in the statuses of nodes, a ring recovers by itself and a dot needs a person. */
const LOOKS: Readonly<Record<DestinationState, string>> = {
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

let made = 0;

export function createCard(context: Context, view: DestinationView): Card {
  const { words } = context;
  const head = createHead();
  const state = element('p', { class: 'sensorpost-state' });
  const place = element('p');
  const error = createErrorLine(context);
  const deferred = createDeferredList(context);
  const graph = createGraph(words);
  const facts = createFacts(context);
  const actions: Actions =
    view.state === 'orphaned' ? createOrphanActions(context, view) : createLiveActions(context, view);
  const parts = [error, deferred, graph, facts, actions].map((part) => part.element);
  head.body.append(state, place, ...parts);

  return {
    element: element('section', { class: 'sensorpost-card' }, head.element, head.body),
    update(now, all, time) {
      head.update(nameOf(now), now, words.count(now.waiting));
      setText(state, stateText(context, now, time));
      setText(place, placeOf(context, now));
      error.update(now, time);
      deferred.update(now, time);
      graph.update(now);
      setShown(graph.element, now.state !== 'orphaned');
      facts.update(now, time);
      actions.update(now, all);
    },
  };
}

/** The line with the destination's name, which folds the card. */
function createHead() {
  const id = `sensorpost-card-${(made += 1)}`;
  const name = element('span', { class: 'sensorpost-name' });
  const waiting = element('span', { class: 'sensorpost-waiting', 'aria-hidden': 'true' });
  const mark = element('span', { 'aria-hidden': 'true' });
  const toggle = element(
    'button',
    { type: 'button', 'aria-expanded': 'true', 'aria-controls': id },
    icon('angle-down'),
    name,
    waiting,
    mark,
  );
  const body = element('div', { id, class: 'sensorpost-body' });
  toggle.addEventListener('click', () => {
    const isOpen = body.hasAttribute('hidden');
    setShown(body, isOpen);
    toggle.setAttribute('aria-expanded', String(isOpen));
  });

  return {
    element: element('h3', { class: 'sensorpost-head' }, toggle),
    body,
    update(label: string, view: DestinationView, countText: string): void {
      setText(name, label);
      setText(waiting, view.waiting > 0 ? countText : '');
      mark.className = `sensorpost-mark sensorpost-mark-${lookOf(view)}`;
    },
  };
}

function lookOf(view: DestinationView): string {
  if (isPartlyDeferred(view)) return view.deferred.some((each) => each.needsPerson) ? 'person' : 'heals';
  return hasOnlyRefused(view) ? 'person' : LOOKS[view.state];
}

/** Whether only refused readings are left, which need the user. */
function hasOnlyRefused({ state, refused }: DestinationView): boolean {
  return state === 'idle' && refused > 0;
}

/** Whether some devices wait while the others are sent. In any other state the whole queue waits. */
function isPartlyDeferred({ state, deferredCount }: DestinationView): boolean {
  return deferredCount > 0 && ['idle', 'sending', 'retrying'].includes(state);
}

function stateText({ words }: Context, view: DestinationView, now: number): string {
  // Each device has a time of its own.
  if (isPartlyDeferred(view)) return words.say('state.deferred');
  const { state, retryAt } = view;
  const text = words.say(hasOnlyRefused(view) ? 'state.refused' : `state.${state}`);
  if (retryAt === undefined) return text;
  // A time in the past means that it is about to retry.
  const time = words.distance(Math.max(retryAt, now), now);
  return `${text} ${words.say('state.retry-at', { time })}`;
}

/** The line with the current error, or the last one. */
function createErrorLine({ words }: Context) {
  const line = element('p');

  function update({ error }: DestinationView, now: number): void {
    setShown(line, error !== undefined);
    if (!error) return;
    const { message, at, isCurrent } = error;
    line.classList.toggle('sensorpost-error', isCurrent);
    const time = words.distance(at, now);
    setText(line, isCurrent ? message : words.say('fact.last-error', { time, message }));
  }

  return { element: line, update };
}

/** The counts and times of a destination, as a list of terms. */
function createFacts(context: Context) {
  const { words } = context;
  const rows = {
    waiting: row(words.say('fact.waiting')),
    sent: row(words.say('fact.sent')),
    refused: row(words.say('fact.refused')),
    dropped: row(words.say('fact.dropped')),
    damaged: row(words.say('fact.damaged')),
    clock: row(words.say('fact.clock')),
  };
  const list = element('dl', {}, ...Object.values(rows).flatMap(({ elements }) => elements));

  function update(view: DestinationView, now: number): void {
    rows.waiting.set(waitingText(context, view, now));
    rows.sent.set(sentText(context, view, now));
    rows.refused.set(words.count(view.refused));
    rows.dropped.set(words.count(view.dropped));
    rows.damaged.set(words.count(view.damaged));
    rows.clock.set(clockText(context, view));
  }

  return { element: list, update };
}

function waitingText({ words }: Context, { waiting, oldest }: DestinationView, now: number): string {
  const count = words.count(waiting);
  if (oldest === undefined) return count;
  return words.say('fact.waiting-since', { count, time: words.distance(oldest, now) });
}

function sentText({ words }: Context, { sent, lastSentAt }: DestinationView, now: number): string {
  const count = words.count(sent);
  if (lastSentAt === undefined) return count;
  return words.say('fact.sent-last', { count, time: words.distance(lastSentAt, now) });
}

/** What there is to say of clocks; empty where they agree. */
function clockText({ words }: Context, view: DestinationView): string {
  const { corrected, estimated, serviceAheadMs } = view;
  const parts = [
    ...(corrected > 0 ? [words.say('clock.corrected', { count: words.count(corrected) })] : []),
    ...(estimated > 0 ? [words.say('clock.estimated', { count: words.count(estimated) })] : []),
    ...(serviceAheadMs === undefined
      ? []
      : [
          words.say(serviceAheadMs > 0 ? 'clock.service-ahead' : 'clock.service-behind', {
            time: words.span(Math.abs(serviceAheadMs)),
          }),
        ]),
  ];
  return parts.join(' ');
}

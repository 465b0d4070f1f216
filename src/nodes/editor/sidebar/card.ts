import type { DestinationView } from '../../contract';
import { hasOnlyRefused, isHealthy, isPartlyDeferred, lookOf } from './attention';
import { nameOf, placeOf, type Context } from './context';
import { element, icon, row, setShown, setText } from './dom';
import { createDeferredList } from './deferred-list';
import { createGraph } from './graph';
import { createLiveActions, type Actions } from './live-actions';
import { createOrphanActions } from './orphan-actions';
import { showInvisible } from '../../../visible-text';

/** A destination in the sidebar. */
export interface Card {
  readonly element: HTMLElement;
  /** @param now the time of Node-RED's machine, in milliseconds */
  update(view: DestinationView, all: readonly DestinationView[], now: number): void;
}

let made = 0;

export function createCard(context: Context, view: DestinationView): Card {
  const { words } = context;
  const head = createHead();
  const place = element('p');
  const error = createErrorLine(context);
  const deferred = createDeferredList(context);
  const graph = createGraph(words);
  const facts = createFacts(context);
  const actions: Actions =
    view.state === 'orphaned' ? createOrphanActions(context, view) : createLiveActions(context, view);
  // What one does stands before what one only looks at: the sidebar may be low.
  const parts = [error, deferred, actions, facts, graph].map((part) => part.element);
  head.body.append(place, ...parts);

  return {
    element: element('section', { class: 'sensorpost-card' }, head.element, head.state, head.body),
    update(now, all, time) {
      head.update(now, nameOf(context, now), words.count(now.waiting), stateText(context, now, time));
      setText(place, placeOf(context, now));
      error.update(now, time);
      deferred.update(now, time);
      graph.update(now);
      setShown(graph.element, isMoving(now));
      facts.update(now, time);
      actions.update(now, all);
    },
  };
}

/** Whether there is anything in the graph of a queue. */
function isMoving({ state, sentPerBucket, waitingPerBucket }: DestinationView): boolean {
  return state !== 'orphaned' && [...sentPerBucket, ...waitingPerBucket].some((count) => count > 0);
}

/**
 * The line with the destination's name, which folds the card. A card is open while it needs somebody, and otherwise if
 * the user has opened it, or uses it: it never folds under somebody's hands.
 */
function createHead() {
  const id = `sensorpost-card-${(made += 1)}`;
  const name = element('span', { class: 'sensorpost-name' });
  const waiting = element('span', { class: 'sensorpost-waiting', 'aria-hidden': 'true' });
  const mark = element('span', { 'aria-hidden': 'true' });
  const toggle = element(
    'button',
    { type: 'button', 'aria-controls': id },
    icon('angle-down'),
    name,
    waiting,
    mark,
  );
  const state = element('p', { class: 'sensorpost-state' });
  const body = element('div', { id, class: 'sensorpost-body' });
  let chosen: boolean | undefined;
  let current: DestinationView | undefined;

  function fold(): void {
    const isOpen = chosen ?? (current !== undefined && lookOf(current) === 'person');
    setShown(body, isOpen);
    // What is wrong stands there in any case.
    setShown(state, isOpen || (current !== undefined && !isHealthy(current)));
    toggle.setAttribute('aria-expanded', String(isOpen));
  }

  toggle.addEventListener('click', () => {
    chosen = toggle.getAttribute('aria-expanded') !== 'true';
    fold();
  });
  body.addEventListener('focusin', () => {
    chosen = true;
  });

  return {
    element: element('h3', { class: 'sensorpost-head' }, toggle),
    state,
    body,
    update(view: DestinationView, label: string, countText: string, stateLine: string): void {
      current = view;
      setText(name, label);
      setText(waiting, view.waiting > 0 ? countText : '');
      setText(state, stateLine);
      toggle.title = showInvisible(stateLine);
      mark.className = `sensorpost-mark sensorpost-mark-${lookOf(view)}`;
      fold();
    },
  };
}

function stateText({ words }: Context, view: DestinationView, now: number): string {
  // Each device has a time of its own.
  if (isPartlyDeferred(view)) return words.say('state.deferred');
  const { retryAt } = view;
  const text = words.say(`state.${nameOfState(view)}`);
  if (retryAt === undefined) return text;
  // A time in the past means that it is about to retry.
  const time = words.distance(Math.max(retryAt, now), now);
  return `${text} ${words.say('state.retry-at', { time })}`;
}

/** The counts may be newer than what the sender says that it does. */
function nameOfState(view: DestinationView): string {
  if (hasOnlyRefused(view)) return 'refused';
  return view.state === 'idle' && view.waiting > 0 ? 'due' : view.state;
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
    rows.refused.set(view.refused > 0 ? words.count(view.refused) : '');
    rows.dropped.set(explained(context, 'fact.dropped-why', view.dropped));
    rows.damaged.set(explained(context, 'fact.damaged-why', view.damaged));
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

/** A count with what it means; empty where there is none. */
function explained({ words }: Context, key: string, count: number): string {
  return count > 0 ? words.say(key, { count: words.count(count) }) : '';
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

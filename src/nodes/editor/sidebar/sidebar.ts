import type { DestinationView, Overview } from '../../contract';
import { byNeed, createSummary } from './attention';
import { createCard, type Card } from './card';
import type { Context } from './context';
import { arrange, element, setShown, setText } from './dom';
import type { Translate } from '../red';
import { createStationButton } from '../station-page';
import { createNotices } from './notices';
import { look, type Answered } from './requests';
import { createWords } from './words';

const TAB = 'sensorpost-outbox';

/** The topic on which the runtime says that something has changed. */
const TOPIC = 'sensorpost/outbox';

/** How often an open sidebar updates its times, and checks whether something has changed. */
const TICK_MS = 1000;

/** After this many ticks it requests the state even if nothing has changed: the graph moves with time. */
const TICKS_BETWEEN_ASKS = 30;

/** Adds the Outbox tab to the editor's sidebar. */
export function addOutboxSidebar(translate: Translate): void {
  const words = createWords(translate, RED.i18n.lang());
  const content = element('div', { id: TAB, class: 'sensorpost-outbox' });
  let isStale = true;
  let tickCount = 0;
  const context: Context = {
    words,
    notices: createNotices(words),
    canChange: RED.user.hasPermission('sensorpost.write'),
    refresh: () => {
      isStale = true;
    },
  };
  const station = createStationButton(translate, 'red-ui-button red-ui-button-small');
  const page = createPage(context, content, station.element);
  let isAsking = false;

  async function tick(): Promise<void> {
    // Nothing to do while nobody sees it.
    if (isAsking || content.offsetParent === null || document.hidden) return;
    tickCount += 1;
    if (!isStale && tickCount < TICKS_BETWEEN_ASKS) {
      page.tick();
      return;
    }
    isStale = false;
    tickCount = 0;
    isAsking = true;
    void station.update();
    page.show(await look<Overview>(''));
    isAsking = false;
  }

  RED.comms.subscribe(TOPIC, context.refresh);
  RED.comms.on('connect', context.refresh);
  RED.actions.add('sensorpost:show-outbox-tab', () => RED.sidebar.show(TAB));
  RED.sidebar.addTab({
    id: TAB,
    label: words.say('label'),
    name: words.say('name'),
    iconClass: 'fa fa-inbox',
    content,
    enableOnEdit: true,
    onchange: () => {
      context.refresh();
      // The tab is shown just after this.
      setTimeout(() => void tick(), 0);
    },
  });
  setInterval(() => void tick(), TICK_MS);
}

/** The whole page: how all queues are beside `button`, and a card for each, or a note why there is none. */
function createPage(context: Context, content: HTMLElement, button: HTMLElement) {
  const { words } = context;
  const note = element('p', { class: 'sensorpost-note', role: 'status' });
  const summary = createSummary(words);
  const list = element('div');
  const cards = new Map<string, Card>();
  let shown: readonly DestinationView[] = [];
  let order: readonly string[] = [];
  let aheadMs = 0;
  let wasStopped = false;
  content.append(element('div', { class: 'sensorpost-top' }, summary.element, button), note, list);

  function say(text: string): void {
    setText(note, text);
    setShown(note, text !== '');
  }

  function showCards(): void {
    const keys = new Set(shown.map((view) => cardKey(view)));
    for (const key of cards.keys()) if (!keys.has(key)) cards.delete(key);
    for (const view of shown) {
      const key = cardKey(view);
      const card = cards.get(key) ?? createCard(context, view);
      cards.set(key, card);
      card.update(view, shown, Date.now() + aheadMs);
    }
    summary.update(shown);
    // Nothing moves away from under somebody who uses a card: a moved one would lose the focus.
    if (!list.contains(document.activeElement)) order = byNeed(shown).map((view) => cardKey(view));
    const placed = new Set([...order, ...keys]);
    arrange(
      list,
      [...placed].flatMap((key) => cards.get(key)?.element ?? []),
    );
  }

  function show(answered: Answered<Overview>): void {
    if (!answered.ok) {
      const { kind, message } = answered.problem;
      say(words.say('unreadable', { reason: message || words.say(`problem.${kind}`) }));
      return;
    }
    const { now, isRunning, clockDaysAhead, destinations } = answered.answer;
    aheadMs = now - Date.now();
    // A deploy stops the flows only for a moment.
    const isPassing = !isRunning && !wasStopped;
    wasStopped = !isRunning;
    if (isPassing) {
      context.refresh();
      return;
    }
    shown = destinations;
    showCards();
    if (!isRunning) say(words.say('stopped'));
    else if (clockDaysAhead > 0) say(words.say('clock-ahead', { days: String(clockDaysAhead) }));
    else say(destinations.length === 0 ? words.say('empty') : '');
  }

  return { show, tick: showCards };
}

/** A destination that loses or gets its config node gets a new card. */
function cardKey({ key, state }: DestinationView): string {
  return `${state === 'orphaned' ? 'orphan' : 'live'} ${key}`;
}

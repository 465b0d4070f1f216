import type { DialogFailure } from '../../contract';
import { ask, type Asked } from './ask';
import { byId, element, icon } from '../elements';
import type { Notification, Translate } from '../red';

const ICONS = {
  busy: 'spinner fa-spin',
  good: 'check-circle',
  unsure: 'question-circle',
  bad: 'exclamation-triangle',
} as const;

/** Shows the state of a request in its place in a dialog; screen readers announce it. */
export function showOutcome(
  place: HTMLElement,
  tone: keyof typeof ICONS,
  ...content: readonly (Node | string)[]
): void {
  place.dataset['tone'] = tone;
  place.replaceChildren(icon(ICONS[tone]), element('div', {}, ...content));
  place.hidden = false;
}

/** A button of a dialog that makes a request to the runtime and shows the answer. */
export interface AskingButton<Answer> {
  /** The button's id; the answer is shown in the element with that id and `-outcome`. */
  readonly id: string;
  readonly path: string;
  /** The request, made from what is in the dialog at the moment of the click. */
  readonly question: () => object;
  /** The text that is shown until the answer arrives. */
  readonly busy: string;
  readonly describe: (answer: Answer) => Described;
}

/** An answer as the dialog shows it. */
export interface Described {
  /** It in one sentence. */
  readonly sentence: string;
  /** What is shown below the sentence. */
  readonly more?: readonly Node[];
  /** "unsure" where nothing is wrong, and something is left open; "good" where left out. */
  readonly tone?: 'good' | 'unsure';
}

/** Sets up such a button. @returns aborts its request: call it when the dialog closes */
export function prepareButton<Answer extends { readonly ok: true }>(
  translate: Translate,
  { id, path, question, busy, describe }: AskingButton<Answer>,
): () => void {
  const button = byId(id);
  const place = byId(`${id}-outcome`);
  let asked: Asked<Answer> | undefined;
  let message: Notification | undefined;
  let isClosed = false;

  async function run(): Promise<void> {
    if (asked) return;
    message?.close();
    asked = ask<Answer>(translate, path, question());
    button.setAttribute('aria-disabled', 'true');
    showOutcome(place, 'busy', busy);
    const answer = await asked.answer;
    asked = undefined;
    if (isClosed) return;
    button.removeAttribute('aria-disabled');
    show(answer);
  }

  function show(answer: Answer | DialogFailure): void {
    if (!answer.ok) {
      showOutcome(place, 'bad', answer.reason);
      message = notify(answer.reason, 'error');
      return;
    }
    const { sentence, more = [], tone = 'good' } = describe(answer);
    showOutcome(place, tone, sentence, ...more);
    message = notify(sentence, tone === 'good' ? 'success' : 'warning');
  }

  button.addEventListener('click', () => void run());
  return () => {
    isClosed = true;
    message?.close();
    asked?.giveUp();
  };
}

// Short, because the dialog shows the same text, and the message covers buttons.
const SHOWN_MS = 3000;

/** Notifies with an element: the editor takes a string for HTML, and a reason may quote a server. */
function notify(text: string, type: 'success' | 'warning' | 'error'): Notification {
  return RED.notify(element('p', {}, text), { type, timeout: SHOWN_MS });
}

import type { DialogFailure } from '../../contract';
import { ask, type Asked } from './ask';
import { byId, element, icon } from '../elements';
import type { Notification, Translate } from '../red';

const ICONS = { busy: 'spinner fa-spin', good: 'check-circle', bad: 'exclamation-triangle' } as const;

/** Shows how something stands in its place of a dialog, which tells screen readers too. */
export function showOutcome(
  place: HTMLElement,
  tone: keyof typeof ICONS,
  ...content: readonly (Node | string)[]
): void {
  place.dataset['tone'] = tone;
  place.replaceChildren(icon(ICONS[tone]), element('div', {}, ...content));
  place.hidden = false;
}

/** A button of a dialog that asks the runtime for something, and shows what comes of it. */
export interface AskingButton<Answer> {
  /** The button's id; its outcome is shown in the element with `-outcome` behind that. */
  readonly id: string;
  readonly path: string;
  /** What the dialog holds at the moment of the click. */
  readonly question: () => object;
  /** What is said while the answer is awaited. */
  readonly busy: string;
  /** A good answer in one sentence, and what the dialog shows below it. */
  readonly describe: (answer: Answer) => { readonly sentence: string; readonly more?: readonly Node[] };
}

/** Sets up such a button. @returns ends the waiting, when the dialog closes */
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
    const { sentence, more = [] } = describe(answer);
    showOutcome(place, 'good', sentence, ...more);
    message = notify(sentence, 'success');
  }

  button.addEventListener('click', () => void run());
  return () => {
    isClosed = true;
    message?.close();
    asked?.giveUp();
  };
}

// The dialog goes on to say it, and the buttons below the message are wanted again.
const SHOWN_MS = 3000;

/** The editor takes a text for HTML, and a reason may quote a server. */
function notify(text: string, type: 'success' | 'error'): Notification {
  return RED.notify(element('p', {}, text), { type, timeout: SHOWN_MS });
}

import { element } from './dom';
import type { Problem } from './requests';
import type { Words } from './words';

/** Notifications at the top of the editor about the results of actions. */
export interface Notices {
  done(text: string): void;
  failed(problem: Problem): void;
  /** Asks for confirmation of something that cannot be undone; resolves to whether the user confirmed. */
  confirm(question: string, action: string): Promise<boolean>;
}

/** Problems that the catalogue has no words for. */
const IN_OWN_WORDS: ReadonlySet<Problem['kind']> = new Set(['foreign', 'outbox', 'rules', 'unexpected']);

const SHOWN_MS = 4000;
const PROBLEM_SHOWN_MS = 10_000;

export function createNotices(words: Words): Notices {
  function failed({ kind, message }: Problem): void {
    const text = IN_OWN_WORDS.has(kind) ? message : words.say(`problem.${kind}`);
    RED.notify(element('p', { role: 'alert' }, text), { type: 'error', timeout: PROBLEM_SHOWN_MS });
  }

  return {
    done: (text) => {
      RED.notify(element('p', { role: 'status' }, text), { type: 'success', timeout: SHOWN_MS });
    },
    failed,
    confirm,
  };
}

function confirm(question: string, action: string): Promise<boolean> {
  const asker = document.activeElement;
  return new Promise((resolve) => {
    function answer(isConfirmed: boolean): void {
      notification.close();
      if (asker instanceof HTMLElement) asker.focus();
      resolve(isConfirmed);
    }
    const notification = RED.notify(element('p', {}, question), {
      type: 'warning',
      modal: true,
      fixed: true,
      buttons: [
        { text: RED._('common.label.cancel'), click: () => answer(false) },
        { text: escape(action), class: 'primary', click: () => answer(true) },
      ],
    });
    notification.setAttribute('role', 'alertdialog');
    notification.setAttribute('aria-label', question);
    notification.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') answer(false);
    });
    notification.querySelector('button')?.focus();
  });
}

/** Text as HTML, because the editor takes the text of a button for HTML. */
function escape(text: string): string {
  return element('span', {}, text).innerHTML;
}

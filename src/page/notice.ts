/** A sentence in the place of missing content, with a button for what can be done about it. */
import { ApiFailure } from './api';
import { button, element } from './dom';
import type { Texts } from './texts';

export class Notice {
  readonly element = element('div', { class: 'notice', hidden: true });
  #shown = '';

  show(message: string, action?: string, act: () => void = () => undefined): void {
    this.element.hidden = false;
    if (this.#shown === message) return;
    this.#shown = message;
    this.element.replaceChildren(
      element('p', {}, message),
      ...(action === undefined ? [] : [button(action, { class: 'button' }, act)]),
    );
  }

  hide(): void {
    this.element.hidden = true;
  }
}

/** Why a request to the station failed: its own message, or that it could not be reached. */
export function reasonOf(error: unknown, { failure }: Texts): string {
  return error instanceof ApiFailure ? error.message : failure.unreachable;
}

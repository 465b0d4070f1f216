/** Building blocks of the sidebar's page. All text is inserted as text, never as HTML. */

import { showInvisible } from '../../../visible-text';
import { element, icon } from '../elements';

export { element, icon };

/** A button in the editor's style. */
export interface Button {
  readonly element: HTMLButtonElement;
  /** Changes its icon and its label. */
  say(iconName: string, label: string): void;
}

/** @param press what a click does; until that is done, further clicks are ignored */
export function button(iconName: string, label: string, press: () => Promise<void> | void): Button {
  const made = element('button', { type: 'button', class: 'red-ui-button red-ui-button-small' });

  function say(newIcon: string, newLabel: string): void {
    made.replaceChildren(icon(newIcon), ` ${showInvisible(newLabel)}`);
  }

  say(iconName, label);
  made.addEventListener('click', () => {
    // Not `disabled`, which would take the focus away.
    if (made.hasAttribute('aria-busy')) return;
    const work = press();
    if (!work) return;
    made.setAttribute('aria-busy', 'true');
    void work.finally(() => made.removeAttribute('aria-busy'));
  });
  return { element: made, say };
}

/** Sets an element's text if it differs: screen readers would announce an unchanged text again. */
export function setText(target: HTMLElement, text: string): void {
  const shown = showInvisible(text);
  if (target.textContent !== shown) target.textContent = shown;
}

/** Shows or hides an element. */
export function setShown(target: HTMLElement, isShown: boolean): void {
  target.hidden = !isShown;
}

/** Makes these the children of a parent, in this order. Those that are in place are not moved, and keep the focus. */
export function arrange(parent: HTMLElement, children: readonly HTMLElement[]): void {
  const wanted = new Set<Element>(children);
  const surplus = [...parent.children].filter((child) => !wanted.has(child));
  for (const child of surplus) child.remove();
  for (const [index, child] of children.entries()) {
    const there = parent.children[index];
    if (there !== child) parent.insertBefore(child, there ?? null);
  }
}

/** A row of a list of terms: a term and its description. */
export interface Row {
  readonly elements: readonly [HTMLElement, HTMLElement];
  /** An empty text hides the row. */
  set(text: string): void;
}

export function row(term: string): Row {
  const elements = [element('dt', {}, term), element('dd')] as const;
  return {
    elements,
    set(text) {
      setText(elements[1], text);
      for (const each of elements) setShown(each, text !== '');
    },
  };
}

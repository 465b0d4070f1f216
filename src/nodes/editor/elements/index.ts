/** Creates elements. All text is inserted as text, never as HTML, and what nobody sees is shown by its number. */
import { showInvisible } from '../../../visible-text';

type Child = Node | string;

/** An element with attributes and content. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    made.setAttribute(name, READ_ATTRIBUTES.includes(name) ? showInvisible(value) : value);
  made.append(...shownOf(children));
  return made;
}

/** Attributes that people read or hear. */
const READ_ATTRIBUTES: readonly string[] = ['title', 'aria-label', 'aria-valuetext', 'alt', 'placeholder'];

function shownOf(children: readonly Child[]): readonly Child[] {
  return children.map((child) => (typeof child === 'string' ? showInvisible(child) : child));
}

/** An icon of Font Awesome 4, which is part of the editor; screen readers ignore it. */
export function icon(name: string): HTMLElement {
  return element('i', { class: `fa fa-${name}`, 'aria-hidden': 'true' });
}

/** A small button in the editor's style. */
export function smallButton(
  text: string,
  press: () => void,
  attributes: Readonly<Record<string, string>> = {},
): HTMLButtonElement {
  const look = { type: 'button', class: 'red-ui-button red-ui-button-small' };
  const made = element('button', { ...look, ...attributes }, text);
  made.addEventListener('click', press);
  return made;
}

const SVG = 'http://www.w3.org/2000/svg';

/** An SVG element with attributes and children. */
export function svg(
  tag: string,
  attributes: Readonly<Record<string, string | number>>,
  ...children: readonly Child[]
): SVGElement {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...shownOf(children));
  return made;
}

/** The element with this id in the open dialog. Each template has the elements that its dialog needs. */
export function byId(id: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(`#${id}`);
  if (!found) throw new Error(`The dialog has no #${id}`);
  return found;
}

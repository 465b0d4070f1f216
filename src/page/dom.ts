/** Creates elements. Text stays text: nothing is ever parsed as markup, and what nobody sees is shown by its number. */
import { showInvisible } from '../visible-text';

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;
type Child = Node | string;

/** @param attributes `true` is an attribute without a value, `false` and `undefined` none */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  return filled(document.createElement(tag), attributes, children);
}

export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Tag] {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

/** A button; its content may be an icon with an accessible name. */
export function button(content: Child, attributes: Attributes, onClick: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button', ...attributes }, content);
  made.addEventListener('click', onClick);
  return made;
}

/** A button with an icon alone. */
export function iconButton(name: Icon, label: string, onClick: () => void): HTMLButtonElement {
  return button(icon(name), { class: 'icon-button', 'aria-label': label, title: label }, onClick);
}

/** Sets a text only where it differs, so that nothing is drawn or announced without need. */
export function setText(node: Element, text: string): void {
  const shown = showInvisible(text);
  if (node.textContent !== shown) node.textContent = shown;
}

/** Puts children in order without moving those that are in place, so that the focus stays where it is. */
export function arrange(parent: Element, children: readonly Element[]): void {
  for (const [index, child] of children.entries()) {
    const present = parent.children[index];
    if (present !== child) parent.insertBefore(child, present ?? null);
  }
  while (parent.children.length > children.length) parent.lastElementChild?.remove();
}

/** Paths in a square of 24 by 24, drawn in the colour of the surrounding text. */
const ICONS = {
  back: 'M15 5l-7 7 7 7',
  forward: 'M9 5l7 7-7 7',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  close: 'M6 6l12 12M18 6L6 18',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5M17.5 17.5L19 19M5 19l1.5-1.5M17.5 6.5L19 5',
  leave: 'M14 4H5v16h9M10 12h11M17 8l4 4-4 4',
  alert: 'M12 4L2.5 20h19zM12 10v4M12 17v.01',
} as const;

export type Icon = keyof typeof ICONS;

export function icon(name: Icon): SVGElement {
  return svg(
    'svg',
    { class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true', focusable: 'false' },
    svg('path', { d: ICONS[name] }),
  );
}

/** Attributes that people read or hear. */
const READ_ATTRIBUTES: readonly string[] = ['title', 'aria-label', 'aria-valuetext', 'alt', 'placeholder'];

function textOf(name: string, value: string | number): string {
  return READ_ATTRIBUTES.includes(name) ? showInvisible(String(value)) : String(value);
}

function filled<Made extends Element>(made: Made, attributes: Attributes, children: readonly Child[]): Made {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false)
      made.setAttribute(name, value === true ? '' : textOf(name, value));
  }
  made.append(...children.map((child) => (typeof child === 'string' ? showInvisible(child) : child)));
  return made;
}

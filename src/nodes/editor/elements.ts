/** Makes elements; texts from anywhere stay texts. */

/** An HTML element with a class and children. */
export function element(
  tag: string,
  className: string,
  ...children: readonly (Node | string)[]
): HTMLElement {
  const made = document.createElement(tag);
  if (className !== '') made.className = className;
  made.append(...children);
  return made;
}

/** An icon of Font Awesome 4, which the editor brings along; for the eye alone. */
export function icon(name: string): HTMLElement {
  const made = element('i', `fa fa-${name}`);
  made.setAttribute('aria-hidden', 'true');
  return made;
}

const SVG = 'http://www.w3.org/2000/svg';

/** An SVG element with attributes and children. */
export function svg(
  tag: string,
  attributes: Readonly<Record<string, string | number>>,
  ...children: readonly (Node | string)[]
): SVGElement {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/** The element with this id in an open dialog. Each template has those that its dialog asks for. */
export function byId(id: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(`#${id}`);
  if (!found) throw new Error(`The dialog has no #${id}`);
  return found;
}

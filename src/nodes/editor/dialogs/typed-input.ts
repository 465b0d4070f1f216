import { byId } from '../elements';

/** Makes an input of an open dialog take a text, a property of the message or an environment variable. */
export function prepareTypedInput(name: string, label: string): void {
  const id = `node-input-${name}`;
  $(`#${id}`).typedInput({ default: 'str', types: ['str', 'msg', 'env'], typeField: `#${id}Type` });
  // The editor shows another input in place of the labelled one, without a name for screen readers.
  byId(id).nextElementSibling?.querySelector('input')?.setAttribute('aria-label', label);
}

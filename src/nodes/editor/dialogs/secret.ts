/** The key, token or password of a config node, as far as the editor knows of it: whether there is one. */
import type { AnyNode } from '../red';
import { serverOf } from './server';
import { named, type Validator } from './validators';

/** The secret of a type of config node. */
export interface SecretField {
  /** Its name among the credentials. */
  readonly name: string;
  /** The key of its label's text. */
  readonly label: string;
}

/**
 * Whether nodes have a secret, by their ids. The editor holds a node's credentials only from the opening of its dialog to
 * the next deploy; of the others, the runtime was asked.
 */
const known = new Map<string, boolean>();

/** Validates the input of the secret in an open dialog. */
export function secretInput({ label }: SecretField): Validator<{ server: string }> {
  return named(label, function validate(value, _options) {
    return serverOf(this) === 'here' || String(value ?? '').trim() !== '' || this._('common.error.noSecret');
  });
}

/**
 * Validates the secret of a node whose dialog is not open. It is given to a setting without an input of its own, because
 * the editor validates credentials themselves in open dialogs alone.
 */
export function storedSecret({ name, label }: SecretField): Validator<{ server: string }> {
  return named(label, function validate(_value, _options) {
    return serverOf(this) === 'here' || hasSecret(this, name) || this._('common.error.noSecret');
  });
}

/** Whether a node has a secret; assumed of one about which the runtime has not answered. */
export function hasSecret(node: AnyNode, name: string): boolean {
  const held = isHeld(node, name);
  if (held !== undefined) known.set(node.id, held);
  return known.get(node.id) ?? true;
}

/** Whether there is a secret in the open dialog, or among the credentials that the editor holds, if any. */
function isHeld(node: AnyNode, name: string): boolean | undefined {
  const isOpen = RED.editor.getEditStack().some(({ id }) => id === node.id);
  const typed = isOpen ? $(`#node-config-input-${name}`).val() : undefined;
  if (typed !== undefined) return typed.trim() !== '';
  if (!node.credentials) return undefined;
  const text = node.credentials[name];
  return node.credentials[`has_${name}`] === true || (typeof text === 'string' && text.trim() !== '');
}

/** Asks the runtime about the secret of each config node of a type that comes into the editor. */
export function watchSecrets(type: string, { name }: Pick<SecretField, 'name'>): void {
  RED.events.on('nodes:add', (node) => {
    if (node.type === type && !node.credentials) void askAbout(node, name);
  });
}

async function askAbout(node: AnyNode, name: string): Promise<void> {
  let answer: Readonly<Record<string, unknown>>;
  try {
    answer = await $.ajax<Readonly<Record<string, unknown>>>({
      url: `credentials/${node.type}/${encodeURIComponent(node.id)}`,
      method: 'GET',
      cache: false,
      dataType: 'json',
    });
  } catch {
    // Without the permission or a connection nothing is known, and nothing said.
    return;
  }
  // What was entered meanwhile is newer.
  if (node.credentials) return;
  known.set(node.id, answer[`has_${name}`] === true);
  for (const each of [node, ...(node.users ?? [])]) RED.editor.validateNode(each);
  RED.view.redraw();
}

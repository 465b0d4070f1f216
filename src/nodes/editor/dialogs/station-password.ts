import { HASH_PASSWORD, type PasswordAnswer, type PasswordQuestion } from '../../contract';
import { byId } from '../elements';
import type { EditedNode } from '../red';
import { ask } from './ask';
import { showOutcome } from './outcome';

/** A node with the hash of a password in its credentials, of which the editor knows whether it is there. */
export interface PasswordNode {
  credentials?: { passwordHash?: string; has_passwordHash?: boolean };
  changed?: boolean;
}

const HASH = 'passwordHash';

/**
 * Sets up the password of a station-config node: what is typed goes to the runtime when the field is left or the button
 * is pressed, and only its hash becomes the node's credential. @returns call it when the dialog closes
 */
export function preparePassword(node: EditedNode<PasswordNode>): () => void {
  const typed = byId('sensorpost-password');
  const hash = byId(`node-config-input-${HASH}`);
  const place = byId('sensorpost-set-password-outcome');
  if (!(typed instanceof HTMLInputElement) || !(hash instanceof HTMLInputElement)) return () => {};
  const say = (key: string) => node._(`station-config.password.${key}`);
  let isOpen = true;

  const note = () => {
    byId('sensorpost-password-note').textContent = say(hash.value === '' ? 'none' : 'set');
  };

  async function set(): Promise<void> {
    if (!(typed instanceof HTMLInputElement) || typed.value === '') return;
    const question: PasswordQuestion = { password: typed.value };
    typed.value = '';
    if (isOpen) showOutcome(place, 'busy', say('busy'));
    const answer = await ask<PasswordAnswer>((key, values) => node._(key, values), HASH_PASSWORD, question)
      .answer;
    if (isOpen) showOutcome(place, answer.ok ? 'good' : 'bad', answer.ok ? say('made') : answer.reason);
    if (answer.ok) keep(answer.hash);
  }

  function keep(made: string): void {
    if (isOpen) {
      $(`#node-config-input-${HASH}`).val(made).trigger('change');
      $('#node-config-input-access').trigger('change');
      note();
      return;
    }
    // "Done" was pressed with the field just typed in.
    node.credentials = { ...node.credentials, passwordHash: made, has_passwordHash: true };
    node.changed = true;
    RED.nodes.dirty(true);
  }

  typed.addEventListener('change', () => void set());
  byId('sensorpost-set-password').addEventListener('click', () => void set());
  note();
  return () => {
    // Where the field still has the focus, nobody has told of a change yet.
    void set();
    isOpen = false;
  };
}

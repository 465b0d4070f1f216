import { byId, element, smallButton } from '../elements';
import { findStation } from '../station-page';
import { showOutcome } from './outcome';
import type { EditedNode, Translate } from '../red';

/** A key of the station, in the dialog of a config node. */
export interface StationKey {
  /** The input of the credential. */
  readonly input: string;
  /** The service's resource below the station's address, from what is in the dialog. */
  readonly resource: () => string;
}

// 192 random bits are as hard to guess as a service's own keys, and make 32 characters that need no escaping.
const KEY_BYTES = 24;

/**
 * Sets up "Make a key" of a config node whose server is this Node-RED. The key becomes the node's credential, as if it
 * had been typed. It is shown until the dialog closes.
 */
export function prepareStationKey(node: EditedNode<unknown>, { input: id, resource }: StationKey): void {
  const input = byId(id);
  const place = byId('sensorpost-made-key');
  if (!(input instanceof HTMLInputElement)) return;
  const station = findStation();
  const wasSet = input.value !== '';
  const say: Translate = (key, values) => node._(`${node.type}.key.${key}`, values);

  function show(): void {
    const isSet = input instanceof HTMLInputElement && input.value !== '';
    byId('sensorpost-key-note').textContent = say(isSet ? 'set' : 'none');
    byId('sensorpost-make-key').lastElementChild?.replaceChildren(say(isSet ? 'makeNew' : 'make'));
  }

  async function make(): Promise<void> {
    const key = randomKey();
    $(`#${id}`).val(key).trigger('change');
    const sentence = say(wasSet ? 'madeNew' : 'made');
    const root = (await station)?.address;
    const address = root === undefined ? [] : row(node._('common.key.address'), () => root + resource());
    const copies = [...row(say('name'), () => key), ...address];
    showOutcome(place, 'good', sentence, element('dl', { class: 'sensorpost-copies' }, ...copies));
    show();
  }

  function row(name: string, textOf: () => string): Node[] {
    const code = element('code', {}, textOf());
    // The name of the sensor may be typed later.
    $('#node-config-input-sensor').on('change input', () => code.replaceChildren(textOf()));
    const label = `${node._('common.key.copy')}: ${name}`;
    const copy = smallButton(
      node._('common.key.copy'),
      () => RED.clipboard.copyText(textOf(), $(copy), 'clipboard.copyMessageValue'),
      { 'aria-label': label },
    );
    return [element('dt', {}, name), element('dd', {}, code, copy)];
  }

  // A key that the user types need not be shown.
  input.addEventListener('input', () => {
    place.hidden = true;
    place.replaceChildren();
    show();
  });
  byId('sensorpost-make-key').addEventListener('click', () => void make());
  show();
}

function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  const text = btoa(String.fromCharCode(...bytes));
  return text.replace(/\+/g, '-').replace(/\//g, '_');
}

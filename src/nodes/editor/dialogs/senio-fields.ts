import {
  SENIO_CONFIG,
  SENIO_PUBLISH,
  STORED_SECRET,
  TEST_SENIO,
  type ConnectionQuestion,
  type SenioAnswer,
} from '../../contract';
import { ask, type Asked } from './ask';
import { byId, element, smallButton } from '../elements';
import type { EditedNode } from '../red';
import { showInvisible } from '../../../visible-text';

/**
 * Offers the fields of the chosen sensor in the dialog of a senio-publish. Its server is asked whenever a sensor is
 * chosen, with the settings that the config node has in the editor, deployed or not.
 * @returns aborts a request under way: call it when the dialog closes
 */
export function offerSensorFields(node: EditedNode<unknown>): () => void {
  let asked: Asked<SenioAnswer> | undefined;

  async function offer(): Promise<void> {
    asked?.giveUp();
    showFields(node, []);
    // Of a sensor that each message names, nobody knows yet which one that is.
    const isKnown = $('#node-input-sensorType').val() === SENIO_PUBLISH.sensorType;
    const question = isKnown ? questionAbout($('#node-input-config').val() ?? '') : undefined;
    if (!question) return;
    const own = ask<SenioAnswer>((key, values) => node._(key, values), TEST_SENIO, question);
    asked = own;
    const answer = await own.answer;
    // Where the server does not answer, nothing is offered: a field can still be typed.
    if (asked === own && answer.ok) showFields(node, answer.fields);
  }

  $('#node-input-config').on('change', () => void offer());
  $('#node-input-sensorType').on('change', () => void offer());
  return () => {
    const waiting = asked;
    asked = undefined;
    waiting?.giveUp();
  };
}

function questionAbout(id: string): ConnectionQuestion | undefined {
  const config = RED.nodes.node(id);
  if (!config) return undefined;
  const settings = Object.fromEntries(
    Object.keys(SENIO_CONFIG).map((name) => [name, Reflect.get(config, name)]),
  );
  // The editor holds a key only until it is deployed; after that, it only knows that there is one.
  const typed = config.credentials?.['key'];
  return { id, settings, secret: typeof typed === 'string' ? typed : STORED_SECRET };
}

function showFields(node: EditedNode<unknown>, fields: SenioAnswer['fields']): void {
  const input = byId('node-input-field');
  const place = byId('sensorpost-fields');
  byId('sensorpost-field-names').replaceChildren(
    ...fields.map(({ name }) => new Option(showInvisible(name), name)),
  );
  const choices = fields.map(({ name, type, unit }) => {
    const take = () => {
      $('#node-input-field').val(name).trigger('change');
      input.focus();
    };
    const title = [node._(`common.fields.${type}`), unit].filter(Boolean).join(', ');
    return smallButton(name, take, { title });
  });
  place.replaceChildren(element('span', {}, node._('senio-publish.fields')), ...choices);
  place.hidden = fields.length === 0;
}

import { describePin, isChipGpio, overlayLine } from '../../../raspberry-pi-header';
import {
  DHT22_IN,
  DHT22_PINS,
  READ_DHT22,
  readSettings,
  type PinsAnswer,
  type ReadAnswer,
  type ReadQuestion,
} from '../../contract';
import { ask, formValues, prepareButton } from '../dialogs';
import { byId, element, icon, smallButton } from '../elements';
import { createPinHeader } from './pin-header';
import { pinOfGpio, wiringOf } from './pin-layout';
import type { EditedNode, Translate } from '../red';

/** Sets up the drawn header, the kernel's sensors and "Read now". @returns aborts what is under way: call it when the dialog closes */
export function prepareSensorChoice(node: EditedNode<typeof DHT22_IN>): () => void {
  const translate: Translate = (key, values) => node._(key, values);
  const users = new Map(pinsOfOtherNodes(node));
  const input = byId('node-input-gpio');
  const isInput = input instanceof HTMLInputElement;
  const header = createPinHeader(translate, 'sensorpost-gpio-label', pick);
  let known: PinsAnswer | undefined;

  function pick(gpio: number): void {
    if (isInput) input.value = String(gpio);
    $('#node-input-gpio').trigger('change');
  }
  const chosen = () => (isInput && input.value.trim() !== '' ? Number(input.value) : Number.NaN);

  function show(): void {
    const gpio = chosen();
    const shown = withOwnPowerPin(users, translate);
    header.choose(gpio);
    header.grey(shown);
    showWiring(translate, gpio, shown.get(gpio));
    showKernelSensors(translate, gpio, known, pick);
  }

  byId('sensorpost-header').append(header.drawing);
  $('#node-input-gpio').on('change', show);
  $('#node-input-source').on('change', show);
  $('#node-input-powerPin').on('change input', show);
  show();
  const forgetPins = askForPins(translate, (answer) => {
    for (const { gpio, consumer } of answer.used) {
      if (!users.has(gpio)) users.set(gpio, consumer || translate('dht22-in.header.someone'));
    }
    known = answer;
    show();
  });
  const forgetReading = prepareReadNow(translate);
  return () => {
    forgetPins();
    forgetReading();
  };
}

/** With the pin that feeds the sensor of the open dialog, which is no data pin any more. */
function withOwnPowerPin(
  users: ReadonlyMap<number, string>,
  translate: Translate,
): ReadonlyMap<number, string> {
  const typed = String($('#node-input-powerPin').val()).trim();
  if (!/^\d+$/.test(typed)) return users;
  return new Map([...users, [Number(typed), translate('dht22-in.label.powerPin')]]);
}

/** The pins that other nodes of the flows read or feed their sensors from, each with the name of its node. */
function pinsOfOtherNodes(edited: EditedNode<unknown>): readonly (readonly [number, string])[] {
  const pins: [number, string][] = [];
  RED.nodes.eachNode((node) => {
    if (node.type !== 'dht22-in' || node.id === edited.id || node.d) return;
    const { source, gpio, powerPin, name } = readSettings(DHT22_IN, node);
    if (source === 'demo') return;
    const user = name || node.type;
    if (/^\s*\d+\s*$/.test(powerPin)) pins.push([Number(powerPin), user]);
    // The value of an environment variable is not known here.
    if (!String(Reflect.get(node, 'gpio')).includes('${')) pins.push([gpio, user]);
  });
  return pins;
}

/** Asks the runtime what it knows of the pins. Without an answer, only the pins in the flows are known. */
function askForPins(translate: Translate, use: (answer: PinsAnswer) => void): () => void {
  let isClosed = false;
  const asked = ask<PinsAnswer>(translate, DHT22_PINS);
  const hand = async () => {
    const answer = await asked.answer;
    if (!isClosed && answer.ok) use(answer);
  };
  void hand();
  return () => {
    isClosed = true;
    asked.giveUp();
  };
}

/** Describes the wiring in words, below its drawing. */
function showWiring(translate: Translate, gpio: number, user: string | undefined): void {
  const pin = pinOfGpio(gpio);
  const place = byId('sensorpost-wiring');
  if (pin === undefined && $('#node-input-source').val() === 'kernel' && isChipGpio(gpio)) {
    // Only a Compute Module leads it out, each board in its own way.
    place.replaceChildren(describePin(gpio));
    return;
  }
  if (pin === undefined) {
    const value = String($('#node-input-gpio').val());
    place.replaceChildren(warning(translate('dht22-in.error.gpio', { value })));
    return;
  }
  const { power, ground } = wiringOf(pin);
  const lines = [
    translate('dht22-in.wiring.power', { pin: power.pin }),
    translate('dht22-in.wiring.data', { pin: describePin(gpio) }),
    translate('dht22-in.wiring.unused'),
    translate('dht22-in.wiring.ground', { pin: ground.pin }),
  ];
  const title = element('div', {}, translate('dht22-in.wiring.title'));
  const list = element('ol', {}, ...lines.map((line) => element('li', {}, line)));
  const taken =
    user === undefined ? [] : [warning(translate('dht22-in.header.used', { pin: describePin(gpio), user }))];
  place.replaceChildren(...taken, title, list);
}

function warning(text: string): HTMLElement {
  return element('p', { class: 'sensorpost-warning' }, icon('exclamation-triangle'), ' ', text);
}

/** Shows the sensors of the kernel's driver, to be chosen with a click, or the line that it needs for this pin. */
function showKernelSensors(
  translate: Translate,
  gpio: number,
  known: PinsAnswer | undefined,
  pick: (gpio: number) => void,
): void {
  const place = byId('sensorpost-kernel');
  const source = $('#node-input-source').val();
  const isWanted = known !== undefined && (source === 'kernel' || source === 'automatic');
  place.hidden = !isWanted || (known.sensors.length === 0 && source === 'automatic');
  if (!known || place.hidden) return;
  if (known.sensors.length === 0) {
    const line = Number.isNaN(gpio) ? '' : overlayLine(gpio);
    place.replaceChildren(translate('dht22-in.kernel.none'), ' ', element('code', {}, line));
    return;
  }
  const sensors = known.sensors.map(({ device, gpio: pin }) => describeSensor(translate, device, pin, pick));
  place.replaceChildren(element('span', {}, translate('dht22-in.kernel.has')), ...sensors);
}

function describeSensor(
  translate: Translate,
  device: string,
  gpio: number | undefined,
  pick: (gpio: number) => void,
): HTMLElement {
  if (gpio === undefined) return element('span', {}, translate('dht22-in.kernel.untold', { device }));
  return smallButton(describePin(gpio), () => pick(gpio), { title: translate('dht22-in.kernel.take') });
}

function prepareReadNow(translate: Translate): () => void {
  return prepareButton<ReadAnswer>(translate, {
    id: 'sensorpost-read',
    path: READ_DHT22,
    busy: translate('dht22-in.read.busy'),
    question: (): ReadQuestion => ({ settings: formValues(DHT22_IN, 'node-input') }),
    describe: ({ temperature, unit, humidity, source, tries }) => {
      const pin = describePin(Number($('#node-input-gpio').val()));
      const sentence = translate('dht22-in.read.good', { temperature, unit, humidity });
      const from = translate(`dht22-in.read.from.${source}`, { pin, tries });
      return { sentence, more: [element('div', { class: 'sensorpost-detail' }, from)] };
    },
  });
}

import './pin-header.css';
import { HEADER, type PinRole } from '../../../raspberry-pi-header';
import { svg } from '../elements';
import {
  COLUMNS,
  DRAWING,
  gpioOfPin,
  PIN_RADIUS,
  pinInDirection,
  pinOfGpio,
  placeOfPin,
  RESISTOR_X,
  SENSOR_MARGIN,
  SENSOR_X,
  wiringOf,
  type Point,
  type Wire,
  type Wiring,
} from './pin-layout';
import type { Translate } from '../red';

/** The drawn header: a group of radio buttons, one for each GPIO, with the sensor's wires to the chosen one. */
export interface PinHeader {
  readonly drawing: SVGElement;
  /** Marks a GPIO as chosen; a number that the header does not have marks none. */
  choose(gpio: number): void;
  /** Greys pins that something else uses. @param users the name of each pin's user */
  grey(users: ReadonlyMap<number, string>): void;
}

/**
 * @param labelledBy the id of the group's label
 * @param onPick called with the GPIO that the user picks
 */
export function createPinHeader(
  translate: Translate,
  labelledBy: string,
  onPick: (gpio: number) => void,
): PinHeader {
  const wiring = svg('g', { 'aria-hidden': 'true' });
  const pins = HEADER.map((role, index) =>
    'gpio' in role ? drawGpioPin(index + 1, role.gpio) : drawSupplyPin(index + 1, role.supply),
  );
  const radios = new Map(
    [...pins.entries()].flatMap(([index, pin]) =>
      gpioOfPin(index + 1) === undefined ? [] : [[index + 1, pin] as const],
    ),
  );
  const drawing = drawGroup(labelledBy, drawBoard(), wiring, ...pins);

  function mark(pin: number | undefined): void {
    // Where none is chosen, the first one takes the keyboard focus.
    const [first] = radios.keys();
    for (const [other, radio] of radios) {
      radio.setAttribute('aria-checked', String(other === pin));
      radio.setAttribute('tabindex', other === (pin ?? first) ? '0' : '-1');
    }
    wiring.replaceChildren(...(pin === undefined ? [] : drawWiring(translate, wiringOf(pin))));
  }

  function pick(pin: number): void {
    const gpio = gpioOfPin(pin);
    if (gpio === undefined) return;
    mark(pin);
    radios.get(pin)?.focus();
    onPick(gpio);
  }

  for (const [pin, radio] of radios) radio.addEventListener('click', () => pick(pin));
  drawing.addEventListener('keydown', (event) => {
    const from = [...radios].find(([, radio]) => radio === document.activeElement)?.[0];
    if (from === undefined) return;
    const to = pinInDirection(from, event.key);
    // The space bar chooses the pin that has the focus.
    if (to === from && event.key !== ' ') return;
    event.preventDefault();
    pick(to);
  });

  return {
    drawing,
    choose: (gpio) => mark(pinOfGpio(gpio)),
    grey: (users) => {
      for (const [pin, radio] of radios) greyPin(translate, pin, radio, users);
    },
  };
}

function greyPin(
  translate: Translate,
  pin: number,
  radio: SVGElement,
  users: ReadonlyMap<number, string>,
): void {
  const gpio = gpioOfPin(pin) ?? -1;
  const user = users.get(gpio);
  const name = translate('dht22-in.header.pin', { gpio, pin });
  const label = user === undefined ? name : translate('dht22-in.header.used', { pin: name, user });
  radio.classList.toggle('sensorpost-pin-used', user !== undefined);
  radio.setAttribute('aria-label', label);
  radio.querySelector('title')?.replaceChildren(label);
}

function drawGroup(labelledBy: string, ...children: readonly SVGElement[]): SVGElement {
  const viewBox = `0 0 ${DRAWING.width} ${DRAWING.height}`;
  const group = { role: 'radiogroup', 'aria-labelledby': labelledBy };
  return svg('svg', { class: 'sensorpost-header', viewBox, ...group }, ...children);
}

function column(pin: number): (typeof COLUMNS)[number] {
  return COLUMNS[pin % 2 === 1 ? 0 : 1];
}

function drawBoard(): SVGElement {
  const [first, last] = [placeOfPin(1), placeOfPin(HEADER.length)];
  const edge = PIN_RADIUS + 4;
  return svg('rect', {
    class: 'sensorpost-board',
    x: first.x - edge,
    y: first.y - edge,
    width: last.x - first.x + 2 * edge,
    height: last.y - first.y + 2 * edge,
    rx: 5,
  });
}

function drawGpioPin(pin: number, gpio: number): SVGElement {
  const { x, y } = placeOfPin(pin);
  return svg(
    'g',
    { class: 'sensorpost-pin', role: 'radio', 'data-gpio': gpio },
    svg('title', {}),
    svg('circle', { class: 'sensorpost-pin-focus', cx: x, cy: y, r: PIN_RADIUS + 3 }),
    svg('circle', { class: 'sensorpost-pin-hole', cx: x, cy: y, r: PIN_RADIUS }),
    pinLabel(pin, `GPIO ${gpio}`),
    pinNumber(pin),
  );
}

const SUPPLY_CLASSES: Readonly<Record<string, string>> = {
  '3.3 V': 'power',
  '5 V': 'danger',
  ground: 'ground',
};

function drawSupplyPin(pin: number, supply: Extract<PinRole, { supply: string }>['supply']): SVGElement {
  const { x, y } = placeOfPin(pin);
  return svg(
    'g',
    { class: `sensorpost-supply sensorpost-supply-${SUPPLY_CLASSES[supply]}`, 'aria-hidden': 'true' },
    svg('rect', {
      x: x - PIN_RADIUS,
      y: y - PIN_RADIUS,
      width: 2 * PIN_RADIUS,
      height: 2 * PIN_RADIUS,
      rx: 2.5,
    }),
    pinNumber(pin),
    // As it is printed on boards and in pinouts, whatever the language.
    pinLabel(pin, supply === 'ground' ? 'GND' : supply),
  );
}

function pinNumber(pin: number): SVGElement {
  const { x, y } = placeOfPin(pin);
  return svg('text', { class: 'sensorpost-pin-number', x, y: y + 3.2, 'text-anchor': 'middle' }, String(pin));
}

function pinLabel(pin: number, text: string): SVGElement {
  const { labelX, anchor } = column(pin);
  const y = placeOfPin(pin).y + 4;
  return svg('text', { class: 'sensorpost-pin-label', x: labelX, y, 'text-anchor': anchor }, text);
}

function drawWiring(translate: Translate, { sensorPins, power, data, ground }: Wiring): SVGElement[] {
  const [first, second, , last] = sensorPins;
  if (!first || !second || !last) return [];
  const texts = ['3.3 V', translate('dht22-in.header.data'), '–', 'GND'];
  const labels = sensorPins.flatMap(({ y }, index) => [
    svg('text', { class: 'sensorpost-sensor-pin', x: SENSOR_X + 10, y: y + 4 }, String(index + 1)),
    svg('text', { x: SENSOR_X + 24, y: y + 4 }, texts[index] ?? ''),
  ]);
  const body = svg('rect', {
    class: 'sensorpost-sensor',
    x: SENSOR_X,
    y: first.y - SENSOR_MARGIN,
    width: 120,
    height: last.y - first.y + 2 * SENSOR_MARGIN,
    rx: 4,
  });
  const name = svg(
    'text',
    {
      class: 'sensorpost-sensor-name',
      x: SENSOR_X + 60,
      y: first.y - SENSOR_MARGIN - 6,
      'text-anchor': 'middle',
    },
    'DHT22',
  );
  return [
    drawWire('power', power),
    drawWire('ground', ground),
    drawWire('data', data),
    ...drawResistor(first, second),
    body,
    name,
    drawGrille(first, last),
    ...labels,
  ];
}

function drawWire(kind: string, { path }: Wire): SVGElement {
  const points = path.map(({ x, y }) => `${x},${y}`).join(' ');
  return svg('polyline', { class: `sensorpost-wire sensorpost-wire-${kind}`, points });
}

/** The pull-up resistor between the sensor's power and data. */
function drawResistor(power: Point, data: Point): SVGElement[] {
  const middle = (power.y + data.y) / 2;
  return [
    svg('line', { class: 'sensorpost-resistor', x1: RESISTOR_X, y1: power.y, x2: RESISTOR_X, y2: data.y }),
    svg('rect', {
      class: 'sensorpost-resistor',
      x: RESISTOR_X - 4,
      y: middle - 7,
      width: 8,
      height: 14,
      rx: 1,
    }),
    svg('circle', { class: 'sensorpost-joint', cx: RESISTOR_X, cy: power.y, r: 2.5 }),
    svg('circle', { class: 'sensorpost-joint', cx: RESISTOR_X, cy: data.y, r: 2.5 }),
    svg(
      'text',
      { class: 'sensorpost-resistor-label', x: RESISTOR_X - 8, y: middle + 4, 'text-anchor': 'end' },
      '4.7–10 kΩ',
    ),
  ];
}

/** The openings in the sensor's front. */
function drawGrille(first: Point, last: Point): SVGElement {
  const lines = [0, 1, 2, 3].map((index) => {
    const x = SENSOR_X + 82 + index * 8;
    return `M${x} ${first.y - 6}V${last.y + 6}`;
  });
  return svg('path', { class: 'sensorpost-grille', d: lines.join('') });
}

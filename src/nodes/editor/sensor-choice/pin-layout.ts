/**
 * Where the drawn header's pins, the sensor and its three wires are; pure geometry, in units of the drawing. Wires run
 * in the gaps between the rows, so that they cross no other pin and no label. The sensor stands beside the chosen pin,
 * so that they do not cross each other.
 */
import { HEADER } from '../../../raspberry-pi-header';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A wire from a pin of the header to one of the sensor. */
export interface Wire {
  /** Header pin, 1 to 40. */
  readonly pin: number;
  readonly path: readonly Point[];
}

export interface Wiring {
  /** The sensor's four pins, the first one above. */
  readonly sensorPins: readonly Point[];
  readonly power: Wire;
  readonly data: Wire;
  readonly ground: Wire;
}

export const DRAWING = { width: 430, height: 436 };
export const PIN_RADIUS = 8.5;
/** The x of the two columns of pins, and of the ends of their labels. */
export const COLUMNS = [
  { x: 74, labelX: 58, anchor: 'end' },
  { x: 100, labelX: 116, anchor: 'start' },
] as const;
/** Where the pull-up resistor stands, and where the sensor begins. */
export const RESISTOR_X = 262;
export const SENSOR_X = 296;

const ROW_HEIGHT = 21;
const FIRST_ROW_Y = 18;
/** The distance between the sensor's pins, and from its first and last pin to its top and bottom. */
const SENSOR_PITCH = 26;
export const SENSOR_MARGIN = 18;
/** The height of the sensor's name above it. */
const TITLE_HEIGHT = 18;
/** The x where wires run vertically. Because the sensor stands beside its pin, they never meet there. */
const LANE_X = 188;

/** The row of a header pin, the first one being 0. */
function rowOf(pin: number): number {
  return Math.floor((pin - 1) / 2);
}

/** The centre of a header pin. */
export function placeOfPin(pin: number): Point {
  return { x: COLUMNS[pin % 2 === 1 ? 0 : 1].x, y: FIRST_ROW_Y + rowOf(pin) * ROW_HEIGHT };
}

function pinsOf(supply: string): readonly number[] {
  return HEADER.flatMap((role, index) => ('supply' in role && role.supply === supply ? [index + 1] : []));
}

/** The nearest 3.3 V pin above `pin`. Every GPIO has one. */
function powerFor(pin: number): number {
  return Math.max(...pinsOf('3.3 V').filter((power) => rowOf(power) < rowOf(pin)));
}

/** The nearest ground pin below `pin`; in the last row, the one beside it. */
function groundFor(pin: number): number {
  const grounds = pinsOf('ground');
  return grounds.find((ground) => rowOf(ground) > rowOf(pin)) ?? HEADER.length - 1;
}

/** How a sensor is wired whose data pin is this header pin. */
export function wiringOf(pin: number): Wiring {
  const [power, ground] = [powerFor(pin), groundFor(pin)];
  // The wire of the ground pin beside it runs below the row.
  const dataY = gapBelow(rowOf(ground) === rowOf(pin) ? rowOf(pin) - 1 : rowOf(pin));
  const highest = TITLE_HEIGHT + SENSOR_MARGIN + SENSOR_PITCH;
  const lowest = DRAWING.height - 2 - SENSOR_MARGIN - 2 * SENSOR_PITCH;
  const sensorDataY = Math.min(Math.max(dataY, highest), lowest);
  const sensorPins = [-1, 0, 1, 2].map((index) => ({ x: SENSOR_X, y: sensorDataY + index * SENSOR_PITCH }));
  const wire = (from: number, gapY: number, index: number): Wire => {
    const start = placeOfPin(from);
    const end = { x: SENSOR_X, y: sensorDataY + index * SENSOR_PITCH };
    const path = [start, { x: start.x, y: gapY }, { x: LANE_X, y: gapY }, { x: LANE_X, y: end.y }, end];
    return { pin: from, path };
  };
  return {
    sensorPins,
    power: wire(power, gapBelow(rowOf(power)), -1),
    data: wire(pin, dataY, 0),
    ground: wire(ground, gapBelow(rowOf(ground)), 2),
  };
}

function gapBelow(row: number): number {
  return FIRST_ROW_Y + (row + 0.5) * ROW_HEIGHT;
}

const GPIO_PINS = HEADER.flatMap((role, index) => ('gpio' in role ? [index + 1] : []));

/** The GPIO pin that a key moves to from a header pin: up and down in its column, wrapping round, else across. */
export function pinInDirection(pin: number, key: string): number {
  switch (key) {
    case 'ArrowUp':
      return nextInColumn(pin, -1);
    case 'ArrowDown':
      return nextInColumn(pin, 1);
    case 'ArrowLeft':
    case 'ArrowRight':
      return nearestAcross(pin);
    case 'Home':
      return Math.min(...GPIO_PINS);
    case 'End':
      return Math.max(...GPIO_PINS);
    default:
      return pin;
  }
}

function nextInColumn(pin: number, step: number): number {
  const column = GPIO_PINS.filter((other) => other % 2 === pin % 2);
  const index = (column.indexOf(pin) + step + column.length) % column.length;
  return column[index] ?? pin;
}

function nearestAcross(pin: number): number {
  const across = GPIO_PINS.filter((other) => other % 2 !== pin % 2);
  const distance = (other: number) => Math.abs(rowOf(other) - rowOf(pin));
  return across.reduce((nearest, other) => (distance(other) < distance(nearest) ? other : nearest));
}

/** The GPIO (BCM number) of a header pin, or undefined where it is not a GPIO. */
export function gpioOfPin(pin: number): number | undefined {
  const role = HEADER[pin - 1];
  return role && 'gpio' in role ? role.gpio : undefined;
}

/** The header pin of a GPIO (BCM number), or undefined where the header has none. */
export function pinOfGpio(gpio: number): number | undefined {
  const index = HEADER.findIndex((role) => 'gpio' in role && role.gpio === gpio);
  return index === -1 ? undefined : index + 1;
}

import assert from 'node:assert/strict';
import { HEADER } from '../../../src/raspberry-pi-header';
import {
  DRAWING,
  gpioOfPin,
  PIN_RADIUS,
  pinInDirection,
  pinOfGpio,
  placeOfPin,
  SENSOR_MARGIN,
  wiringOf,
  type Point,
  type Wire,
  type Wiring,
} from '../../../src/nodes/editor/sensor-choice/pin-layout';

const GPIO_PINS = HEADER.flatMap((role, index) => ('gpio' in role ? [index + 1] : []));
const HALF_A_WIRE = 1.25;

type Segment = readonly [Point, Point];

function segmentsOf({ path }: Wire): readonly Segment[] {
  return path.slice(1).map((point, index) => [path[index] ?? point, point]);
}

/** The distance of two ranges of numbers, each from either end: 0 where they meet. */
function apart(from: number, to: number, otherFrom: number, otherTo: number): number {
  const ahead = Math.min(from, to) - Math.max(otherFrom, otherTo);
  const behind = Math.min(otherFrom, otherTo) - Math.max(from, to);
  return Math.max(0, ahead, behind);
}

/** The distance of two segments, each level, upright or a point: 0 where they touch. */
function distance([a, b]: Segment, [c, d]: Segment): number {
  return Math.hypot(apart(a.x, b.x, c.x, d.x), apart(a.y, b.y, c.y, d.y));
}

/** Runs `check` for each pin that a sensor can be wired to. */
function forEachWiring(check: (wiring: Wiring, wires: readonly Wire[], pin: number) => void): void {
  for (const pin of GPIO_PINS) {
    const wiring = wiringOf(pin);
    check(wiring, [wiring.power, wiring.data, wiring.ground], pin);
  }
}

describe('nodes: the drawn header', () => {
  it('draws its pins apart from each other', () => {
    for (let pin = 1; pin <= 40; pin += 1) {
      for (let other = 1; other < pin; other += 1) {
        const [a, b] = [placeOfPin(pin), placeOfPin(other)];
        assert(distance([a, a], [b, b]) > 2 * PIN_RADIUS, `${pin} and ${other}`);
      }
    }
  });

  it('knows the GPIO of a pin and the pin of a GPIO', () => {
    for (const pin of GPIO_PINS) assert.equal(pinOfGpio(gpioOfPin(pin) ?? -1), pin);
    for (const none of [-1, 28, 4.5, Number.NaN]) assert.equal(pinOfGpio(none), undefined);
    for (const none of [0, 1, 6, 41]) assert.equal(gpioOfPin(none), undefined);
  });

  it('wires 3.3 V, the chosen pin and ground to the sensor', () => {
    forEachWiring(({ power, data, ground, sensorPins }, wires, pin) => {
      assert.deepEqual(HEADER[power.pin - 1], { supply: '3.3 V' });
      assert.equal(data.pin, pin);
      assert.deepEqual(HEADER[ground.pin - 1], { supply: 'ground' });
      for (const wire of wires) assert.deepEqual(wire.path.at(0), placeOfPin(wire.pin));
      const ends = wires.map(({ path }) => path.at(-1));
      assert.deepEqual(ends, [sensorPins[0], sensorPins[1], sensorPins[3]]);
    });
  });

  it('draws wires that keep clear of each other', () => {
    forEachWiring((_wiring, wires, pin) => {
      for (const wire of wires) {
        const others = wires.filter((other) => other !== wire).flatMap(segmentsOf);
        for (const segment of segmentsOf(wire)) {
          for (const other of others) assert(distance(segment, other) > 2 * HALF_A_WIRE, `pin ${pin}`);
        }
      }
    });
  });

  it('draws wires that keep clear of all pins but their own', () => {
    forEachWiring((_wiring, wires) => {
      for (const wire of wires) {
        for (let other = 1; other <= 40; other += 1) {
          if (other === wire.pin) continue;
          const place = placeOfPin(other);
          for (const segment of segmentsOf(wire))
            assert(distance(segment, [place, place]) > PIN_RADIUS + HALF_A_WIRE, `pin ${other}`);
        }
      }
    });
  });

  it('stays within the drawing with its sensor and its wires', () => {
    forEachWiring(({ sensorPins: [first, , , last] }, wires) => {
      assert(first && last && first.y - SENSOR_MARGIN > 12 && last.y + SENSOR_MARGIN < DRAWING.height);
      for (const { x, y } of wires.flatMap(({ path }) => path))
        assert(x > 0 && x < DRAWING.width && y > 0 && y < DRAWING.height);
    });
  });

  it('moves with arrow keys round each column, and across', () => {
    for (const pin of GPIO_PINS) {
      const column = GPIO_PINS.filter((other) => other % 2 === pin % 2);
      let at = pin;
      for (const _ of column) at = pinInDirection(at, 'ArrowDown');
      assert.equal(at, pin);
      assert.equal(pinInDirection(pinInDirection(pin, 'ArrowDown'), 'ArrowUp'), pin);
      for (const key of ['ArrowLeft', 'ArrowRight']) {
        const across = pinInDirection(pin, key);
        assert(GPIO_PINS.includes(across) && across % 2 !== pin % 2, `${pin} ${key}`);
      }
      assert.deepEqual([pinInDirection(pin, 'Home'), pinInDirection(pin, 'End')], [3, 40]);
      assert.equal(pinInDirection(pin, 'a'), pin);
    }
    assert.deepEqual([pinInDirection(7, 'ArrowRight'), pinInDirection(8, 'ArrowLeft')], [8, 7]);
  });
});

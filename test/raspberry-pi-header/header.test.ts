import assert from 'node:assert/strict';
import { describePin, HEADER, isChipGpio, isHeaderGpio, overlayLine } from '../../src/raspberry-pi-header';

function pinsOf(supply: string): number[] {
  return HEADER.flatMap((role, index) => ('supply' in role && role.supply === supply ? [index + 1] : []));
}

describe('raspberry-pi-header: the 40-pin header', () => {
  it('places every GPIO where describePin says it is', () => {
    const gpios = HEADER.flatMap((role, index) => ('gpio' in role ? [[role.gpio, index + 1] as const] : []));
    assert.deepEqual(
      gpios.map(([gpio]) => gpio).toSorted((a, b) => a - b),
      Array.from({ length: 28 }, (_, gpio) => gpio),
    );
    for (const [gpio, pin] of gpios) assert.equal(describePin(gpio), `GPIO ${gpio} (pin ${pin})`);
  });

  it('carries power and ground on the other pins', () => {
    assert.deepEqual(pinsOf('3.3 V'), [1, 17]);
    assert.deepEqual(pinsOf('5 V'), [2, 4]);
    assert.deepEqual(pinsOf('ground'), [6, 9, 14, 20, 25, 30, 34, 39]);
  });

  it('names every pin of the header by both its numbers, each header pin once', () => {
    assert.equal(describePin(4), 'GPIO 4 (pin 7)');
    assert.equal(describePin(7), 'GPIO 7 (pin 26)');
    const names = Array.from({ length: 28 }, (_, gpio) => describePin(gpio));
    const headerPins = names.map((name) => Number(/\(pin (\d+)\)$/.exec(name)?.[1]));
    assert.equal(new Set(headerPins).size, 28);
    // The other twelve of the forty carry power and ground.
    for (const power of [1, 2, 4, 6, 9, 14, 17, 20, 25, 30, 34, 39]) assert.ok(!headerPins.includes(power));
    assert.ok(headerPins.every((pin) => pin >= 1 && pin <= 40));
    assert.equal(describePin(28), 'GPIO 28 (not on the header)');
  });

  it('tells the pins of the header from those that only a Compute Module leads out', () => {
    const numbers = [0, 27, 28, 57, 58, -1, 4.5, Number.NaN];
    assert.deepEqual(numbers.map(isHeaderGpio), [true, true, false, false, false, false, false, false]);
    assert.deepEqual(numbers.map(isChipGpio), [true, true, true, true, false, false, false, false]);
  });

  it('shows the overlay line of a pin', () => {
    assert.equal(overlayLine(17), 'dtoverlay=dht11,gpiopin=17');
  });
});

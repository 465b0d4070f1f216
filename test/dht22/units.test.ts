import assert from 'node:assert/strict';
import { describePin, dewPoint, overlayLine, toFahrenheit } from '../../src/dht22';

function near(actual: number | undefined, expected: number): void {
  assert.ok(actual !== undefined && Math.abs(actual - expected) < 0.05, `${actual} is near ${expected}`);
}

describe('dht22: units and pins', () => {
  it('converts to degrees Fahrenheit', () => {
    assert.equal(toFahrenheit(-40), -40);
    assert.equal(toFahrenheit(0), 32);
    assert.equal(toFahrenheit(100), 212);
  });

  it('gives the dew point, which is the temperature at 100 % and unknown at 0 %', () => {
    // Reference values of the Magnus formula with Sonntag's constants, as psychrometric tables give them to 0.1 °C.
    near(dewPoint(20, 50), 9.26);
    near(dewPoint(25, 60), 16.69);
    near(dewPoint(30, 80), 26.17);
    near(dewPoint(-10, 70), -14.42);
    near(dewPoint(21.3, 100), 21.3);
    assert.equal(dewPoint(20, 0), undefined);
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

  it('shows the overlay line of a pin', () => {
    assert.equal(overlayLine(17), 'dtoverlay=dht11,gpiopin=17');
  });
});

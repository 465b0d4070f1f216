import assert from 'node:assert/strict';
import { dewPoint, toFahrenheit } from '../../src/dht22';

function near(actual: number | undefined, expected: number): void {
  assert.ok(actual !== undefined && Math.abs(actual - expected) < 0.05, `${actual} is near ${expected}`);
}

describe('dht22: units', () => {
  it('convert degrees Celsius to degrees Fahrenheit', () => {
    assert.equal(toFahrenheit(-40), -40);
    assert.equal(toFahrenheit(0), 32);
    assert.equal(toFahrenheit(100), 212);
  });

  it('include the dew point, which is the temperature at 100 % and unknown at 0 %', () => {
    // Reference values of the Magnus formula with Sonntag's constants, as psychrometric tables give them to 0.1 °C.
    near(dewPoint(20, 50), 9.26);
    near(dewPoint(25, 60), 16.69);
    near(dewPoint(30, 80), 26.17);
    near(dewPoint(-10, 70), -14.42);
    near(dewPoint(21.3, 100), 21.3);
    assert.equal(dewPoint(20, 0), undefined);
  });
});

import assert from 'node:assert/strict';
import { describePin } from '../../src/dht22';
import { HEADER } from '../../src/dht22/header';

function pinsOf(supply: string): number[] {
  return HEADER.flatMap((role, index) => ('supply' in role && role.supply === supply ? [index + 1] : []));
}

describe('dht22: the 40-pin header', () => {
  it('has every GPIO where describePin says it is', () => {
    const gpios = HEADER.flatMap((role, index) => ('gpio' in role ? [[role.gpio, index + 1] as const] : []));
    assert.deepEqual(
      gpios.map(([gpio]) => gpio).toSorted((a, b) => a - b),
      Array.from({ length: 28 }, (_, gpio) => gpio),
    );
    for (const [gpio, pin] of gpios) assert.equal(describePin(gpio), `GPIO ${gpio} (pin ${pin})`);
  });

  it('has power and ground on the other pins', () => {
    assert.deepEqual(pinsOf('3.3 V'), [1, 17]);
    assert.deepEqual(pinsOf('5 V'), [2, 4]);
    assert.deepEqual(pinsOf('ground'), [6, 9, 14, 20, 25, 30, 34, 39]);
  });
});

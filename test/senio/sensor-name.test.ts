import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { parseSensorName } from '../../src/senio';
import { messageOf, valueOf } from '../support/results';

describe('senio: the name of a sensor in a message', () => {
  it('takes any text that can be one part of an address, without spaces around it', () => {
    for (const [text, name] of [
      ['kitchen', 'kitchen'],
      ['  living room ', 'living room'],
      ['küche #1 100%', 'küche #1 100%'],
      ['0x00158d0001a2b3c4', '0x00158d0001a2b3c4'],
      ['a'.repeat(200), 'a'.repeat(200)],
    ] as const)
      assert.equal(valueOf(parseSensorName(text)), name);
  });

  const wrong: readonly (readonly [string, RegExp])[] = [
    ['', /^No sensor name is set: open the node and enter it$/],
    ['   ', /^No sensor name is set/],
    [
      'zigbee2mqtt/kitchen',
      /^The sensor name "zigbee2mqtt\/kitchen" has a slash, .*\$split\(topic, "\/"\)\[1\]/,
    ],
    ['/', /^The sensor name "\/" has a slash/],
    ['..', /^"\.\." cannot be a sensor name$/],
    ['a'.repeat(201), /^The sensor name "a+.* is too long, or has characters that no name can have$/],
    ['a\nb', /^The sensor name .* is too long, or has characters/],
    ['\ud800', /^The sensor name .* is too long, or has characters/],
    ['${SENSOR}', /^The sensor name is taken from the environment variable "SENSOR", which is not set$/],
  ];
  for (const [text, reason] of wrong) {
    it(`says what is wrong with ${JSON.stringify(text.slice(0, 20))}`, () => {
      assert.match(messageOf(parseSensorName(text)), reason);
    });
  }

  it('makes one segment of a path of any text, or refuses it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const name = parseSensorName(text);
        if (!name.ok) return;
        const { pathname } = new URL(`http://a.example/publish/${encodeURIComponent(name.value)}`);
        assert.deepEqual(pathname.split('/').map(decodeURIComponent), ['', 'publish', text.trim()]);
      }),
    );
  });
});

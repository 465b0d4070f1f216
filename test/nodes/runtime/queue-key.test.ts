import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { databoomKey, parseKey, senioSensorsKey } from '../../../src/nodes/runtime/queue-key';

describe("a destination's key", () => {
  const cases = [
    [
      'senio https://www.senio.io/publish/my%20pi',
      ['senio', false, 'https://www.senio.io/publish/my%20pi', '', 'my pi'],
    ],
    ['senio station/publish/rpi', ['senio', true, 'publish/rpi', '', 'rpi']],
    [
      'databoom https://api.databoom.com/v1/signals/push my garden',
      ['databoom', false, 'https://api.databoom.com/v1/signals/push', 'my garden', 'my garden'],
    ],
    ['databoom station/v1/signals/push', ['databoom', true, 'v1/signals/push', '', 'v1/signals/push']],
    ['senio https://a.example/publish/%', ['senio', false, 'https://a.example/publish/%', '', '%']],
    ['newer https://a.example/x', [undefined, false, 'https://a.example/x', '', 'https://a.example/x']],
  ] as const;

  for (const [key, expected] of cases) {
    it(`names service, address and account: ${key}`, () => {
      const { service, isStation, address, account, name } = parseKey(key);
      assert.deepEqual([service, isStation, address, account, name], expected);
    });
  }

  const URL = 'https://api.databoom.com/v1/signals/push';

  it('has the config node of a Databoom account', () => {
    for (const [account, node] of [
      ['', 'a1'],
      ['my garden', 'a1'],
      ['#5', 'odd id #/%'],
      ['garden', ''],
    ] as const) {
      const place = parseKey(databoomKey({ url: URL, account, node }));
      assert.deepEqual(
        [place.service, place.address, place.account, place.node],
        ['databoom', URL, account, node],
      );
    }
  });

  it('has the config node of a queue whose readings name their sensors, and no sensor', () => {
    for (const [url, isStation, address] of [
      ['https://a.example/publish', false, 'https://a.example/publish'],
      ['station/publish', true, 'publish'],
    ] as const) {
      const place = parseKey(senioSensorsKey(url, 'odd id #/%'));
      assert.deepEqual(place, {
        service: 'senio',
        isStation,
        address,
        namesSensors: true,
        account: '',
        name: address,
        node: 'odd id #/%',
      });
    }
  });

  it('names one sensor, whatever that is called', () => {
    for (const sensor of ['rpi', 'a#b', 'a/b', 'a b']) {
      const place = parseKey(`senio station/publish/${encodeURIComponent(sensor)}`);
      assert.deepEqual([place.namesSensors, place.name, place.node], [false, sensor, undefined]);
    }
  });

  it('has no config node where an earlier version made it, whatever the account is called', () => {
    for (const account of ['', ' garden', ' garden #a1', ' #a1']) {
      const { address, node } = parseKey(`databoom ${URL}${account}`);
      assert.deepEqual([address, node], [URL, undefined]);
    }
  });

  it('parses whatever the key is', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (key) => assert.ok(parseKey(key))));
  });
});

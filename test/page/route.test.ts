import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { PRESETS } from '../../src/page/range';
import { formatRoute, parseRoute, type Route } from '../../src/page/route';

const choice = fc.oneof(
  fc.constantFrom(...PRESETS),
  fc
    .tuple(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 1, max: 4e12 }))
    .map(([from, span]) => ({ from, to: from + span })),
);
const source = fc.record(
  {
    view: fc.constant('source' as const),
    kind: fc.constantFrom('sensor' as const, 'device' as const),
    name: fc.string({ unit: 'grapheme', minLength: 1 }),
    choice,
  },
  { requiredKeys: ['view', 'kind', 'name'], noNullPrototype: true },
);

describe('The addresses of the page', () => {
  it('parse to the route that they were formatted from', () => {
    fc.assert(
      fc.property(source, (route: Route) => {
        const hash = formatRoute(route);
        assert.match(hash, /^#[\x21-\x7e]+$/);
        assert.deepEqual(parseRoute(hash), route);
      }),
    );
    assert.deepEqual(parseRoute(formatRoute({ view: 'overview' })), { view: 'overview' });
  });

  it('lead to the overview where they make no sense', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const route = parseRoute(`#${text}`);
        assert(route.view === 'overview' || route.name !== '');
      }),
    );
    for (const hash of ['', '#', '#/', '#/sensor/', '#/sensor/%', '#/source/rpi', '#/sensor/a/b'])
      assert.deepEqual(parseRoute(hash), { view: 'overview' }, hash);
  });

  it('leave the range to the page where theirs makes no sense', () => {
    for (const query of [
      'range=decade',
      'from=1',
      'from=2&to=1',
      'from=x&to=y',
      'from=0&to=9999999999999999',
    ])
      assert.deepEqual(parseRoute(`#/sensor/rpi?${query}`), { view: 'source', kind: 'sensor', name: 'rpi' });
  });
});

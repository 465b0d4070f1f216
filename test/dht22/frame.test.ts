import assert from 'node:assert/strict';
import { assert as check, array, constantFrom, integer, property, record } from 'fast-check';
import { decodeFrame } from '../../src/dht22/frame';
import { packingOf, rejectionReason, unpack } from '../../src/dht22/values';
import { fallingEdges, seenAfter, TIMINGS, withChecksum, type Timing } from './frames';
import { recordedFrames } from './recorded';

/** Time from the call to the release, on the simulated Pi's faster and slower processor. */
const CALLS = [0, 17_000, 71_000];

/** Edges as the helper reports them, which counts from the call. */
function captured(edges: readonly number[], call = 17_000) {
  return { call, edges: edges.map((edge) => edge + call) };
}

function kindOf(edges: readonly number[]): string {
  const result = decodeFrame(captured(edges));
  return result.ok ? 'a frame' : result.failure.kind;
}

const timing = constantFrom<Timing>(...Object.values(TIMINGS));
const byte = integer({ min: 0, max: 255 });

describe('dht22: frame decoding', () => {
  const bytes = withChecksum(0x02, 0x92, 0x01, 0x0d);
  const edges = fallingEdges(bytes, TIMINGS.AM2302);

  it('decodes every frame of every sensor, with or without its response, and restores leading zeros', () => {
    const frame = record({ a: integer({ min: 0, max: 3 }), b: byte, c: byte, d: byte });
    check(
      property(
        frame,
        timing,
        integer({ min: 0, max: 6 }),
        constantFrom(...CALLS),
        constantFrom(true, false),
        ({ a, b, c, d }, sensor, lost, call, responseSeen) => {
          const sent = withChecksum(a, b, c, d);
          const all = fallingEdges(sent, sensor);
          const seen = responseSeen && lost === 0 ? all : all.slice(1 + lost);
          const result = decodeFrame(captured(seen, call));
          assert.deepEqual(result, { ok: true, value: { bytes: sent, restoredBits: lost } });
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('knows how many bits were lost from the time alone, so that a shifted frame is never one', () => {
    // Twelve leading bits are zero here: one of them less looks the same but for its time.
    const shifty = fallingEdges(withChecksum(0, 0x10, 0, 0x80), TIMINGS.AM2302);
    for (const moved of [-1, 1, 2]) {
      const late = shifty.slice(3).map((edge) => edge + moved * TIMINGS.AM2302.zero);
      assert.notEqual(kindOf(late), 'a frame');
    }
  });

  it('says what is wrong', () => {
    const without = (...indices: number[]) => edges.filter((_, index) => !indices.includes(index));
    assert.equal(kindOf([]), 'no-answer');
    assert.equal(kindOf(edges.slice(0, 1)), 'no-answer');
    assert.equal(kindOf(edges.slice(0, 20)), 'short-frame');
    assert.equal(kindOf(without(0, 20)), 'short-frame');
    assert.equal(kindOf(edges.slice(8)), 'short-frame', 'seven bits lost');
    assert.equal(kindOf(seenAfter(edges, 3_000_000)), 'short-frame');
    assert.equal(kindOf([...edges, 9_000_000]), 'corrupt-frame');
    assert.equal(kindOf([50_000, ...edges]), 'corrupt-frame', 'two responses');
    assert.equal(kindOf([130_000, ...edges.slice(1)]), 'corrupt-frame', 'too early');
    const late = edges.slice(1).map((edge) => edge + 8_000);
    assert.equal(
      kindOf([(late[0] ?? 0) - TIMINGS.AM2302.zero, ...late]),
      'corrupt-frame',
      'one bit too many',
    );
    const bent = edges.map((edge, index) => (index === 20 ? edge + 30_000 : edge));
    assert.equal(kindOf(bent), 'corrupt-frame', 'a bit of 49 µs');
    for (const zero of [59_000, 103_000, 113_000]) {
      const unclear = fallingEdges(bytes, { ...TIMINGS.AM2302, zero, byteGap: 0, firstBit: 188_000 });
      assert.equal(kindOf(unclear), 'corrupt-frame', `zeros of ${zero} ns`);
    }
    assert.equal(kindOf(fallingEdges([2, 146, 1, 13, 0], TIMINGS.AM2302)), 'checksum');
  });

  it('never throws, whatever the edges', () => {
    check(
      property(array(integer({ min: 0, max: 20_000_000 }), { maxLength: 128 }), (times) => {
        const result = decodeFrame(captured(times.toSorted((one, other) => one - other)));
        assert.ok(!result.ok || result.value.bytes.every((value) => value >= 0 && value <= 255));
      }),
      { numRuns: 2000 },
    );
  });

  it('decodes every recorded frame of real sensors, and finds no answer where there was none', function () {
    const recordings = recordedFrames();
    if (recordings === undefined) {
      console.log('      skipped: the recorded waveforms are not on this machine');
      this.skip();
    }
    let [answered, silent] = [0, 0];
    for (const [file, frames] of recordings) {
      for (const { edges: recorded, decoded } of frames) {
        const result = decodeFrame({ call: 0, edges: recorded });
        if (decoded === null) {
          silent += 1;
          assert.ok(!result.ok && result.failure.kind === 'no-answer', file);
          continue;
        }
        answered += 1;
        assert.ok(result.ok, file);
        assert.deepEqual(result.value.bytes, decoded.bytes);
        const { temperature, humidity } = unpack(result.value.bytes, packingOf(result.value.bytes));
        assert.deepEqual([temperature / 10, humidity / 10], [decoded.temperature_c, decoded.humidity_pct]);
      }
    }
    assert.deepEqual([answered, silent], [76, 81]);
  });
});

describe('dht22: what the bytes mean', () => {
  it('reads temperatures as sensors and clones send them', () => {
    const cases: [number, number | undefined][] = [
      [0x010d, 26.9],
      [0x0000, 0],
      [0x8065, -10.1],
      [0x8000, 0],
      [0x8190, -40],
      [0xff9b, -10.1],
      [0xffff, -0.1],
      [0x0f9b, -10.1],
      [0x0fff, -0.1],
      [0x04e2, 125],
      [0x04e3, undefined],
      [0x8191, undefined],
      [0x8200, undefined],
      [0x0e00, undefined],
      [0x7fff, undefined],
      [0xc000, undefined],
    ];
    for (const [raw, expected] of cases) {
      const values = unpack([2, 146, raw >> 8, raw & 0xff], 'dht22');
      const refused = rejectionReason(values) !== undefined;
      assert.equal(refused ? undefined : values.temperature / 10, expected, raw.toString(16));
    }
  });

  it('reads a DHT11, with tenths and below zero where it sends them, and knows it by its humidity', () => {
    assert.deepEqual(unpack([36, 0, 27, 0], 'dht11'), { humidity: 360, temperature: 270 });
    assert.deepEqual(unpack([36, 5, 27, 3], 'dht11'), { humidity: 365, temperature: 273 });
    assert.deepEqual(unpack([36, 0, 5, 0x82], 'dht11'), { humidity: 360, temperature: -52 });
    for (const nonsense of [
      [36, 10, 27, 0],
      [36, 0, 27, 10],
      [101, 0, 27, 0],
    ])
      assert.notEqual(rejectionReason(unpack(nonsense, 'dht11')), undefined);
    assert.equal(packingOf([36, 0, 27, 0]), 'dht11');
    assert.equal(packingOf([3, 0xe8, 1, 13]), 'dht22');
  });

  it('calls each of the two values by its name when it is out of range or means nothing', () => {
    const cases: [bytes: number[], temperature: boolean, humidity: boolean][] = [
      [[0x81, 0x10, 20, 0], false, true],
      [[101, 0, 20, 0], false, true],
      [[36, 0, 20, 10], true, false],
      [[36, 10, 20, 10], true, true],
      [[3, 0xe9, 1, 13], false, true],
      [[2, 146, 0x7f, 0xff], true, false],
      [[2, 146, 0xc0, 0], true, false],
      [[3, 0xff, 0xc0, 0], true, true],
    ];
    for (const [bytes, temperature, humidity] of cases) {
      const reason = rejectionReason(unpack(bytes, packingOf(bytes))) ?? '';
      assert.deepEqual(
        [/temperature/.test(reason), /humidity/.test(reason)],
        [temperature, humidity],
        reason,
      );
    }
  });

  it('lets nothing pass but values in range', () => {
    check(
      property(
        array(byte, { minLength: 4, maxLength: 4 }),
        constantFrom('dht22' as const, 'dht11' as const),
        (four, packing) => {
          const { temperature, humidity } = unpack(four, packing);
          if (rejectionReason({ temperature, humidity }) !== undefined) return;
          assert.ok(Number.isInteger(temperature) && temperature >= -400 && temperature <= 1250);
          assert.ok(Number.isInteger(humidity) && humidity >= 0 && humidity <= 1000);
        },
      ),
      { numRuns: 5000 },
    );
  });
});

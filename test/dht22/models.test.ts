import assert from 'node:assert/strict';
import { modelMismatch, packingOf, rejectionReason, unpack } from '../../src/dht22/values';

/** What a sensor sends, worked out from its data sheet, and what it means in tenths. */
type Sent = readonly [bytes: readonly number[], temperature: number, humidity: number];
type Model = 'auto' | 'dht22' | 'dht11';

/** −40.0 to 80.0 °C and 0.0 to 100.0 %. */
function* dht22Frames(): Generator<Sent> {
  for (let humidity = 0; humidity <= 1000; humidity += 1)
    for (let temperature = -400; temperature <= 800; temperature += 1) {
      const size = Math.abs(temperature);
      const sign = temperature < 0 ? 128 : 0;
      const parts = [Math.floor(humidity / 256), humidity % 256, sign + Math.floor(size / 256), size % 256];
      yield [parts, temperature, humidity];
    }
}

/** −20.0 to 60.0 °C and 5.0 to 95.0 %, with tenths as newer ones send them; a whole 0 has no sign. */
function* dht11Frames(): Generator<Sent> {
  for (let humidity = 50; humidity <= 950; humidity += 1)
    for (let temperature = -200; temperature <= 600; temperature += 1) {
      const size = Math.abs(temperature);
      const sign = temperature < 0 ? 128 : 0;
      const parts = [Math.floor(humidity / 10), humidity % 10, Math.floor(size / 10), sign + (size % 10)];
      yield [parts, temperature, humidity];
    }
}

/** Frames that gave another value than was sent, and those that were refused. */
function tryAll(frames: Iterable<Sent>, model: Model) {
  const wrong: Sent[] = [];
  const refused: string[] = [];
  let count = 0;
  for (const frame of frames) {
    const [bytes, temperature, humidity] = frame;
    count += 1;
    const values = unpack(bytes, packingOf(bytes));
    const reason = modelMismatch(bytes, model) ?? rejectionReason(values);
    if (reason !== undefined) refused.push(reason);
    else if (values.temperature !== temperature || values.humidity !== humidity) wrong.push(frame);
  }
  return { wrong, refused, count };
}

describe('dht22: every frame of each model, with each setting', () => {
  it('reads all of a DHT22 but what failing ones send, and none of them as another value', () => {
    for (const model of ['auto', 'dht22'] as const) {
      const { wrong, refused } = tryAll(dht22Frames(), model);
      assert.deepEqual(wrong, []);
      // 0 °C with 0 % and with 1.0 to 2.0 %, and 1.0 % with 1 °C and with −40 °C.
      assert.equal(refused.length, 1 + 11 + 2);
    }
  });

  it('reads all of a DHT11', () => {
    for (const model of ['auto', 'dht11'] as const) {
      const { wrong, refused } = tryAll(dht11Frames(), model);
      assert.deepEqual([wrong, refused], [[], []]);
    }
  });

  it('refuses all of the other model, and names it as the likely one', () => {
    for (const [frames, model, likely] of [
      [dht22Frames(), 'dht11', 'If the sensor is a DHT22, set that'],
      [dht11Frames(), 'dht22', 'If the sensor is a DHT11, set that'],
    ] as const) {
      const { refused, count } = tryAll(frames, model);
      assert.equal(refused.length, count);
      assert.ok(refused.every((reason) => reason.includes(likely)));
    }
    assert.match(
      modelMismatch([2, 5, 1, 3], 'dht11') ?? '',
      /^a frame as a DHT22 sends it \(25\.9 °C and 51\.7 %\), but the model is set to DHT11/,
    );
  });
});

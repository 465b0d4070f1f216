import assert from 'node:assert/strict';
import { presentAt } from '../../../src/clock';
import { parsePush, pushCodec } from '../../../src/databoom';
import { contentOf, userLine } from '../../../src/nodes/queues/reading';
import { measurementCodec, parseMeasurement, sensorMeasurementCodec } from '../../../src/senio';

const NOW = Date.UTC(2026, 4, 1, 12);

/** What a user gets of a reading must be what a publish node takes. */
describe('a stored reading, as a user gets it', () => {
  const SENIO = 'senio https://www.senio.io/publish/rpi';
  const DATABOOM = 'databoom https://api.databoom.com/v1/signals/push';

  it('shows the payload of a measurement', () => {
    const parsed = parseMeasurement({ payload: { temp: 22.5 }, timestamp: NOW, field: '' }, presentAt(NOW));
    assert(parsed.ok);
    const stored = measurementCodec.store(parsed.value);
    assert.deepEqual(contentOf(SENIO, stored), { payload: { temp: 22.5 } });
  });

  it('shows the sensor of a measurement that names it', () => {
    const parsed = parseMeasurement({ payload: { temp: 22.5 }, timestamp: NOW, field: '' }, presentAt(NOW));
    assert(parsed.ok);
    const stored = sensorMeasurementCodec.store({ ...parsed.value, sensor: 'attic' });
    const content = contentOf('senio station/publish#n1', stored);
    assert.deepEqual(content, { sensor: 'attic', payload: { temp: 22.5 } });
  });

  for (const payload of [
    { temp: 22, open: true, mode: 'eco' },
    {
      temp: {
        description: 'indoors',
        history: [
          { date: NOW - 1000, value: 1 },
          { date: NOW, value: 2 },
        ],
      },
    },
  ]) {
    it(`shows the payload of a push, which can be published again: ${Object.keys(payload).join()}`, () => {
      const input = { payload, timestamp: NOW, signal: '', target: { device: 'D1' } };
      const parsed = parsePush(input, presentAt(NOW));
      assert(parsed.ok);
      const content = contentOf(DATABOOM, pushCodec.store(parsed.value));
      assert.deepEqual(content, { device: 'D1', payload });
      assert.deepEqual(parsePush({ ...input, payload: content.payload }, presentAt(NOW)), parsed);
    });
  }

  it('shows the template of a device that creates itself', () => {
    const target = { template: 'T', unique: 'u' };
    const parsed = parsePush({ payload: { temp: 1 }, timestamp: NOW, signal: '', target }, presentAt(NOW));
    assert(parsed.ok);
    assert.deepEqual(contentOf(DATABOOM, pushCodec.store(parsed.value)), { ...target, payload: { temp: 1 } });
  });

  it('shows a stored text that it does not understand as it is', () => {
    assert.deepEqual(contentOf(SENIO, { timestamp: NOW, body: '{"other": 1}' }), { payload: { other: 1 } });
    assert.deepEqual(contentOf('newer x', { timestamp: NOW, body: 'no JSON' }), { payload: 'no JSON' });
  });

  it('becomes a line with the topic, the time and the pictures', () => {
    const line = {
      id: 7,
      identity: '7.hash',
      destination: SENIO,
      group: '',
      timestamp: NOW,
      body: '[["temp",22]]',
      origin: '{"node":"n1","message":{"topic":"indoors","_msgid":"m"}}',
      bytes: 99,
      reason: 'no such field',
      refusedAt: NOW + 1,
      images: [{ field: 'cam1', size: 3, base64: 'AQID' }],
    };
    assert.deepEqual(JSON.parse(userLine(JSON.stringify(line))), {
      format: 1,
      id: '7.hash',
      destination: SENIO,
      timestamp: NOW,
      node: 'n1',
      topic: 'indoors',
      _msgid: 'm',
      payload: { temp: 22 },
      pictures: [{ field: 'cam1', size: 3, base64: 'AQID' }],
      reason: 'no such field',
      refusedAt: NOW + 1,
    });
  });

  it('passes on why a list cannot be read on', () => {
    const line = '{"problem":"The disk is failing"}';
    assert.equal(userLine(line), line);
  });
});

/** A service and flows for tests of the edit dialogs. */
import type { FlowNode } from '../node-red/support';
import { answerWith, RecordingServer } from '../support/recording-server';

/** The key and the token that the service knows. */
export const KEY = 'aaaa1111-bb22-4c33-8d44-eeee55556666';
const FIELDS = `{"name":"test sensor","fields":{"temp":{"unit":"celsius","type":"scalar"},
  "humidity":{"unit":"relative %","type":"scalar"},"cam1":{"unit":"","type":"image"}}}`;

/** What a Databoom account's dialog has stored: a signal with all that can be said of one, and one of an earlier version. */
export const SIGNALS = [
  { name: 'meter', label: 'Meter', unit: 'kWh', type: 'energy', tags: 'home, cellar', counter: 'total' },
  { name: 'door', label: 'Door', unit: '' },
] as const;

/** Speaks Senio's and Databoom's API, and knows one key. */
export function startServer(): Promise<RecordingServer> {
  return RecordingServer.start((request, response) => {
    const isRight = request.headers.authorization === `Bearer ${KEY}`;
    if (!isRight) answerWith(403, '{"error":"<img src=x onerror=alert(1)>"}')(request, response);
    else if (request.method === 'POST') answerWith(201, '{"data":{}}')(request, response);
    else answerWith(200, request.path.startsWith('/v1') ? '{"data":[]}' : FIELDS)(request, response);
  });
}

function place(z: string, nodes: readonly FlowNode[]): FlowNode[] {
  return nodes.map((node, index) => ({ z, x: 150, y: 60 + 50 * index, wires: [], interval: 0, ...node }));
}

/** A flow with nodes to be opened, an empty one, and one to be spoiled. */
export function flowsFor(url: string): FlowNode[] {
  const custom = { server: 'custom', url };
  const push = { type: 'databoom-publish', config: 'station' };
  return [
    { id: 'kept', type: 'tab', label: 'kept' },
    ...place('kept', [
      { id: 'dht22', type: 'dht22-in', source: 'gpio', gpio: 4 },
      { id: 'garden', type: 'dht22-in', source: 'gpio', gpio: 17, powerPin: '6', name: 'Garden' },
      { id: 'demo', type: 'dht22-in', source: 'demo', gpio: 22 },
      { id: 'off', type: 'dht22-in', source: 'gpio', gpio: 23, d: true },
      { id: 'camera', type: 'picamera-in', program: 'test-picture' },
      { id: 'senio', type: 'senio-publish', config: 'sensor' },
      { id: 'fleet', type: 'senio-publish', config: 'house', sensor: 'sensor', sensorType: 'msg' },
      { id: 'alone', type: 'senio-publish', config: 'at senio' },
      { id: 'device', ...push, mode: 'device', device: 'IF7879' },
      { id: 'arrivals', type: 'station-in' },
      { id: 'template', ...push, mode: 'template', template: 'T', unique: '1' },
      { id: 'reading back', type: 'databoom-in', config: 'station' },
    ]),
    { id: 'blank', type: 'tab', label: 'blank' },
    { id: 'spoiled', type: 'tab', label: 'spoiled' },
    ...place('spoiled', [
      { id: 'wrong dht22-in', type: 'dht22-in', source: 'gpio', gpio: 5 },
      { id: 'odd', type: 'dht22-in', source: 'gpio', gpio: 99 },
      { id: 'variable', type: 'dht22-in', source: 'gpio', gpio: '${PIN}' },
      { id: 'wrong picamera-in', type: 'picamera-in' },
      { id: 'nameless', type: 'senio-publish', config: 'house' },
      { id: 'wrong databoom-publish', ...push, mode: 'template', template: 'T', unique: '1' },
    ]),
    { id: 'sensor', type: 'senio-config', ...custom, sensor: 'rpi', credentials: { key: KEY } },
    { id: 'account', type: 'databoom-config', ...custom, fields: SIGNALS },
    { id: 'station', type: 'databoom-config', server: 'here' },
    { id: 'kitchen', type: 'senio-config', server: 'here', sensor: 'kitchen window' },
    { id: 'house', type: 'senio-config', server: 'here', sensor: '', name: 'my house' },
    {
      id: 'at senio',
      type: 'senio-config',
      server: 'cloud',
      sensor: 'porch',
      credentials: { key: KEY },
    },
    { id: 'wrong senio-config', type: 'senio-config', ...custom, sensor: 'rpi' },
    { id: 'wrong databoom-config', type: 'databoom-config', ...custom },
  ];
}

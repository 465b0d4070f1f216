/** Senio's publish API: `GET` and `POST /publish/:sensor`. */
import type { IncomingMessage } from 'node:http';
import { isPlainObject } from '../../fields';
import { describe, success, type Result } from '../../result';
import { ingestMeasurement, pictureOnDisk, type Recorder, type UnvalidatedMeasurement } from '../ingest';
import { jsonAnswer, methodAnswer, refusalAnswer, refuse, type Answer, type Refusal } from '../protocol';
import type { Access, SensorRegistry } from '../registry';
import type { Store } from '../store';
import { checkEncoding, mediaTypeOf, type BodyReceiver } from './body';
import { decodeJson } from './json';
import { receiveJson } from './json-body';
import { keyOf } from './key-of';
import { createMultipartBody } from './multipart-body';

/** A field as Senio describes it. */
export interface SenioFieldAnswer {
  readonly type: 'scalar' | 'image';
  readonly unit: string;
}

type SenioFields = Readonly<Record<string, SenioFieldAnswer>>;

export interface SenioEndpoint {
  /** Answers a request for `publish/NAME`. */
  answer(request: IncomingMessage, name: string): Promise<Answer>;
  /** The fields that a sensor has sent, each as Senio describes it; the sensor need not be registered. */
  fieldsOf(name: string): Promise<Result<SenioFields, Refusal>>;
}

export function createSenioEndpoint(
  store: Store,
  recorder: Recorder,
  sensors: SensorRegistry,
  bodies: BodyReceiver,
): SenioEndpoint {
  async function answer(request: IncomingMessage, name: string): Promise<Answer> {
    const sensor = sensors.find(name);
    if (!sensor) return refusalAnswer(unknownSensor(name));
    const { method } = request;
    if (method !== 'GET' && method !== 'HEAD' && method !== 'POST') return methodAnswer('GET, HEAD, POST');
    const access = sensor.keys.check(keyOf(request));
    if (access !== 'granted') return refusalAnswer(noAccess(access, name));
    return method === 'POST' ? post(request, name) : configuration(name);
  }

  async function configuration(name: string): Promise<Answer> {
    const fields = await readFields(store, sensors, name);
    return fields.ok ? jsonAnswer(200, { name, fields: fields.value }) : refusalAnswer(fields.failure);
  }

  async function post(request: IncomingMessage, sensor: string): Promise<Answer> {
    const encoding = checkEncoding(request);
    if (!encoding.ok) return refusalAnswer(encoding.failure);
    return mediaTypeOf(request) === 'multipart/form-data'
      ? postForm(request, sensor)
      : postJson(request, sensor);
  }

  async function postJson(request: IncomingMessage, sensor: string): Promise<Answer> {
    const body = await receiveJson(bodies, request, NEITHER);
    return body.ok ? ingest(sensor, parse('The body', body.value, [])) : refusalAnswer(body.failure);
  }

  async function postForm(request: IncomingMessage, sensor: string): Promise<Answer> {
    const reader = createMultipartBody(request.headers['content-type'] ?? '', store);
    if (!reader.ok) return refusalAnswer(reader.failure);
    const form = await bodies.receive(request, reader.value);
    if (!form.ok) return refusalAnswer(form.failure);
    const { files } = form.value;
    try {
      const json = decodeJson('The part "json"', form.value.json);
      if (!json.ok) return refusalAnswer(json.failure);
      const images = files.map(([field, staged]) => [field, pictureOnDisk(staged)] as const);
      return await ingest(sensor, parse('The part "json"', json.value, images));
    } finally {
      for (const [, staged] of files) await staged.discard();
    }
  }

  async function ingest(sensor: string, parsed: Result<UnvalidatedMeasurement, Refusal>): Promise<Answer> {
    const ingested = parsed.ok ? await ingestMeasurement(recorder, sensor, parsed.value) : parsed;
    return ingested.ok ? jsonAnswer(201, ingested.value) : refusalAnswer(ingested.failure);
  }

  return { answer, fieldsOf: (name) => readFields(store, sensors, name) };
}

async function readFields(
  store: Store,
  sensors: SensorRegistry,
  name: string,
): Promise<Result<SenioFields, Refusal>> {
  const known = await store.read('fields', { kind: 'sensor', name });
  if (!known.ok) return known;
  const labels = sensors.labelsOf(name);
  const fields = known.value.map(({ field, type }) => {
    const unit = labels.find(field)?.unit ?? '';
    return [field, { unit, type: type === 'image' ? 'image' : 'scalar' }] as const;
  });
  return success(Object.fromEntries(fields));
}

const NEITHER: Refusal = {
  kind: 'unsupported',
  message:
    'This body is no measurement: send numbers as JSON, {"timestamp":…,"data":{"temp":…}}, with the header "Content-Type: application/json", and pictures, alone or with numbers, as multipart/form-data.',
};

/** Parses decoded JSON as far as it has the shape of a measurement. */
function parse(
  what: string,
  json: unknown,
  images: UnvalidatedMeasurement['images'],
): Result<UnvalidatedMeasurement, Refusal> {
  if (!isPlainObject(json))
    return refuse('invalid', `${what} must be a JSON object, and is ${describe(json)}.`);
  const { timestamp, data = {} } = json;
  if (!isPlainObject(data)) return refuse('invalid', `"data" must be an object, and is ${describe(data)}.`);
  return success({ timestamp, scalars: Object.entries(data), images });
}

function unknownSensor(sensor: string): Refusal {
  const message = `There is no sensor ${describe(sensor)} here: add a senio-config node for it in Node-RED.`;
  return { kind: 'missing', message };
}

const NO_ACCESS: Readonly<Record<Exclude<Access, 'granted'>, string>> = {
  closed:
    'has no device key yet: set one in its senio-config node, then send it as "Authorization: Bearer KEY".',
  missing: 'needs its device key: send it as "Authorization: Bearer KEY".',
  wrong: 'has another device key: compare yours with the one in its senio-config node.',
};

function noAccess(access: Exclude<Access, 'granted'>, sensor: string): Refusal {
  return { kind: 'unauthorised', message: `Sensor ${describe(sensor)} ${NO_ACCESS[access]}` };
}

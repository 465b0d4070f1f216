/** Senio's publish API: `GET` and `POST /publish/:sensor`. */
import type { IncomingMessage } from 'node:http';
import { describe, success, type Result } from '../result';
import type { Access, SensorRegistry } from './access';
import { jsonAnswer, methodAnswer, refusalAnswer, type Answer } from './answer';
import { checkEncoding, mediaTypeOf, type Receiver } from './body';
import { receiveJson } from './json-body';
import { decodeJson } from './json';
import { keepMeasurement, type MeasurementDraft } from './measurement';
import { createMultipartBody } from './multipart-body';
import { refuse, type Refusal } from './refusal';
import type { Store } from './store';
import { isObject } from './values';

export class SenioEndpoint {
  readonly #store: Store;
  readonly #sensors: SensorRegistry;
  readonly #receiver: Receiver;
  readonly #now: () => number;

  constructor(store: Store, sensors: SensorRegistry, receiver: Receiver, now: () => number) {
    this.#store = store;
    this.#sensors = sensors;
    this.#receiver = receiver;
    this.#now = now;
  }

  async answer(request: IncomingMessage, sensor: string): Promise<Answer> {
    const keys = this.#sensors.find(sensor);
    if (!keys) return refusalAnswer(unknownSensor(sensor));
    const { method } = request;
    if (method !== 'GET' && method !== 'HEAD' && method !== 'POST') return methodAnswer('GET, HEAD, POST');
    const access = keys.check(request.headers.authorization);
    if (access !== 'granted') return refusalAnswer(noAccess(access, sensor));
    return method === 'POST' ? this.#post(request, sensor) : this.#configuration(sensor);
  }

  #configuration(name: string): Answer {
    const fields = [...this.#store.fieldTypes({ kind: 'sensor', name })].map(
      ([field, type]) => [field, { unit: '', type }] as const,
    );
    return jsonAnswer(200, { name, fields: Object.fromEntries(fields) });
  }

  async #post(request: IncomingMessage, sensor: string): Promise<Answer> {
    const draft = await this.#receiveDraft(request);
    if (!draft.ok) return refusalAnswer(draft.failure);
    const kept = keepMeasurement(this.#store, sensor, draft.value, this.#now());
    return kept.ok ? jsonAnswer(201, kept.value) : refusalAnswer(kept.failure);
  }

  async #receiveDraft(request: IncomingMessage): Promise<Result<MeasurementDraft, Refusal>> {
    const encoding = checkEncoding(request);
    if (!encoding.ok) return encoding;
    const mediaType = mediaTypeOf(request);
    if (mediaType === 'application/json') {
      const body = await receiveJson(this.#receiver, request);
      return body.ok ? draftOf('The body', body.value, []) : body;
    }
    if (mediaType === 'multipart/form-data') return this.#receiveForm(request);
    return refuse(
      'unsupported',
      'Send numbers as application/json, and pictures, alone or with numbers, as multipart/form-data.',
    );
  }

  async #receiveForm(request: IncomingMessage): Promise<Result<MeasurementDraft, Refusal>> {
    const reader = createMultipartBody(request.headers['content-type'] ?? '');
    if (!reader.ok) return reader;
    const form = await this.#receiver.receive(request, reader.value);
    if (!form.ok) return form;
    const json = decodeJson('The part "json"', form.value.json);
    return json.ok ? draftOf('The part "json"', json.value, form.value.files) : json;
  }
}

function draftOf(
  what: string,
  json: unknown,
  images: MeasurementDraft['images'],
): Result<MeasurementDraft, Refusal> {
  if (!isObject(json)) return refuse('invalid', `${what} must be a JSON object, and is ${describe(json)}.`);
  const { timestamp, data = {} } = json;
  if (!isObject(data)) return refuse('invalid', `"data" must be an object, and is ${describe(data)}.`);
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

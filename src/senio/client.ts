import type { Acceptance, DeliveryFailure, Transport } from '../delivery';
import { isPlainObject } from '../fields';
import {
  advise,
  decodeJson,
  parsePathSegment,
  parseSecret,
  parseServerUrl,
  type AddressFailure,
  type HttpAnswer,
  type HttpClient,
} from '../http';
import { failed, success, type Result } from '../result';
import { encodeMeasurement } from './encode';
import type { Measurement } from './measurement';

/** Senio's public server. */
export const SENIO_SERVER = 'https://www.senio.io';

const RESOURCE = '/publish';

/** One sensor of one server, as the user set it. */
export interface SenioSensor {
  /** The server's base URL, such as `https://www.senio.io`. */
  readonly server: string;
  readonly name: string;
  readonly key: string;
}

/** The URL that measurements of a sensor are posted to, such as `https://www.senio.io/publish/rpi`. */
export function parseSenioUrl({
  server,
  name,
}: Pick<SenioSensor, 'server' | 'name'>): Result<string, AddressFailure> {
  const base = parseServerUrl(server, RESOURCE);
  if (!base.ok) return base;
  const segment = parsePathSegment(name, 'sensor name');
  return segment.ok ? success(`${base.value}${RESOURCE}/${segment.value}`) : segment;
}

/** A transport that posts measurements to `sensor`, or what is wrong with its settings. */
export function openSenioSensor(
  sensor: SenioSensor,
  http: HttpClient,
): Result<Transport<Measurement>, AddressFailure> {
  const address = parseSenioUrl(sensor);
  if (!address.ok) return address;
  const key = parseSecret(sensor.key, 'device key');
  if (!key.ok) return key;
  const url = address.value;
  const advice = {
    unauthorised: `the device key of sensor "${sensor.name}" is refused, enter it again in the config node`,
    missing: `is the server address right, and is there a sensor "${sensor.name}"`,
  };
  return success({
    reach: (signal) => http.reach(url, signal),
    async deliver(measurement, signal) {
      const encoded = await encodeMeasurement(measurement);
      const result = await http.post({ url, bearer: key.value, ...encoded }, signal);
      return result.ok ? readAcceptance(result.value, url) : failed(advise(result.failure, advice));
    },
  });
}

/** Senio answers an accepted measurement with the measurement as JSON; anything else comes from somebody else. */
function readAcceptance(answer: HttpAnswer, url: string): Result<Acceptance, DeliveryFailure> {
  const { text, contentType: _contentType, ...heard } = answer;
  const body = decodeJson(text)?.value;
  if (isPlainObject(body)) {
    return success({ ...heard, answer: body });
  }
  const message = `${new URL(url).host} answered ${answer.statusCode}, but not with a measurement in JSON as Senio does: is the server address right`;
  return failed({ kind: 'unreadable', ...heard, message });
}

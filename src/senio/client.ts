import type { Acceptance, DeliveryFailure, Transport } from '../delivery';
import {
  acceptedBody,
  advise,
  parsePathSegment,
  parseSecret,
  parseServerUrl,
  type Advice,
  type HttpAnswer,
  type HttpClient,
  type HttpFailure,
} from '../http';
import { decodeJson } from '../json';
import { failed, misconfigured, success, type Misconfiguration, type Result } from '../result';
import { parseConfiguration, type SenioConfiguration } from './configuration';
import { encodeMeasurement } from './encode';
import type { Measurement, SensorMeasurement } from './measurement';

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
}: Pick<SenioSensor, 'server' | 'name'>): Result<string, Misconfiguration> {
  const base = parseServerUrl(server, RESOURCE);
  if (!base.ok) return base;
  const segment = parsePathSegment(name, 'sensor name');
  return segment.ok ? success(`${base.value}${RESOURCE}/${segment.value}`) : segment;
}

/**
 * The URL below which the sensors of one key are, such as `https://sensors.example.com/publish`, or why there are none: at
 * Senio itself each sensor has a key of its own.
 */
export function parseSenioSensorsUrl(server: string): Result<string, Misconfiguration> {
  const base = parseServerUrl(server, RESOURCE);
  if (!base.ok) return base;
  if (SENIO_HOSTS.has(new URL(base.value).hostname)) {
    return misconfigured(
      'At Senio (www.senio.io) a device key belongs to one sensor: choose the sensor of the config node, and add a config node for each sensor',
    );
  }
  return success(`${base.value}${RESOURCE}`);
}

const SENIO_HOSTS: ReadonlySet<string> = new Set(['www.senio.io', 'senio.io']);

/** Where a sensor is, how to get in, and what to look at where that fails. */
interface Access {
  readonly url: string;
  readonly bearer: string;
  readonly advice: Advice;
}

function accessOf(sensor: SenioSensor): Result<Access, Misconfiguration> {
  const url = parseSenioUrl(sensor);
  if (!url.ok) return url;
  const key = parseSecret(sensor.key, 'device key');
  if (!key.ok) return key;
  const advice = {
    unauthorised: `the device key of sensor "${sensor.name}" is refused, enter it again in the config node`,
    missing: `is the server address right, and is there a sensor "${sensor.name}"`,
  };
  return success({ url: url.value, bearer: key.value, advice });
}

/** A transport that posts measurements to `sensor`, or what is wrong with its settings. */
export function openSenioSensor(
  sensor: SenioSensor,
  http: HttpClient,
): Result<Transport<Measurement>, Misconfiguration> {
  const access = accessOf(sensor);
  if (!access.ok) return access;
  return success({
    reach: (signal) => http.reach(access.value.url, signal),
    deliver: (measurement, signal) => post(measurement, access.value, http, signal),
  });
}

/**
 * A transport that posts each measurement to the sensor that it names, all with one key, or what is wrong with the
 * settings.
 */
export function openSenioSensors(
  { server, key }: Pick<SenioSensor, 'server' | 'key'>,
  http: HttpClient,
): Result<Transport<SensorMeasurement>, Misconfiguration> {
  const url = parseSenioSensorsUrl(server);
  if (!url.ok) return url;
  const secret = parseSecret(key, 'device key');
  if (!secret.ok) return secret;
  return success({
    reach: (signal) => http.reach(url.value, signal),
    async deliver({ sensor, ...measurement }, signal) {
      const access = accessOf({ server, name: sensor, key });
      if (!access.ok) return failed({ ...access.failure, kind: 'refused' });
      return post(measurement, access.value, http, signal);
    },
  });
}

async function post(
  measurement: Measurement,
  { url, bearer, advice }: Access,
  http: HttpClient,
  signal: AbortSignal,
): Promise<Result<Acceptance, DeliveryFailure>> {
  const encoded = await encodeMeasurement(measurement);
  const result = await http.post({ url, bearer, ...encoded }, signal);
  return result.ok ? readAcceptance(result.value, url) : failed(advise(result.failure, advice));
}

/**
 * Asks the server what it knows of `sensor`: its name and its fields, or why it cannot be published to. Changes
 * nothing. Never rejects.
 */
export async function checkSenioSensor(
  sensor: SenioSensor,
  http: HttpClient,
  signal: AbortSignal,
): Promise<Result<SenioConfiguration, HttpFailure>> {
  const access = accessOf(sensor);
  if (!access.ok) return access;
  const { advice, ...request } = access.value;
  const result = await http.get(request, signal);
  if (!result.ok) return failed(advise(result.failure, advice));
  const configuration = parseConfiguration(decodeJson(result.value.text)?.value);
  return configuration
    ? success(configuration)
    : failed(notSenio(result.value, request.url, "a sensor's fields"));
}

/**
 * Senio answers an accepted measurement with the measurement as JSON, and a server of the user's own perhaps with
 * nothing or a word; a web page or broken JSON comes from somebody else.
 */
function readAcceptance(answer: HttpAnswer, url: string): Result<Acceptance, DeliveryFailure> {
  const { text: _text, contentType: _contentType, ...heard } = answer;
  const accepted = acceptedBody(answer);
  if (accepted) return success({ ...heard, answer: accepted.body });
  return failed(notSenio(answer, url, 'a measurement'));
}

/** @param what what Senio would have answered with */
function notSenio(
  { text: _text, contentType: _contentType, ...heard }: HttpAnswer,
  url: string,
  what: string,
) {
  const message = `${new URL(url).host} answered ${heard.statusCode}, but not with ${what} in JSON as Senio does: is the server address right`;
  return { kind: 'unreadable', ...heard, message } as const;
}

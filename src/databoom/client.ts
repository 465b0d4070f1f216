import type { Acceptance, DeliveryFailure, Transport } from '../delivery';
import {
  acceptedBody,
  advise,
  parsePathSegment,
  parseSecret,
  parseServerUrl,
  type HttpAnswer,
  type HttpClient,
  type HttpFailure,
} from '../http';
import { failed, success, type Misconfiguration, type Result } from '../result';
import { encodePush } from './encode';
import type { DataboomTarget, Push } from './push';

/** Databoom's public server. */
export const DATABOOM_SERVER = 'https://api.databoom.com';

export const RESOURCE = '/v1/signals/push';
export const ADVICE = {
  unauthorised: 'the OAuth token is refused, enter it again in the config node',
  missing: 'is the server address right, and is this device there',
};

/** What to do about a push that is refused. A token needs a permission for each thing that it does (Databoom's pages). */
function adviceFor({ statusCode, isTokenInvalid }: HttpFailure, target: DataboomTarget) {
  const isTemplate = 'template' in target;
  const permissions = isTemplate ? 'permissions Publish and Create' : 'permission Publish';
  return {
    // 401 is an unknown token, and 403 one that may not do this (RFC 9110); where the answer says more, that counts.
    unauthorised:
      statusCode === 403 && !isTokenInvalid
        ? `the OAuth token is refused: does it have the ${permissions}, and is it right in the config node`
        : ADVICE.unauthorised,
    missing: isTemplate ? 'is the server address right, and is this HTTP template there' : ADVICE.missing,
  };
}

/** One account of one server, as the user set it. */
export interface DataboomAccount {
  /** The server's base URL, such as `https://api.databoom.com`. */
  readonly server: string;
  /** The OAuth token; one serves many devices. */
  readonly token: string;
}

/** The URL that pushes are posted to, such as `https://api.databoom.com/v1/signals/push`. */
export function parseDataboomUrl(server: string): Result<string, Misconfiguration> {
  const base = parseServerUrl(server, RESOURCE);
  return base.ok ? success(`${base.value}${RESOURCE}`) : base;
}

/** A transport that posts pushes to a server with Databoom's API, or what is wrong with its settings. */
export function openDataboomAccount(
  account: DataboomAccount,
  http: HttpClient,
): Result<Transport<Push>, Misconfiguration> {
  const address = parseDataboomUrl(account.server);
  if (!address.ok) return address;
  const token = parseSecret(account.token, 'OAuth token');
  if (!token.ok) return token;
  const url = address.value;
  return success({
    reach: (signal) => http.reach(url, signal),
    async deliver(push, signal) {
      const { body, unique } = encodePush(push);
      const path =
        unique === undefined ? success('') : parsePathSegment(unique, 'unique value of the device');
      if (!path.ok) return failed({ ...path.failure, kind: 'refused' });
      const json = JSON.stringify(body);
      const request = {
        url: path.value === '' ? url : `${url}/${path.value}`,
        bearer: token.value,
        headers: { 'Content-Type': 'application/json' },
        body: () => json,
        length: Buffer.byteLength(json),
      };
      const result = await http.post(request, signal);
      return result.ok
        ? readAcceptance(result.value, url)
        : failed(advise(result.failure, adviceFor(result.failure, push.target)));
    },
  });
}

/** Databoom accepts with any 2xx and an empty body will do; a web page or broken JSON comes from somebody else. */
function readAcceptance(answer: HttpAnswer, url: string): Result<Acceptance, DeliveryFailure> {
  const { text: _text, contentType, ...heard } = answer;
  const accepted = acceptedBody(answer);
  if (accepted) return success({ ...heard, answer: accepted.body });
  const message = `${new URL(url).host} answered ${heard.statusCode}, but not as Databoom does (${contentType || 'a web page'} that is no JSON): is the server address right`;
  return failed({ kind: 'unreadable', ...heard, message });
}

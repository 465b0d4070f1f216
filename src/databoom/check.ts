import { isPlainObject } from '../fields';
import {
  advise,
  parseSecret,
  parseServerUrl,
  type HttpAnswer,
  type HttpClient,
  type HttpFailure,
} from '../http';
import { decodeJson } from '../json';
import { failed, success, type Result } from '../result';
import { ADVICE, RESOURCE, type DataboomAccount } from './client';

// Lists the signals that the token may see: it reads alone.
const LIST = '/v1/signals/?page=1';

const NO_LIST =
  'it does not list signals, so a token cannot be tested there without pushing a value; is the server address right';

/**
 * What a server says of a token that is asked for its signals. One that may not list them (permission Read) may push
 * all the same (permission Publish): Databoom advises one token a client.
 */
export type TokenCheck =
  | { readonly listing: 'allowed' }
  | { readonly listing: 'refused'; readonly refusal: HttpFailure };

/**
 * Asks the server whether it knows the account's token, or why it does not. Changes nothing: the push address itself
 * takes nothing but values. Never rejects.
 */
export async function checkDataboomAccount(
  account: DataboomAccount,
  http: HttpClient,
  signal: AbortSignal,
): Promise<Result<TokenCheck, HttpFailure>> {
  const base = parseServerUrl(account.server, RESOURCE);
  if (!base.ok) return base;
  const token = parseSecret(account.token, 'OAuth token');
  if (!token.ok) return token;
  const result = await http.get({ url: `${base.value}${LIST}`, bearer: token.value }, signal);
  if (result.ok) {
    return isList(result.value)
      ? success({ listing: 'allowed' })
      : failed(notDataboom(result.value, base.value));
  }
  const { failure } = result;
  if (failure.kind === 'unauthorised' && !failure.isTokenInvalid) {
    return success({ listing: 'refused', refusal: failure });
  }
  return failed(advise(failure, { ...ADVICE, missing: NO_LIST }));
}

function isList({ text }: HttpAnswer): boolean {
  const body = decodeJson(text)?.value;
  return isPlainObject(body) && Array.isArray(body['data']);
}

function notDataboom({ statusCode }: HttpAnswer, base: string): HttpFailure {
  const message = `${new URL(base).host} answered ${statusCode}, but not with a list of signals as Databoom does: is the server address right`;
  return { kind: 'unreadable', statusCode, message };
}

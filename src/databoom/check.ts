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

// Lists the signals that the token may see: it reads alone, and a token that is refused here is a wrong one.
const LIST = '/v1/signals/?page=1';

const NO_LIST =
  'it does not list signals, so a token cannot be tested there without pushing a value; is the server address right';

/**
 * Asks the server whether it knows the account's token, or why it does not. Changes nothing: the push address itself
 * takes nothing but values. Never rejects.
 */
export async function checkDataboomAccount(
  account: DataboomAccount,
  http: HttpClient,
  signal: AbortSignal,
): Promise<Result<void, HttpFailure>> {
  const base = parseServerUrl(account.server, RESOURCE);
  if (!base.ok) return base;
  const token = parseSecret(account.token, 'OAuth token');
  if (!token.ok) return token;
  const result = await http.get({ url: `${base.value}${LIST}`, bearer: token.value }, signal);
  if (!result.ok) return failed(advise(result.failure, { ...ADVICE, missing: NO_LIST }));
  return isList(result.value) ? success(undefined) : failed(notDataboom(result.value, base.value));
}

function isList({ text }: HttpAnswer): boolean {
  const body = decodeJson(text)?.value;
  return isPlainObject(body) && Array.isArray(body['data']);
}

function notDataboom({ statusCode }: HttpAnswer, base: string): HttpFailure {
  const message = `${new URL(base).host} answered ${statusCode}, but not with a list of signals as Databoom does: is the server address right`;
  return { kind: 'unreadable', statusCode, message };
}

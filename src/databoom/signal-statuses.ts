import type { NextRequest } from '../delivery';
import { isPlainObject } from '../fields';
import { parseSecret, parseServerUrl, type HttpClient, type HttpFailure } from '../http';
import { decodeJson } from '../json';
import { failed, success, type Result } from '../result';
import { RESOURCE, type DataboomAccount } from './client';
import { MOST_PAGES, MOST_SIGNALS, readSignalPage } from './signal-page';

/** A signal as Databoom's list has it. */
export interface SignalStatus {
  readonly device: string;
  readonly signal: string;
  /** Whether nobody has validated it yet: Databoom records none of its values until somebody does. */
  readonly isWaiting: boolean;
}

/**
 * The signals that an account's token may see, of all devices; a failure where it may not list them (permission Read).
 * @param nextRequest is asked before each page
 */
export async function listSignalStatuses(
  account: DataboomAccount,
  http: Pick<HttpClient, 'read'>,
  signal: AbortSignal,
  nextRequest: NextRequest,
): Promise<Result<readonly SignalStatus[], HttpFailure>> {
  const base = parseServerUrl(account.server, RESOURCE);
  if (!base.ok) return base;
  const token = parseSecret(account.token, 'OAuth token');
  if (!token.ok) return token;
  const signals: SignalStatus[] = [];
  let before = '';
  for (let number = 1; number <= MOST_PAGES; number += 1) {
    const url = `${base.value}/v1/signals/?page=${number}`;
    await nextRequest(signal);
    const answer = await http.read({ url, bearer: token.value }, signal);
    if (!answer.ok) return answer;
    const page = readSignalPage(decodeJson(answer.value.text)?.value);
    if (!page) return failed({ kind: 'unreadable', statusCode: answer.value.statusCode, message: NO_LIST });
    signals.push(...page.entries.flatMap(readStatus));
    if (signals.length > MOST_SIGNALS) break;
    // A server that ignores the number of the page would be asked for each.
    if (page.isLast || answer.value.text === before) return success(signals);
    before = answer.value.text;
  }
  return failed({
    kind: 'unreadable',
    message: `The list of signals has more than ${MOST_SIGNALS} signals or ${MOST_PAGES} pages`,
  });
}

const NO_LIST = 'The server answered, but not with a list of signals as Databoom does';

function readStatus(entry: unknown): readonly SignalStatus[] {
  if (!isPlainObject(entry)) return [];
  const { device_token: device, signal_token: signal, status } = entry;
  if (typeof device !== 'string' || typeof signal !== 'string') return [];
  return [{ device, signal, isWaiting: status === 'INIT' }];
}
